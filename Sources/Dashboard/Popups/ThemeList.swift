import Drawing
import Widgets

/// The themes; the one under the cursor is shown at once, Esc goes back to the one before.
struct ThemeList: PopupContent {
  let names: [String]
  /// The theme that was in use.
  let current: String
  private var selected: Int

  init(names: [String], current: String) {
    self.names = names
    self.current = current
    selected = names.firstIndex(of: current) ?? 0
  }

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    switch key.key {
    case .down, .character("j"): return select(selected + 1)
    case .up, .character("k"): return select(selected - 1)
    case .home, .character("g"): return select(0)
    case .end, .character("G"): return select(names.count - 1)
    case .enter: return [.dismiss]
    case .escape, .character("q"): return [.effect(.setTheme(current)), .dismiss]
    default: return []
    }
  }

  private mutating func select(_ index: Int) -> [Action] {
    guard names.indices.contains(index), index != selected else { return [] }
    selected = index
    return [.effect(.setTheme(names[index]))]
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let frame = box.frame(in: context.size)
    switch event.action {
    case .wheelDown: return select(selected + 1)
    case .wheelUp: return select(selected - 1)
    case .press where frame.contains(x: event.column, y: event.row): return select(event.row - frame.y - 1)
    case .press: return [.dismiss]
    default: return []
    }
  }

  private var box: Widgets.Popup {
    Widgets.Popup([Run("theme", .title, bold: true)], width: 36, height: names.count + 2)
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box.draw(on: &canvas).inset(left: 1, right: 1)
    let first = Scroll.offset(0, showing: selected, count: names.count, height: inside.height)
    for (row, name) in names.dropFirst(first).prefix(inside.height).enumerated() {
      let isSelected = first + row == selected
      if isSelected { Selection.focused.draw(on: &canvas, x: inside.x, y: inside.y + row, width: inside.width) }
      canvas.put(
        middleEllipsis(name, inside.width), x: inside.x, y: inside.y + row, isSelected ? .strong : .text,
        bold: isSelected)
    }
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["theme"] }
  func hints(_ context: PageContext) -> [KeyHint] {
    [KeyHint("↑↓", "try"), KeyHint("↵", "keep"), KeyHint("Esc", "as it was")]
  }
}
