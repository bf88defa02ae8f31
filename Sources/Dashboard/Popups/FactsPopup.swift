import Drawing
import TraceCollector
import Widgets

/// Everything that is known of what is under the cursor: more than has room on its page.
struct FactsPopup: PopupContent {
  private let title: String
  private let facts: @Sendable (PageContext) -> [[Run]]
  private var scrolled = ScrolledLines()

  /// - Parameter facts: as ``aligned(_:width:)`` takes them, asked for anew with each state.
  init(_ title: String, facts: @escaping @Sendable (PageContext) -> [[Run]]) {
    (self.title, self.facts) = (title, facts)
  }

  /// Of the spans that a row of a call tree stands for.
  init(tree: CallTree, row: CallTreeRow) {
    self.init("span") { SpanFacts(tree: tree, context: $0).facts(of: row) }
  }

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    if scrolled.press(key) {
      let inside = box(context).frame(in: context.size)
      scrolled.settle(count: lines(context, width: inside.width - 4).count, height: inside.height - 2)
      return []
    }
    switch key.key {
    case .escape, .enter, .character("d"), .character("q"): return [.dismiss]
    default: return []
    }
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    if let key = ScrolledLines.key(of: event) { return press(key, context) }
    let isInside = box(context).frame(in: context.size).contains(x: event.column, y: event.row)
    return event.action == .press && !isInside ? [.dismiss] : []
  }

  private func lines(_ context: PageContext, width: Int) -> [[Run]] {
    aligned(withinReason(facts(context)), width: width)
  }

  private func box(_ context: PageContext) -> Widgets.Popup {
    // The box is as wide as it will be drawn, so that the lines are counted as they will be broken.
    let width = Widgets.Popup([], width: 96, height: 3).frame(in: context.size).width
    return Widgets.Popup(
      [Run(title, .title, bold: true)], note: [Run("Esc closes", .muted)], width: 96,
      height: lines(context, width: width - 4).count + 2)
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box(context).draw(on: &canvas)
    scrolled.draw(lines(context, width: inside.width), on: &canvas, in: inside)
  }

  func breadcrumb(_ context: PageContext) -> [String] { [title] }
  func hints(_ context: PageContext) -> [KeyHint] { [KeyHint("↑↓", "scroll"), KeyHint("Esc", "close")] }
}
