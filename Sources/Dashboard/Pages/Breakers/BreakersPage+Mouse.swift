import Drawing
import Operations
import Widgets

extension BreakersPage {
  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let layout = layout(context, in: area)
    let places: [(BreakerPanel, Rect?)] = [
      (.breakers, layout.table), (.guards, layout.guards), (.calls, layout.calls), (.transitions, layout.transitions),
    ]
    for case (let panel, let rect?) in places
    where rect.inset(left: -1, right: -1).contains(x: event.column, y: event.row) {
      return pointAt(panel, event, rect, context)
    }
    return nil
  }

  /// The row at a cell, or a heading.
  private func hit(_ panel: BreakerPanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext) -> TableHit? {
    let body = rect.split(top: 1).rest
    switch panel {
    case .breakers: return tableView(context).hit(x: event.column, y: event.row, in: body)
    case .guards: return guardsView(context).hit(x: event.column, y: event.row, in: body)
    case .calls:
      guard let detail = detail(context) else { return nil }
      return callsList(detail, context).hit(y: event.row, in: rect).map { .row($0) }
    case .transitions:
      guard let detail = detail(context), event.row >= body.y else { return nil }
      return transitionsList(detail, context).hit(y: event.row, in: body).map { .row($0) }
    }
  }

  private func rowKeys(_ panel: BreakerPanel, _ context: PageContext) -> [String] {
    switch panel {
    case .breakers: keys(context)
    case .guards: guardsTable(context).keys
    case .calls: detail(context)?.callKeys ?? []
    case .transitions: detail(context)?.transitionKeys ?? []
    }
  }

  private func height(_ panel: BreakerPanel, _ rect: Rect) -> Int {
    switch panel {
    case .breakers, .guards: max(1, rect.height - 2)
    case .calls: max(1, rect.height)
    case .transitions: max(1, rect.height - 1)
    }
  }

  private mutating func change(_ panel: BreakerPanel, _ body: (inout RowCursor) -> Void) {
    switch panel {
    case .breakers: body(&table)
    case .guards: body(&guards)
    case .calls: body(&calls)
    case .transitions: body(&transitions)
    }
  }

  private mutating func pointAt(
    _ panel: BreakerPanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext
  ) -> [Action]? {
    let keys = rowKeys(panel, context)
    let height = height(panel, rect)
    let hit = hit(panel, event, rect, context)
    switch event.action {
    case .wheelUp, .wheelDown:
      let before = table.key
      change(panel) { $0.scroll(by: event.action == .wheelUp ? -3 : 3, keys, height: height) }
      if table.key != before { (calls, transitions) = (RowCursor(), RowCursor()) }
      return []
    case .move:
      hoveredPanel = panel
      if case .row(let index) = hit { hover.move(to: keys[index], clock: context.clock) }
      return []
    case .press, .doubleClick:
      focus = panel
      if panel == .breakers, case .heading(let index) = hit, let column = BreakerColumn(rawValue: index) {
        sort.choose(column)
        table.settle(self.keys(context), height: height)
      }
      guard case .row(let index) = hit else { return [] }
      if panel == .breakers, table.key != keys[index] { select(keys[index], context) }
      change(panel) { $0.select(keys[index], keys, height: height) }
      return event.action == .doubleClick ? openRow(context) : []
    case .release: return nil
    }
  }
}
