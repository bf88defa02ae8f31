import Drawing
import Operations
import Widgets

extension DataPage {
  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let layout = layout(context, in: area)
    for panel in DataPanel.allCases {
      guard let rect = layout.rect(panel),
        rect.inset(left: -1, right: -1).contains(x: event.column, y: event.row)
      else { continue }
      return pointAt(panel, event, rect, context)
    }
    return nil
  }

  private func row(_ panel: DataPanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext) -> Int? {
    let body = rect.split(top: 1).rest
    if panel == .keys || panel == .flows {
      return lineList(panel, context, width: body.width).hit(y: event.row, in: body)
    }
    guard case .row(let index) = table(panel, context).hit(x: event.column, y: event.row, in: body) else { return nil }
    return index
  }

  private mutating func pointAt(
    _ panel: DataPanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext
  ) -> [Action]? {
    let keys = keys(panel, context)
    let height = height(panel, context)
    switch event.action {
    case .wheelUp, .wheelDown:
      cursors[panel, default: RowCursor()].scroll(by: event.action == .wheelUp ? -3 : 3, keys, height: height)
      return []
    case .move:
      hoveredPanel = panel
      if let index = row(panel, event, rect, context) { hover.move(to: keys[index], clock: context.clock) }
      return []
    case .press, .doubleClick:
      focus = panel
      guard let index = row(panel, event, rect, context) else { return [] }
      cursors[panel, default: RowCursor()].select(keys[index], keys, height: height)
      return event.action == .doubleClick ? openRow(context) : []
    case .release: return nil
    }
  }
}
