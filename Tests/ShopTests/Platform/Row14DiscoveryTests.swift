import Operations
import Platform
import Simulation
import Testing
import TraceCollector
import TraceModel

@testable import Shop

/// Discovery and load balancing, seen from outside: the answers of customers, the snapshot, the invariants.
@Suite struct Row14DiscoveryTests {
  private func snapshot(_ stage: Stage) -> SystemSnapshot {
    SnapshotBuilder(world: stage.world, external: stage.world.traces)
      .snapshot(speed: .asFastAsItCan, receivers: [], isStill: true)
  }

  private func instance(_ name: String, _ stage: Stage) -> InstanceSnapshot? {
    snapshot(stage).services.flatMap(\.instances).first { $0.name == name }
  }

  @Test func everyInstanceHasALeaseThatItRenews() throws {
    let stage = Stage()
    stage.run(238)
    let registry = try #require(snapshot(stage).registry)
    let own = stage.world.services.filter { !$0.plan.isOutside }.flatMap(\.instances)
    #expect(registry.leases.map(\.id).sorted() == own.map(\.address).sorted())
    #expect(registry.leases.allSatisfy { $0.status == "UP" && $0.sinceRenewal < 31_000_000_000 })
    #expect(registry.renewalsLastMinute == 2 * own.count)
    #expect(!registry.isSelfPreserving && registry.staleCaches == 0 && registry.evicted == 0)
  }

