import Testing

@testable import EventBus

@Suite struct WaitTests {
  @Test func waitersWakeOnceInTheOrderOfTheirRegistration() throws {
    let broker = try Broker.with()
    let woken = Recorder<String>()
    let both = [
      PartitionOffset(topic: "orders", partition: 0, offset: 0),
      PartitionOffset(topic: "orders", partition: 1, offset: 0),
    ]
    _ = try broker.whenReadable(both) { woken.add("first") }
    _ = try broker.whenReadable([both[1]]) { woken.add("second") }
    let third = try broker.whenReadable(both) { woken.add("third") }
    #expect(woken.all.isEmpty)
    try broker.append(["a"], partition: 1)
    #expect(woken.all == ["first", "second", "third"])
    #expect(third.isSpent)
    try broker.append(["b"], partition: 0)
    #expect(woken.all.count == 3)
  }

  @Test func whatIsReadableWakesAtOnce() throws {
    let broker = try Broker.with()
    try broker.append(["a"])
    let woken = Recorder<Int>()
    for offset: Int64 in [0, 1, 2] {
      _ = try broker.whenReadable([PartitionOffset(topic: "orders", partition: 0, offset: offset)]) {
        woken.add(Int(offset))
      }
    }
    // At 2 a read fails, which the waiter must hear of; at 1 there is nothing yet.
    #expect(woken.all == [0, 2])
  }

  @Test func aCancelledWaiterNeverWakesAndLeavesNothingBehind() throws {
    let broker = try Broker.with()
    let woken = Recorder<Int>()
    let token = try broker.whenReadable([PartitionOffset(topic: "orders", partition: 0, offset: 0)]) { woken.add(1) }
    token.cancel()
    try broker.append(["a"])
    #expect(woken.all.isEmpty)
    #expect(throws: BusError.unknownTopic("none")) {
      try broker.whenReadable([PartitionOffset(topic: "none", partition: 0, offset: 0)]) { woken.add(2) }
    }
  }

  @Test func aWaiterMayAppendAndWaitAgain() throws {
    let broker = try Broker.with(partitions: 1)
    let woken = Recorder<Int64>()
    @Sendable func wait(_ offset: Int64) {
      _ = try? broker.whenReadable([PartitionOffset(topic: "orders", partition: 0, offset: offset)]) {
        woken.add(offset)
        if offset < 3 {
          try? broker.append(["next"])
          wait(offset + 1)
        }
      }
    }
    wait(0)
    try broker.append(["start"])
    #expect(woken.all == [0, 1, 2, 3])
  }

  @Test func anOutageHoldsWaitersBackUntilItEnds() throws {
    let broker = try Broker.with()
    try broker.append(["a"])
    broker.setAvailable(false, now: 0)
    let woken = Recorder<Int>()
    _ = try broker.whenReadable([PartitionOffset(topic: "orders", partition: 0, offset: 0)]) { woken.add(0) }
    _ = try broker.whenReadable([PartitionOffset(topic: "orders", partition: 0, offset: 1)]) { woken.add(1) }
    #expect(woken.all.isEmpty)
    broker.setAvailable(true, now: 0)
    #expect(woken.all == [0])
    try broker.append(["b"])
    #expect(woken.all == [0, 1])
  }
}
