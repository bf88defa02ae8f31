import EventBus
import Operations
import Simulation
import Testing
import TraceCollector
import TraceModel

@testable import Shop

/// What happens to the machine of an instance: its connections, its clock, its memory; and that it heals.
@Suite struct MachineFaultTests {
  private static let second: Int64 = 1_000_000_000

  // MARK: Connections

  @Test func withoutConnectionsOrdersAreRefused() throws {
    let stage = Stage()
    let before = stage.order()
    let fault = stage.arm("order:pool=0,ttl=6s")
    let pools = stage.world.service(ShopPlan.order).instances.compactMap { $0.process?.database?.connections }
    #expect(pools.map(\.size) == [0, 0])
    let refused = stage.order()
    stage.run(4)
    #expect(refused == nil)
    #expect(stage.answers.last?.status != 202)
    let failed = try #require(stage.world.book.newest(10).first { $0.state == .failed })
    #expect(failed.firstError == "order answered 503: no connection of the pool was free in 1.00 s")
    #expect(stage.world.faults.armed.first { $0.id == fault.id }?.hits ?? 0 > 0)
    stage.run(10)
    #expect(pools.map(\.size) == [10, 10])
    #expect(pools.map(\.waiting) == [0, 0])
    let after = stage.order()
    stage.run(2)
    #expect([stage.state(before), stage.state(after)] == [.committed, .committed])
    #expect(stage.world.transactions.currentTally().failed == 1)
    #expect(stage.problems() == [])
  }

  @Test func aPoolIsAsSmallAsTheStrictestFaultSays() {
    let stage = Stage(rate: 20, faults: ["inventory:pool=3", "inventory/2:pool=1,ttl=5s"])
    let sizes = {
      stage.world.service(ShopPlan.inventory).instances.compactMap { $0.process?.database?.connections.size }
    }
    #expect(sizes() == [3, 1])
    // A process that starts meanwhile finds no more than that either.
    stage.arm("inventory/2:crash,ttl=1s")
    stage.run(3)
    #expect(sizes() == [3, 1])
    stage.run(3)
    #expect(sizes() == [3, 3])
    stage.world.faults.removeAll()
    #expect(sizes() == [10, 10])
    stage.world.customers.close()
    stage.run(20)
    #expect(stage.problems() == [])
  }

  // MARK: Clocks

  @Test func aClockThatIsBehindShowsInTheCallTree() throws {
    let stage = Stage(faults: ["order:skew=-500ms"])
    let id = stage.order()
    stage.run(2)
    #expect(stage.state(id) == .committed)
    let spans = stage.spans(id)
    let client = try #require(spans.first { $0.kind == .client && $0.peer == ShopPlan.order })
    let server = try #require(spans.first { $0.parent == client.id })
    // The server seems to have begun before it was called, and took as long as it did.
    #expect((-500_000_000 ..< -490_000_000).contains(server.start - client.start))
    #expect((server.duration ?? -1) > 0 && (server.duration ?? .max) < (client.duration ?? 0))
    let tree = CallTree.build(spans: spans)
    let node = try #require(tree.nodes.first { $0.span.id == server.id })
    #expect((-505_000_000 ..< -495_000_000).contains(node.skew))
    let line = try #require(stage.world.logBook.lines(LogFilter(service: ShopPlan.order), limit: 10).last)
    #expect(line.time < stage.world.time.now)
    #expect(stage.world.faults.armed[0].hits > 0)
    #expect(stage.problems() == [])
  }

