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
    func rows(_ table: String, of service: String) throws -> Int {
      Int(try world.disk(of: service)?.database.read { try $0.number("SELECT count(*) FROM \(table)") } ?? 0)
    }
    var held = [
      (name: "audit", count: world.audit.count), ("answers", world.answers.count),
      ("books", world.companyBooks.count),
      ("orders", try rows("orders", of: ShopPlan.order)),
      ("reservations", try rows("reservation", of: ShopPlan.inventory)),
    ]
    for service in [ShopPlan.order, ShopPlan.inventory] {
      held.append(("events of \(service)", try rows("event", of: service)))
      held.append(("inbox of \(service)", try rows("inbox", of: service)))
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
      // The load has a daily wave and bursts: it is not the same from one ten minutes to the next.
      #expect(
        Double(after.count) < Double(before.count) * 1.25 + 50, "\(after.name): \(before.count), later \(after.count)")
    }
    #expect(stage.problems() == [])
  }
}
