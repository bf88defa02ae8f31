import Testing

@testable import EventBus

@Suite struct DeadLetterTests {
  @Test func aLetterSaysWhereItCameFromAndWhy() throws {
    let broker = try Broker.with("payment", partitions: 3)
    #expect(broker.deadLetters(of: "payment") == 0)
    let header = RecordHeader(name: "gtxid", text: "8f3a")
    try broker.append(
      [ProducerRecord(key: "k", text: "poison", headers: [header], timestamp: 77, partition: 2)], to: "payment",
      now: 100)
    let record = try #require(try broker.read("payment", partition: 2, from: 0).records.first)
    let position = try broker.deadLetter(
      record, from: "payment", partition: 2, reason: "cannot be read", deliveries: 10, group: "payments", now: 200)
    #expect(position == RecordPosition(topic: "payment.DLT", partition: 2, offset: 0))
    let letter = try #require(try broker.read("payment.DLT", partition: 2, from: 0).records.first)
    #expect((letter.keyText, letter.text, letter.timestamp) == ("k", "poison", 200))
    #expect(
      letter.headers.map { "\($0.name)=\($0.text)" } == [
        "gtxid=8f3a", "dlt.topic=payment", "dlt.partition=2", "dlt.offset=0", "dlt.timestamp=77",
        "dlt.reason=cannot be read", "dlt.deliveries=10", "dlt.group=payments",
      ])
    #expect(try broker.topic("payment.DLT").partitionCount == 3)
    #expect(broker.deadLetters(of: "payment") == 1)
    #expect(try broker.snapshot(topic: "payment").deadLetters == 1)
  }

  /// A topic with one letter in its second partition.
  private func withLetter() throws -> Broker {
    let broker = try Broker.with("payment", partitions: 2)
    try broker.append(
      [ProducerRecord(key: "k", text: "poison", headers: [RecordHeader(name: "gtxid", text: "8f3a")], partition: 1)],
      to: "payment", now: 1)
    let record = try #require(try broker.read("payment", partition: 1, from: 0).records.first)
    try broker.deadLetter(record, from: "payment", partition: 1, reason: "why", deliveries: 10, now: 2)
    return broker
  }

  /// What became of a letter is in the log, and is known again after a restart.
  @Test func whatBecameOfALetterOutlivesTheProcess() throws {
    let bus = try BackedBroker(.disk)
    try bus.broker.createTopic("payment", settings: TopicSettings(partitions: 2))
    try bus.broker.append(
      (0..<3).map { ProducerRecord(key: "k", text: "poison \($0)", partition: 1) }, to: "payment", now: 1)
    for record in try bus.broker.read("payment", partition: 1, from: 0).records {
      try bus.broker.deadLetter(record, from: "payment", partition: 1, reason: "why", deliveries: 10, now: 2)
    }
    try bus.broker.retryDeadLetter(of: "payment", partition: 1, offset: 0, now: 3)
    try bus.broker.discardDeadLetter(of: "payment", partition: 1, offset: 2, now: 3)
    try bus.reopen()
    let states = (0..<3).map { bus.broker.deadLetterState(of: "payment", partition: 1, offset: $0) }
    #expect(states == [.retried, .open, .discarded])
    #expect(bus.broker.openDeadLetters(of: "payment") == 1)
    #expect(throws: BusError.self) { try bus.broker.retryDeadLetter(of: "payment", partition: 1, offset: 0, now: 4) }
    #expect(try bus.broker.everything("payment", 1).map(\.text) == ["poison 0", "poison 1", "poison 2", "poison 0"])
  }

  @Test func aRetriedLetterComesAgainAsItWas() throws {
    let broker = try withLetter()
    #expect(broker.openDeadLetters(of: "payment") == 1)
    let position = try broker.retryDeadLetter(of: "payment", partition: 1, offset: 0, now: 9)
    #expect(position == RecordPosition(topic: "payment", partition: 1, offset: 1))
    let again = try #require(try broker.read("payment", partition: 1, from: 1).records.first)
    #expect((again.keyText, again.text, again.timestamp) == ("k", "poison", 9))
    #expect(again.headers.map(\.name) == ["gtxid"])
    #expect(broker.deadLetterState(of: "payment", partition: 1, offset: 0) == .retried)
    #expect(broker.openDeadLetters(of: "payment") == 0 && broker.deadLetters(of: "payment") == 1)
    let place = TopicPartition(topic: "payment.DLT", partition: 1)
    #expect(throws: BusError.deadLetterSettled(place, offset: 0, as: .retried)) {
      try broker.discardDeadLetter(of: "payment", partition: 1, offset: 0, now: 9)
    }
  }

  @Test func aLetterThatCannotBeRetriedStaysOpen() throws {
    let broker = try withLetter()
    try broker.setAvailable(false, topic: "payment")
    #expect(throws: BusError.self) { try broker.retryDeadLetter(of: "payment", partition: 1, offset: 0, now: 9) }
    #expect(broker.deadLetterState(of: "payment", partition: 1, offset: 0) == .open)
    try broker.setAvailable(true, topic: "payment")
    try broker.retryDeadLetter(of: "payment", partition: 1, offset: 0, now: 9)
  }

  @Test func lettersThatAreNotThereAreRefused() throws {
    let broker = try withLetter()
    #expect(throws: BusError.self) { try broker.discardDeadLetter(of: "payment", partition: 1, offset: 1, now: 9) }
    #expect(throws: BusError.self) { try broker.discardDeadLetter(of: "payment", partition: 0, offset: 0, now: 9) }
    #expect(throws: BusError.self) { try broker.discardDeadLetter(of: "payment", partition: 7, offset: 0, now: 9) }
    #expect(throws: BusError.unknownTopic("none.DLT")) {
      try broker.retryDeadLetter(of: "none", partition: 0, offset: 0, now: 0)
    }
    try broker.discardDeadLetter(of: "payment", partition: 1, offset: 0, now: 9)
    #expect(broker.deadLetterState(of: "payment", partition: 1, offset: 0) == .discarded)
    #expect(broker.openDeadLetters(of: "payment") == 0)
  }

  @Test func lettersWaitHoweverLongItTakes() throws {
    let broker = try withLetter()
    broker.applyRetention(now: 800 * 86_400_000_000_000)
    #expect(broker.openDeadLetters(of: "payment") == 1)
    // Somebody may still delete what is settled.
    try broker.discardDeadLetter(of: "payment", partition: 1, offset: 0, now: 9)
    try broker.topic("payment.DLT").deleteRecords(before: 1, partition: 1)
    #expect(broker.openDeadLetters(of: "payment") == 0)
  }

  @Test func aTombstoneStaysOne() throws {
    let broker = try Broker(groupSettings: .prompt)
    let topic = try broker.createTopic("table", settings: TopicSettings(cleanup: .compact))
    try topic.append(.tombstone(key: [1]), now: 0)
    let record = try #require(try topic.read(partition: 0, from: 0).records.first)
    try broker.deadLetter(record, from: "table", partition: 0, reason: "why", deliveries: 1, now: 1)
    try broker.retryDeadLetter(of: "table", partition: 0, offset: 0, now: 2)
    #expect(try topic.read(partition: 0, from: 0).records.map(\.isTombstone) == [true, true])
  }

  @Test func aRecordOfTheLargestSizeFindsItsPlace() throws {
    let broker = try Broker(groupSettings: .prompt)
    let topic = try broker.createTopic("t", settings: TopicSettings(maximumRecordBytes: 64))
    try topic.append(ProducerRecord(value: [UInt8](repeating: 0, count: 32)), now: 0)
    let record = try #require(try topic.read(partition: 0, from: 0).records.first)
    let reason = String(repeating: "x", count: 1_000_000)
    try broker.deadLetter(record, from: "t", partition: 0, reason: reason, deliveries: 10, now: 0)
    #expect(try broker.read("t.DLT", partition: 0, from: 0).records[0].headerText("dlt.reason")?.count == 1_000)
    #expect(throws: BusError.unknownTopic("none")) {
      try broker.deadLetter(record, from: "none", partition: 0, reason: "", deliveries: 1, now: 0)
    }
  }
}