  @Test func aCrashedInstanceIsDownAtOnceAndListedUntilItIsEvicted() throws {
    let stage = Stage()
    stage.run(60)
    stage.arm("catalog/2:crash")
    stage.run(1)
    #expect(instance("catalog-2", stage)?.health == .down)
    #expect(instance("catalog-2", stage)?.registered == "UP")
    stage.run(85)
    #expect(instance("catalog-2", stage)?.registered == "UP")
    stage.run(70)
    #expect(instance("catalog-2", stage)?.registered == nil)
    #expect(snapshot(stage).registry?.evicted == 1)
    // Everybody else learns of it with the next refresh.
    stage.run(32)
    let known = stage.world.service(ShopPlan.pageComposer).instances[0].known
    #expect(
      known.all(of: ShopPlan.catalog).map(\.id) == ["catalog-1:\(stage.world.service("catalog").instances[0].port)"])
  }

  /// Pages that were not whole, with one of two catalogs gone. They come one a second.
  private func failedPages(asideFor time: Int64) -> (failed: Int, all: Int) {
    let stage = Stage { $0.discovery.asideFor = time }
    stage.arm("catalog/2:crash")
    for number in 0..<20 {
      stage.send(Request("GET /products/{sku}", argument: "sku-0\(1 + number % 9)"))
      stage.run(1)
    }
    return (stage.answers.count { $0.status != 200 || $0.body.missing != nil }, stage.answers.count)
  }

  @Test func whoRefusesTheConnectionIsLeftAlone() {
    #expect(failedPages(asideFor: 10_000_000_000) == (0, 20))
    // Without that about every second page lacks its product.
    #expect(failedPages(asideFor: 0).failed >= 6)
  }

  @Test func callersGoOnWhileTheRegistryIsDown() {
    let stage = Stage()
    stage.arm("registry:crash")
    stage.run(300)
    #expect(snapshot(stage).registry == nil)
    for number in 0..<20 {
      stage.send(Request("GET /products/{sku}", argument: "sku-0\(1 + number % 9)"))
      stage.run(0.5)
    }
    #expect(stage.answers.count { $0.status == 200 && $0.body.missing == nil } == 20)
  }

  /// Started anew it knows nobody: for the time that all need to register again it gives out no list.
  @Test func aRegistryThatLostItsMemoryEmptiesNobodysList() throws {
    let stage = Stage(rate: 5)
    stage.run(60)
    stage.arm("registry:crash,ttl=10s")
    for _ in 0..<12 {
      stage.run(10)
      let known = stage.world.service(ShopPlan.gateway).instances[0].known
      #expect(known.available(of: ShopPlan.order).count == stage.world.service(ShopPlan.order).instances.count)
    }
    let registry = try #require(snapshot(stage).registry)
    #expect(registry.leases.count == stage.world.services.filter { !$0.plan.isOutside }.flatMap(\.instances).count)
    #expect(registry.staleCaches == 0)
  }

  @Test func aPartedNetworkCutsTheSameMachinesOffAllTheTime() throws {
    let stage = Stage {
      $0.discovery.registry.renewalInterval = 3_000_000_000
      $0.discovery.registry.fetchInterval = 3_000_000_000
    }
    stage.run(10)
    let fault = stage.arm("registry:partition,share=50%")
    stage.run(20)
    let parted = try #require(snapshot(stage).registry)
    let silent = parted.leases.filter { $0.sinceRenewal > 16_000_000_000 }
    let heard = parted.leases.filter { $0.sinceRenewal < 4_000_000_000 }
    #expect(silent.count + heard.count == parted.leases.count)
    #expect(silent.count > parted.leases.count / 4 && heard.count > parted.leases.count / 4)
    _ = stage.world.faults.remove(fault.id)
    stage.run(10)
    let healed = try #require(snapshot(stage).registry)
    #expect(healed.leases.allSatisfy { $0.sinceRenewal < 4_000_000_000 })
  }

  @Test func onlyTheRegistryIsCutOffFromSome() {
    let parser = FaultParser(catalogue: SimulatedShop.catalogue)
    #expect((try? parser.parse("registry:partition,share=70%,ttl=2m")) != nil)
    #expect(throws: FaultSpecError("whoever is cut off is so for everybody; leave out share=70%")) {
      try parser.parse("order:partition,share=70%")
    }
    #expect(throws: FaultSpecError("whoever is cut off is so for everybody; leave out user=kim")) {
      try parser.parse("registry:partition,user=kim")
    }
    #expect((try? parser.parse("gateway-internal:partition")) == nil)
  }

  @Test(arguments: BalancingRule.allCases) func eachRuleServesEverybody(rule: BalancingRule) {
    let stage = Stage { $0.discovery.rule = rule }
    for number in 0..<40 {
      stage.send(Request("GET /products/{sku}", argument: "sku-0\(1 + number % 9)"))
      stage.run(0.1)
    }
    stage.run(1)
    #expect(stage.answers.count { $0.status == 200 && $0.body.missing == nil } == 40)
    let calls = ["catalog-1", "catalog-2"].map { name in
      stage.spans(name, of: "GET /products/{sku}").count
    }
    #expect(calls[0] + calls[1] == 40)
    // Gateways take turns over two page composers, one in each zone, and each stays in its own.
    if rule != .twoChoices { #expect(calls == [20, 20], "\(rule)") }
  }

  /// Ten minutes at 3 tx/s, with one instance of each of five services gone for a minute; how many pages lacked something.
  private func run(asideFor time: Int64) throws -> (stage: Stage, partialPages: Int) {
    let stage = Stage(seed: 14, rate: 3) {
      $0.mix = .ordinary
      $0.discovery.asideFor = time
    }
    for name in ["order", "catalog", "review", "inventory", "cart"] {
      stage.run(60)
      stage.arm("\(name)/2:crash,ttl=60s")
    }
    stage.run(300)
    stage.world.customers.close()
    stage.run(60)
    return (stage, stage.partialPages())
  }

  @Test func tenMinutesWithCrashesAndNoPageSuffers() throws {
    let good = try run(asideFor: 10_000_000_000)
    #expect(good.partialPages == 0 && good.stage.roots().count { $0.operation == "GET /products/{sku}" } > 300)
    #expect(good.stage.problems() == [])
    #expect(try run(asideFor: 0).partialPages > 10)
  }
}

extension Stage {
  /// SERVER spans of an instance for one operation.
  func spans(_ instance: String, of operation: String) -> [Int64] {
    world.flushSpans()
    let address = world.services.flatMap(\.instances).first { $0.name == instance }?.address ?? ""
    return world.book.newest(10_000).flatMap { world.traces.spans(of: $0.gtxid) }
      .filter { $0.kind == .server && $0.instance == address && $0.operation == operation }.map(\.start)
  }
}
