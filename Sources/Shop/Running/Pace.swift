internal import Operations
internal import Simulation

/// How far virtual time should be by now.
struct Pace {
  private var wall: ContinuousClock.Instant
  private var virtual: Int64
  private var speed: Speed?

  /// Virtual nanoseconds at most in one slice, so that a slow machine falls behind instead of standing still.
  private static let longest: Int64 = 100_000_000

  init(now: ContinuousClock.Instant, virtual: Int64) {
    wall = now
    self.virtual = virtual
  }

  /// The virtual time to run to. When it falls behind for good it starts to count anew.
  mutating func target(at now: ContinuousClock.Instant, speed: Speed, virtual current: Int64) -> Int64 {
    guard case .paced(let factor) = speed else {
      self.speed = nil
      return current + Self.longest
    }
    let limit = max(Self.longest, Int64(Double(Self.longest) * factor))
    if self.speed != speed {
      self.speed = speed
      (wall, virtual) = (now, current)
    }
    let target = virtual + Int64(Double((now - wall).wholeNanoseconds) * factor)
    if target - current > limit {
      (wall, virtual) = (now, current + limit)
      return current + limit
    }
    return max(current, target)
  }
}
