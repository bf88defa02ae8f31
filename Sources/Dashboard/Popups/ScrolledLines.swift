import Drawing
import Widgets

/// Lines that are longer than their window, and how far they have been scrolled.
struct ScrolledLines: Sendable, Hashable {
  private(set) var first = 0

  /// False when the key does not scroll.
  mutating func press(_ key: KeyPress) -> Bool {
    switch key.key {
    case .down, .character("j"): scroll(1)
    case .up, .character("k"): scroll(-1)
    case .pageDown: scroll(10)
    case .pageUp: scroll(-10)
    case .home, .character("g"): first = 0
    case .end, .character("G"): first = .max / 2
    default: return false
    }
    return true
  }

  /// The key that a wheel stands for; nil when the event is none of a wheel.
  static func key(of event: MouseEvent) -> KeyPress? {
    switch event.action {
    case .wheelUp: KeyPress(.up)
    case .wheelDown: KeyPress(.down)
    case .press, .doubleClick, .release, .move: nil
    }
  }

  mutating func scroll(_ lines: Int) { first = max(0, first + lines) }

  /// Keeps the window full.
  mutating func settle(count: Int, height: Int) { first = max(0, min(first, count - height)) }

  /// Draws the lines in sight. Where some are not, the last line in sight tells how many follow.
  func draw(_ lines: [[Run]], on canvas: inout Canvas, in area: Rect) {
    guard area.height > 0 else { return }
    let first = max(0, min(first, lines.count - area.height))
    let last = min(lines.count, first + area.height)
    for (row, line) in lines[first..<last].enumerated() {
      let hidden = lines.count - last
      if hidden > 0, row == area.height - 1 {
        canvas.put(endEllipsis("↓ \(hidden + 1) more lines", area.width), x: area.x, y: area.y + row, .faint)
      } else {
        canvas.rich(endEllipsis(line, area.width), x: area.x, y: area.y + row)
      }
    }
  }
}
