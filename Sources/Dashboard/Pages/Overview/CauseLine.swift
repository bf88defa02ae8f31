import Drawing
import Operations
import Widgets

/// The one sentence that says what is wrong: where it began, and what followed from it.
struct CauseLine {
  let snapshot: SystemSnapshot

  func draw(on canvas: inout Canvas, in area: Rect) {
    guard area.width > 4, area.height > 0 else { return }
    guard !snapshot.incident.isEmpty else { return drawQuiet(on: &canvas, in: area) }
    let isFailing = snapshot.incident.contains(where: \.isFailing)
    let line = area.inset(left: 1, right: 1)
    canvas.fill(line, isFailing ? .alarm : .surface)
    canvas.put(Glyphs.selection, x: line.x, y: line.y, isFailing ? .failing : .degraded, bold: true)
    canvas.rich(fitting(line.width - 3), x: line.x + 2, y: line.y)
  }

  private func drawQuiet(on canvas: inout Canvas, in area: Rect) {
    let room = area.width - 4
    let sentence = sentences.first { $0.cellWidth <= room } ?? endEllipsis(sentences.last ?? [], room)
    canvas.rich(sentence, x: area.x + 2, y: area.y)
  }

  /// Where others report to, so that somebody does.
  private var nobody: [[Run]] {
    let none = Run("No service yet.", .muted)
    let receivers = snapshot.program.receivers.map(\.name)
    guard snapshot.system.isOnlyWatched, !receivers.isEmpty else { return [[none]] }
    let listening = [none, Run("  Listening: \(receivers.joined(separator: ", "))", .text)]
    let http = "otlp-http "
    guard let endpoint = receivers.first(where: { $0.hasPrefix(http) })?.dropFirst(http.count) else {
      return [listening, [none]]
    }
    let hint = Run("  OTEL_EXPORTER_OTLP_ENDPOINT=http://\(endpoint)", .accent)
    return [listening + [hint], [none, hint], listening, [none]]
  }

  /// Nothing is known to be wrong: from the longest to the shortest way to say so.
  private var sentences: [[Run]] {
    let count = snapshot.services.count
    guard count > 0 else { return nobody }
    let worst = snapshot.services.map(\.health).max() ?? .up
    let unwell = snapshot.services.count { $0.health != .up }
    let services = count == 1 ? "the service is healthy" : "all \(count) services healthy"
    let health = worst == .up ? services : "\(unwell) of \(count) services \(worst.mark.word)"
    let needs = snapshot.attention.reduce(0) { $0.addingReportingOverflow($1.count).partialValue }
    let areAtLeast = snapshot.attention.contains(where: \.isAtLeast)
    // What was put aside hurts no service, and yet somebody has to say what becomes of it.
    let letters = snapshot.topics.map(\.deadLetters).saturatingSum
    let short = snapshot.data.shortages.count
    let waiting: [Waiting] = [
      Waiting(
        count: needs,
        words: areAtLeast ? "\(Count.grouped(needs))+ transactions" : Count.of(needs, "transaction")),
      Waiting(count: letters, words: Count.of(letters, "dead letter")),
      Waiting(
        count: short, words: Count.of(short, "product") + " low in stock", fewer: "\(Count.grouped(short)) low in stock"
      ),
    ].filter { $0.count > 0 }
    let ink: Ink = !waiting.isEmpty || worst.isBad ? .text : .muted
    let whole = Self.clauses(waiting).map { "\(health), \($0)" }
    // What somebody has to do says more than that nothing else is wrong.
    let alone = waiting.isEmpty ? [] : Self.clauses(waiting)
    return (whole + (worst.isBad ? [] : alone) + [health]).map { worst.mark.short + [Run(" " + $0, ink)] }
  }

  /// Things of one kind that wait for somebody.
  private struct Waiting {
    var count: Int
    var words: String
    /// In fewer words, where there are any.
    var fewer: String?
  }

