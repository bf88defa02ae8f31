import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// The central log: every line carries its transaction, and Enter leads there.
struct LogPage: Page {
  /// As many lines as are kept to scroll through.
  static let limit = 1_000

  /// What the log is narrowed to, but for the moment.
  var wanted = LogFilter()
  private var tail = TailCursor<LogLine>()

  var isFollowing: Bool { tail.isFollowing }
  var selected: Int { tail.line }

  init() {}

  var id: PageID { .log }
  var filter: String? { wanted.text }
  var filterExample: String { "part of a message" }

  /// The filter with the moment that is shown.
  func effective(_ context: PageContext) -> LogFilter {
    var filter = wanted
    filter.until = context.isFrozen ? context.snapshot.time : nil
    return filter
  }

  /// The lines that are shown; nil while they are being read.
  func lines(_ context: PageContext) -> [LogLine]? {
    guard let loaded = context.logFilter else { return nil }
    return loaded == effective(context) ? context.log : nil
  }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    wanted.text = text
    tail.follow()
    return nil
  }

  mutating func refresh(_ context: PageContext) -> [Action] {
    let lines = lines(context)
    if let lines { tail.settle(lines, at: context.clock) }
    guard tail.wantsLines(at: context.clock) || lines == nil else { return [] }
    return [.effect(.loadLog(effective(context), limit: Self.limit))]
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    guard case .log(let filter) = destination, filter != wanted else { return [] }
    wanted = filter
    wanted.until = nil
    tail.follow()
    return []
  }

  // MARK: Keys

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    if tail.press(key, count: lines(context)?.count ?? 0) { return refresh(context) }
    switch key.key {
    case .character("v"):
      let levels = LogLine.Level.allCases
      let next = ((levels.firstIndex(of: wanted.atLeast) ?? 0) + 1) % levels.count
      wanted.atLeast = levels[next]
      tail.follow()
      return refresh(context)
    case .character("x") where wanted != LogFilter():
      wanted = LogFilter()
      tail.follow()
      return refresh(context)
    case .escape where !wanted.text.isEmpty:
      wanted.text = ""
      tail.follow()
      return refresh(context)
    case .enter: return open(context)
    default: return nil
    }
  }

  private mutating func move(_ step: Int, _ context: PageContext) -> [Action] {
    tail.move(by: step, count: lines(context)?.count ?? 0)
    return refresh(context)
  }

  private func line(_ context: PageContext) -> LogLine? {
    lines(context).flatMap { tail.chosen($0, at: context.clock) }
  }

  private func open(_ context: PageContext) -> [Action] {
    guard let line = line(context) else { return [] }
    guard let id = line.gtxid else { return [.say("this line belongs to no transaction")] }
    return [.open(.transaction(id, span: span(of: line, context)))]
  }

  /// The span that wrote the line, as far as the transaction is loaded.
  private func span(of line: LogLine, _ context: PageContext) -> SpanID? {
    guard let detail = context.transaction, detail.summary.gtxid == line.gtxid, let hop = line.ltxid else { return nil }
    return detail.tree.nodes.first { $0.span.ltxid == hop && $0.span.service == line.service }?.span.id
  }

  // MARK: Mouse

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    switch event.action {
    case .wheelDown: return move(3, context)
    case .wheelUp: return move(-3, context)
    case .press, .doubleClick:
      guard let lines = lines(context), !lines.isEmpty else { return nil }
      let view = LogView(page: self, lines: lines, context: context)
      guard case .row(let row)? = view.hit(event, in: area) else { return nil }
      tail.select(row, count: lines.count)
      return event.action == .doubleClick ? open(context) : []
    case .move, .release: return nil
    }
  }

  // MARK: The last line

  func breadcrumb(_ context: PageContext) -> [String] {
    var crumbs = [PageID.log.rawValue]
    if let service = wanted.service { crumbs.append(service) }
    if let id = wanted.gtxid { crumbs.append(id.short) }
    return crumbs
  }

  func hints(_ context: PageContext) -> [KeyHint] {
    var hints = [KeyHint("↵", "transaction"), KeyHint("v", "level"), KeyHint("/", "filter")]
    if !isFollowing { hints.insert(KeyHint("G", "follow"), at: 0) }
    if wanted.service != nil || wanted.gtxid != nil { hints.append(KeyHint("x", "all lines")) }
    return hints
  }

  var help: [KeyHint] {
    [
      KeyHint("↑ ↓  j k  g", "move; the log then stands still"),
      KeyHint("G  End", "follow the newest line"),
      KeyHint("↵", "the transaction of the line, at that line"),
      KeyHint("v", "the least level that is shown: debug, info, warn, error"),
      KeyHint("/", "lines with this text; Esc clears"),
      KeyHint("x", "all lines again, of every service and transaction"),
    ]
  }

  func subject(_ context: PageContext) -> Subject? {
    guard let line = line(context) else { return wanted.service.map(Subject.service) }
    return line.gtxid.map(Subject.transaction) ?? .service(line.service)
  }

  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    LogView(page: self, lines: lines(context), context: context).draw(on: &canvas, in: area)
  }
}
