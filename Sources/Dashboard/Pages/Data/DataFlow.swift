import Drawing
import Operations
import Widgets

/// One way on which data come from one service to another, or what is kept beside databases, as a line.
struct DataFlow {
  var key: String
  /// Who does it.
  var service: String
  var mark: Mark
  var what: [Run]
  /// The same in fewer words; nil where there are none to spare.
  var brief: [Run]?
  var figures: [[Run]]
  /// What it is about; nil: no more than its service.
  var subject: Subject?

  /// What has been on its way for longer than this is late.
  static let late: Int64 = 5_000_000_000

  static func all(_ context: PageContext) -> [DataFlow] {
    let board = context.snapshot.data
    return board.captures.map { capture($0, context) } + board.joins.map { join($0, context) }
      + (context.snapshot.views + board.views).map { view($0, context) }
      + (board.reconciliation.map { [reconciliation($0, context)] } ?? [])
      + (context.snapshot.strangler?.capabilities ?? []).map(slider)
  }

  /// The key of the line about what is compared afterwards.
  static let reconciliationKey = "reconciliation"

  private static func reconciliation(_ found: ReconciliationSnapshot, _ context: PageContext) -> DataFlow {
    let count = Run(Figures.count(found.count).text, found.count == 0 ? .faint : .failing, bold: found.count > 0)
    var figures = [[.muted("mismatches "), count], [.muted("compared "), Run(Figures.count(found.compared).text)]]
    if found.waiting > 0 { figures.append([.muted("waiting "), Run(Figures.count(found.waiting).text)]) }
    let service = context.snapshot.jobs.first { $0.name == reconciliationKey }?.service ?? ""
    let isBlind = !found.failures.isEmpty
    return DataFlow(
      key: reconciliationKey, service: service,
      mark: found.count > 0 ? .failing : isBlind ? .degraded : found.judgedThrough == nil ? .unknown : .healthy,
      what: [Run("what was paid", .strong), .muted(" held against "), Run("what was charged", .strong)]
        + (isBlind ? [Run("  \(visible(found.failures[0]))", .degraded)] : []), figures: figures,
      subject: .reconciliation)
  }

  private static func age(_ oldest: Int64?, _ context: PageContext) -> Int64 {
    oldest.map { max(0, context.since($0)) } ?? 0
  }

  private static func behind(_ count: Int64?, _ age: Int64) -> [[Run]] {
    guard let count else { return [[.muted("behind "), .faint("–")]] }
    var runs = [.muted("behind "), Run(Figures.count(Int(clamping: count)).text, count == 0 ? .faint : .text)]
    if age > late { runs[1] = Run(runs[1].text, .degraded, bold: true) }
    return [runs]
      + (age > 0 ? [[.muted("oldest "), Run(Figures.duration(age).text, age > late ? .degraded : .text)]] : [])
  }

  private static func capture(_ capture: CaptureSnapshot, _ context: PageContext) -> DataFlow {
    let age = age(capture.oldest, context)
    func what(_ by: String) -> [Run] {
      [
        .muted("log of "), Run(visible(capture.source), .strong), .muted(by), Run(visible(capture.miner)),
        .muted(" → \(visible(capture.topic))"),
      ]
    }
    return DataFlow(
      key: "capture \(capture.source)", service: capture.miner, mark: age > late ? .degraded : .healthy,
      what: what(" mined by "), brief: what(" by "), figures: behind(capture.behind, age),
      subject: .capture(capture.source))
  }

  /// The service whose join it is.
  static func owner(ofJoin group: String) -> String { group.hasPrefix("order") ? "order" : group }

  /// What waits longer than its window waits for stream time to go by.
  static func isLate(_ join: JoinSnapshot, _ age: Int64) -> Bool {
    let (late, overflows) = join.window.addingReportingOverflow(self.late)
    return !overflows && age > late
  }

  private static func join(_ join: JoinSnapshot, _ context: PageContext) -> DataFlow {
    let age = age(join.oldest, context)
    let isLate = isLate(join, age)
    let kind = join.isInner ? "inner join" : "join"
    var figures = [
      [.muted("held "), Run(Figures.count(join.held).text, join.held == 0 ? .faint : isLate ? .degraded : .text)]
    ]
    if age > 0 { figures.append([.muted("oldest "), Run(Figures.duration(age).text, isLate ? .degraded : .text)]) }
    figures.append([
      .muted("rollbacks waiting "),
      Run(Figures.count(join.rollbacks).text, join.rollbacks == 0 ? .faint : .compensation),
    ])
    return DataFlow(
      key: "join \(join.group)", service: owner(ofJoin: join.group),
      mark: isLate || join.isInner ? .degraded : .healthy,
      what: [
        .muted("\(kind) of "), Run(visible(join.left), .strong), .muted(" and "), Run(visible(join.right), .strong),
        .muted(" → \(visible(join.output)), window \(Figures.duration(join.window).text)"),
      ], figures: figures, subject: .join(join.group))
  }

  private static func view(_ view: ViewSnapshot, _ context: PageContext) -> DataFlow {
    let age = max(0, view.age ?? 0)
    // Before its first document it is being filled, or nobody has said anything that belongs into it.
    let isFilling = view.behind.map { $0 > 0 } ?? true
    let noun = view.form == .overBus ? "document" : "row"
    let holds = view.documents > 0 ? Count.of(view.documents, noun) : isFilling ? "being filled" : "empty so far"
    var what: [Run] = [.muted("view "), Run(visible(view.name), .strong), .muted(", \(holds)")]
    switch view.form {
    case .overBus: break
    case .singleDatabase: what.append(.muted(", in one transaction with \(visible(view.service))'s rows"))
    case .ofEvents: what.append(.muted(", in one transaction with \(visible(view.service))'s events"))
    }
    if view.generation > 1 { what.append(.muted(", build \(view.generation)")) }
    var figures = behind(view.behind, age)
    if view.reads > 0 {
      let stale = Figures.count(Int(clamping: view.staleReads)).text
      figures.append([.muted("stale reads "), Run(stale, view.staleReads == 0 ? .faint : .degraded)])
    }
    if let build = view.rebuilding { figures.append([Run("build \(build) under way", .accent)]) }
    return DataFlow(
      key: "view \(view.name)", service: view.service,
      mark: view.behind == nil ? .unknown : age > late ? .degraded : .healthy, what: what, figures: figures,
      subject: .view(view.name))
  }

  /// The text gives way, then the first figures.
  func entry(width: Int) -> Entry {
    var (text, right) = (what, [Run]())
    for count in stride(from: figures.count, through: 0, by: -1) {
      right = Array(figures.prefix(count)).fitting(.max / 4, gap: 3)
      text = [what, brief ?? what].first { $0.cellWidth + 4 + right.cellWidth <= width } ?? what
      if text.cellWidth + 4 + right.cellWidth <= width || count == 1 { break }
    }
    return Entry(key, [Entry.Line([Run(mark.glyph + " ", mark.ink, bold: true)] + text, right: right)])
  }
}
