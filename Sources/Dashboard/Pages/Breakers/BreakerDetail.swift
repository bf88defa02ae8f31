import Drawing
import Operations
import TraceModel
import Widgets

/// All about one breaker: its settings, what it waits for, the calls that decided, and what it has been.
struct BreakerDetail {
  let breaker: BreakerSnapshot
  let context: PageContext
  /// On the breaker's own page every call is listed, beside the table only those that decided.
  var isOpened = false

  private var row: BreakerRow { BreakerRow(breaker: breaker, context: context) }
  private var settings: BreakerSettingsSnapshot { breaker.settings }

  func drawHead(on canvas: inout Canvas, in rect: Rect, isFocused: Bool) {
    var title = row.mark.long + [Run("  "), Run(visible(breaker.label), .strong)]
    // As an application.yml has it.
    if !breaker.configuredAs.isEmpty { title.append(.muted("  \(visible(breaker.configuredAs))")) }
    let room = rect.width - title.cellWidth - 3
    Rule(title, figures: settingsGroups(canvas.glyphSet).fitting(room), isFocused: isFocused)
      .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
  }

  private func settingsGroups(_ glyphs: GlyphSet) -> [[Run]] {
    let atLeast = Glyphs.atLeast(glyphs)
    func percent(_ value: Double) -> String { Figures.percent(value / 100, isWhole: true).text }
    let kind = settings.isTimeBased ? "TIME \(settings.windowSize) s" : "COUNT \(settings.windowSize)"
    var groups: [[Run]] = [
      [.muted(kind)],
      [.faint("fails \(atLeast)"), .muted(percent(settings.failureRateThreshold))],
      [.faint("slow >"), .muted(Figures.duration(settings.slowCallDuration).text)],
      [.faint("trial "), .muted("\(settings.trialCalls)")],
      [.faint("wait "), .muted(Figures.duration(settings.openWait).text)],
    ]
    if isOpened {
      groups.append([.faint("slow calls \(atLeast)"), .muted(percent(settings.slowRateThreshold))])
      groups.append([.faint("judged from "), .muted("\(settings.minimumCalls) calls")])
    }
    return groups
  }

  // MARK: - Facts

  /// A line with a name, a figure, and what shows it.
  struct Fact {
    var name: String
    var figure: Run
    var draw: @Sendable (inout Canvas, Rect) -> Void = { _, _ in }
    /// Said below, where there is room.
    var note = ""
    /// Whether a sentence is drawn, which may take the whole line.
    var isSentence = false
  }

  var facts: [Fact] {
    var facts: [Fact] = []
    switch breaker.state {
    case .open: facts.append(nextTrial)
    case .forcedOpen:
      facts.append(sentence("next trial", "never", "forced: refuses every call"))
    case .disabled: facts.append(sentence("lets", "all", "calls go by and do not count"))
    case .closed, .halfOpen, .metricsOnly: break
    }
    if breaker.isStuck {
      facts.append(sentence("stuck", "waits", "no result comes; r resets it", .failing))
    }
    if breaker.state == .halfOpen || (breaker.state == .open && !breaker.trial.isEmpty) { facts.append(trial) }
    if breaker.state == .closed || breaker.state == .metricsOnly { facts.append(window) }
    if !breaker.trippedBy.isEmpty { facts.append(tripped) }
    return facts
  }

  private func sentence(_ name: String, _ word: String, _ text: String, _ ink: Ink = .muted) -> Fact {
    let figure = Run(word, ink == .muted ? .strong : ink, bold: true)
    var fact = Fact(name: name, figure: figure) { canvas, rect in
      canvas.put(endEllipsis(text, rect.width), x: rect.x, y: rect.y, ink)
    }
    fact.isSentence = true
    return fact
  }

  private var nextTrial: Fact {
    guard let from = breaker.trialFrom, from > context.snapshot.time else {
      return sentence("next trial", "now", "the next call is the trial")
    }
    let left = context.until(from)
    let whole = max(context.stretch(from: breaker.since, to: from), left)
    let part = 1 - Double(left) / Double(whole)
    return Fact(name: "next trial in", figure: Run(Figures.duration(left).text, .strong, bold: true)) { canvas, rect in
      Meter(part, ink: .open).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    }
  }

