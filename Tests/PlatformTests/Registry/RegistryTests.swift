import TestSupport
import Testing

@testable import Platform

@Suite struct RegistryTests {
  /// `count` instances that have renewed twice a minute for two minutes: the registry trusts its network.
  private func settled(_ count: Int) -> (registry: ServiceRegistry, now: Int64) {
    var registry = ServiceRegistry(now: epoch)
    for number in 0..<count { registry.register(instance("order", number), now: epoch) }
    var now = epoch
    for _ in 0..<4 {
      now += 30 * second
      for number in 0..<count { #expect(registry.renew(app: "order", id: "order-\(number)", now: now) == true) }
    }
    return (registry, now)
  }

  @Test func defaultsAreEurekas() {
    let settings = RegistrySettings()
    #expect(settings.renewalInterval == 30 * second)
    #expect(settings.leaseDuration == 90 * second)
    #expect(settings.evictionInterval == 60 * second)
    #expect(settings.renewalsThreshold(clients: 10) == 17)
    #expect(settings.renewalsThreshold(clients: 7) == 11)
    #expect(settings.renewalsThreshold(clients: 1) == 1)
    #expect(settings.renewalsThreshold(clients: 0) == 0)
    #expect((1...20).map(settings.evictionLimit) == [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3])
  }

  @Test func aHeartbeatOfWhoIsUnknownIsAnsweredWithRegisterAgain() {
    var registry = ServiceRegistry(now: epoch)
    #expect(registry.renew(app: "order", id: "order-1", now: epoch) == false)
    registry.register(instance("order", 1), now: epoch)
    #expect(registry.renew(app: "order", id: "order-1", now: epoch) == true)
    #expect(registry.renew(app: "order", id: "order-1", lastDirty: 0, now: epoch) == true)
    #expect(
      registry.renew(app: "order", id: "order-1", lastDirty: 5, now: epoch) == false, "it changed since it registered")
    #expect(registry.cancel(app: "order", id: "order-1", now: epoch) == true)
    #expect(registry.cancel(app: "order", id: "order-1", now: epoch) == false)
    #expect(registry.renew(app: "order", id: "order-1", now: epoch) == false)
    #expect(registry.snapshot(now: epoch).unknownRenewals == 2)
  }

  @Test func aLeaseEndsStrictlyAfterNinetySeconds() throws {
    var registry = ServiceRegistry(now: epoch)
    registry.register(instance("order", 1), now: epoch)
    let lease = try #require(registry.lease(app: "order", id: "order-1"))
    #expect(!lease.isExpired(now: epoch + 90 * second))
    #expect(lease.isExpired(now: epoch + 90 * second + 1))
    #expect(registry.renew(app: "order", id: "order-1", now: epoch + 80 * second) == true)
    let renewed = try #require(registry.lease(app: "order", id: "order-1"))
    #expect(!renewed.isExpired(now: epoch + 170 * second))
    #expect(renewed.isExpired(now: epoch + 170 * second + 1))
  }

