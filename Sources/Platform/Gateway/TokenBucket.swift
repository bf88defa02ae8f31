/// So many calls at once, and so many a second in the long run.
public struct TokenBucketRule: Sendable, Hashable {
  /// 1 ... 1,000,000
  public var capacity: Int
  /// 1 ... 1,000,000
  public var refillPerSecond: Int

  public init(capacity: Int, refillPerSecond: Int) {
    precondition(
      (1...1_000_000).contains(capacity) && (1...1_000_000).contains(refillPerSecond),
      "a bucket holds 1 to 1,000,000 and gets 1 to 1,000,000 a second")
    self.capacity = capacity
    self.refillPerSecond = refillPerSecond
  }
}

/// A token bucket in whole numbers: in any time t at most capacity + rate × t calls pass.
public struct TokenBucket: Sendable, Hashable {
  public private(set) var rule: TokenBucketRule
  /// In billionths of a token, so that a nanosecond brings `refillPerSecond` of them.
  private var level: Int64
  private var updated: Int64

  /// Full.
  public init(_ rule: TokenBucketRule, now: Int64) {
    self.rule = rule
    level = Int64(rule.capacity) * .nanosecondsPerSecond
    updated = now
  }

  /// Takes `count` tokens. Nil when they were there; otherwise the nanoseconds until they could be, and nothing was
  /// taken. More than the capacity are never there: `Int64.max`.
  public mutating func take(_ count: Int = 1, now: Int64) -> Int64? {
    refill(now: now)
    let wanted = Int64(count) * .nanosecondsPerSecond
    guard level < wanted else {
      level -= wanted
      return nil
    }
    guard count <= rule.capacity else { return .max }
    let perNanosecond = Int64(rule.refillPerSecond)
    return (wanted - level + perNanosecond - 1) / perNanosecond
  }

  /// Whole tokens that are there.
  public func available(now: Int64) -> Int {
    var copy = self
    copy.refill(now: now)
    return Int(copy.level / .nanosecondsPerSecond)
  }

  /// A new rule counts from now on; what is there stays, as far as the new capacity holds it.
  mutating func adopt(_ rule: TokenBucketRule, now: Int64) {
    guard rule != self.rule else { return }
    refill(now: now)
    self.rule = rule
    level = min(level, Int64(rule.capacity) * .nanosecondsPerSecond)
  }

  private mutating func refill(now: Int64) {
    guard now > updated else { return }
    let full = Int64(rule.capacity) * .nanosecondsPerSecond
    level = min(full, level.saturatingAdd((now - updated).saturatingMultiply(Int64(rule.refillPerSecond))))
    updated = now
  }
}
