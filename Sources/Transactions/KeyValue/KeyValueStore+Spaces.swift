/// What of a key-value store belongs to the keys that begin alike, as several who share one keep theirs apart.
public struct KeyValueSpace: Sendable, Hashable {
  /// Keys that are alive.
  public var keys = 0
  /// Of those keys, in bytes: as ``KeyValueStore/bytes``.
  public var bytes = 0
  /// Nanoseconds until the next of them ends, above 0; nil when none does.
  public var nextEnd: Int64?
  public var counters = KeyValueCounters()

  public init() {}
}

extension KeyValueStore {
  /// The space of a key is what stands before its first colon: `cart` of `cart:lee`; all of a key without one.
  static func space(of key: String) -> Substring { key.prefix { $0 != ":" } }

  /// What is kept in a space, and what was counted of it. O(keys of the store); looking does not count as use.
  public func contents(of space: String, now: Int64) -> KeyValueSpace {
    var contents = KeyValueSpace()
    contents.counters = spaces[space] ?? KeyValueCounters()
    for entry in entries.all where Self.space(of: entry.key) == space {
      guard entry.deadline.map({ $0 > now }) ?? true else { continue }
      contents.keys += 1
      contents.bytes += entry.size
      if let deadline = entry.deadline { contents.nextEnd = min(contents.nextEnd ?? .max, deadline - now) }
    }
    return contents
  }

  mutating func count(_ counter: WritableKeyPath<KeyValueCounters, Int64>, of key: String) {
    counters[keyPath: counter] += 1
    spaces[String(Self.space(of: key)), default: KeyValueCounters()][keyPath: counter] += 1
  }
}
