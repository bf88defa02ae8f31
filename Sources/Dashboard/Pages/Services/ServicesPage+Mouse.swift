import Drawing
import Operations
import Widgets

extension ServicesPage {
  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let layout = layout(context, in: area)
    let (x, y) = (event.column, event.row)
    let panels = ([ServicePanel.services] + ServicePanel.ofService)
    guard
      let panel = panels.first(where: { layout.rect($0)?.inset(left: -1, right: -1).contains(x: x, y: y) == true }),
      let rect = layout.rect(panel)
    else { return nil }
    return panel == .services
      ? pointAtTable(event, rect, context) : pointAt(panel, event, rect, context)
  }

  private mutating func pointAtTable(_ event: MouseEvent, _ rect: Rect, _ context: PageContext) -> [Action]? {
    let keys = rows(context).map(\.name)
    let body = rect.split(top: 1).rest
    let hit = tableView(context).hit(x: event.column, y: event.row, in: body)
    switch event.action {
    case .wheelUp, .wheelDown:
      table.scroll(by: event.action == .wheelUp ? -3 : 3, keys, height: body.height - 1)
      cursors = [:]
      return []
    case .move:
      hoveredPanel = .services
      if case .row(let index) = hit { hover.move(to: keys[index], clock: context.clock) }
      return []
    case .press, .doubleClick:
      focus = .services
      if case .heading(let index) = hit, let column = ServiceColumn(rawValue: index) {
        sort.choose(column)
        table.settle(rows(context).map(\.name), height: body.height - 1)
      }
      guard case .row(let index) = hit else { return [] }
      if table.key != keys[index] { cursors = [:] }
      table.select(keys[index], keys, height: body.height - 1)
      return event.action == .doubleClick ? openRow(context) : []
    case .release: return nil
    }
  }

  private mutating func pointAt(
    _ panel: ServicePanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext
  ) -> [Action]? {
    guard let view = view(of: panel, context) else { return nil }
    let keys = view.keys
    let hit = view.hit(x: event.column, y: event.row, in: rect)
    switch event.action {
    case .wheelUp, .wheelDown:
      cursors[panel, default: RowCursor()]
        .scroll(by: event.action == .wheelUp ? -3 : 3, keys, height: view.height(in: rect))
      return []
    case .move:
      hoveredPanel = panel
      hover.move(to: hit.map { keys[$0] }, clock: context.clock)
      return []
    case .press, .doubleClick:
      focus = panel
      guard let hit else { return [] }
      cursors[panel, default: RowCursor()].select(keys[hit], keys, height: view.height(in: rect))
      return event.action == .doubleClick ? openRow(context) : []
    case .release: return nil
    }
  }
}
