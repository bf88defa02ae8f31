import Drawing
import Operations
import Widgets

extension TopicsPage {
  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let layout = layout(context, in: area)
    let places: [(TopicPanel, Rect?)] = [
      (.topics, layout.table), (.partitions, layout.partitions), (.events, layout.events),
    ]
    for case (let panel, let rect?) in places
    where rect.inset(left: -1, right: -1).contains(x: event.column, y: event.row) {
      return pointAt(panel, event, rect, context)
    }
    return nil
  }

  /// The row at a cell, or a heading.
  private func hit(_ panel: TopicPanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext) -> TableHit? {
    let body = rect.split(top: 1).rest
    switch panel {
    case .topics: return tableView(context).hit(x: event.column, y: event.row, in: body)
    case .partitions: return grid(context)?.hit(y: event.row, in: body).map { .row($0) }
    case .events: return eventsList(context).hit(y: event.row, in: isOpened ? body : rect).map { .row($0) }
    }
  }

  private func rowKeys(_ panel: TopicPanel, _ context: PageContext) -> [String] {
    switch panel {
    case .topics: keys(context)
    case .partitions: grid(context)?.partitions.map(String.init) ?? []
    case .events: eventKeys(context)
    }
  }

  private func height(_ panel: TopicPanel, _ rect: Rect, _ layout: TopicsLayout) -> Int {
    switch panel {
    case .topics: max(1, rect.height - 2)
    case .partitions: PartitionGrid.rows(in: rect.split(top: 1).rest)
    case .events: eventRows(layout)
    }
  }

  private mutating func change(_ panel: TopicPanel, _ body: (inout RowCursor) -> Void) {
    switch panel {
    case .topics: body(&table)
    case .partitions: body(&partitions)
    case .events: body(&events)
    }
  }

  private mutating func pointAt(
    _ panel: TopicPanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext
  ) -> [Action]? {
    let keys = rowKeys(panel, context)
    let height = height(panel, rect, layout(context))
    let hit = hit(panel, event, rect, context)
    switch event.action {
    case .wheelUp, .wheelDown:
      var moved = self
      moved.change(panel) { $0.scroll(by: event.action == .wheelUp ? -3 : 3, keys, height: height) }
      let scrolled = moved.table
      if panel == .topics, let key = scrolled.key, key != table.key {
        select(key, context)
        table = scrolled
      } else {
        self = moved
      }
      return []
    case .move:
      hoveredPanel = panel
      if case .row(let index) = hit { hover.move(to: keys[index], clock: context.clock) }
      return []
    case .press, .doubleClick:
      focus = panel
      if panel == .topics, case .heading(let index) = hit, let column = TopicColumn(rawValue: index) {
        sort.choose(column)
        table.settle(self.keys(context), height: height)
      }
      guard case .row(let index) = hit else { return [] }
      if panel == .topics, table.key != keys[index] { select(keys[index], context) }
      change(panel) { $0.select(keys[index], keys, height: height) }
      return event.action == .doubleClick ? openRow(context) : []
    case .release: return nil
    }
  }
}
