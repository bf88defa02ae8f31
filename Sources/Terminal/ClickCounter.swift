/// Tells a double click from two clicks, by the time that is passed in.
struct ClickCounter {
  /// Presses closer than this belong together, in nanoseconds.
  static let interval: Int64 = 400_000_000

  private var button = 0
  private var (column, row) = (-1, -1)
  private var time = Int64.min
  private var clicks = 0
  /// The button that is held; 0 for none.
  private(set) var held = 0

  mutating func press(button: Int, column: Int, row: Int, now: Int64) -> Int {
    let isSame = button == self.button && column == self.column && row == self.row
    clicks = isSame && now >= time && now - Self.interval <= time ? clicks + 1 : 1
    (self.button, self.column, self.row, time, held) = (button, column, row, now, button)
    return clicks
  }

  mutating func release() { held = 0 }
}
