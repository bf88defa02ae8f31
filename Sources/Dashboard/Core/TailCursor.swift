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
  /// The line under the cursor, the one that was there before lines came, and when they came.
  private var shown: Line?
  private var before: Line?
  private var changedAt: Int64 = .min / 2

  /// Back to the newest, or to other lines.
  mutating func follow() {
    isFollowing = true
    isStale = true
    (shown, before) = (nil, nil)
  }

  /// These lines are there now.
  mutating func settle(_ lines: [Line], at clock: Int64) {
    line = isFollowing ? max(0, lines.count - 1) : min(line, max(0, lines.count - 1))
    // Standing still it stays on its line, wherever that is now.
    if !isFollowing, let shown, let place = lines.firstIndex(of: shown) { line = place }
    let current = lines.indices.contains(line) ? lines[line] : nil
    guard current != shown else { return }
    (before, shown, changedAt) = (isFollowing ? shown : nil, current, clock)
  }

  /// The line that somebody means who presses a key now: nobody is faster than a third of a second.
  func chosen(_ lines: [Line], at clock: Int64) -> Line? {
    if isFollowing, clock - changedAt < 300_000_000, let before, lines.contains(before) { return before }
    return lines.indices.contains(line) ? lines[line] : nil
  }

  /// Whether lines are to be asked for; it is said once where nothing is followed.
  /// - Parameter keepsUp: true where lines change by themselves, and few come.
  mutating func wantsLines(at clock: Int64, keepsUp: Bool = false) -> Bool {
    let isDue = (isFollowing || keepsUp) && askedAt.map { clock - $0 >= 1_000_000_000 } ?? true
    guard isDue || isStale else { return false }
    (isStale, askedAt) = (false, clock)
    return true
  }

  mutating func move(by step: Int, count: Int) { select(line + step, count: count) }

  mutating func select(_ line: Int, count: Int) {
    guard count > 0 else { return }
    self.line = min(max(0, line), count - 1)
    (shown, before) = (nil, nil)
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
