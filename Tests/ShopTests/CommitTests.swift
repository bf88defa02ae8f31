import EventBus
import Operations
import Simulation
import Testing

@testable import Shop

/// Offsets are committed after the records' effects, also by the poll that brings an assignment and records at once.
@Suite struct CommitTests {
  @Test(arguments: [3, 5, 7] as [UInt64]) func nothingIsCommittedAheadOfItsEffect(seed: UInt64) throws {
    let world = World(ShopSettings(seed: seed, rate: 6))
    world.begin()
    let fault = try FaultParser(catalogue: SimulatedShop.catalogue).parse("inventory:errors=100%,partition=0")
    world.faults.arm(fault)
    let place = TopicPartition(topic: TopicName.inventory, partition: 0)
    for second in 1...100 {
      world.time.run(until: world.time.now + 1_000_000_000)
      if second == 30 {
        world.faults.arm(try FaultParser(catalogue: SimulatedShop.catalogue).parse("inventory/1:crash,ttl=5s"))
      }
      let committed = world.broker.groups.committed(group: ShopPlan.inventory, place)?.offset ?? 0
      #expect(committed <= lettersOfPartition0(world).count, "seed \(seed), second \(second)")
    }
    // Nothing of that partition was handled but by being put aside: one after the other, none left out.
    let letters = lettersOfPartition0(world)
    #expect(letters.count > 2, "seed \(seed)")
    #expect(letters == Array(0..<Int64(letters.count)), "seed \(seed)")
    // And the others went on.
    for partition in 1..<6 {
      let lag =
        try world.broker.topic(TopicName.inventory).bounds(partition: partition).upperBound
        - (world.broker.groups.committed(group: ShopPlan.inventory, .init(topic: place.topic, partition: partition))?
          .offset ?? 0)
      #expect(lag < 50, "seed \(seed), partition \(partition)")
    }
  }

  private func lettersOfPartition0(_ world: World) -> [Int64] {
    let batch = try? world.broker.read(Broker.deadLetterTopic(of: TopicName.inventory), partition: 0, from: 0)
    return batch?.records.compactMap { $0.headerText(DeadLetterHeader.offset).flatMap { Int64($0) } } ?? []
  }
}
