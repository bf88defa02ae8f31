/// Makes events of what the mouse reported. Tells a double click from two clicks by the time that is passed in.
struct MouseDecoder {
  /// Presses closer than this belong together, in nanoseconds.
  static let interval: Int64 = 400_000_000

  private var last: (button: Int, column: Int, row: Int, time: Int64)?
  private var clicks = 0

  /// - Parameter now: asked when a button is pressed.
  mutating func decode(_ change: MouseReport.Change, now: () -> Int64) -> Mouse? {
    action(change, now: now).map {
      Mouse($0, column: change.column, row: change.row, modifiers: modifiers(change.code))
    }
  }

  private mutating func action(_ change: MouseReport.Change, now: () -> Int64) -> Mouse.Action? {
    let (low, button) = (change.code & 3, change.code & 3 + 1)
    if change.code & 128 != 0 { return nil }  // buttons past the third
    if change.code & 64 != 0 { return low == 0 ? .wheelUp : low == 1 ? .wheelDown : nil }
    if change.code & 32 != 0 { return low == 3 ? .move : .drag(button: button) }
    if change.isRelease { return .release(button: low == 3 ? last?.button ?? 1 : button) }
    guard low < 3 else { return nil }
    return .press(button: button, clicks: press(button, change, at: now()))
  }

  private mutating func press(_ button: Int, _ change: MouseReport.Change, at time: Int64) -> Int {
    var belongs = false
    if let last, last.button == button, last.column == change.column, last.row == change.row, time >= last.time {
      belongs = time - last.time <= Self.interval
    }
    clicks = belongs ? clicks + 1 : 1
    last = (button, change.column, change.row, time)
    return clicks
  }

  private func modifiers(_ code: Int) -> Modifiers {
    var modifiers: Modifiers = []
    if code & 4 != 0 { modifiers.insert(.shift) }
    if code & 8 != 0 { modifiers.insert(.alt) }
    if code & 16 != 0 { modifiers.insert(.control) }
    return modifiers
  }
}
