/// One entry, for those who look in from outside.
public struct KeyValueListing: Sendable, Hashable {
  public var key: String
  public var value: [UInt8]
  /// Nanoseconds that it still lives, above 0; nil for ever.
  public var timeLeft: Int64?
}

extension KeyValueStore {
  /// The entries whose keys begin so, those that end first before others; looking does not count as use.
  public func listing(prefix: String, limit: Int, now: Int64) -> [KeyValueListing] {
    let found = entries.all.filter { $0.key.hasPrefix(prefix) && ($0.deadline.map { $0 > now } ?? true) }
    return found.sorted { ($0.deadline ?? .max, $0.key) < ($1.deadline ?? .max, $1.key) }.prefix(limit).map {
      KeyValueListing(key: $0.key, value: $0.value, timeLeft: $0.deadline.map { $0 - now })
    }
  }
}
