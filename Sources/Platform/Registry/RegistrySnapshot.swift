internal import OrderedCollections

/// The registry as a screen shows it.
public struct RegistrySnapshot: Sendable, Hashable {
  public struct Row: Sendable, Hashable {
    public var instance: RegistryInstance
    /// Nanoseconds since it registered.
    public var age: Int64
    /// Nanoseconds since it last renewed.
    public var sinceRenewal: Int64
    /// Nanoseconds until the lease ends; below 0, it has ended and waits for eviction.
    public var remaining: Int64
  }

  /// By service and id.
  public var rows: [Row]
  public var renewalsLastMinute: Int
  public var renewalsThreshold: Int
  public var isSelfPreserving: Bool
  public var lastEviction: EvictionReport?
  /// Since the registry began.
  public var evicted: Int
  public var registrations: Int
  /// Heartbeats that were answered with "register again".
  public var unknownRenewals: Int
  public var version: UInt64
}

extension ServiceRegistry {
  public func snapshot(now: Int64) -> RegistrySnapshot {
    let rows = leases.values.sorted { $0.instance.key < $1.instance.key }.map { lease in
      RegistrySnapshot.Row(
        instance: lease.instance, age: now - lease.registered, sinceRenewal: now - lease.lastRenewal,
        remaining: lease.lastRenewal.saturatingAdd(lease.duration) - now)
    }
    return RegistrySnapshot(
      rows: rows, renewalsLastMinute: renewals.lastMinute(now: now), renewalsThreshold: renewalsThreshold,
      isSelfPreserving: isSelfPreserving(now: now), lastEviction: lastEviction, evicted: evicted,
      registrations: registrations, unknownRenewals: unknownRenewals, version: version)
  }
}
