import EventBus
import GRDB
import TestSupport
import Testing

@testable import Transactions

/// Two databases kept in step over the bus, by members of a consumer group.
@Suite struct ConsumerProjectionTests {
  private struct World {
    let broker: Broker
    let store: BusEventStore
    let database: ServiceDatabase
    let dies = Switch()
    var settings = GroupSettings()

    init(partitions: Int = 2) throws {
      settings.initialRebalanceDelay = 0
      broker = try Broker(groupSettings: settings)
      try BusEventStore.createTopics("accounts", partitions: partitions, on: broker)
      store = try BusEventStore("accounts", on: broker)
      try store.claimAll(now: 0)
      database = try Balances.database()
    }

    func projector() throws -> Projector {
      let good = Balances.projection()
      let projection = Projection("balances", version: 1, tables: good.tables) { [dies] event, view, database in
        try good.handle(event, view, database)
        if dies.isOn { throw Crash() }
      }
      let projector = Projector(projection, source: try TopicSource("accounts", on: broker), database: database)
      try projector.install(now: 0)
      return projector
    }

    func consumer(_ client: String) -> Consumer {
      Consumer(broker: broker, group: "view", client: client, topics: ["accounts"])
    }
  }

  @Test func theViewFollowsAndTheGroupShowsItsLag() throws {
    let world = try World()
    let (projector, consumer) = (try world.projector(), world.consumer("view-1"))
    for number in 0..<20 { _ = try world.store.pay(number, to: "a\(number % 4)", id: "\(number)") }
    for now in 1..<20 { _ = try projector.step(consuming: consumer, max: 5, now: Int64(now)) }
    #expect(try projector.live() == Balances.expected(world.store))
    let positions = try projector.read(now: 1) { _, _ in }.freshness.positions
    for (partition, position) in positions.enumerated() {
      #expect(committed(world, partition) == position)
    }
  }

  private func committed(_ world: World, _ partition: Int = 0) -> Int64? {
    let name = TopicPartition(topic: "accounts", partition: partition)
    return world.broker.groups.committed(group: "view", name)?.offset
  }

  /// Crashes before the view's commit, and between it and the group's; a successor whose group says something else.
  @Test func whateverTheGroupSaysTheViewIsRight() throws {
    for seed in 0..<100 {
      var numbers = SeededGenerator(seed: UInt64(seed))
      let world = try World()
      let projector = try world.projector()
      var consumer = world.consumer("view-0")
      var now: Int64 = 1
      for step in 0..<60 {
        now += 1
        switch numbers.below(6) {
        case 0, 1: _ = try world.store.pay(numbers.below(9), to: "a\(numbers.below(4))", id: "\(step)")
        case 2:
          world.dies.isOn = true
          _ = try? projector.step(consuming: consumer, max: 3, now: now)
          world.dies.isOn = false
        case 3:
          // The view is written, the group is told nothing.
          try projector.step(max: 2, now: now)
        case 4 where numbers.below(3) == 0:
          consumer.close(now: now)
          consumer = world.consumer("view-\(step)")
        default: _ = try projector.step(consuming: consumer, max: 3, now: now)
        }
      }
      for _ in 0..<60 {
        now += 1
        _ = try projector.step(consuming: consumer, max: 9, now: now)
      }
      #expect(try projector.live() == Balances.expected(world.store), "seed \(seed)")
    }
  }

  /// P11, and a group that was told too much: the view's own position counts.
  @Test func aGroupThatIsAheadLosesNothing() throws {
    let world = try World(partitions: 1)
    for number in 0..<6 { _ = try world.store.pay(1, to: "a", id: "\(number)") }
    let careless = world.consumer("other")
    for now in 1..<5 { if try careless.poll(now: Int64(now)).recordCount > 0 { try careless.commit(now: Int64(now)) } }
    careless.close(now: 5)
    #expect(committed(world) == 6)
    let (projector, consumer) = (try world.projector(), world.consumer("view-1"))
    for now in 6..<12 { _ = try projector.step(consuming: consumer, max: 4, now: Int64(now)) }
    #expect(try projector.live() == ["a 6 6"])
  }
}
