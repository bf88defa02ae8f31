/// A key-value store did not do what it was asked: it is full, too slow or down.
public struct KeyValueUnavailable: Error, Hashable, Sendable, CustomStringConvertible {
  /// `key-value store is full`
  public let reason: String

  public init(reason: String) { self.reason = reason }

  public var description: String { reason }
}

/// One thing to write to a key-value store.
public struct KeyValueEntry: Sendable, Hashable {
  public var key: String
  public var value: [UInt8]
  /// Nanoseconds, more than 0: after them the entry is gone.
  public var timeToLive: Int64

  public init(key: String, value: [UInt8], timeToLive: Int64) {
    self.key = key
    self.value = value
    self.timeToLive = timeToLive
  }
}

/// A key-value store as tokens use it, for callers that can ask it within one step. Who reaches it over a network asks
/// first, and hands in the answer. Times are nanoseconds since the Unix epoch.
public protocol KeyValuePort {
  func value(of key: String, now: Int64) throws(KeyValueUnavailable) -> [UInt8]?
  func set(_ entry: KeyValueEntry, now: Int64) throws(KeyValueUnavailable)
}
