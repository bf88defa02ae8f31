import EventBus
import Operations
import Simulation
import Testing
import Transactions

@testable import Shop

/// What a run holds does not grow with its length, whatever waits for somebody.
@Suite struct MemoryTests {
  /// How much of everything a world holds.
  private func held(_ world: World) throws -> [(name: String, count: Int)] {
    let answers = world.service(ShopPlan.payment).instances.compactMap { $0.process?.behaviour as? PaymentService }
    var held = [
      (name: "audit", count: world.audit.count), ("answers", answers.reduce(0) { $0 + $1.answers.count }),
      ("ledger", world.ledger.count),
      ("books", world.companyBooks.count), ("statement", world.companyBooks.statement(after: 0, limit: .max).count),
      ("answers held by joins", world.joins.count),
      ("key-value entries", world.keyValueStore.store.count),
    ]
    for service in world.services {
      guard let disk = world.disk(of: service.name) else { continue }
      // Which side of a view has its documents changes with each rebuild.
      let collections = disk.documents?.collections.map(\.name) ?? []
      if let documents = disk.documents {
        held.append(
          ("documents of \(service.name)", try collections.reduce(0) { try $0 + documents.count(in: $1) }))
      }
      held += try disk.database.read { database in
        let tables = try database.all("SELECT name FROM sqlite_master WHERE type = 'table'") { $0.value(0) as String }
          .filter { !collections.contains($0) }
        return try tables.map { table in
          ("rows of \(service.name).\(table)", Int(try database.number("SELECT count(*) FROM \(table)")))
        }
      }
    }
    // What is bounded by its bytes alone may grow to that bound.
    for topic in world.broker.snapshot().topics
    where !topic.isInternal && topic.name != TopicName.operations && !topic.name.hasSuffix("-changelog") {
      held.append(("records of \(topic.name)", Int(topic.records)))
    }
    return held
  }

  /// One has a row for each two products that somebody has bought in a row, the other one for each that order forgets:
  /// they are full later than the others.
  private let fillsSlowly = ["rows of recommendation.pair", "rows of order.change_log"]

  /// Of each kind of call those of the last ten seconds, and a few more.
  private func callsSeen(_ world: World) -> Int {
    let desks = [ShopPlan.gateway, ShopPlan.gatewayInternal].flatMap { world.edge.desks(of: $0) }
    return desks.flatMap { $0.desk.routes }.reduce(world.callsHeld) { $0 + $1.value.statistics.count }
  }

  /// A saga is stuck all the time: whatever holds on to the past because of one does so here.
  @Test func nothingGrowsAfterTheRetention() throws {
    let stage = Stage(rate: 2) { $0.mix = .ordinary }
    let fault = stage.arm("inventory:errors=100%,ttl=45s")
    let stuck = stage.order()
    stage.run(60)
    #expect(fault.endsAt ?? .max < stage.world.time.now)
    #expect(stage.world.transactions.stuck.map(\.id).contains { $0 == stuck })
    // Records are kept for eight minutes, what tells that they were acted on, and the audit, up to twelve.
    stage.run(12 * 60)
    let early = try held(stage.world)
    stage.run(6 * 60)
    let late = try held(stage.world)
    for (before, after) in zip(early, late) {
      #expect(before.name == after.name)
      // The load has a daily wave and bursts: it is not the same from one minute to the next.
      let limit = Double(before.count) * (fillsSlowly.contains(before.name) ? 1.6 : 1.25) + 50
      #expect(Double(after.count) < limit, "\(after.name): \(before.count), later \(after.count)")
    }
    #expect(callsSeen(stage.world) < 8_000 && stage.world.counters.spans > 25_000)
    #expect(stage.problems() == [])
  }
}
