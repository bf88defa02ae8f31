internal import OrderedCollections

/// A client's copy of the registry, which it goes by also when the registry is away.
///
/// Its owner asks whether a refresh is due, fetches what it says, and hands in the answer. Times are nanoseconds since
/// the Unix epoch.
public struct RegistryCache: Sendable {
  /// What to fetch.
  public enum Fetch: Sendable, Hashable { case whole, delta }

  public enum Outcome: Sendable, Hashable {
    case refreshed
    /// The delta does not lead to what the registry has: fetch the whole.
    case needsWhole
  }

  public let interval: Int64
  private var instances: OrderedDictionary<RegistryKey, RegistryInstance> = [:]
  private var hasWhole = false
  private var attempted: Int64?
  /// When an answer last came; nil before the first.
  public private(set) var refreshed: Int64?
  /// The registry's version that it shows.
  public private(set) var version: UInt64 = 0
  public private(set) var failures = 0
  public private(set) var wholeFetches = 0
  public private(set) var deltaFetches = 0

  public init(interval: Int64 = RegistrySettings().fetchInterval) {
    precondition(interval > 0, "a cache is refreshed every so many nanoseconds, more than 0")
    self.interval = interval
  }

  /// What to fetch now; nil when nothing is due.
  public func due(now: Int64) -> Fetch? {
    if let attempted, now - attempted < interval { return nil }
    return hasWhole ? .delta : .whole
  }

  public mutating func apply(_ listing: RegistryListing, now: Int64) {
    instances = OrderedDictionary(
      listing.instances.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
    instances.sort { $0.key < $1.key }
    hasWhole = true
    wholeFetches += 1
    finish(listing.version, now: now)
  }

  public mutating func apply(_ delta: RegistryDelta, now: Int64) -> Outcome {
    attempted = now
    guard hasWhole, joins(delta) else {
      hasWhole = false
      return .needsWhole
    }
    for change in delta.changes {
      switch change.kind {
      case .added, .modified: instances[change.instance.key] = change.instance
      case .deleted: instances.removeValue(forKey: change.instance.key)
      }
    }
    instances.sort { $0.key < $1.key }
    guard RegistryListing.hashCode(of: instances.values) == delta.hashCode else {
      hasWhole = false
      return .needsWhole
    }
    deltaFetches += 1
    finish(delta.version, now: now)
    return .refreshed
  }

  /// The registry gave no answer: what is known stays, and the next try is due after the interval.
  public mutating func failed(now: Int64) {
    attempted = now
    failures += 1
  }

  /// All of a service, by id, whatever their state.
  public func all(of app: String) -> [RegistryInstance] { instances.values.filter { $0.app == app } }

  /// Those of a service that take traffic, by id.
  public func available(of app: String) -> [RegistryInstance] {
    instances.values.filter { $0.status == .up && $0.app == app }
  }

  public var count: Int { instances.count }

  /// No change lies between what is known and what the delta begins with.
  private func joins(_ delta: RegistryDelta) -> Bool {
    guard delta.version > version else { return delta.version == version }
    return delta.changes.first.map { $0.version <= version + 1 } ?? false
  }

  private mutating func finish(_ version: UInt64, now: Int64) {
    attempted = now
    refreshed = now
    self.version = version
  }
}
