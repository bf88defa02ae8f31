/// Virtual time as the standard library's `Clock`, for code that takes one.
public struct VirtualClock: Clock {
  public struct Instant: InstantProtocol {
    /// Since the Unix epoch.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
      self.nanoseconds = nanoseconds
    }

    public func advanced(by duration: Duration) -> Instant {
      Instant(nanoseconds: nanoseconds + duration.wholeNanoseconds)
    }

    public func duration(to other: Instant) -> Duration {
      .nanoseconds(other.nanoseconds - nanoseconds)
    }

    public static func < (left: Instant, right: Instant) -> Bool {
      left.nanoseconds < right.nanoseconds
    }
  }

  private let time: VirtualTime

  public init(_ time: VirtualTime) {
    self.time = time
  }

  public var now: Instant { Instant(nanoseconds: time.now) }
  public var minimumResolution: Duration { .nanoseconds(1) }

  public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try await time.sleep(until: deadline.nanoseconds)
  }
}

extension Duration {
  /// What is left under a nanosecond is cut.
  public var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
