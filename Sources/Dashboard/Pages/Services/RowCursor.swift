import Drawing
import Widgets

/// The cursor of a list: which row it is on, by what the row is and not where it stands, and how far the list is scrolled.
///
/// Rows are known by keys. Until somebody moves it the cursor is on the first row, whichever that is: the one that matters
/// most. From then on it stays on its row when the rows change; when that row is gone it is on the one that took its place.
/// One that holds on stays on the row that it was on first, as if it had been moved there.
struct RowCursor: Sendable, Hashable {
  /// The key of the row under the cursor; nil while there is none.
  private(set) var key: String?
  /// Where the row stood last.
  private(set) var place = 0
  /// The first row in sight.
  private(set) var offset = 0
  private var wasMoved = false
  /// For lists where a key acts on the row under the cursor, and cannot be taken back.
  private let holdsOn: Bool

  init(holdsOn: Bool = false) {
    self.holdsOn = holdsOn
  }

  /// The row under the cursor among `keys`.
  func index(in keys: [String]) -> Int? {
    guard !keys.isEmpty else { return nil }
    guard wasMoved || holdsOn && key != nil else { return 0 }
    return key.flatMap { keys.firstIndex(of: $0) } ?? min(place, keys.count - 1)
  }

  /// Back to the first row, whichever that is, unless somebody has moved it.
  mutating func letGo() {
    if !wasMoved { (key, place) = (nil, 0) }
  }

  /// Takes note of how the rows stand now. `height` is how many are in sight.
  mutating func settle(_ keys: [String], height: Int = .max) {
    guard let index = index(in: keys) else {
      (key, offset) = (nil, 0)
      return
    }
    put(on: index, keys, height: height)
  }

  /// Puts the cursor on a row; nothing happens where there is no such row.
  mutating func select(_ key: String?, _ keys: [String], height: Int = .max) {
    guard let key, let index = keys.firstIndex(of: key) else { return }
    wasMoved = true
    put(on: index, keys, height: height)
  }

  private mutating func put(on index: Int, _ keys: [String], height: Int) {
    let index = min(max(0, index), keys.count - 1)
    (key, place) = (keys[index], index)
    offset = height == .max ? offset : Scroll.offset(offset, showing: index, count: keys.count, height: height)
  }

  /// Moves as the keys do that move everywhere; false for any other.
  mutating func press(_ key: KeyPress, _ keys: [String], height: Int) -> Bool {
    guard !key.alt, let step = step(key, height: max(1, height)) else { return false }
    guard let index = index(in: keys) else { return true }
    wasMoved = true
    let target = step == .max ? keys.count - 1 : step == .min ? 0 : index + step
    put(on: target, keys, height: height)
    return true
  }

  private func step(_ key: KeyPress, height: Int) -> Int? {
    switch key.key {
    case .down, .character("j"): 1
    case .up, .character("k"): -1
    case .pageDown: max(1, height - 1)
    case .pageUp: -max(1, height - 1)
    case .home, .character("g"): .min
    case .end, .character("G"): .max
    default: nil
    }
  }

  /// Scrolls by `rows` and keeps the cursor in sight.
  mutating func scroll(by rows: Int, _ keys: [String], height: Int) {
    guard let index = index(in: keys), height > 0 else { return }
    wasMoved = true
    offset = max(0, min(offset + rows, keys.count - height))
    put(on: min(max(index, offset), offset + height - 1), keys, height: height)
  }
}

/// The row under the mouse; forgotten a second after the last motion.
struct Hover: Sendable, Hashable {
  private var key: String?
  private var moved: Int64 = 0

  /// `clock`: see ``PageContext``.
  mutating func move(to key: String?, clock: Int64) {
    (self.key, moved) = (key, clock)
  }

  func index(in keys: [String], clock: Int64) -> Int? {
    guard let key, clock - moved < 1_000_000_000 else { return nil }
    return keys.firstIndex(of: key)
  }
}
