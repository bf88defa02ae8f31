internal import OrderedCollections

/// The registry of instances by the rules of Netflix' Eureka 1.10 (`AbstractInstanceRegistry`).
///
/// A lease is renewed by its instance; one that ended may be evicted. When too few renewals come in a minute it is more
/// likely that the network is broken than that all are dead: then nothing is evicted (self-preservation). Clients that
/// are expected to renew are those that have a lease. Two rules are those of its documentation where its code differs:
/// a renewed lease ends after its duration, not after twice of it; and a new registry expects nobody.
///
/// A value, without a clock: times are nanoseconds since the Unix epoch.
public struct ServiceRegistry: Sendable {
  public let settings: RegistrySettings
  var leases: OrderedDictionary<RegistryKey, RegistryLease> = [:]
  var overrides: OrderedDictionary<RegistryKey, RegistryStatus> = [:]
  var renewals: RenewalRate
  var changes: [RegistryChange] = []
  var lastRound: Int64?
  var lastEviction: EvictionReport?
  var evicted = 0
  var registrations = 0
  var unknownRenewals = 0
  /// Grows with each change that clients can see.
  public internal(set) var version: UInt64 = 0

  public init(settings: RegistrySettings = RegistrySettings(), now: Int64) {
    self.settings = settings
    renewals = RenewalRate(now: now)
  }

  /// How many are listed, which are the clients that are expected to renew.
  public var count: Int { leases.count }

  public func lease(app: String, id: String) -> RegistryLease? { leases[RegistryKey(app: app, id: id)] }

  // MARK: What instances do

  /// Lists an instance, or lists it anew. Of two that say different things the one that was dirty last is kept.
  public mutating func register(_ registrant: RegistryInstance, now: Int64) {
    let key = registrant.key
    let existing = leases[key]
    var instance = registrant
    if let existing, existing.instance.lastDirty > registrant.lastDirty { instance = existing.instance }
    if registrant.overriddenStatus != .unknown, overrides[key] == nil { overrides[key] = registrant.overriddenStatus }
    instance.overriddenStatus = overrides[key] ?? .unknown
    instance.status = effectiveStatus(own: instance.status, key: key)
    let duration = registrant.leaseDuration ?? settings.leaseDuration
    var lease = RegistryLease(
      instance: instance, registered: now, lastRenewal: now, serviceUp: existing?.serviceUp, duration: duration)
    if instance.status == .up, lease.serviceUp == nil { lease.serviceUp = now }
    leases[key] = lease
    registrations += 1
    note(.added, instance, now: now)
  }

  /// A heartbeat. False when the registry knows no such lease, or the instance has changed since it registered
  /// (`lastDirty` is later than what is known): it must register again.
  public mutating func renew(app: String, id: String, lastDirty: Int64? = nil, now: Int64) -> Bool {
    let key = RegistryKey(app: app, id: id)
    guard var lease = leases[key] else {
      unknownRenewals += 1
      return false
    }
    let status = effectiveStatus(own: lease.instance.status, key: key)
    // An override that was taken back to UNKNOWN: only a registration says what the instance is now.
    guard status != .unknown else {
      unknownRenewals += 1
      return false
    }
    if lease.instance.status != status {
      lease.instance.status = status
      note(.modified, lease.instance, now: now)
    }
    lease.lastRenewal = now
    leases[key] = lease
    renewals.record(now: now)
    if let lastDirty, lastDirty > lease.instance.lastDirty { return false }
    return true
  }

  /// Takes an instance off the list at its own wish; false when it was not there.
  public mutating func cancel(app: String, id: String, now: Int64) -> Bool {
    remove(RegistryKey(app: app, id: id), now: now)
  }

  // MARK: What an operator does

  /// Says for an instance what its status is, until ``removeOverride(app:id:fallback:now:)``; also a renewal. False
  /// when it is not listed.
  public mutating func override(_ status: RegistryStatus, app: String, id: String, now: Int64) -> Bool {
    let key = RegistryKey(app: app, id: id)
    guard var lease = leases[key] else { return false }
    lease.lastRenewal = now
    if lease.instance.status != status || overrides[key] != status {
      if status == .up, lease.serviceUp == nil { lease.serviceUp = now }
      overrides[key] = status
      lease.instance.overriddenStatus = status
      lease.instance.status = status
      note(.modified, lease.instance, now: now)
    }
    leases[key] = lease
    return true
  }

  /// The instance speaks for itself again; until it does, it is `fallback`. False when it is not listed.
  public mutating func removeOverride(
    app: String, id: String, fallback: RegistryStatus = .unknown, now: Int64
  ) -> Bool {
    let key = RegistryKey(app: app, id: id)
    guard var lease = leases[key] else { return false }
    lease.lastRenewal = now
    if overrides.removeValue(forKey: key) != nil {
      lease.instance.overriddenStatus = .unknown
      lease.instance.status = fallback
      note(.modified, lease.instance, now: now)
    }
    leases[key] = lease
    return true
  }

  // MARK: Inside

  /// Eureka's rules in their order: an instance that says it is down or starting is believed; then the override; then
  /// what the lease says already; then the instance.
  private func effectiveStatus(own: RegistryStatus, key: RegistryKey) -> RegistryStatus {
    if own != .up, own != .outOfService { return own }
    if let override = overrides[key] { return override }
    if let known = leases[key]?.instance.status, known == .up || known == .outOfService { return known }
    return own
  }

  @discardableResult
  mutating func remove(_ key: RegistryKey, now: Int64) -> Bool {
    guard let lease = leases.removeValue(forKey: key) else { return false }
    overrides.removeValue(forKey: key)
    note(.deleted, lease.instance, now: now)
    return true
  }

  private mutating func note(_ kind: RegistryChange.Kind, _ instance: RegistryInstance, now: Int64) {
    version += 1
    changes.removeAll { now - $0.time > settings.deltaRetention }
    changes.append(RegistryChange(kind: kind, instance: instance, version: version, time: now))
  }
}
