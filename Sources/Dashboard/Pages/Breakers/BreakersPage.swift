import Drawing
import Operations
import TraceModel
import Widgets

/// Page 3: every circuit breaker, what the one under the cursor waits for and why, and the other guards by edge.
struct BreakersPage: Page {
  let id = PageID.breakers
  var sort = BreakerSort()
  private(set) var words = ""
  var table = RowCursor(holdsOn: true)
  var calls = RowCursor()
  var transitions = RowCursor()
  var guards = RowCursor()
  var focus = BreakerPanel.breakers
  /// Whether the breaker under the cursor has the whole page.
  var isOpened = false
  var hover = Hover()
  var hoveredPanel: BreakerPanel?

  init() {}

  mutating func refresh(_ context: PageContext) -> [Action] {
    let hadOne = table.key
    settle(context)
    if isOpened, table.key != hadOne {
      isOpened = false
      focus = .breakers
    }
    if !focusable(context).contains(focus) { focus = .breakers }
    return []
  }

  private mutating func settle(_ context: PageContext) {
    table.settle(keys(context))
    if let detail = detail(context) {
      calls.settle(detail.callKeys)
      transitions.settle(detail.transitionKeys)
    }
    guards.settle(guardsTable(context).keys)
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    guard case .breakers(let key) = destination else { return [] }
    (isOpened, focus) = (false, .breakers)
    guard let key else {
      // Whoever comes anew and has chosen nothing yet finds the cursor on what matters most.
      table.letGo()
      return []
    }
    guard context.snapshot.breaker(key) != nil else {
      return [.say("no breaker is called \(visible(key))", isProblem: true)]
    }
    if !keys(context).contains(key) { words = "" }
    select(key, context)
    return []
  }

  /// Puts the cursor on a breaker; what is listed below begins at its top.
  mutating func select(_ key: String, _ context: PageContext) {
    if table.key != key { (calls, transitions) = (RowCursor(), RowCursor()) }
    table.select(key, keys(context), height: tableHeight(context))
    settle(context)
  }

  // MARK: - Filter

  var filter: String? { words }
  var filterExample: String { "payment open" }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    words = text
    table.settle(keys(context), height: tableHeight(context))
    settle(context)
    return nil
  }

  var wanted: [Substring] { words.lowercased().split(separator: " ") }

  // MARK: - What is shown

  /// The breakers that the filter lets through, sorted.
  func rows(_ context: PageContext) -> [BreakerSnapshot] {
    let wanted = wanted
    guard !wanted.isEmpty else { return sort.sorted(context.snapshot.breakers) }
    return sort.sorted(
      context.snapshot.breakers.filter { breaker in
        let text = [breaker.label, breaker.caller, breaker.configuredAs, breaker.state.rawValue]
          .joined(separator: "\n").lowercased()
        return wanted.allSatisfy { text.contains($0) }
      })
  }

  func keys(_ context: PageContext) -> [String] { rows(context).map(\.id) }

  /// The breaker under the cursor.
  func breaker(_ context: PageContext) -> BreakerSnapshot? {
    let rows = rows(context)
    return table.index(in: rows.map(\.id)).map { rows[$0] }
  }

  func detail(_ context: PageContext) -> BreakerDetail? {
    breaker(context).map { BreakerDetail(breaker: $0, context: context, isOpened: isOpened) }
  }

  func guardsTable(_ context: PageContext) -> GuardsTable {
    // Words that no edge has are about states of breakers: then all edges are shown.
    let narrowed = GuardsTable(context.snapshot, words: wanted)
    return narrowed.edges.isEmpty ? GuardsTable(context.snapshot) : narrowed
  }

  func layout(_ context: PageContext, in area: Rect? = nil) -> BreakersLayout {
    let frame = FrameLayout(size: context.size)
    let detail = detail(context)
    let content = BreakersLayout.Content(
      rows: rows(context).count, facts: detail?.facts.count ?? 0, calls: detail?.calls.count ?? 0,
      transitions: detail?.breaker.transitions.count ?? 0, hasCause: detail?.cause.isEmpty == false,
      showsGuards: focus == .guards, isOpened: isOpened && detail != nil)
    return BreakersLayout(content, area: area ?? frame.page, isTall: frame.isTall)
  }

  func tableHeight(_ context: PageContext) -> Int { max(1, (layout(context).table?.height ?? 3) - 2) }

  /// What Tab goes through.
  func focusable(_ context: PageContext) -> [BreakerPanel] {
    var shown = self
    if focus == .guards { shown.focus = .breakers }
    let layout = shown.layout(context)
    let calls: [BreakerPanel] = layout.calls != nil && detail(context)?.calls.isEmpty == false ? [.calls] : []
    let transitions: [BreakerPanel] = layout.transitions != nil ? [.transitions] : []
    if isOpened { return calls + transitions }
    return [.breakers] + calls + transitions + [.guards]
  }

  // MARK: - The cursor, as the frame sees it

  func breadcrumb(_ context: PageContext) -> [String] {
    switch focus {
    case .guards:
      let table = guardsTable(context)
      let edge = guards.index(in: table.keys).map { table.edges[$0] }
      return ["breakers", "other guards"] + (edge.map { ["\($0.caller) → \($0.call.callee)"] } ?? [])
    default:
      let call = focus == .calls ? selectedCall(context)?.gtxid?.short : nil
      return ["breakers"] + [breaker(context)?.label, call].compactMap(\.self)
    }
  }

  func selectedCall(_ context: PageContext) -> BreakerCall? {
    guard let detail = detail(context) else { return nil }
    return calls.index(in: detail.callKeys).map { detail.calls[$0] }
  }

  func subject(_ context: PageContext) -> Subject? {
    switch focus {
    case .guards:
      let table = guardsTable(context)
      return guards.index(in: table.keys).map { .service(table.edges[$0].call.callee) }
    case .calls:
      if let id = selectedCall(context)?.gtxid { return .transaction(id) }
      return breaker(context).map { .breaker($0.id) }
    case .breakers, .transitions: return breaker(context).map { .breaker($0.id) }
    }
  }
}
