/// When leases end and when nothing is evicted. Eureka's defaults; times in nanoseconds.
public struct RegistrySettings: Sendable, Hashable {
  /// How often a client is expected to renew; more than 0.
  public var renewalInterval: Int64
  /// A lease that was not renewed for so long may be evicted, unless its registration names another duration.
  public var leaseDuration: Int64
  /// How often the owner calls ``ServiceRegistry/evict(now:draw:)``. A round that comes later than this lengthens all
  /// leases by as much, so that a registry that slept evicts nobody for it.
  public var evictionInterval: Int64
  /// 0 < x ≤ 1: such a share of the expected renewals must come, and such a share of the instances outlives a round.
  public var renewalThreshold: Double
  public var isSelfPreservationEnabled: Bool
  /// How long a change stays in the delta.
  public var deltaRetention: Int64
  /// How often a client refreshes its cache.
  public var fetchInterval: Int64

  public init(
    renewalInterval: Int64 = 30_000_000_000, leaseDuration: Int64 = 90_000_000_000,
    evictionInterval: Int64 = 60_000_000_000, renewalThreshold: Double = 0.85,
    isSelfPreservationEnabled: Bool = true, deltaRetention: Int64 = 180_000_000_000,
    fetchInterval: Int64 = 30_000_000_000
  ) {
    precondition(
      renewalInterval > 0 && leaseDuration > 0 && evictionInterval > 0 && deltaRetention > 0 && fetchInterval > 0,
      "the times of a registry are more than 0 ns")
    precondition(renewalThreshold > 0 && renewalThreshold <= 1, "the threshold is a share: 0 < x ≤ 1")
    self.renewalInterval = renewalInterval
    self.leaseDuration = leaseDuration
    self.evictionInterval = evictionInterval
    self.renewalThreshold = renewalThreshold
    self.isSelfPreservationEnabled = isSelfPreservationEnabled
    self.deltaRetention = deltaRetention
    self.fetchInterval = fetchInterval
  }

  /// int(clients × 60/30 × 0.85): renewals a minute, cut off as Eureka does it.
  public func renewalsThreshold(clients: Int) -> Int {
    let perMinute = 60.0 / (Double(renewalInterval) / 1e9)
    return Int(Double(clients) * perMinute * renewalThreshold)
  }

  /// At most so many of `instances` go in one round: 15 % rounded up, by Eureka's arithmetic.
  public func evictionLimit(instances: Int) -> Int {
    instances - Int(Double(instances) * renewalThreshold)
  }
}
