internal import OrderedCollections

/// One change that clients can see.
public struct RegistryChange: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case added = "ADDED"
    case modified = "MODIFIED"
    case deleted = "DELETED"
  }

  public var kind: Kind
  public var instance: RegistryInstance
  public var version: UInt64
  /// Nanoseconds since the Unix epoch.
  public var time: Int64
}

/// What changed of late, and what a cache must look like after it.
public struct RegistryDelta: Sendable, Hashable {
  /// Oldest first.
  public var changes: [RegistryChange]
  public var version: UInt64
  /// `DOWN_1_UP_7_`: a cache that counts otherwise must be fetched whole.
  public var hashCode: String
}

/// The whole list.
public struct RegistryListing: Sendable, Hashable {
  /// By service and id.
  public var instances: [RegistryInstance]
  public var version: UInt64

  public init(instances: [RegistryInstance], version: UInt64) {
    self.instances = instances
    self.version = version
  }
}

extension ServiceRegistry {
  public var listing: RegistryListing {
    RegistryListing(instances: leases.values.map(\.instance).sorted { $0.key < $1.key }, version: version)
  }

  /// The changes of the last three minutes: whoever asks again and again misses none, whoever slept finds that the hash
  /// does not fit.
  public func delta(now: Int64) -> RegistryDelta {
    RegistryDelta(
      changes: changes.filter { now - $0.time <= settings.deltaRetention }, version: version,
      hashCode: RegistryListing.hashCode(of: leases.values.map(\.instance)))
  }
}

extension RegistryListing {
  /// How many are in each state, by the state's name: Eureka's `apps__hashcode`.
  static func hashCode(of instances: some Sequence<RegistryInstance>) -> String {
    var counts: [RegistryStatus: Int] = [:]
    for instance in instances { counts[instance.status, default: 0] += 1 }
    return RegistryStatus.allCases.sorted { $0.rawValue < $1.rawValue }.map { status in
      counts[status].map { "\(status.rawValue)_\($0)_" } ?? ""
    }.joined()
  }
}
