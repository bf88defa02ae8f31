import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// How far back somebody may still ask: it is looked for once a second, and nothing that somebody has yet to read is
/// forgotten by what was found.
@Suite struct HorizonTests {
  @Test(
    arguments: [
      (0, true), (1, true), (999_999_999, true), (1_000_000_000, false), (1_000_000_001, false),
      (60_000_000_000, false),
    ] as [(Int64, Bool)])
  func whatWasFoundIsGoodForASecond(age: Int64, isGood: Bool) {
    let stage = Stage()
    let now = stage.world.time.now
    stage.world.knownHorizon = (time: 7, found: now - age)
    let horizon = stage.world.horizon()
    #expect((horizon == 7) == isGood)
    #expect(stage.world.knownHorizon?.found == (isGood ? now - age : now))
    #expect(isGood || horizon > now - 60_000_000_000)
  }

  /// An order is open, and ends: a second later, and not before, what is kept for it may go.
  @Test func itFollowsWhatEndsWithinASecond() throws {
    let stage = Stage(faults: ["group:inventory:slow=3s,ttl=2s"])
    let id = try #require(stage.order())
    let start = try #require(stage.book(id)?.start)
    for _ in 0..<100 where stage.state(id) == .running {
      #expect(stage.world.horizon() <= start)
      stage.run(0.1)
    }
    #expect(stage.state(id) == .committed)
    stage.letChangesArrive()
    stage.run(1)
    #expect(stage.world.horizon() > start)
  }

  /// Search is away for longer than anything is kept that nobody waits for: the changes that it has yet to read are there.
  @Test func whatIsUnreadIsNotForgotten() throws {
    let stage = Stage()
    stage.run(20)
    let log = try #require(stage.world.disk(of: ShopPlan.item)?.database.changeLog)
    let read = log.newest
    stage.arm("search:crash")
    stage.run(Double(Observatory.memory) / 1e9 + 60)
    let unread = try Self.unread(TopicName.itemChanges, by: ShopPlan.search, stage.world)
    #expect(unread.count > 20 && unread.min() ?? 0 <= read + 20)
    #expect(try unread.allSatisfy { try log.change(at: $0) != nil })
    // Once it has read them they go.
    stage.world.faults.removeAll()
    stage.run(Double(Observatory.memory) / 1e9 + 60)
    #expect(try unread.allSatisfy { try log.change(at: $0) == nil })
    stage.letChangesArrive()
    #expect(stage.problems() == [])
  }

  /// The changes of which records tell that a group has yet to read.
  private static func unread(_ topic: String, by group: String, _ world: World) throws -> [Int64] {
    try (0..<ShopPlan.partitions).flatMap { partition in
      let log = try world.broker.topic(topic)
      let start = try log.bounds(partition: partition).lowerBound
      let place = TopicPartition(topic: topic, partition: partition)
      let committed = world.broker.groups.committed(group: group, place)?.offset ?? start
      return try log.peek(partition: partition, from: committed, maximumRecords: .max).records.compactMap {
        $0.headerText(RecordHeaderName.message)?.split(separator: "/").dropFirst().first.flatMap { Int64($0) }
      }
    }
  }
}
