import EventBus
import Testing

@testable import Transactions

/// What holds on the bus only because each partition has one writer.
@Suite struct BusEventStoreTests {
  private func broker(partitions: Int = 1) throws -> Broker {
    let broker = try Broker()
    try BusEventStore.createTopics("accounts", partitions: partitions, on: broker)
    return broker
  }

  @Test func theWriterBeforeIsRefused() throws {
    let broker = try broker()
    let old = try BusEventStore("accounts", on: broker)
    try old.claimAll(now: 1)
    try appended(old.append([Made.event("a")], to: "s", expectedVersion: 0, now: 1))
    let new = try BusEventStore("accounts", on: broker)
    #expect(throws: EventStoreError.notWriter(stream: "s", partition: 0)) {
      try new.append([Made.event("b")], to: "s", expectedVersion: 1, now: 2)
    }
    try new.claimAll(now: 2)
    // It knows what its predecessor wrote.
    #expect(
      try new.append([Made.event("b")], to: "s", expectedVersion: 0, now: 3)
        == .conflict(AppendConflict(stream: "s", expected: 0, actual: 1)))
    #expect { try old.append([Made.event("c")], to: "s", expectedVersion: 1, now: 3) } throws: { error in
      guard case .fencedProducer = error as? BusError else { return false }
      return true
    }
    #expect(old.claimed.isEmpty)
    try appended(new.append([Made.event("b")], to: "s", expectedVersion: 1, now: 4))
    // The one that was refused still reads.
    #expect(try old.read("s", after: 0, limit: 9).map(\.id) == ["a", "b"])
  }

  @Test func partitionsHaveDifferentWriters() throws {
    let broker = try broker(partitions: 2)
    let left = try BusEventStore("accounts", on: broker)
    let right = try BusEventStore("accounts", on: broker)
    try left.claim([0], now: 1)
    try right.claim([1], now: 1)
    for number in 0..<20 {
      let stream = "s\(number)"
      let owner = left.partition(of: stream) == 0 ? left : right
      let other = left.partition(of: stream) == 0 ? right : left
      try appended(owner.append([Made.event("a")], to: stream, expectedVersion: 0, now: 1))
      #expect(throws: EventStoreError.notWriter(stream: stream, partition: left.partition(of: stream))) {
        try other.append([Made.event("b")], to: stream, expectedVersion: 1, now: 1)
      }
    }
    #expect(left.claimed == [0] && right.claimed == [1])
  }

  @Test func aTopicThatForgetsIsNoStore() throws {
    let broker = try broker()
    for (name, settings) in [
      ("aging", TopicSettings(retentionBytes: nil)), ("small", TopicSettings(retentionAge: nil)),
      ("compact", TopicSettings(retentionAge: nil, retentionBytes: nil, cleanup: .compact)),
    ] {
      try broker.createTopic(name, settings: settings)
      try broker.createTopic("\(name).snapshots", settings: TopicSettings(cleanup: .compact))
      #expect(throws: EventStoreError.self) { try BusEventStore(name, on: broker) }
    }
  }

  @Test func aRecordOfSomebodyElseIsFound() throws {
    let broker = try broker()
    let store = try BusEventStore("accounts", on: broker)
    try store.claimAll(now: 1)
    try appended(store.append([Made.event("a")], to: "s", expectedVersion: 0, now: 1))
    try broker.append([ProducerRecord(key: "s", text: "?")], to: "accounts", now: 2)
    #expect(throws: EventStoreError.self) { try store.append([Made.event("b")], to: "s", expectedVersion: 1, now: 3) }
    #expect(throws: EventStoreError.self) { try store.version(of: "s") }
  }

  @Test func anAppendIsMadeAgainWhenTheBusIsBack() throws {
    let broker = try broker()
    let store = try BusEventStore("accounts", on: broker)
    try store.claimAll(now: 1)
    broker.setAvailable(false, now: 1)
    #expect(throws: BusError.self) { try store.append([Made.event("a")], to: "s", expectedVersion: 0, now: 1) }
    #expect(throws: BusError.self) { try store.end(partition: 0) }
    broker.setAvailable(true, now: 2)
    try appended(store.append([Made.event("a")], to: "s", expectedVersion: 0, now: 2))
    #expect(try store.end(partition: 0) == 1)
  }

  @Test func eventsReadAsAnyTopicAreTheSame() throws {
    let broker = try broker()
    let store = try BusEventStore("accounts", on: broker)
    try store.claimAll(now: 1)
    try appended(store.append([Made.event("a"), Made.event("b")], to: "s", expectedVersion: 0, now: 1))
    let plain = try TopicSource("accounts", on: broker).read(partition: 0, after: 0, limit: 9)
    #expect(plain.events == (try store.read(partition: 0, after: 0, limit: 9).events))
  }

  @Test func recordsOfTheOutboxAreEvents() throws {
    let broker = try Broker()
    let topic = try broker.createTopic("orders")
    let origin = Made.origin(4)
    let parent = try #require(origin.parent)
    for message in ["m1", "m2"] {
      let entry = Outbox.Entry(
        message: message, topic: "orders", key: "7", type: "PAID", payload: [1], gtxid: origin.gtxid,
        ltxid: origin.ltxid, span: origin.span, parent: parent, created: 5)
      try topic.append(entry.record, now: 9)
    }
    let events = try TopicSource(topic).read(partition: 0, after: 0, limit: 9).events
    #expect(events.map(\.id) == ["m1", "m2"] && events.map(\.version) == [1, 2])
    #expect(events[0].stream == "7" && events[0].type == "PAID" && events[0].origin.span == origin.span)
  }

  @Test func aTopicSaysWhatItSkippedAndWhatItLost() throws {
    let broker = try Broker()
    let topic = try broker.createTopic("orders")
    let event = try #require(try StoreKind.bus.make().sample())
    try topic.append([event.record, ProducerRecord(key: "x", text: "no event"), event.record, event.record], now: 1)
    try topic.deleteRecords(before: 1, partition: 0)
    let batch = try TopicSource(topic).read(partition: 0, after: 0, limit: 9)
    #expect(batch.events.count == 2 && batch.skipped == 1 && batch.lost == 1 && batch.through == 4)
  }
}

extension EventStore {
  fileprivate func sample() throws -> StoredEvent? {
    _ = try append([Made.event("a")], to: "s", expectedVersion: 0, now: 1)
    return try read("s", after: 0, limit: 1).first
  }
}
