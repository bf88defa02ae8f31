import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// The central log: every line carries its transaction, and Enter leads there.
struct LogPage: Page {
  /// As many lines as are kept to scroll through.
  static let limit = 20_000

  /// What the log is narrowed to, but for the moment.
  private(set) var wanted = LogFilter()
  /// What was typed last, right or wrong; the last right one is in use while it is wrong.
  private(set) var typed = ""
  /// Whether the lines around those that are looked for are shown too.
  private(set) var isAround = false
  var tail = TailCursor<LogLine>()
  /// The line whose transaction is being read, to be opened.
  var opening: LogLine?

  var isFollowing: Bool { tail.isFollowing }
  var selected: Int { tail.line }

  init() {}

  var id: PageID { .log }
  var filter: String? { typed }
  var filterExample: String { "timeout level>=warn svc=payment -retry #4" }

  /// The filter with the moment that is shown.
  func effective(_ context: PageContext) -> LogFilter {
    var filter = wanted
    if isAround { filter.text = "" }
    filter.until = context.isFrozen ? context.snapshot.time : nil
    return filter
  }

  /// What lines are looked for among those that are shown; nil while all of them are.
  var sought: LogMatch? {
    guard isAround, !wanted.text.isEmpty else { return nil }
    return LogMatch(LogFilter(text: wanted.text))
  }

  /// The lines that are shown; nil while they are being read.
  func lines(_ context: PageContext) -> [LogLine]? {
    guard let loaded = context.logFilter else { return nil }
    return loaded == effective(context) ? context.log : nil
  }

  /// The line that somebody means who presses a key now.
  func line(_ context: PageContext) -> LogLine? {
    lines(context).flatMap { tail.chosen($0, at: context.clock) }
  }

  /// The words that are marked in messages.
  var marked: [String] { (try? LogQuery(parsing: wanted.text))?.marked ?? [] }

  // MARK: What is wanted

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    typed = text
    do throws(LogQueryError) {
      _ = try LogQuery(parsing: text)
    } catch {
      return error.description
    }
    change { $0.text = text }
    return nil
  }

  /// Other lines are wanted: back to the newest of them.
  mutating func change(_ body: (inout LogFilter) -> Void) {
    let before = wanted
    body(&wanted)
    if wanted.text.isEmpty { isAround = false }
    if wanted != before { tail.follow() }
  }

  /// Everything again.
  mutating func clear() {
    typed = ""
    change { $0 = LogFilter() }
  }

  /// Shows what stands around the line under the cursor, or again only what is looked for.
  mutating func toggleAround(_ context: PageContext) {
    let line = line(context)
    isAround.toggle()
    if let line { tail.hold(line) } else { tail.follow() }
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    guard case .log(var filter) = destination else { return [] }
    filter.until = nil
    guard filter != wanted else { return [] }
    typed = filter.text
    isAround = false
    change { $0 = filter }
    return []
  }

  // MARK: What comes in

  mutating func refresh(_ context: PageContext) -> [Action] {
    if let line = opening, let place = opened(line, context) {
      opening = nil
      return [.open(place)]
    }
    let lines = lines(context)
    if let lines { tail.settle(lines, at: context.clock) }
    if tail.wantsLines(at: context.clock) || lines == nil {
      return [.effect(.loadLog(effective(context), limit: Self.limit))]
    }
    return context.logProgress.isComplete ? [] : [.effect(.searchLogOn(effective(context), limit: Self.limit))]
  }

  /// Where a line leads, once its transaction has been read.
  private func opened(_ line: LogLine, _ context: PageContext) -> Destination? {
    guard let id = line.gtxid else { return nil }
    if context.unknownTransaction == id { return .transaction(id, span: nil) }
    guard context.transaction?.summary.gtxid == id else { return nil }
    return .transaction(id, span: span(of: line, context))
  }

  /// The span that wrote the line, as far as the transaction is loaded.
  func span(of line: LogLine, _ context: PageContext) -> SpanID? {
    guard let detail = context.transaction, detail.summary.gtxid == line.gtxid, let hop = line.ltxid else { return nil }
    let spans = detail.tree.nodes.map(\.span).filter { $0.ltxid == hop }
    return (spans.first { $0.service == line.service } ?? spans.first)?.id
  }

  // MARK: The last line

  func breadcrumb(_ context: PageContext) -> [String] {
    var crumbs = [PageID.log.rawValue]
    if let service = wanted.service { crumbs.append(service) }
    if let id = wanted.gtxid { crumbs.append(id.short) }
    return crumbs
  }

  func subject(_ context: PageContext) -> Subject? {
    guard let line = line(context) else { return wanted.service.map(Subject.service) }
    return line.gtxid.map(Subject.transaction) ?? .service(line.service)
  }

  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    LogView(page: self, lines: lines(context), context: context).draw(on: &canvas, in: area)
  }
}
