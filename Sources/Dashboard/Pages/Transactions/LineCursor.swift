import Widgets

/// A cursor in a long list: the line it is on and the first line in sight, by number. What the lines are is the list's
/// business; nothing here depends on how many there are.
struct LineCursor: Sendable, Hashable {
  private(set) var line = 0
  private(set) var offset = 0

  /// Puts the cursor on a line, moved into `count`, and scrolls as little as needed.
  mutating func move(to line: Int, count: Int, height: Int) {
    self.line = max(0, min(line, count - 1))
    offset = Scroll.offset(offset, showing: count > 0 ? self.line : nil, count: count, height: max(1, height))
  }

  /// Puts the cursor on a line that stays where it is on the screen: lines before it came or went.
  mutating func follow(to line: Int, count: Int, height: Int) {
    offset = max(0, line - (self.line - offset))
    move(to: line, count: count, height: height)
  }

  /// Scrolls by `lines` and keeps the cursor in sight.
  mutating func scroll(by lines: Int, count: Int, height: Int) {
    let height = max(1, height)
    offset = max(0, min(offset + lines, count - height))
    move(to: min(max(line, offset), offset + height - 1), count: count, height: height)
  }

  /// Moves as the keys do that move everywhere; false for any other.
  mutating func press(_ key: KeyPress, count: Int, height: Int) -> Bool {
    if key.alt { return false }
    let page = max(1, height - 1)
    switch key.key {
    case .down, .character("j"): move(to: line + 1, count: count, height: height)
    case .up, .character("k"): move(to: line - 1, count: count, height: height)
    case .pageDown: move(to: line + page, count: count, height: height)
    case .pageUp: move(to: line - page, count: count, height: height)
    case .home, .character("g"): move(to: 0, count: count, height: height)
    case .end, .character("G"): move(to: count - 1, count: count, height: height)
    default: return false
    }
    return true
  }
}
