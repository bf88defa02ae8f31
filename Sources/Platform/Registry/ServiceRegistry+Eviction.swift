internal import OrderedCollections

/// What one round of eviction did.
public struct EvictionReport: Sendable, Hashable {
  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  public var evicted: [RegistryInstance]
  /// Leases that had ended and were left: all in self-preservation, else what the limit of a round leaves.
  public var spared: Int
  public var isSelfPreserving: Bool
}

extension ServiceRegistry {
  /// int(clients × 60/30 × 0.85): so many renewals a minute are expected at least.
  public var renewalsThreshold: Int { settings.renewalsThreshold(clients: leases.count) }

  /// Whether too few renew, so that nothing may be evicted: in the last full minute not more than the threshold, as
  /// Eureka compares.
  public func isSelfPreserving(now: Int64) -> Bool {
    guard settings.isSelfPreservationEnabled else { return false }
    return renewalsThreshold == 0 || renewals.lastMinute(now: now) <= renewalsThreshold
  }

  /// When the next round is due: nanoseconds since the Unix epoch; nil before the first.
  public var nextEviction: Int64? { lastRound.map { $0.saturatingAdd(settings.evictionInterval) } }

  /// One round: leases that have ended go, in random order, at most 15 % of all; none in self-preservation.
  public mutating func evict(now: Int64, draw: RandomDraw) -> EvictionReport {
    let extra = lastRound.map { max(0, now - $0 - settings.evictionInterval) } ?? 0
    lastRound = now
    var expired = leases.values.filter { $0.isExpired(now: now, extra: extra) }
    var report = EvictionReport(
      time: now, evicted: [], spared: expired.count, isSelfPreserving: isSelfPreserving(now: now))
    defer { lastEviction = report }
    guard !report.isSelfPreserving else { return report }
    let limit = min(expired.count, settings.evictionLimit(instances: leases.count))
    // Knuth's shuffle, as far as it is needed: otherwise whole services would go before others are touched.
    for place in 0..<limit {
      let other = place + draw(expired.count - place)
      expired.swapAt(place, other)
      remove(expired[place].instance.key, now: now)
      report.evicted.append(expired[place].instance)
    }
    report.spared -= limit
    evicted += limit
    return report
  }
}
