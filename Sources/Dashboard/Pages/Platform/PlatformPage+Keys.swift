import Drawing
import Operations
import Widgets

extension PlatformPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard !key.alt else { return nil }
    switch key.key {
    case .left: turn(by: -1, context)
    case .right: turn(by: 1, context)
    case .tab: moveFocus(by: 1, context)
    case .backTab: moveFocus(by: -1, context)
    case .enter: return openRow(context)
    default:
      guard let focus else { return nil }
      let keys = keys(focus, context)
      return cursors[focus, default: RowCursor()].press(key, keys, height: height(focus, context)) ? [] : nil
    }
    return []
  }

  private mutating func turn(by step: Int, _ context: PageContext) {
    let all = PlatformTab.allCases
    let index = all.firstIndex(of: tab) ?? 0
    show(all[(index + step + all.count) % all.count], context)
  }

  private mutating func moveFocus(by step: Int, _ context: PageContext) {
    let choices = panels(context)
    guard !choices.isEmpty else { return }
    let index = focus.flatMap { choices.firstIndex(of: $0) } ?? 0
    focus = choices[(index + step + choices.count) % choices.count]
  }

  /// How many rows of a list are in sight.
  func height(_ panel: PlatformPanel, _ context: PageContext) -> Int {
    let places = places(in: FrameLayout(size: context.size).page, context)
    return max(1, (places.first { $0.panel == panel }?.rect.height ?? 3) - 2)
  }

  /// What Enter, or a double click, opens.
  func openRow(_ context: PageContext) -> [Action] {
    guard let focus else { return [] }
    switch focus {
    case .routes(let name), .instances(let name): return [.open(.service(name))]
    case .topics:
      let topics = context.snapshot.topics
      return cursor(.topics).index(in: keys(.topics, context)).map { [.open(.topics(selected: topics[$0].name))] } ?? []
    }
  }

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let isPress = event.action == .press || event.action == .doubleClick
    if isPress, event.row == area.y {
      let place = tabPlaces(in: area.inset(left: 2, right: 2)).last { $0.x <= event.column }
      guard let place, event.column < place.x + place.text.cellWidth else { return nil }
      show(place.tab, context)
      return []
    }
    for (panel, rect) in places(in: area, context)
    where rect.inset(left: -1, right: -1).contains(x: event.column, y: event.row) {
      return pointAt(panel, event, rect, context)
    }
    return nil
  }

  private mutating func pointAt(
    _ panel: PlatformPanel, _ event: MouseEvent, _ rect: Rect, _ context: PageContext
  ) -> [Action]? {
    let keys = keys(panel, context)
    let height = max(1, rect.height - 2)
    let row: Int? =
      switch panel {
      case .routes, .instances: view(panel, context)?.hit(x: event.column, y: event.row, in: rect)
      case .topics: topicRow(event, rect, context)
      }
    switch event.action {
    case .wheelUp, .wheelDown:
      cursors[panel, default: RowCursor()].scroll(by: event.action == .wheelUp ? -3 : 3, keys, height: height)
    case .move:
      hoveredPanel = panel
      if let row { hover.move(to: keys[row], clock: context.clock) }
    case .press, .doubleClick:
      focus = panel
      guard let row else { return [] }
      cursors[panel, default: RowCursor()].select(keys[row], keys, height: height)
      if event.action == .doubleClick { return openRow(context) }
    case .release: return nil
    }
    return []
  }

  private func topicRow(_ event: MouseEvent, _ rect: Rect, _ context: PageContext) -> Int? {
    let hit = topicsView(context).hit(x: event.column, y: event.row, in: rect.split(top: 1).rest)
    guard case .row(let index) = hit else { return nil }
    return index
  }

  // MARK: - Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    var hints = [KeyHint("← →", "tab")]
    if focus != nil { hints += [KeyHint("↵", "open"), KeyHint("f", "fault"), KeyHint("w", "why")] }
    if panels(context).count > 1 { hints.append(KeyHint("Tab", "panel")) }
    return hints
  }

  var help: [KeyHint] {
    [
      KeyHint("← →", "gateway, registry, configuration, event channel"),
      KeyHint("Tab", "the next list of the tab"),
      KeyHint("Enter", "the service or the topic under the cursor"),
    ]
  }
}
