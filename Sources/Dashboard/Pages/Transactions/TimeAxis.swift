/// The stretch of time that a waterfall shows: all of it, or a part that was zoomed to.
struct TimeAxis: Sendable, Equatable {
  /// Further in there is nothing left to tell apart.
  static let deepest = 10_000.0

  /// How many times wider everything is than when all is shown.
  private(set) var factor = 1.0
  /// What of the whole lies before the window, 0…1.
  private var origin = 0.0

  var isZoomed: Bool { factor > 1 }

  /// The window in nanoseconds after the start, of a whole that takes `duration`.
  func window(of duration: Int64) -> (from: Int64, to: Int64) {
    // A double next to the greatest Int64 would not fit back into one.
    let whole = min(Double(max(1, duration)), 9e18)
    let from = origin * whole
    return (Int64(from), Int64(min(whole, from + whole / factor).rounded(.up)))
  }

  /// Twice as near, or twice as far, around `position` (0…1 of the whole).
  mutating func zoom(in isCloser: Bool, around position: Double) {
    factor = isCloser ? min(Self.deepest, factor * 2) : max(1, factor / 2)
    origin = clamped(position - 0.5 / factor)
  }

  /// The window moves a quarter of its width; false when all is shown.
  mutating func pan(later: Bool) -> Bool {
    guard isZoomed else { return false }
    origin = clamped(origin + (later ? 0.25 : -0.25) / factor)
    return true
  }

  mutating func reset() { self = TimeAxis() }

  private func clamped(_ origin: Double) -> Double { max(0, min(origin, 1 - 1 / factor)) }
}
