import Drawing
import Operations
import Widgets

/// The line in which the number of an order, or its GTXID, is typed.
struct OrderPrompt: PopupContent {
  private var editor = LineEditor()

  init() {}

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    switch key.key {
    case .escape: return [.dismiss]
    case .enter:
      let key = editor.text.filter { !$0.isWhitespace }
      return key.isEmpty ? [] : [.dismiss, .open(.order(key))]
    default: _ = editor.press(key)
    }
    return []
  }

  mutating func paste(_ text: String, _ context: PageContext) -> [Action] {
    editor.insert(text.filter { !$0.isWhitespace })
    return []
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let isOutside = !box.frame(in: context.size).contains(x: event.column, y: event.row)
    return event.action == .press && isOutside ? [.dismiss] : []
  }

  private var box: Widgets.Popup {
    Widgets.Popup([Run("an order", .title, bold: true)], tone: .accent, width: 72, height: 5)
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box.draw(on: &canvas).inset(left: 1, right: 1)
    guard inside.height > 0 else { return }
    editor.draw(on: &canvas, x: inside.x, y: inside.y, width: inside.width)
    guard inside.height > 2 else { return }
    let sentence = "The number of an order, its GTXID, or how that begins."
    canvas.put(endEllipsis(sentence, inside.width), x: inside.x, y: inside.y + 2, .muted)
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["an order"] }
  func hints(_ context: PageContext) -> [KeyHint] { [KeyHint("↵", "look it up"), KeyHint("Esc", "close")] }
}
