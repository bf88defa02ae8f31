/// What of a key-value store belongs to the keys that begin alike, as several who share one keep theirs apart.
public struct KeyValueSpace: Sendable, Hashable {
  /// Keys that are alive.
  public var keys = 0
  /// Of those keys, in bytes: as ``KeyValueStore/bytes``.
  public var bytes = 0
  /// Nanoseconds until the next of them ends, above 0; nil when none does.
  public var nextEnd: Int64?
  public var counters: KeyValueCounters

  public init(counters: KeyValueCounters = KeyValueCounters()) {
    self.counters = counters
  }
}

extension KeyValueStore {
  /// The most spaces that are told apart, in the order in which they came up; keys of others are under `""`.
  public static let maximumSpaces = 64

  /// The space of a key is what stands before its first colon: `cart` of `cart:lee`; `""` for a key without one.
  public static func space(of key: String) -> Substring {
    guard let colon = key.utf8.firstIndex(of: UInt8(ascii: ":")) else { return "" }
    return key[..<colon]
  }

  /// What is kept in each space that has come up and in `""`, and what was counted of it. For looking up; O(keys of the
  /// store), and looking does not count as use.
  public func contents(now: Int64) -> [String: KeyValueSpace] {
    var found = spaces.counters.map { KeyValueSpace(counters: $0) }
    for entry in entries.all {
      guard entry.deadline.map({ $0 > now }) ?? true else { continue }
      found[entry.space].keys += 1
      found[entry.space].bytes += entry.size
      guard let deadline = entry.deadline else { continue }
      found[entry.space].nextEnd = min(found[entry.space].nextEnd ?? .max, deadline - now)
    }
    return Dictionary(uniqueKeysWithValues: zip(spaces.names, found))
  }

  /// Counts something of a key that may not be there.
  mutating func count(_ counter: WritableKeyPath<KeyValueCounters, Int64>, of key: String) {
    count(counter, in: spaces.number(of: key))
  }

  mutating func count(_ counter: WritableKeyPath<KeyValueCounters, Int64>, in space: Int) {
    counters[keyPath: counter] += 1
    spaces.counters[space][keyPath: counter] += 1
  }
}

/// The spaces that have come up, each with a number of its own. They are few, so that what they take does not depend on
/// what keys there are.
struct KeyValueSpaces: Sendable {
  /// All different; the first is that of the keys without a space of their own.
  private(set) var names = [""]
  /// One for each name.
  var counters = [KeyValueCounters()]

  /// The number of a key's space, which is a new one while there is room for it.
  mutating func number(of key: String) -> Int {
    let name = KeyValueStore.space(of: key)
    if let known = names.firstIndex(where: { $0 == name }) { return known }
    guard names.count <= KeyValueStore.maximumSpaces else { return 0 }
    names.append(String(name))
    counters.append(KeyValueCounters())
    return names.count - 1
  }
}
