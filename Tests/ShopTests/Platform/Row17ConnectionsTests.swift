import Operations
import Platform
import Simulation
import Testing
import TraceCollector
import TraceModel

@testable import Shop

/// Connections to databases, and the cache in front of one, seen from outside.
@Suite struct Row17ConnectionsTests {
  private func snapshot(_ stage: Stage) -> SystemSnapshot {
    SnapshotBuilder(world: stage.world, external: TraceStore(budget: 1 << 20))
      .snapshot(speed: .asFastAsItCan, receivers: [], isStill: true)
  }

  /// The list of connections that a server has at the moment, as `SHOW PROCESSLIST` gives it: whose each of them is.
  private func list(_ stage: Stage, of server: String = "shared") -> [String] {
    let shared = stage.world.sharedDatabase
    let found = [shared?.primary, shared?.replica].compactMap { $0?.snapshot }.first { $0.name == server }
    return found?.pools.flatMap { pool in Array(repeating: pool.name, count: pool.inUse + pool.idle) } ?? []
  }

  /// What each instance has open there, as its own pool has it: by instance, where it has any.
  private func held(_ stage: Stage) -> [String: Int] {
    let services = stage.world.services.filter { SharedDatabase.services.contains($0.name) }
    let sizes = services.flatMap(\.instances).compactMap { instance in
      instance.process?.database.map { (instance.name, $0.connections.size) }
    }
    return Dictionary(uniqueKeysWithValues: sizes)
  }

  /// Ten minutes at 3 tx/s on a shared server that takes seventy connections, of the hundred that five services want.
  private func tenMinutes(splitsReads: Bool) -> Stage {
    let stage = Stage(seed: 17, rate: 3) {
      $0.mix = .ordinary
      $0.topology.databases = .shared
      $0.topology.maximumConnections = 70
      $0.topology.splitsReads = splitsReads
    }
    stage.run(600)
    return stage
  }

  /// How many spans failed because of one thing, by the words in which it is said.
  private func spans(of stage: Stage, sayingOneOf words: [String]) -> Int {
    stage.tracesOfAll().joined().count { span in
      span.status == .error && words.contains { span.message.contains($0) }
    }
  }

  /// The instances whose own spans say that the server refused them.
  private func refused(_ stage: Stage) -> Set<String> {
    let spans = stage.tracesOfAll().joined().filter { $0.message.hasPrefix("database server shared: Too many") }
    let addresses = Set(spans.map(\.instance))
    return Set(stage.world.services.flatMap(\.instances).filter { addresses.contains($0.address) }.map(\.name))
  }

  @Test func tooManyConnectionsIsHealedBySplittingReadsOff() throws {
    let (full, own) = (["Too many connections"], ["no connection of the pool", "too many wait for a connection"])
    let starved = tenMinutes(splitsReads: false)
    #expect(spans(of: starved, sayingOneOf: full) > 100 && starved.failures() > 100)
    // Nobody waits for a pool of its own: it is another failure.
    #expect(spans(of: starved, sayingOneOf: own) == 0)
    let sick = snapshot(starved)
    #expect(list(starved).count == 70 && sick.services.contains { $0.reason.contains(full[0]) })
    // Who was refused is among those that have less there than their pools want, and all those are: so say the spans.
    let lists = Dictionary(grouping: list(starved)) { $0 }.mapValues(\.count)
    let short = Set(held(starved).filter { $0.value > lists[$0.key] ?? 0 }.keys)
    #expect(!short.isEmpty && refused(starved) == short, "\(lists)")
    // It is full, and has not what is wanted of it; the figure on the screen is the length of its list.
    #expect(held(starved).values.reduce(0, +) == 100 && sick.databaseServers.first?.open == 70)

    let healed = tenMinutes(splitsReads: true)
    #expect(spans(of: healed, sayingOneOf: full + own) == 0 && healed.failures() == 0)
    let well = snapshot(healed)
    #expect(well.databaseServers.map(\.name) == ["shared", "shared-replica"])
    #expect(list(healed).count + list(healed, of: "shared-replica").count == held(healed).values.reduce(0, +))
    #expect(well.databaseServers.allSatisfy { $0.open == list(healed, of: $0.name).count && $0.open <= 70 })
    #expect(well.services.filter { !$0.isOutside }.allSatisfy { $0.health == .up })
    healed.world.customers.close()
    healed.run(60)
    #expect(healed.problems() == [])
  }

  @Test func oneServerOfItsOwnKnowsNoSuchFailure() {
    #expect(snapshot(Stage()).databaseServers.isEmpty)
  }