  private func tiles(_ name: String, _ calls: [BreakerCall], size: Int?, note: String = "") -> Fact {
    let failed = calls.count { $0.isFailure }
    let slow = calls.count { $0.isSlow && !$0.isFailure }
    let bad = failed + slow
    let tiles = CallTiles(calls, size: size)
    let figure = Run("\(bad) of \(tiles.size)", failed > 0 ? .failing : slow > 0 ? .degraded : .text, bold: bad > 0)
    return Fact(
      name: name, figure: figure, draw: { tiles.draw(on: &$0, x: $1.x, y: $1.y, width: $1.width) }, note: note)
  }

  private var trial: Fact {
    var fact = tiles("the trial", breaker.trial, size: settings.trialCalls)
    guard breaker.state == .halfOpen else { return fact }
    // While it goes on, what counts is how far it is.
    fact.figure.text = "\(breaker.trial.count) of \(max(settings.trialCalls, breaker.trial.count))"
    return fact
  }
  private var tripped: Fact { tiles("tripped by", breaker.trippedBy, size: nil, note: "newest right") }
  /// A window of seconds adds calls up, and keeps none of them.
  private var window: Fact {
    guard settings.isTimeBased else {
      return tiles("window", breaker.window, size: settings.windowSize, note: "newest right")
    }
    var fact = sentence(
      "last \(settings.windowSize) s", "\(Figures.count(breaker.failed).text) failed",
      "\(Figures.count(breaker.slow).text) slow of \(Count.of(breaker.buffered, "call"))")
    if breaker.failed > 0 { fact.figure.ink = .failing }
    return fact
  }

  func drawFacts(on canvas: inout Canvas, in rect: Rect, isSpaced: Bool) {
    let facts = facts
    let indent = rect.width >= 40 ? 16 : 14
    let figures = max(9, (facts.map(\.figure.text.cellWidth).max() ?? 0) + 2)
    let column = rect.x + indent + figures
    var y = rect.y
    for fact in facts where y < rect.bottom {
      canvas.put(endEllipsis(fact.name, min(indent - 1, rect.width)), x: rect.x, y: y, .muted)
      guard indent + figures <= rect.width else { return }
      canvas.put(fact.figure.text, x: rect.x + indent, y: y, fact.figure.ink, bold: true)
      let place = Rect(x: column, y: y, width: max(0, min(30, rect.right - column)), height: 1)
      fact.draw(&canvas, fact.isSentence ? Rect(x: column, y: y, width: rect.right - column, height: 1) : place)
      y += isSpaced ? 2 : 1
    }
    guard let last = facts.last, isSpaced, y - 1 < rect.bottom, rect.right - column >= last.note.cellWidth else {
      return
    }
    canvas.put(last.note, x: column, y: y - 1, .faint, width: min(30, rect.right - column), align: .right)
  }

  // MARK: - Calls and transitions

  /// The calls that are listed: those that tripped it, or on its own page all that are known, the newest first.
  var calls: [BreakerCall] {
    if isOpened {
      let window = breaker.window
      let older = breaker.trippedBy.filter { !window.contains($0) }
      return Array((older + window).reversed())
    }
    let decisive = breaker.state == .closed || breaker.state == .metricsOnly ? [] : breaker.trippedBy
    return decisive.isEmpty ? Array(breaker.window.reversed()) : decisive.filter { $0.isFailure || $0.isSlow }
  }

  var callKeys: [String] { unique(calls.map { "\($0.gtxid?.hex ?? "") \($0.duration)" }) }

  /// How long a call of this kind may take.
  private var timeLimit: Int64? {
    context.snapshot.service(breaker.caller)?.calls.first { $0.callee == breaker.callee }?.timeLimit
  }