  @Test func aClockThatIsAheadStampsRecords() throws {
    let stage = Stage()
    let start = stage.world.time.now
    let fault = stage.arm("order:skew=+2s,ttl=3s")
    let id = stage.order()
    stage.run(1)
    let records = stage.records(id).map { ($0.topic, $0.record.timestamp - start) }
    let created = try #require(records.first { $0.0 == TopicName.inventory })
    #expect((2 * Self.second..<2_600_000_000).contains(created.1))
    // The others have clocks of their own.
    #expect(records.filter { $0.0 != TopicName.inventory }.allSatisfy { $0.1 < Self.second })
    let lines = stage.world.logBook.lines(LogFilter(service: ShopPlan.order), limit: 10)
    #expect(lines.contains { $0.time > start + 2 * Self.second })
    // No wait is shorter than none.
    let waits = stage.spans(id).filter { $0.kind == .consumer }.compactMap { $0[attribute: AttributeName.wait] }
    #expect(waits.contains(.integer(0)))
    #expect(!stage.spans(id).contains { ($0.duration ?? 0) < 0 })
    stage.run(4)
    #expect(!stage.world.faults.armed.contains { $0.id == fault.id })
    let later = stage.order()
    stage.run(1)
    let now = stage.world.time.now
    #expect(stage.records(later).allSatisfy { $0.record.timestamp <= now })
    #expect(stage.problems() == [])
  }

  @Test(arguments: ["+60s", "-60s", "+700ms", "-3s"]) func wrongClocksBreakNothing(offset: String) {
    let stage = Stage(rate: 4, faults: ["order/1:skew=\(offset)", "payment:skew=\(offset)", "inventory/2:skew=-1s"])
    stage.run(40)
    stage.arm("payment:crash,ttl=500ms")
    stage.run(20)
    stage.world.faults.removeAll()
    stage.world.customers.close()
    stage.run(60)
    #expect(stage.world.oldestUnreadRecord() == nil)
    #expect(stage.world.transactions.allHaveEnded)
    #expect(stage.problems() == [])
  }

  // MARK: Memory

  @Test func aProcessThatLosesMemoryIsEndedAndStartedAgain() throws {
    let stage = Stage(rate: 10)
    let instance = stage.world.service(ShopPlan.payment).instances[0]
    let atRest = try #require(instance.process?.memory)
    #expect((90_000_000..<110_000_000).contains(atRest))
    let fault = stage.arm("payment/1:leak=100MB/s,ttl=9s")
    stage.run(4)
    #expect((480_000_000..<512_000_000).contains(try #require(instance.process?.memory)))
    #expect(instance.restarts == 0)
    stage.run(0.4)
    // The kernel has ended it.
    #expect(!instance.isUp)
    #expect(stage.world.faults.armed.first { $0.id == fault.id }?.hits == 1)
    // Its supervisor waits a little, and it has to boot.
    stage.run(3.6)
    #expect(instance.isUp)
    #expect(instance.restarts == 1)
    #expect(try #require(instance.process?.memory) < 200_000_000)
    let told = RecordReader(broker: stage.world.broker).records(
      RecordFilter(topic: TopicName.operations, text: "out of memory"), limit: 10)
    #expect(told.count == 3, "that it crashed, and what that makes of the instance and of its service")
    // What is lost stays lost until it is started anew, and nothing more is.
    stage.run(3)
    let left = try #require(instance.process?.memory)
    stage.run(10)
    #expect(abs(try #require(instance.process?.memory) - left) < 5_000_000)
    #expect(stage.world.service(ShopPlan.payment).instances[1].restarts == 0)
    stage.world.customers.close()
    stage.run(20)
    #expect(stage.problems() == [])
  }

  @Test func memoryIsAFigureOfTheInstance() throws {
    let stage = Stage(faults: ["order/2:leak=50MB/s"])
    stage.run(3)
    let builder = SnapshotBuilder(world: stage.world, external: TraceStore(budget: 1 << 20))
    let snapshot = builder.snapshot(speed: .paced(1), receivers: [], isStill: true)
    let memory = try #require(snapshot.service(ShopPlan.order)).instances.map(\.memory)
    #expect((memory[0] ?? 0) < 110_000_000)
    #expect((240_000_000..<260_000_000).contains(memory[1] ?? 0))
    #expect(try #require(snapshot.service(ShopPlan.order)).instances[1].memoryLimit == 512_000_000)
    #expect(try #require(snapshot.service(ShopPlan.company)).instances[0].memory == nil)
  }
}
