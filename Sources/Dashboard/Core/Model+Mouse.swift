import Drawing
import Operations

extension Model {
  /// The mouse: on the first two lines it opens what it hits, elsewhere it is the popup's or the page's.
  mutating func point(_ event: MouseEvent) -> [Effect] {
    let layout = FrameLayout(size: size)
    if layout.isTooSmall { return [] }
    let context = context
    if let top = popups.indices.last {
      let actions = popups[top].content.point(
        event, in: Rect(x: 0, y: 0, width: size.columns, height: size.rows), context)
      return perform(actions)
    }
    let isPress = event.action == .press || event.action == .doubleClick
    if isPress, event.row == layout.statusLine { return pointStatus(StatusLine(model: self, layout: layout), event) }
    if isPress, event.row == layout.tabLine { return pointTabs(TabLine(model: self, layout: layout), event) }
    guard layout.page.contains(x: event.column, y: event.row) else { return [] }
    if isPress { message = nil }
    return perform(pages.change(page) { $0.point(event, in: layout.page, context) } ?? [])
  }

  private mutating func pointStatus(_ line: StatusLine, _ event: MouseEvent) -> [Effect] {
    switch line.part(at: event.column) {
    case .alerts: return perform([.show(Popup(AlertList()))])
    case .open, .halfOpen: return perform([.open(.breakers(selected: nil))])
    case .lag: return perform([.open(.topics(selected: nil))])
    case .faults: return perform([.open(.faults(selected: nil))])
    case .moment: return toggleFreeze()
    case .rate, .errors, .latency: return perform([.open(.transactions(filter: nil))])
    case .program, .system, .kind, .speed, nil: return []
    }
  }

  private mutating func pointTabs(_ line: TabLine, _ event: MouseEvent) -> [Effect] {
    if let tab = line.tab(at: event.column) { return openPage(digit: tab.digit) }
    if line.isHelp(at: event.column) {
      return perform([.show(Popup(HelpPopup(page: pages[page], shown)))])
    }
    return []
  }
}
