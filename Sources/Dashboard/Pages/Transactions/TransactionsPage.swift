import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// Page 5: the transactions that go by, the call tree of one, and two beside each other.
struct TransactionsPage: Page {
  /// The call tree that is looked at; nil while the list is.
  private(set) var tree: CallTreeView?
  private(set) var comparison: ComparisonView?
  private(set) var list = TransactionList()
  /// The transaction that the next `m` compares with.
  private(set) var marked: GTXID?
  /// When the transactions were last looked through.
  private var searchedAt: Int64?
  var hovered: Int?
  var hoveredAt: Int64 = 0

  init() {}

  var id: PageID { .transactions }

  // MARK: What comes in

  mutating func refresh(_ context: PageContext) -> [Action] {
    if comparison != nil { return refreshComparison(context) }
    guard tree != nil else {
      list.update(
        context.snapshot, found: found(context), height: Self.listHeight(context.size), clock: context.clock,
        isFrozen: context.isFrozen)
      return search(context)
    }
    return refreshTree(context)
  }

  /// As many as are found at most.
  private static let limit = 1_000
  /// Nanoseconds after which is looked again for what has come in.
  private static let searchInterval: Int64 = 1_000_000_000

  /// What the filter asks of all that are kept: of an older state only those that had begun by then.
  private func question(_ context: PageContext) -> TransactionQuestion {
    TransactionQuestion(list.filter, until: context.isFrozen ? context.snapshot.time : nil)
  }

  /// What was found for that; nil while nobody has looked.
  private func found(_ context: PageContext) -> TransactionAnswer? {
    context.matching.flatMap { $0.question == question(context) ? $0.answer : nil }
  }

  /// Looks for what the filter wants among all transactions that are kept: the state has the newest alone.
  private mutating func search(_ context: PageContext) -> [Action] {
    guard !list.filter.isEmpty else { return [] }
    let (question, answer) = (question(context), found(context))
    if let answer, !answer.isThrough { return [.effect(.searchTransactionsOn(question, limit: Self.limit))] }
    // What has come in since is not part of an older state.
    let isDue = searchedAt.map { context.clock - $0 >= Self.searchInterval } ?? true
    guard answer == nil || isDue && !context.isFrozen else { return [] }
    searchedAt = context.clock
    return [.effect(.searchTransactions(question, limit: Self.limit))]
  }

  private mutating func refreshComparison(_ context: PageContext) -> [Action] {
    if let detail = context.transaction, comparison?.has(detail) == false { comparison?.take(detail) }
    if let unknown = context.unknownTransaction, comparison?.missing.contains(unknown) == true {
      comparison = nil
      return [.say("nothing is known of \(unknown.short) any more, so it cannot be compared", isProblem: true)]
    }
    return (comparison?.missing ?? []).map { .effect(.loadTransaction($0)) }
  }

  private mutating func refreshTree(_ context: PageContext) -> [Action] {
    guard var view = tree else { return [] }
    if let detail = context.transaction, detail.summary.gtxid.isSame(as: view.gtxid) {
      if view.detail.map({ !$0.isLike(detail) }) ?? true { view.take(detail, context.size) }
    } else if context.unknownTransaction == view.gtxid {
      view.takeUnknown()
    }
    tree = view
    return view.isStale(context.snapshot) ? [.effect(.loadTransaction(view.gtxid))] : []
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    switch destination {
    case .transactions(let filter):
      (tree, comparison) = (nil, nil)
      if let filter, let problem = list.narrow(to: filter) { return [.say(problem, isProblem: true)] }
    case .transaction(let id, let span):
      comparison = nil
      if tree?.gtxid != id { tree = CallTreeView(id, span: span) } else if let span { tree?.seek(span, context.size) }
      list.select(id, height: Self.listHeight(context.size))
    default: break
    }
    return []
  }

  // MARK: What it is about

  func subject(_ context: PageContext) -> Subject? {
    if comparison != nil { return nil }
    guard let tree else { return list.chosen(at: context.clock).map { .transaction($0.gtxid) } }
    guard let span = tree.currentSpan else { return .transaction(tree.gtxid) }
    return .span(tree.gtxid, span)
  }

