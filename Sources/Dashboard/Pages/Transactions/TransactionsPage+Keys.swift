import Drawing
import Operations
import TraceModel
import Widgets

extension TransactionsPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    if comparison != nil { return pressInComparison(key, context) }
    return tree == nil ? pressInList(key, context) : pressInTree(key, context)
  }

  private mutating func pressInList(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    let height = Self.listHeight(context.size)
    var isMove = false
    withList { isMove = $0.press(key, height: height) }
    if isMove { return [] }
    switch key.key {
    case .enter:
      guard let row = list.chosen(at: context.clock) else { return [] }
      return [.open(.transaction(row.gtxid, span: nil))]
    case .character("s"): sort(context) { $0.sortByNext() }
    case .character("S"): sort(context) { $0.reverse() }
    case .character("m"):
      guard let row = list.chosen(at: context.clock) else { return [.say("there is no transaction to mark")] }
      return mark(row.gtxid, context)
    case .escape:
      guard !list.filterText.isEmpty else { return nil }
      _ = narrow(to: "", context)
    default: return nil
    }
    return []
  }

  private mutating func sort(_ context: PageContext, _ change: (inout TransactionList) -> Void) {
    withList {
      change(&$0)
      $0.rebuild(context.snapshot, found: $0.found, height: Self.listHeight(context.size))
    }
  }

  private mutating func pressInComparison(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    if key.key == .escape {
      withComparison { $0 = nil }
      return refresh(context)
    }
    let height = ComparisonView.tableHeight(context.size)
    var isMove = false
    withComparison { comparison in
      let count = comparison?.lines.count ?? 0
      isMove = comparison?.cursor.press(key, count: count, height: height) ?? false
    }
    return isMove ? [] : nil
  }

  private mutating func pressInTree(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    if let actions = pressAboutTransaction(key, context) { return actions }
    var answer: [Action]?
    withTree { answer = $0.press(key, context.size) }
    return answer
  }

  private mutating func pressAboutTransaction(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard let tree else { return nil }
    switch key.key {
    case .character("S"):
      guard let detail = tree.detail else { return [.say("there is nothing to save yet")] }
      let text = TransactionJSON.text(of: detail)
      return [.effect(.save(name: "transaction-\(tree.gtxid.hex).json", text: text))]
    case .character("m"): return mark(tree.gtxid, context)
    default: return nil
    }
  }

  // MARK: The mouse

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    if comparison != nil { return nil }
    return tree == nil ? pointInList(event, in: area, context) : pointInTree(event, in: area, context)
  }

  private mutating func pointInList(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let rect = Self.listArea(area)
    let height = max(1, rect.height - 1)
    switch event.action {
    case .wheelUp, .wheelDown:
      withList { $0.scroll(by: event.action == .wheelUp ? -3 : 3, height: height) }
      return []
    case .release: return nil
    case .press, .doubleClick, .move: break
    }
    let table = list.table(in: rect, hovered: nil, marked: marked, context)
    switch table.hit(x: event.column, y: event.row, in: rect) {
    case .heading(let column):
      guard event.action == .press, let order = TransactionList.Order.at(column: column) else { return [] }
      sort(context) { $0.sort(by: order) }
    case .row(let line):
      if event.action == .move {
        (hovered, hoveredAt) = (line, context.clock)
        return []
      }
      withList { $0.select(line: line, height: height) }
      if event.action == .doubleClick { return pressInList(KeyPress(.enter), context) }
    case nil:
      hovered = nil
      return nil
    }
    return []
  }

  private mutating func pointInTree(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    var answer: [Action]?
    withTree { answer = $0.point(event, in: area, context.size) }
    return answer
  }
}
