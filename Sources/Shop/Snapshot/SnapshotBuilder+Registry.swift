internal import Operations
internal import Platform
internal import Simulation

extension SnapshotBuilder {
  /// Nil while the registry is down: nobody can ask it.
  func registry() -> Operations.RegistrySnapshot? {
    guard let book = world.registryBook else { return nil }
    let now = world.time.now
    let own = book.registry.snapshot(now: now)
    var snapshot = Operations.RegistrySnapshot()
    snapshot.leases = own.rows.map { row in
      Operations.RegistrySnapshot.Lease(
        service: row.instance.app, id: row.instance.id, status: row.instance.status.rawValue, zone: row.instance.zone,
        version: row.instance.version, age: row.age, sinceRenewal: row.sinceRenewal, remaining: row.remaining)
    }
    snapshot.renewalsLastMinute = own.renewalsLastMinute
    snapshot.renewalsThreshold = own.renewalsThreshold
    snapshot.isSelfPreserving = world.isRegistryPreservingItself
    snapshot.evicted = own.evicted
    snapshot.registrations = own.registrations
    snapshot.unknownRenewals = own.unknownRenewals
    snapshot.version = own.version
    let stale = 2 * world.settings.discovery.registry.fetchInterval
    snapshot.staleCaches = world.services.filter { !$0.plan.isOutside }.flatMap(\.instances).count {
      $0.isUp && now - ($0.known.refreshed ?? now) > stale
    }
    snapshot.rule = world.configuration.current.rule?.rawValue ?? ""
    return snapshot
  }

  /// The registry's view of one instance.
  func registryView(of instance: ServiceInstance, _ snapshot: inout InstanceSnapshot) {
    guard let lease = world.registryBook?.registry.lease(app: instance.service.name, id: instance.address) else {
      return
    }
    snapshot.registered = lease.instance.status.rawValue
    snapshot.leaseLeft = lease.lastRenewal + lease.duration - world.time.now
  }
}

extension World {
  /// Whether the registry is up and evicts nobody. What the first minute brings is not known yet.
  var isRegistryPreservingItself: Bool {
    guard let book = registryBook, time.elapsed >= 60_000_000_000 else { return false }
    return book.registry.isSelfPreserving(now: time.now)
  }
}
