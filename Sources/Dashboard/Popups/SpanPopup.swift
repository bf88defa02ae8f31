import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// Everything that is known of the spans under the cursor of a call tree: more than has room below it.
struct SpanPopup: PopupContent {
  private let tree: CallTree
  private let row: CallTreeRow
  private var scrolled = ScrolledLines()

  init(tree: CallTree, row: CallTreeRow) {
    (self.tree, self.row) = (tree, row)
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
    aligned(SpanFacts(tree: tree, context: context).facts(of: row), width: width)
  }

  private func box(_ context: PageContext) -> Widgets.Popup {
    // The box is as wide as it will be drawn, so that the lines are counted as they will be broken.
    let width = Widgets.Popup([], width: 96, height: 3).frame(in: context.size).width
    return Widgets.Popup(
      [Run("span", .title, bold: true)], note: [Run("Esc closes", .muted)], width: 96,
      height: lines(context, width: width - 4).count + 2)
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box(context).draw(on: &canvas)
    scrolled.draw(lines(context, width: inside.width), on: &canvas, in: inside)
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["span"] }
  func hints(_ context: PageContext) -> [KeyHint] { [KeyHint("↑↓", "scroll"), KeyHint("Esc", "close")] }
}
