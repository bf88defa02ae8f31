/// How much a key-value store holds, and what happens when more comes.
public struct KeyValueSettings: Sendable, Hashable {
  /// What gives way to a write that needs more memory than there is. The names in brackets are Redis's policies.
  public enum WhenFull: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing: the write is refused (`noeviction`).
    case refuse
    /// The keys that were used longest ago (`allkeys-lru`, but exact).
    case evictLeastRecentlyUsed
    /// The keys with a time to live that end first; a key without one stays (`volatile-ttl`, but exact).
    case evictSoonestToExpire
  }

  /// Bytes, 1 or more: of keys and values, and ``bytesPerEntry`` for each of them.
  public var maximumBytes: Int
  public var whenFull: WhenFull

  /// What an entry takes beside its key and its value.
  public static let bytesPerEntry = 64

  public init(maximumBytes: Int, whenFull: WhenFull = .refuse) {
    self.maximumBytes = maximumBytes
    self.whenFull = whenFull
  }
}

/// What a key-value store has counted since it was made.
public struct KeyValueCounters: Sendable, Hashable {
  /// Reads that found their key.
  public var hits: Int64 = 0
  /// Reads that did not.
  public var misses: Int64 = 0
  /// Keys that gave way to others.
  public var evicted: Int64 = 0
  /// Keys whose time had come, when they were taken out.
  public var expired: Int64 = 0
  /// Writes for which there was no memory.
  public var refused: Int64 = 0

  public init() {}
}

/// How long a key still lives.
public enum TimeToLive: Sendable, Hashable {
  /// There is no such key.
  case absent
  case forever
  /// Nanoseconds, above 0.
  case remaining(Int64)
}

/// Why a key-value store did not do what it was asked to. Nothing has changed then.
public enum KeyValueError: Error, Hashable, Sendable {
  /// There is no memory, and nothing that may give way.
  case full(key: String, needed: Int, limit: Int)
  /// The entry alone is larger than the store.
  case tooLarge(key: String, bytes: Int, limit: Int)
  case notANumber(key: String)
  case outOfRange(key: String)
  case badTimeToLive(key: String, nanoseconds: Int64)
}

extension KeyValueError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .full(let key, let needed, let limit):
      "the write of \(key) is refused: the key-value store would need \(needed) of its \(limit) bytes, and nothing may give way"
    case .tooLarge(let key, let bytes, let limit):
      "the write of \(key) is refused: it takes \(bytes) bytes, and the whole key-value store has \(limit)"
    case .notANumber(let key):
      "\(key) cannot be incremented: its value is no whole number of 64 bits in decimal digits"
    case .outOfRange(let key):
      "\(key) cannot be incremented: the result would not be a whole number of 64 bits"
    case .badTimeToLive(let key, let nanoseconds):
      "the time to live of \(key) must be above 0 ns, not \(nanoseconds)"
    }
  }
}
