import Drawing
import Operations
import TraceModel
import Widgets

extension SagasPage {
  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let layout = layout(context, in: area)
    let places: [(SagaPanel, Rect?)] = [
      (.definitions, layout.definitions), (.sagas, layout.sagas), (.timeline, layout.timeline),
    ]
    for case (let panel, let rect?) in places
    where rect.inset(left: -1, right: -1).contains(x: event.column, y: event.row) {
      return pointAt(panel, event, rect, context)
    }
    return nil
  }

  private func view(_ panel: SagaPanel, _ context: PageContext) -> TableView {
    switch panel {
    case .sagas: tableView(context)
    case .definitions: definitionsView(context)
    case .timeline: timelineView(context)
    }
  }

  private func keys(_ panel: SagaPanel, _ context: PageContext) -> [String] {
    switch panel {
    case .sagas: rows(context).map(\.gtxid.hex)
    case .definitions: definitionKeys(context)
    case .timeline: momentKeys(context)
    }
  }

  private mutating func change(_ panel: SagaPanel, _ body: (inout RowCursor) -> Void) {
    switch panel {
    case .sagas: body(&table)
    case .definitions: body(&definitions)
    case .timeline: body(&timeline)
    }
  }

  private mutating func pointAt(
    _ panel: SagaPanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext
  ) -> [Action]? {
    let keys = keys(panel, context)
    let rows = max(1, rect.height - 2)
    switch event.action {
    case .wheelUp, .wheelDown:
      change(panel) { $0.scroll(by: event.action == .wheelUp ? -3 : 3, keys, height: rows) }
      return []
    case .move, .press, .doubleClick: break
    case .release: return nil
    }
    let hit = view(panel, context).hit(x: event.column, y: event.row, in: rect.split(top: 1).rest)
    if event.action == .move {
      hoveredPanel = panel
      if case .row(let index) = hit { hover.move(to: keys[index], clock: context.clock) }
      return []
    }
    focus = panel
    guard case .row(let index) = hit else { return [] }
    change(panel) { $0.select(keys[index], keys, height: rows) }
    return event.action == .doubleClick ? openRow(context) : []
  }
}