  var filter: String? {
    if comparison != nil { return nil }
    return tree?.search ?? list.filterText
  }

  var filterExample: String {
    tree == nil
      ? "dur>500ms svc=payment err status=stuck op~charge @http.route=/orders" : "payment, #6, retry.attempt=2"
  }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    guard tree == nil else {
      tree?.narrow(to: text, context.size)
      return nil
    }
    let problem = list.narrow(to: text)
    list.rebuild(context.snapshot, found: found(context), height: Self.listHeight(context.size))
    return problem
  }

  func breadcrumb(_ context: PageContext) -> [String] {
    if let comparison { return ["transactions", "\(comparison.left.short) against \(comparison.right.short)"] }
    guard let tree else { return ["transactions"] + (list.current.map { [$0.gtxid.short] } ?? []) }
    return ["transactions", tree.gtxid.short] + (tree.currentHop.map { [$0] } ?? [])
  }

  /// All that is looked at: the rows that the filter lets through, the two that are compared, or the one.
  var shownTransactions: [GTXID] {
    if let comparison { return [comparison.left, comparison.right] }
    return tree.map { [$0.gtxid] } ?? list.rows.map(\.gtxid)
  }

  /// What the list is an answer to; nil where it has no filter, and shows the newest.
  func shownQuestion(_ context: PageContext) -> TransactionQuestion? {
    comparison == nil && tree == nil && !list.filter.isEmpty ? question(context) : nil
  }

  // MARK: Parts that its files share

  static func listHeight(_ size: Size) -> Int { max(1, listArea(FrameLayout(size: size).page).height - 1) }

  /// The table with its heading.
  static func listArea(_ page: Rect) -> Rect {
    page.inset(left: 2, top: 1, right: 2, bottom: page.height >= 26 ? 1 : 0)
  }

  mutating func withList(_ change: (inout TransactionList) -> Void) { change(&list) }
  mutating func withTree(_ change: (inout CallTreeView) -> Void) {
    guard var view = tree else { return }
    change(&view)
    tree = view
  }
  mutating func withComparison(_ change: (inout ComparisonView?) -> Void) { change(&comparison) }

  /// Marks a transaction; on another one than is marked, compares the two.
  mutating func mark(_ id: GTXID, _ context: PageContext) -> [Action] {
    guard let first = marked, first != id else {
      marked = marked == nil ? id : nil
      return [.say(marked == nil ? "no transaction is marked" : "\(id.short) is marked; m on another compares the two")]
    }
    marked = nil
    comparison = ComparisonView(left: first, right: id)
    if let detail = tree?.detail { comparison?.take(detail) }
    return (comparison?.missing ?? []).map { .effect(.loadTransaction($0)) }
  }
}

extension TransactionDetail {
  /// Whether nothing has come in between this and the other.
  func isLike(_ other: TransactionDetail) -> Bool {
    tree.nodes.count == other.tree.nodes.count && tree.errors == other.tree.errors && tree.end == other.tree.end
      && log.count == other.log.count && summary.state == other.summary.state
      && summary.duration == other.summary.duration && summary.customerSees == other.summary.customerSees
      && summary.isOverdue == other.summary.isOverdue && summary.orderState == other.summary.orderState
  }
}

extension CallTreeView {
  /// Whether there may be more to load: it still runs, or spans came in after it was loaded.
  fileprivate func isStale(_ snapshot: SystemSnapshot) -> Bool {
    guard let detail else { return true }
    if let row = snapshot.transactions.first(where: { $0.gtxid == gtxid }) {
      return !row.state.hasEnded || row.spans != detail.summary.spans || row.state != detail.summary.state
        || row.customerSees != detail.summary.customerSees
    }
    return !detail.summary.state.hasEnded
  }

  var currentSpan: SpanID? {
    guard let current, let tree, tree.rows.indices.contains(current) else { return nil }
    return tree.nodes[tree.rows[current].node].span.id
  }

  /// The hop under the cursor, or of the work that it stands in.
  var currentHop: String? {
    guard let tree, var row = current, tree.rows.indices.contains(row) else { return nil }
    while tree.rows[row].ltxid == nil, let parent = tree.rows[row].parent { row = parent }
    return tree.rows[row].ltxid?.description
  }
}
