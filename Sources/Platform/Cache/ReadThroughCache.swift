/// What a read found.
public enum CacheRead<Value: Sendable>: Sendable {
  /// Nil: it is known that there is none.
  case hit(Value?)
  /// Load it from the store, and hand in what came under this number.
  case load(number: Int)
  /// Another is loading it: read again when that is done.
  case wait
}

extension CacheRead: Equatable where Value: Equatable {}

/// A cache in front of a store: reads go through it, writes go around it and forget what they have changed.
///
/// It loads nothing itself. With stampede protection only one load of a key is under way at a time; without it each
/// reader that finds nothing loads, as caches do by default. A load that a write has overtaken is not kept: it may have
/// read the old value. Times are nanoseconds since the Unix epoch.
public struct ReadThroughCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    var value: Value?
    var until: Int64
  }

  private struct Load: Sendable {
    var number: Int
    var key: Key
    var isOutdated = false
  }

  /// Nanoseconds.
  public let timeToLive: Int64
  public var isProtectedFromStampedes: Bool
  private var entries: LRUTable<Key, Entry>
  private var loads: [Load] = []
  private var nextNumber = 1
  public private(set) var figures = CacheFigures()

  public init(capacity: Int, timeToLive: Int64, isProtectedFromStampedes: Bool = true) {
    precondition(timeToLive > 0, "an entry lives for 1 ns at least")
    self.timeToLive = timeToLive
    self.isProtectedFromStampedes = isProtectedFromStampedes
    entries = LRUTable(capacity: capacity)
  }

  public mutating func read(_ key: Key, now: Int64) -> CacheRead<Value> {
    if let entry = entries[key] {
      if entry.until > now {
        figures.hits += 1
        return .hit(entry.value)
      }
      entries[key] = nil
      figures.expirations += 1
    }
    figures.misses += 1
    // A load that a write has overtaken is of no use to a reader who came after the write.
    if isProtectedFromStampedes, loads.contains(where: { $0.key == key && !$0.isOutdated }) {
      figures.waits += 1
      return .wait
    }
    let load = Load(number: nextNumber, key: key)
    nextNumber += 1
    loads.append(load)
    figures.loads += 1
    return .load(number: load.number)
  }

  /// What the store has; nil, it has none, which is kept as well.
  /// - Returns: false when it was not kept, because of a write meanwhile.
  @discardableResult
  public mutating func loaded(_ number: Int, _ value: Value?, now: Int64) -> Bool {
    guard let load = end(number), !load.isOutdated else { return false }
    entries[load.key] = Entry(value: value, until: now.saturatingAdd(timeToLive))
    return true
  }

  /// The store gave no answer: the next reader tries again.
  public mutating func failed(_ number: Int) { if end(number) != nil { figures.failures += 1 } }

  /// The store has been written to.
  public mutating func written(_ key: Key) {
    entries[key] = nil
    for index in loads.indices where loads[index].key == key { loads[index].isOutdated = true }
  }

  public mutating func removeAll() {
    entries.removeAll()
    for index in loads.indices { loads[index].isOutdated = true }
  }

  public var count: Int { entries.count }
  public var capacity: Int { entries.capacity }
  /// Entries that had to go for others.
  public var evictions: Int { entries.evictions }

  private mutating func end(_ number: Int) -> Load? {
    loads.firstIndex { $0.number == number }.map { loads.remove(at: $0) }
  }
}

/// Of one cache, since it was made.
public struct CacheFigures: Sendable, Hashable {
  public var hits = 0
  public var misses = 0
  public var loads = 0
  /// Misses that waited for another's load.
  public var waits = 0
  public var expirations = 0
  public var failures = 0

  /// Nil before the first read.
  public var hitRate: Double? { hits + misses == 0 ? nil : Double(hits) / Double(hits + misses) }
}
