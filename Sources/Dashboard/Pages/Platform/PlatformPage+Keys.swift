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
    case .escape where filter?.isEmpty == false: _ = narrow(to: "", context)
    case .character("+") where focus == .sliders: return slide(up: true, context)
    case .character("-") where focus == .sliders: return slide(up: false, context)
    default:
      guard let focus, let (table, rect) = layout(context).tables.first(where: { $0.table.panel == focus }) else {
        return nil
      }
      let height = PlatformTable.height(in: rect)
      return cursors[focus, default: RowCursor()].press(key, table.keys, height: height) ? [] : nil
    }
    return []
  }

  private mutating func turn(by step: Int, _ context: PageContext) {
    let all = context.snapshot.platformTabs
    let index = all.firstIndex(of: tab) ?? 0
    show(all[(index + step + all.count) % all.count], context)
  }

  private mutating func moveFocus(by step: Int, _ context: PageContext) {
    let choices = panels(context)
    guard !choices.isEmpty else { return }
    let index = focus.flatMap { choices.firstIndex(of: $0) } ?? 0
    focus = choices[(index + step + choices.count) % choices.count]
  }

  /// Moves the slider under the cursor.
  private func slide(up: Bool, _ context: PageContext) -> [Action] {
    guard let key = row(context)?.key, let capability = context.snapshot.strangler?.capability(key) else { return [] }
    guard let command = SliderStep.command(capability, up: up) else {
      return [.say(SliderStep.end(capability, up: up))]
    }
    return [.effect(.perform(command))]
  }

  /// What Enter, or a double click, opens.
  func openRow(_ context: PageContext) -> [Action] { row(context)?.row.destination.map { [.open($0)] } ?? [] }

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let isPress = event.action == .press || event.action == .doubleClick
    if isPress, event.row == area.y {
      let place = tabPlaces(in: area.inset(left: 2, right: 2), context.snapshot).last { $0.x <= event.column }
      guard let place, event.column < place.x + place.text.cellWidth else { return nil }
      show(place.tab, context)
      return []
    }
    for (table, rect) in layout(board(context), in: area, context).tables
    where rect.inset(left: -1, right: -1).contains(x: event.column, y: event.row) {
      return pointAt(table, event, rect, context)
    }
    return nil
  }

  private mutating func pointAt(
    _ table: PlatformTable, _ event: MouseEvent, _ rect: Rect, _ context: PageContext
  ) -> [Action]? {
    let keys = table.keys
    let height = PlatformTable.height(in: rect)
    let hit = tableView(table, context).hit(x: event.column, y: event.row, in: rect.split(top: 1).rest)
    var row: Int?
    if case .row(let index) = hit { row = index }
    switch event.action {
    case .wheelUp, .wheelDown:
      let step = event.action == .wheelUp ? -3 : 3
      cursors[table.panel, default: RowCursor()].scroll(by: step, keys, height: height)
    case .move:
      hoveredPanel = table.panel
      if let row { hover.move(to: keys[row], clock: context.clock) }
    case .press, .doubleClick:
      focus = table.panel
      guard let row else { return [] }
      cursors[table.panel, default: RowCursor()].select(keys[row], keys, height: height)
      if event.action == .doubleClick { return openRow(context) }
    case .release: return nil
    }
    return []
  }

  // MARK: - Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    var hints = [KeyHint("← →", "tab")]
    if focus == .sliders { hints.append(KeyHint("+ −", "slide")) }
    if let row = row(context)?.row {
      if row.destination != nil { hints.append(KeyHint("↵", "open")) }
      if let subject = row.subject {
        if subject.service(context.snapshot) != nil { hints.append(KeyHint("f", "fault", isDeed: true)) }
        hints.append(KeyHint("w", "why"))
      }
    }
    if filter != nil, context.snapshot.configuration != nil { hints.append(KeyHint("/", "filter")) }
    if panels(context).count > 1 { hints.append(KeyHint("Tab", "panel")) }
    return hints
  }

  var help: [KeyHint] {
    [
      KeyHint("← →", PlatformTab.allCases.map(\.title).joined(separator: ", ")),
      KeyHint("Tab", "the next list of the tab"),
      KeyHint("+ −", "on the sliders: move \(SliderStep.percent) % of the customers", isDeed: true),
      KeyHint("/", "on the configuration: shows only settings whose key or value has these words"),
      KeyHint("Enter", "the service, the topic or the transaction under the cursor"),
    ]
  }
}
