import Drawing
import Operations
import TraceModel
import Widgets

extension LogPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    opening = nil
    guard !key.alt else { return nil }
    if tail.press(key, count: lines(context)?.count ?? 0) { return refresh(context) }
    switch key.key {
    case .enter: return open(context)
    case .character("n"): return find(forward: true, context)
    case .character("N"): return find(forward: false, context)
    case .character("d"):
      guard let line = line(context) else { return [.say("there is no line to read")] }
      return [Self.details(of: line)]
    case .character("y"):
      guard let line = line(context) else { return [.say("there is no line to copy")] }
      return [.effect(.copy(text(of: line, context)))]
    case .character("v"):
      let levels = LogLine.Level.allCases
      let next = ((levels.firstIndex(of: wanted.atLeast) ?? 0) + 1) % levels.count
      change { $0.atLeast = levels[next] }
    case .character("c"):
      guard !wanted.text.isEmpty else { return [.say("/ looks for something; c then shows what stands around it")] }
      toggleAround(context)
    case .character("x") where wanted != LogFilter(): clear()
    case .escape where isAround: toggleAround(context)
    case .escape where !typed.isEmpty: _ = narrow(to: "", context)
    default: return nil
    }
    return refresh(context)
  }

  mutating func open(_ context: PageContext) -> [Action] {
    guard let line = line(context) else { return [] }
    guard let id = line.gtxid else { return [Self.details(of: line)] }
    if let span = span(of: line, context) { return [.open(.transaction(id, span: span))] }
    opening = line
    return [.effect(.loadTransaction(id))]
  }

  /// All that a line says, which may be a page long.
  private static func details(of line: LogLine) -> Action {
    .show(
      Popup(
        FactsPopup("log line") { context in
          var facts = [
            fact("time", context.clock(line.time, .milliseconds)), fact("level", line.level.rawValue),
            fact("service", line.service),
          ]
          if !line.instance.isEmpty { facts.append(fact("instance", line.instance)) }
          facts.append(fact("transaction", line.gtxid?.hex ?? "none"))
          if let hop = line.ltxid { facts.append(fact("hop", hop.description)) }
          return facts + [[], [Run(line.message)]]
        }))
  }

  /// To the next line that is looked for; where all are, to the next that warns.
  private mutating func find(forward: Bool, _ context: PageContext) -> [Action] {
    let lines = lines(context) ?? []
    let sought = sought
    func isWanted(_ line: LogLine) -> Bool { sought?.lets(through: line) ?? (line.level >= .warn) }
    let here = tail.line
    let found =
      forward
      ? lines.indices.dropFirst(here + 1).first { isWanted(lines[$0]) }
      : lines.indices.prefix(min(here, lines.count)).last { isWanted(lines[$0]) }
    guard let found else {
      let what = sought == nil ? "warning or error" : "line like this"
      return [.say(forward ? "no \(what) below" : "no \(what) above")]
    }
    tail.select(found, count: lines.count)
    return refresh(context)
  }

  /// The line as it is read elsewhere, with the whole GTXID.
  private func text(of line: LogLine, _ context: PageContext) -> String {
    var words = [context.clock(line.time, .milliseconds), line.level.rawValue.uppercased(), line.place]
    if let id = line.gtxid { words.append(id.hex) }
    if let hop = line.ltxid { words.append(hop.description) }
    return (words + [line.message]).joined(separator: "  ")
  }

  // MARK: Mouse

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let lines = lines(context) ?? []
    switch event.action {
    case .wheelDown, .wheelUp:
      tail.move(by: event.action == .wheelDown ? 3 : -3, count: lines.count)
      return refresh(context)
    case .press, .doubleClick:
      guard !lines.isEmpty else { return nil }
      let view = LogView(page: self, lines: lines, context: context)
      guard case .row(let row)? = view.hit(event, in: area) else { return nil }
      tail.select(row, count: lines.count)
      return event.action == .doubleClick ? open(context) : []
    case .move, .release: return nil
    }
  }

  // MARK: Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    if context.snapshot.hasNoLog { return [] }
    var hints = [
      KeyHint("↵", "transaction"), KeyHint("v", "level"), KeyHint("/", "filter"), KeyHint("d", "details"),
    ]
    if !isFollowing { hints.insert(KeyHint("G", "follow"), at: 0) }
    if !wanted.text.isEmpty { hints.append(KeyHint("c", isAround ? "only these" : "around")) }
    hints.append(KeyHint("n N", isAround ? "next match" : "next warning"))
    if wanted.service != nil || wanted.gtxid != nil { hints.append(KeyHint("x", "all lines")) }
    return hints
  }

  var help: [KeyHint] {
    [
      KeyHint("↑ ↓  j k  g", "move; the log then stands still"),
      KeyHint("G  End", "follow the newest line"),
      KeyHint("↵", "the call tree of the line's transaction, at the hop that wrote it"),
      KeyHint("d", "all that the line says, on as many lines as it has"),
      KeyHint("v", "the least level that is shown: debug, info, warn, error"),
      KeyHint("/", "only lines that have all of these: words, \"several words\", -without, level>=warn, svc=payment,"),
      KeyHint("", "inst=payment-2, gtxid=8f3a, #4, text=timeout; Esc clears"),
      KeyHint("c", "what stands around the lines that are looked for; again: only these"),
      KeyHint("n  N", "the next line that is looked for, the one before; without c: that warns"),
      KeyHint("y", "copies the line, with its whole GTXID"),
      KeyHint("x", "all lines again, of every service and transaction"),
    ]
  }
}