  @Test func oneThatStopsIsEvictedWhenEnoughOthersRenew() {
    var (registry, now) = settled(20)
    for _ in 0..<4 {
      now += 30 * second
      for number in 1..<20 { #expect(registry.renew(app: "order", id: "order-\(number)", now: now) == true) }
    }
    #expect(registry.snapshot(now: now).renewalsLastMinute == 38)
    #expect(registry.renewalsThreshold == 34)
    let report = registry.evict(now: now, draw: first)
    #expect(report.evicted.map(\.id) == ["order-0"])
    #expect(!report.isSelfPreserving)
    #expect(registry.count == 19)
    #expect(registry.renew(app: "order", id: "order-0", now: now) == false, "it must register again")
  }

  @Test func whenTooFewRenewNobodyIsEvicted() {
    var (registry, now) = settled(20)
    for _ in 0..<4 {
      now += 30 * second
      for number in 3..<20 { #expect(registry.renew(app: "order", id: "order-\(number)", now: now) == true) }
    }
    #expect(registry.snapshot(now: now).renewalsLastMinute == 34, "as many as the threshold are too few")
    let report = registry.evict(now: now, draw: first)
    #expect(report.isSelfPreserving)
    #expect(report.evicted.isEmpty)
    #expect(report.spared == 3)
    #expect(registry.count == 20)
    var settings = RegistrySettings()
    settings.isSelfPreservationEnabled = false
    var unprotected = ServiceRegistry(settings: settings, now: epoch)
    unprotected.register(instance("order", 1), now: epoch)
    #expect(unprotected.evict(now: epoch + 91 * second, draw: first).evicted.count == 1)
  }

  @Test func atMostFifteenPercentGoInOneRoundInRandomOrder() {
    var settings = RegistrySettings()
    settings.isSelfPreservationEnabled = false
    var fresh = ServiceRegistry(settings: settings, now: epoch)
    for number in 0..<20 { fresh.register(instance("order", number), now: epoch) }
    var orders: Set<[String]> = []
    for seed in UInt64(1)...5 {
      var registry = fresh
      var random = SeededGenerator(seed: seed)
      var now = epoch + 91 * second
      var rounds: [Int] = []
      var order: [String] = []
      while registry.count > 0 {
        let report = registry.evict(now: now) { random.below($0) }
        rounds.append(report.evicted.count)
        order += report.evicted.map(\.id)
        now += 60 * second
      }
      #expect(rounds == [3, 3, 3, 2, 2, 2, 1, 1, 1, 1, 1])
      #expect(Set(order).count == 20)
      orders.insert(order)
    }
    #expect(orders.count == 5)
  }

  @Test func aRoundThatComesLateLengthensTheLeases() {
    var settings = RegistrySettings()
    settings.isSelfPreservationEnabled = false
    var registry = ServiceRegistry(settings: settings, now: epoch)
    registry.register(instance("order", 1), now: epoch)
    _ = registry.evict(now: epoch, draw: first)
    #expect(registry.evict(now: epoch + 100 * second, draw: first).evicted.isEmpty, "40 s late, so 130 s are granted")
    #expect(registry.nextEviction == epoch + 160 * second)
    #expect(registry.evict(now: epoch + 160 * second, draw: first).evicted.count == 1)
  }

  @Test func anOverrideOutlivesHeartbeatsAndRegistrations() {
    var (registry, now) = settled(2)
    #expect(registry.override(.outOfService, app: "order", id: "order-9", now: now) == false)
    #expect(registry.override(.outOfService, app: "order", id: "order-1", now: now) == true)
    func status() -> RegistryStatus? { registry.lease(app: "order", id: "order-1")?.instance.status }
    #expect(status() == .outOfService)
    now += 30 * second
    #expect(registry.renew(app: "order", id: "order-1", now: now) == true)
    #expect(status() == .outOfService)
    registry.register(instance("order", 1), now: now)
    #expect(status() == .outOfService)
    registry.register(instance("order", 1, status: .down), now: now)
    #expect(status() == .down, "who says that it is down is believed")
    #expect(registry.removeOverride(app: "order", id: "order-1", now: now) == true)
    #expect(status() == .unknown)
    #expect(registry.renew(app: "order", id: "order-1", now: now) == false, "only a registration says what it is now")
    registry.register(instance("order", 1), now: now)
    #expect(status() == .up)
  }

  @Test func ofTwoRegistrationsTheOneThatWasDirtyLastIsKept() {
    var registry = ServiceRegistry(now: epoch)
    var newer = instance("order", 1, version: "2")
    newer.lastDirty = 20
    var older = instance("order", 1, version: "1")
    older.lastDirty = 10
    registry.register(newer, now: epoch)
    registry.register(older, now: epoch)
    #expect(registry.lease(app: "order", id: "order-1")?.instance.version == "2")
  }
}
