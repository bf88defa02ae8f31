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