  @Test func aSmallerPoolLeavesConnectionsToOthers() throws {
    let stage = Stage { $0.topology.databases = .shared }
    #expect(list(stage).count == 100)
    for (size, open) in [(4, 88), (30, 140), (60, 151), (10, 100)] {
      CommandDesk.carryOut(.configure(key: "order.pool", value: "\(size)"), in: stage.world)
      stage.run(5)
      let server = try #require(snapshot(stage).databaseServers.first)
      #expect(list(stage).count == open && server.open == open, "order.pool=\(size)")
      // Whoever comes last gets less than it wants when the server is full, and nobody more.
      let lists = Dictionary(grouping: list(stage)) { $0 }.mapValues(\.count)
      #expect(lists.allSatisfy { $0.value <= held(stage)[$0.key] ?? 0 })
      #expect(held(stage).filter { $0.key.hasPrefix("order-") }.allSatisfy { $0.value == size })
      #expect(server.pools.filter { $0.name.hasPrefix("order-") }.allSatisfy { $0.size == size })
    }
  }

  @Test func theLimitOfTheServerIsChangedLive() throws {
    let stage = Stage { $0.topology.databases = .shared }
    #expect(snapshot(stage).databaseServers.first?.refused == 0)
    CommandDesk.carryOut(.configure(key: "shared-db.max-connections", value: "12"), in: stage.world)
    stage.run(20)
    #expect(try #require(snapshot(stage).databaseServers.first).refused > 0)
    #expect(list(stage).count == 12)
    let sick = snapshot(stage)
    #expect(sick.services.contains { sick.refusalRate(of: $0) >= 1 })
    #expect(snapshot(stage).services.contains { $0.reason.contains("Too many connections") })
    CommandDesk.carryOut(.rollBackConfiguration(version: 1), in: stage.world)
    // A service stays degraded for as long as its last minute was.
    stage.run(90)
    let well = snapshot(stage)
    #expect(list(stage).count == 100)
    #expect(well.services.allSatisfy { well.refusalRate(of: $0) == 0 })
    #expect(well.services.filter { !$0.isOutside }.allSatisfy { $0.health == .up })
  }

  @Test func aFaultLeavesTheServerFewerConnections() throws {
    let stage = Stage { $0.topology.databases = .shared }
    stage.arm("db:shared:max-connections=12,ttl=20s")
    stage.run(19)
    let server = try #require(snapshot(stage).databaseServers.first)
    #expect(list(stage).count == 12 && server.refused > 0)
    #expect(snapshot(stage).services.contains { $0.reason.contains("Too many connections") })
    #expect(try #require(snapshot(stage).faults.armed.first).hits > 0)
    stage.run(90)
    #expect(list(stage).count == 100)
    #expect(snapshot(stage).services.filter { !$0.isOutside }.allSatisfy { $0.health == .up })
    // What is configured meanwhile holds as far as the fault leaves it.
    stage.arm("db:shared:max-connections=40,ttl=20s")
    CommandDesk.carryOut(.configure(key: "shared-db.max-connections", value: "60"), in: stage.world)
    stage.run(10)
    #expect(list(stage).count == 40)
    stage.run(30)
    #expect(list(stage).count == 60)
  }

  @Test func withoutASharedServerThereIsNoneToBreak() {
    let stage = Stage()
    let desk = CommandDesk(world: stage.world, snapshot: snapshot(stage))
    let spec = FaultSpec(target: .sharedDatabase, kind: .maxConnections(5))
    guard case .refused(let reason) = desk.outcome(of: .arm(spec)) else {
      Issue.record("there is no server that could refuse anybody")
      return
    }
    #expect(reason.contains("no database server is shared"))
  }

  @Test(arguments: [true, false]) func theCacheAnswersWhatWasReadBefore(isOn: Bool) throws {
    let stage = Stage { $0.topology.cachesProducts = isOn }
    for _ in 0..<40 {
      stage.send(Request("GET /products/{sku}", argument: "sku-01"))
      stage.run(0.1)
    }
    stage.run(1)
    let cache = snapshot(stage).service(ShopPlan.catalog)?.cache
    #expect(stage.answers.count { $0.status == 200 } == 40)
    guard isOn else {
      #expect(cache == nil)
      return
    }
    #expect(cache?.loads == 2 && cache?.hits == 38)
    // What it has it gives also while the store is away; after a minute it does not.
    stage.arm("db:catalog:db-down")
    stage.send(Request("GET /products/{sku}", argument: "sku-01"))
    stage.run(3)
    #expect(stage.answers.last?.status == 200)
    stage.run(60)
    stage.send(Request("GET /products/{sku}", argument: "sku-01"))
    stage.run(5)
    #expect(stage.answers.last?.status == 503)
  }
}
