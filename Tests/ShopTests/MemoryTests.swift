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
    var held = [
      (name: "audit", count: world.audit.count), ("answers", world.answers.count), ("ledger", world.ledger.count),
      ("books", world.companyBooks.count), ("statement", world.companyBooks.statement(after: 0, limit: .max).count),
      ("calls seen", world.callsHeld), ("calls that joins wait with", world.joins.count),
      ("key-value entries", world.keyValueStore.store.count),
    ]
    for desk in [ShopPlan.gateway, ShopPlan.gatewayInternal].flatMap({ world.edge.desks(of: $0) }) {
      let calls = desk.desk.routes.reduce(0) { $0 + $1.value.statistics.count }
      held.append(("calls seen at \(desk.instance)", calls))
    }
    for service in world.services {
      guard let disk = world.disk(of: service.name) else { continue }
      held += try disk.database.read { database in
        let tables = try database.all("SELECT name FROM sqlite_master WHERE type = 'table'") { $0.value(0) as String }
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

  @Test(arguments: [false, true]) func nothingGrowsAfterTheRetention(withOneStuck isStuck: Bool) throws {
    let stage = Stage(rate: 2) { $0.mix = .ordinary }
    if isStuck {
      let fault = stage.arm("inventory:errors=100%,ttl=45s")
      let stuck = stage.order()
      stage.run(60)
      #expect(fault.endsAt ?? .max < stage.world.time.now)
      #expect(stage.world.transactions.stuck.map(\.id).contains { $0 == stuck })
    }
    // Records are kept for eight minutes, what tells that they were acted on, and the audit, up to twelve.
    stage.run(12 * 60)
    let early = try held(stage.world)
    stage.run(10 * 60)
    let late = try held(stage.world)
    for (before, after) in zip(early, late) {
      #expect(before.name == after.name)
      // The load has a daily wave and bursts: it is not the same from one ten minutes to the next.
      #expect(
        Double(after.count) < Double(before.count) * 1.25 + 50, "\(after.name): \(before.count), later \(after.count)")
    }
    #expect(stage.problems() == [])
  }
}
