import Concurrency
import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// P7: a relay that slept beyond its lease, when another is at work.
@Suite struct StaleRelayTests {
  @Test func p7FencesOffTheRelayThatSlept() throws {
    let stage = try CrashPointTests.stage("order:P7")
    CrashPointTests.orderUntilStruck(stage, at: .overlappingLeases)
    let order = stage.world.service(ShopPlan.order)
    func relaying() -> [Int] { order.instances.filter { $0.process?.isRelaying == true }.map(\.number) }
    let sleeping = relaying()
    stage.run(3.9)
    let other = relaying()
    #expect(sleeping.count == 1 && other.count == 1 && other != sleeping, "another has its lease by now")
    stage.run(5)
    #expect(relaying().count == 1)
  }

  /// P7: what a relay has read before it slept is published by the one that has its lease by then. The bus takes it from
  /// nobody else: nothing old comes behind what is newer. Where nobody asks for the lease it comes twice.
  @Test func p7TakesNothingFromTheRelayThatSlept() throws {
    for omits in [[], [.fence]] as [Set<Omission>] {
      let stage = try CrashPointTests.stage("order:P7", omits: omits)
      CrashPointTests.orderUntilStruck(stage, at: .overlappingLeases)
      // Others order while it sleeps, once another relay is at work: a newer event under the same key of the topic.
      stage.run(3.9)
      let later = stage.order("sku-02", quantity: 1, user: "lee")
      stage.run(15)
      let published = CrashPointTests.publishedByOrder(stage)
      let rows = try CrashPointTests.rows(stage)
      #expect(rows.count == 2 && stage.state(later) == .committed)
      #expect(published == rows + (omits.isEmpty ? [] : [rows[0]]), "\(published)")
      #expect(stage.world.counters.fencedRelays == (omits.isEmpty ? 1 : 0))
      #expect(stage.problems() == [])
    }
  }

  /// P7: nothing is marked, and no position stored, under a lease that another has taken.
  @Test func p7CommitsNothingUnderALeaseThatAnotherHas() throws {
    for omits in [[], [.fence]] as [Set<Omission>] {
      let stage = try CrashPointTests.stage(omits: omits)
      let leases = stage.world.service(ShopPlan.order).instances.compactMap(\.process).map {
        RelayLease(process: $0, database: $0.ownDatabase, name: "test")
      }
      let (asleep, awake) = (try #require(leases.first), try #require(leases.last))
      let answers = Locked<[String]>([])
      func ask(_ lease: RelayLease) {
        stage.world.time.spawn {
          let answer = try? await lease.keep()
          answers.withLock { $0.append(answer.map { "\($0)" } ?? "none") }
        }
        stage.run(0.5)
      }
      func commit(_ lease: RelayLease) {
        stage.world.time.spawn {
          let isCommitted = try? await lease.transaction("position") {
            try MinerPositions.store(MinerPosition(change: 7, time: 0), of: "test", $0)
          }
          answers.withLock { $0.append("\(isCommitted ?? false)") }
        }
        stage.run(0.5)
      }
      try stage.write(ShopPlan.order, MinerPositions.schema)
      ask(asleep)
      stage.run(3)
      ask(awake)
      commit(asleep)
      #expect(answers.withLock { $0 } == ["granted", "granted", "\(!omits.isEmpty)"])
      let stored = try stage.world.disk(of: ShopPlan.order)?.database.read { try MinerPositions.load("test", $0) }
      #expect((stored?.change == 7) == !omits.isEmpty)
      #expect(asleep.isHeld == false && awake.isHeld)
    }
  }
}