  var callEntries: [Entry] {
    let limit = timeLimit
    return zip(callKeys, calls).map { key, call in
      let (glyph, ink) = CallTiles.mark(call)
      let word =
        !call.isFailure
        ? (call.isSlow ? "slow" : "ok") : limit.map { call.duration >= $0 } == true ? "time-out" : "failed"
      let took = Figures.duration(call.duration).text
      let pad = String(repeating: " ", count: max(0, 10 - word.cellWidth))
      return Entry(
        key,
        [
          Entry.Line(
            [
              Run("\(glyph) ", ink, bold: true),
              Run(call.gtxid?.short ?? "no transaction", call.gtxid == nil ? .faint : .accent),
            ],
            right: [Run(took), Run(pad), .muted(word)])
        ])
    }
  }

  var transitionKeys: [String] { unique(breaker.transitions.map { "\($0.time)" }) }

  var transitionEntries: [Entry] {
    var until = context.snapshot.time
    return zip(transitionKeys, breaker.transitions).enumerated().map { index, pair in
      let (key, transition) = pair
      let stayed = max(0, context.stretch(from: transition.time, to: until))
      until = transition.time
      var runs = [Run(context.clock(transition.time, .tenths), index == 0 ? .text : .faint), Run("  ")]
      if let from = transition.from {
        runs += [Run("\(from.mark.glyph) \(from.mark.letter)", from.mark.ink), .faint(" → ")]
      } else {
        runs.append(Run("      "))
      }
      let ink: Ink = index == 0 ? .text : .muted
      let reason = Self.parts(of: transition.reason)
      runs += transition.to.mark.short + [Run("  "), Run(visible(reason[0]), ink)]
      return Entry(
        key,
        [
          Entry.Line(
            runs, more: reason.dropFirst().map { [Run(visible($0), ink)] },
            right: [Run(Figures.duration(stayed).text, ink)])
        ])
    }
  }

  /// What a reason says first, and what is left out whole where there is no room: `failure rate 50 %`, ` (limit 50 %)`,
  /// `, 10 calls`.
  private static func parts(of reason: String) -> [String] {
    var parts = [""]
    for character in reason {
      if character == "," || character == "(" {
        if character == "(", parts[parts.count - 1].hasSuffix(" ") {
          parts[parts.count - 1].removeLast()
          parts.append(" (")
          continue
        }
        parts.append("")
      }
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  // MARK: - Cause

  /// The fault that hurts the one called, and the topic that waits for the caller; empty when there is neither.
  var cause: [Run] {
    guard breaker.state != .closed else { return [] }
    var runs: [Run] = []
    let armed = context.snapshot.faults.armed.first { fault in
      guard fault.isOn else { return false }
      switch fault.spec.target {
      case .edge(let from, let to): return from == breaker.caller && to == breaker.callee
      default: return fault.spec.target.service == breaker.callee
      }
    }
    if let armed { runs += [.muted("cause  "), Run("↯ \(armed.spec.kind.phrase)", .fault, bold: true)] }
    let waiting = context.snapshot.service(breaker.caller)?.consumes.first { ($0.verdict ?? .ok) != .ok }
    if let waiting, let lag = waiting.lag {
      runs += [.muted(runs.isEmpty ? "then  " : "   then  "), Run("lag \(visible(waiting.topic)) ")]
      runs.append(
        Run(
          "\(Figures.count(Int(lag)).text) \(waiting.trend.arrow)", waiting.verdict?.mark.ink ?? .degraded, bold: true))
    }
    return runs
  }
}

extension FaultKind {
  /// `latency +2 s`, `errors 30 %`, `crash`.
  var phrase: String {
    switch self {
    case .latency(let late): "latency +\(Self.late(late))"
    case .errors(let share): "errors \(Figures.percent(share, isWhole: true).text)"
    case .slowConsumer(let late): "slow consumer +\(Self.late(late))"
    default: [name.title, FaultText.amount(of: self)].filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  /// `2 s`: what somebody typed has no decimals that nobody typed.
  private static func late(_ nanoseconds: Int64) -> String {
    let second: Int64 = 1_000_000_000
    guard nanoseconds % second == 0, nanoseconds < 60 * second else { return Figures.duration(nanoseconds).text }
    return "\(nanoseconds / second) s"
  }
}
