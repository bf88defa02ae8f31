import TestSupport
import Testing

@testable import Platform

@Suite struct RegistryPropertyTests {
  /// The rules once more, as plainly as they can be said, over whole minutes of renewals kept one by one.
  private struct PlainRegistry {
    struct Lease {
      var renewed: Int64
      var status: RegistryStatus
    }
    var leases: [String: Lease] = [:]
    var renewals: [Int64] = []
    var lastRound: Int64?

    func isPreserving(now: Int64) -> Bool {
      let minuteStart = (now - epoch) / minute * minute + epoch
      let count = renewals.filter { $0 >= minuteStart - minute && $0 < minuteStart }.count
      let threshold = Int(Double(leases.count) * 2.0 * 0.85)
      return threshold == 0 || count <= threshold
    }

    mutating func expired(now: Int64) -> Set<String> {
      let late = lastRound.map { max(0, now - $0 - minute) } ?? 0
      lastRound = now
      return Set(leases.filter { now > $0.value.renewed + 90 * second + late }.keys)
    }
  }

  @Test(arguments: UInt64(1)...30) func itDoesWhatThePlainRulesSay(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var registry = ServiceRegistry(now: epoch)
    var plain = PlainRegistry()
    var cache = RegistryCache()
    var now = epoch
    var nextRound = epoch + minute
    let silence = random.below(40)
    for step in 0..<500 {
      now += Int64(random.below(6)) * second / 2
      let number = random.below(12)
      let id = "order-\(number)"
      switch random.below(100) {
      case 0..<70:
        // Those with small numbers are silent at times.
        if number * 10 < silence, random.chance(95) { break }
        let known = plain.leases[id] != nil
        #expect(registry.renew(app: "order", id: id, now: now) == known, "seed \(seed), step \(step)")
        if known {
          plain.leases[id]?.renewed = now
          plain.renewals.append(now)
        } else {
          registry.register(instance("order", number), now: now)
          plain.leases[id] = .init(renewed: now, status: .up)
        }
      case 70..<74:
        #expect(registry.cancel(app: "order", id: id, now: now) == (plain.leases.removeValue(forKey: id) != nil))
      case 74..<80:
        let status: RegistryStatus = random.chance(50) ? .outOfService : .up
        let found = registry.override(status, app: "order", id: id, now: now)
        #expect(found == (plain.leases[id] != nil), "seed \(seed), step \(step)")
        plain.leases[id]?.status = status
        plain.leases[id]?.renewed = now
      default: break
      }
      if now >= nextRound {
        nextRound = now + minute
        let before = plain.leases.count
        #expect(registry.isSelfPreserving(now: now) == plain.isPreserving(now: now), "seed \(seed), step \(step)")
        let isPreserving = plain.isPreserving(now: now)
        let expired = plain.expired(now: now)
        let report = registry.evict(now: now) { random.below($0) }
        let gone = Set(report.evicted.map(\.id))
        #expect(gone.isSubset(of: expired), "seed \(seed), step \(step)")
        let expected = isPreserving ? 0 : min(expired.count, before - Int(Double(before) * 0.85))
        #expect(gone.count == expected, "seed \(seed), step \(step)")
        for id in gone { plain.leases[id] = nil }
      }
      let known = registry.listing.instances.map { "\($0.id) \($0.status)" }
      #expect(known == plain.leases.map { "\($0.key) \($0.value.status)" }.sorted(), "seed \(seed), step \(step)")
      if refresh(&cache, from: registry, now: now, fails: random.chance(20)) {
        #expect(cache.all(of: "order") == registry.listing.instances, "seed \(seed), step \(step)")
      }
    }
    #expect(cache.deltaFetches > 5)
  }

  private func refresh(_ cache: inout RegistryCache, from registry: ServiceRegistry, now: Int64, fails: Bool) -> Bool {
    guard let fetch = cache.due(now: now) else { return false }
    guard !fails else {
      cache.failed(now: now)
      return false
    }
    switch fetch {
    case .whole: cache.apply(registry.listing, now: now)
    case .delta:
      if cache.apply(registry.delta(now: now), now: now) == .needsWhole { cache.apply(registry.listing, now: now) }
    }
    return true
  }

  @Test func aCacheThatSleptTooLongFetchesTheWhole() {
    var registry = ServiceRegistry(now: epoch)
    registry.register(instance("order", 1), now: epoch)
    var cache = RegistryCache()
    #expect(cache.due(now: epoch) == .whole)
    cache.apply(registry.listing, now: epoch)
    #expect(cache.due(now: epoch + 29 * second) == nil)
    #expect(cache.due(now: epoch + 30 * second) == .delta)
    // One goes, another comes: the counts are the same, only the version tells.
    #expect(registry.cancel(app: "order", id: "order-1", now: epoch + second) == true)
    registry.register(instance("order", 2), now: epoch + second)
    let late = epoch + 600 * second
    registry.register(instance("order", 2, version: "2"), now: late)
    #expect(cache.apply(registry.delta(now: late), now: late) == .needsWhole)
    cache.apply(registry.listing, now: late)
    #expect(cache.available(of: "order").map(\.id) == ["order-2"])
  }
}