  /// That they need somebody, from the longest to the shortest way to say so: the first of them is named longest.
  private static func clauses(_ waiting: [Waiting]) -> [String] {
    guard let first = waiting.first else { return ["nothing needs you"] }
    let needs = waiting.count == 1 && first.count == 1 ? "needs you" : "need you"
    let all = [waiting.map(\.words), waiting.map { $0.fewer ?? $0.words }]
    let fewer = (1..<waiting.count).reversed().map { waiting.prefix($0).map(\.words) + ["more"] }
    return (all + fewer).map { words in
      [words.dropLast().joined(separator: ", "), words.last ?? ""].filter { !$0.isEmpty }.joined(separator: " and ")
        + " " + needs
    }
  }

  // MARK: An incident

  /// The links as they fit: shorter separators first, then shorter links from the end, then fewer.
  private func fitting(_ width: Int) -> [Run] {
    let links = snapshot.incident
    for separator in ["  \(Glyphs.cause)  ", Self.separator] {
      let line = joined(links.map { $0.runs(isShort: false) }, separator)
      if line.cellWidth <= width { return line }
    }
    // Where it began and who is unwell for it tell more than the last of many effects.
    for count in stride(from: links.count, through: min(links.count, Self.fewest), by: -1) {
      if let line = short(Array(links.prefix(count)), width) { return line }
    }
    return shortest(Array(links.prefix(Self.fewest)), width)
  }

  private static let separator = " \(Glyphs.cause) "
  /// So many links are there before the first two lose their reasons.
  private static let fewest = 4

  /// With the reasons of the first two; nil where that does not fit.
  private func short(_ links: [IncidentLink], _ width: Int) -> [Run]? {
    // The breaker's names go first: they stand in the panel below.
    let order =
      links.indices.filter { links[$0].isBreaker }
      + links.indices.dropFirst(2).filter { links[$0].hasReason }.reversed()
    for count in 0...order.count {
      let short = Set(order.prefix(count))
      let line = joined(links.indices.map { links[$0].runs(isShort: short.contains($0)) }, Self.separator)
      if line.cellWidth <= width { return line }
    }
    return nil
  }

  private func shortest(_ links: [IncidentLink], _ width: Int) -> [Run] {
    let reasons = links.indices.dropFirst().filter { links[$0].hasReason }.reversed()
    let order =
      links.indices.filter { links[$0].isBreaker } + reasons
      + links.indices.filter { !links[$0].isBreaker && !reasons.contains($0) }
    for count in 1...max(1, order.count) {
      let short = Set(order.prefix(count))
      var parts = links.indices.map { links[$0].runs(isShort: short.contains($0)) }
      let spare = width - joined(parts, Self.separator).cellWidth
      guard spare >= 0 else { continue }
      // What is left over is for the beginning of why.
      if let place = links.indices.first(where: { short.contains($0) && links[$0].hasReason }),
        spare >= Self.leastReason
      {
        parts[place] = Self.words(links[place].runs(isShort: false), parts[place].cellWidth + spare)
      }
      return joined(parts, Self.separator)
    }
    for count in stride(from: links.count - 1, to: 0, by: -1) {
      let line = joined(links.prefix(count).map { $0.runs(isShort: true) }, Self.separator)
      if line.cellWidth <= width { return line }
    }
    return endEllipsis(links[0].runs(isShort: true), width)
  }

  /// Fewer letters of a reason say nothing.
  private static let leastReason = 14

  /// As many whole words of the reason, which is the last run, as there is room for.
  private static func words(_ runs: [Run], _ room: Int) -> [Run] {
    guard var reason = runs.last, runs.cellWidth > room else { return runs }
    let head = Array(runs.dropLast())
    let cut = endEllipsis(reason.text, room - head.cellWidth)
    let whole = cut.split(separator: " ", omittingEmptySubsequences: false).dropLast().joined(separator: " ")
    reason.text = whole.allSatisfy { $0 == " " } ? "" : whole + " …"
    return head + [reason]
  }

