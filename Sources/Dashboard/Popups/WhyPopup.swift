import Drawing
import Widgets

/// Why the thing under the cursor is as it is, kept up to date while it is open.
struct WhyPopup: PopupContent {
  let subject: Subject
  private var scrolled = ScrolledLines()

  init(_ subject: Subject) {
    self.subject = subject
  }

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    if scrolled.press(key) {
      let inside = box(context).frame(in: context.size)
      scrolled.settle(count: lines(context, width: inside.width - 4).count, height: inside.height - 2)
      return []
    }
    switch key.key {
    case .escape, .character("w"), .character("q"): return [.dismiss]
    case .enter:
      guard let place = Why(subject, context)?.place else { return [.dismiss] }
      return [.dismiss, .open(place)]
    default: return []
    }
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    if let key = ScrolledLines.key(of: event) { return press(key, context) }
    let isInside = box(context).frame(in: context.size).contains(x: event.column, y: event.row)
    return event.action == .press && !isInside ? [.dismiss] : []
  }

  private func lines(_ context: PageContext, width: Int) -> [[Run]] {
    guard let why = Why(subject, context) else { return [[Run(absence(context), .muted)]] }
    return wrapped(why.title, width: width) + [[]] + wrapped([Run(why.rule, .muted)], width: width) + [[]]
      + aligned(why.facts, width: width)
  }

  private func absence(_ context: PageContext) -> String {
    guard let id = subject.transaction, context.unknownTransaction != id else { return "It is no longer there." }
    return "reading…"
  }

  private func box(_ context: PageContext) -> Widgets.Popup {
    // The box is as wide as it will be drawn, so that the lines are counted as they will be broken.
    let width = Widgets.Popup([], width: 76, height: 3).frame(in: context.size).width
    return Widgets.Popup(
      [Run("why", .title, bold: true)], note: [Run("Esc closes", .muted)], width: 76,
      height: lines(context, width: width - 4).count + 2)
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box(context).draw(on: &canvas)
    scrolled.draw(lines(context, width: inside.width), on: &canvas, in: inside)
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["why"] }
  func hints(_ context: PageContext) -> [KeyHint] {
    [KeyHint("↵", "open"), KeyHint("↑↓", "scroll"), KeyHint("Esc", "close")]
  }
}
