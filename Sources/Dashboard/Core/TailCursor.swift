import Widgets

/// A cursor in lines of which new ones come at the end: it stays on the newest until it is moved away. While it is
/// elsewhere no newer lines are asked for, so that nothing moves; and while it follows they are asked for once a second,
/// so that what somebody sees and chooses is not another one when the key arrives.
struct TailCursor<Line: Sendable & Equatable>: Sendable {
  private(set) var isFollowing = true
  private(set) var line = 0
  /// What is shown is not what is wanted any more.
  private var isStale = true
  private var askedAt: Int64?
  /// The line under the cursor.
  private var shown: Line?
  private var reaction = Reaction<Line>()

  /// Back to the newest, or to other lines.
  mutating func follow() {
    isFollowing = true
    isStale = true
    forget()
  }

  /// Stays on a line, whichever others are shown around it now.
  mutating func hold(_ line: Line) {
    isFollowing = false
    isStale = true
    forget()
    shown = line
  }

  /// These lines are there now.
  mutating func settle(_ lines: [Line], at clock: Int64) {
    line = isFollowing ? max(0, lines.count - 1) : min(line, max(0, lines.count - 1))
    // Standing still it stays on its line, wherever that is now.
    if !isFollowing, let shown, let place = lines.firstIndex(of: shown) { line = place }
    let current = lines.indices.contains(line) ? lines[line] : nil
    guard current != shown else { return }
    reaction.changed(from: isFollowing ? shown : nil, at: clock)
    shown = current
  }

  private mutating func forget() {
    shown = nil
    reaction.forget()
  }

  /// The line that somebody means who presses a key now.
  func chosen(_ lines: [Line], at clock: Int64) -> Line? {
    if isFollowing, let before = reaction.meant(at: clock), lines.contains(before) { return before }
    return lines.indices.contains(line) ? lines[line] : nil
  }

  /// Whether lines are to be asked for; it is said once where nothing is followed.
  /// - Parameter keepsUp: true where lines change by themselves, and few come.
  mutating func wantsLines(at clock: Int64, keepsUp: Bool = false) -> Bool {
    let isDue = (isFollowing || keepsUp) && askedAt.map { clock - $0 >= Reaction<Line>.hold } ?? true
    guard isDue || isStale else { return false }
    (isStale, askedAt) = (false, clock)
    return true
  }

  mutating func move(by step: Int, count: Int) { select(line + step, count: count) }

  mutating func select(_ line: Int, count: Int) {
    guard count > 0 else { return }
    self.line = min(max(0, line), count - 1)
    forget()
    let isLast = self.line == count - 1
    if isLast, !isFollowing { isStale = true }
    isFollowing = isLast
  }

  /// Moves as the keys do that move everywhere, save those to the end; false for any other.
  mutating func press(_ key: KeyPress, count: Int) -> Bool {
    switch key.key {
    case .down, .character("j"): move(by: 1, count: count)
    case .up, .character("k"): move(by: -1, count: count)
    case .pageDown: move(by: 20, count: count)
    case .pageUp: move(by: -20, count: count)
    case .home, .character("g"): select(0, count: count)
    case .end, .character("G"): follow()
    default: return false
    }
    return true
  }
}