  private func joined(_ links: [[Run]], _ separator: String) -> [Run] {
    links.enumerated().flatMap { $0.offset == 0 ? $0.element : [Run(separator, .faint)] + $0.element }
  }
}

extension IncidentLink {
  fileprivate var isBreaker: Bool {
    if case .breaker = self { true } else { false }
  }

  fileprivate var hasReason: Bool {
    switch self {
    case .service(_, _, let what), .fault(_, let what), .trouble(_, let what), .overdue(_, let what): !what.isEmpty
    case .breaker, .retries, .lag, .outbox, .compensated, .stuck: false
    }
  }

  fileprivate var isFailing: Bool {
    switch self {
    case .service(_, let health, _): health == .down
    case .fault, .trouble, .retries: false
    case .outbox, .overdue: true
    case .breaker(_, let state): state == .open || state == .forcedOpen
    case .lag(_, _, _, let verdict): verdict.isError
    case .compensated: false
    case .stuck: true
    }
  }

  fileprivate func runs(isShort: Bool) -> [Run] {
    switch self {
    case .service(let name, let health, let what):
      let (name, reason) = Self.once(name, what)
      let head = health.mark.short + [Run(" " + middleEllipsis(name, 32), .strong, bold: true)]
      return isShort || reason.isEmpty ? head : head + [Run(" " + reason, .text)]
    case .fault(let place, let what):
      let head = [Run("\(Glyphs.fault) " + middleEllipsis(place, 32), .fault, bold: true)]
      return isShort ? head : head + [Run(" " + what, .text)]
    case .trouble(let place, let what):
      let head = [
        Run(Mark.degraded.glyph, .degraded, bold: true), Run(" " + middleEllipsis(place, 32), .strong, bold: true),
      ]
      return isShort ? head : head + [Run(" " + what, .text)]
    case .breaker(let label, let state):
      return isShort ? state.mark.long : state.mark.long + [Run(" " + middleEllipsis(label, 44), .text)]
    case .retries(let rate):
      return [Run(Figures.count(Int(rate.rounded())).text, .degraded, bold: true), Run(" retries/s", .text)]
    case .lag(let topic, let lag, let trend, let verdict):
      let arrow = trend == .steady ? "" : " " + trend.arrow
      let figure = " " + Figures.count(Int(clamping: lag)).text + arrow
      return [Run("lag ", .text), Run(middleEllipsis(topic, 24), .strong)]
        + [Run(figure, verdict == .ok ? .text : verdict.mark.ink, bold: true)]
    case .outbox(let service, let events):
      return [
        Run("outbox ", .text), Run(middleEllipsis(service, 24), .strong),
        Run(" " + Figures.count(events).text, .degraded, bold: true),
      ]
    case .overdue(let count, let reason):
      let head = [Run("\(Figures.count(count).text) \(Mark.overdue.word)", Mark.overdue.ink, bold: true)]
      return isShort ? head : head + [Run(", " + reason, .text)]
    case .compensated(let count):
      let head = Run("\(Mark.compensated.glyph) " + Figures.count(count).text, .compensation, bold: true)
      return isShort ? [head] : [head, Run(" compensated", .text)]
    case .stuck(let count):
      return [Run("\(Mark.stuck.glyph) " + Figures.count(count).text, .failing, bold: true), Run(" stuck", .text)]
    }
  }

  /// A reason that begins with the service or one of its instances names it once: `order answered 503`, `order-1 crashed`.
  private static func once(_ name: String, _ what: String) -> (name: String, reason: String) {
    let words = what.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2, let first = words.first else { return (name, what) }
    let isInstance = first.hasPrefix(name + "-") && first.dropFirst(name.count + 1).allSatisfy(\.isNumber)
    return first == name || isInstance ? (first, words[1]) : (name, what)
  }
}
