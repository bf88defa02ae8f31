import Concurrency
import Foundation
import TestSupport
import Testing

@testable import EventBus

/// Records are stored once, in order, in batches, and no more are held than was agreed.
@Suite struct ProducerTests {
  private let place = TopicPartition(topic: "orders", partition: 0)

  private func records(_ texts: String...) -> [ProducerRecord] {
    texts.map { ProducerRecord(key: nil, text: $0, partition: 0) }
  }

  @Test(arguments: Backing.allCases) func aBatchThatIsSentAgainIsFoundAndNotStored(backing: Backing) throws {
    let bus = try BackedBroker(backing)
    try bus.broker.createTopic("orders", settings: TopicSettings(partitions: 1, segmentBytes: 100))
    let producer = try bus.broker.register(producer: "relay", now: 0)
    for round in 0..<2 {
      if round > 0 { try bus.reopen() }
      let topic = try bus.broker.topic("orders")
      for batch in 0..<5 as Range<Int64> {
        let result = try topic.append(
          records("a\(batch)", "b\(batch)", "c\(batch)"), partition: 0, by: producer, sequence: batch * 3, now: 0)
        #expect(result.position.offset == batch * 3)
        #expect(result.isDuplicate == (round > 0), "round \(round)")
      }
      #expect(try topic.nextSequence(of: producer, partition: 0) == 15)
    }
    let texts = try bus.broker.everything().map(\.text)
    #expect(texts == (0..<5).flatMap { ["a\($0)", "b\($0)", "c\($0)"] })
  }

  @Test(arguments: Backing.allCases) func gapsAndWhatIsForgottenAreRefused(backing: Backing) throws {
    let bus = try BackedBroker(backing)
    let topic = try bus.broker.createTopic("orders")
    let producer = try bus.broker.register(now: 0)
    for sequence in 0..<7 as Range<Int64> {
      try topic.append(records("\(sequence)"), partition: 0, by: producer, sequence: sequence, now: 0)
    }
    for sequence: Int64 in [9, 0, 1] {
      #expect(throws: BusError.outOfSequence(place, given: sequence, expected: 7)) {
        try topic.append(records("x"), partition: 0, by: producer, sequence: sequence, now: 0)
      }
    }
    // The same number with other records in the batch is not the same batch.
    #expect(throws: BusError.self) {
      try topic.append(records("x", "y"), partition: 0, by: producer, sequence: 6, now: 0)
    }
    #expect(try topic.append(records("6"), partition: 0, by: producer, sequence: 6, now: 0).isDuplicate)
  }

  @Test(arguments: Backing.allCases) func aLaterLifeFencesTheEarlierOne(backing: Backing) throws {
    let bus = try BackedBroker(backing)
    try bus.broker.createTopic("orders")
    let old = try bus.broker.register(producer: "relay", now: 0)
    try bus.broker.topic("orders").append(records("1"), partition: 0, by: old, sequence: 0, now: 0)
    try bus.reopen()
    let new = try bus.broker.register(producer: "relay", now: 0)
    #expect(new.id == old.id && new.epoch == old.epoch + 1)
    #expect(throws: BusError.fencedProducer("relay", epoch: 0, newest: 1)) {
      try bus.broker.topic("orders").append(records("2"), partition: 0, by: old, sequence: 1, now: 0)
    }
    var transaction = Transaction(by: old)
    transaction.append(records("2"), to: "orders")
    #expect(throws: BusError.self) { try bus.broker.commit(transaction, now: 0) }
    try bus.broker.topic("orders").append(records("2"), partition: 0, by: new, sequence: 1, now: 0)
    // No number is given twice, by whatever name.
    let others = try (0..<3).map { try bus.broker.register(producer: $0 == 1 ? "other" : nil, now: 0).id }
    #expect(Set(others + [new.id]).count == 4)
    try bus.reopen()
    #expect(try !others.contains(bus.broker.register(now: 0).id))
  }

  @Test func recordsGatherUntilTheBatchIsFullOrItsTimeHasCome() throws {
    let broker = try Broker.with(partitions: 1)
    let producer = try Producer(
      broker: broker, settings: ProducerSettings(batchBytes: 100, linger: 50), now: 0)
    let sent = Recorder<Int64>()
    func send(_ text: String, at now: Int64) throws {
      try producer.send(ProducerRecord(key: nil, text: text), to: "orders", now: now) { result in
        if case .success(let position) = result { sent.add(position.offset) }
      }
    }
    try send("a", at: 0)
    #expect(producer.nextDeadline == 50)
    producer.tick(now: 49)
    #expect(try broker.everything().isEmpty && sent.all.isEmpty)
    #expect(producer.bufferedBytes == 33)
    producer.tick(now: 50)
    #expect(sent.all == [0] && producer.bufferedBytes == 0 && producer.nextDeadline == nil)
    for text in ["b", "c", "d", "e"] { try send(text, at: 60) }
    // Four times 33 bytes: the fourth made it full.
    #expect(sent.all == [0, 1, 2, 3, 4])
    #expect(try broker.everything().map(\.text) == ["a", "b", "c", "d", "e"])
  }

  @Test func keylessRecordsStayTogetherAndThenMoveOn() throws {
    let broker = try Broker.with(partitions: 3)
    let producer = try Producer(broker: broker, settings: ProducerSettings(batchBytes: 66, linger: 1_000), now: 0)
    for number in 0..<8 {
      try producer.send(ProducerRecord(key: nil, text: "\(number)"), to: "orders", now: 0) { _ in }
    }
    let partitions = try (0..<3).map { try broker.everything("orders", $0).map(\.text) }
    #expect(partitions == [["0", "1", "6", "7"], ["2", "3"], ["4", "5"]])
  }

  @Test func aFullProducerFailsOrWaits() async throws {
    let broker = try Broker.with(partitions: 1)
    let record = ProducerRecord(key: nil, text: "x")
    let failing = try Producer(
      broker: broker, settings: ProducerSettings(linger: 1_000, maximumBufferedBytes: 70, whenFull: .fail), now: 0)
    for _ in 0..<2 { try failing.send(record, to: "orders", now: 0) { _ in } }
    await #expect(throws: BusError.producerFull(bytes: 66, limit: 70)) {
      try await failing.send(record, to: "orders", now: 0)
    }
    let waiting = try Producer(
      broker: broker, settings: ProducerSettings(linger: 1_000, maximumBufferedBytes: 70, whenFull: .wait), now: 0)
    for _ in 0..<2 { try waiting.send(record, to: "orders", now: 0) { _ in } }
    async let third = waiting.send(record, to: "orders", now: 0)
    while waiting.state.withLock({ $0.waiters.isEmpty }) { await Task.yield() }
    waiting.tick(now: 1_000)
    while waiting.state.withLock({ $0.lanes[0].records.isEmpty }) { await Task.yield() }
    waiting.tick(now: 2_000)
    #expect(try await third.offset == 2)
  }

  /// Many senders at once, each with several records on their way: all come once, each sender's in its order.
  @Test func syncedBatchesKeepTheirOrder() async throws {
    let folder = try TemporaryDirectory()
    let broker = try folder.open()
    try broker.createTopic("orders", settings: TopicSettings(partitions: 2, segmentBytes: 2_000))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for sender in 0..<8 {
        group.addTask {
          let producer = try Producer(
            broker: broker, name: "sender \(sender)", settings: ProducerSettings(acknowledge: .synced), now: 0)
          let acknowledged = Recorder<Int64>()
          for number in 0..<40 {
            try producer.send(
              ProducerRecord(key: nil, text: "\(sender) \(number)", partition: sender % 2), to: "orders", now: 0
            ) { result in
              if case .success(let position) = result { acknowledged.add(position.offset) }
            }
          }
          await producer.flush()
          #expect(acknowledged.all.count == 40 && acknowledged.all == acknowledged.all.sorted())
        }
      }
      try await group.waitForAll()
    }
    for partition in 0..<2 {
      let texts = try broker.everything("orders", partition).map(\.text)
      #expect(texts.count == 160)
      for sender in 0..<8 where sender % 2 == partition {
        #expect(texts.filter { $0.hasPrefix("\(sender) ") } == (0..<40).map { "\(sender) \($0)" })
      }
    }
  }

  @Test func whatABrokerRefusesIsTold() throws {
    let broker = try Broker.with(partitions: 1)
    let producer = try Producer(broker: broker, settings: ProducerSettings(linger: 10), now: 0)
    #expect(throws: BusError.unknownTopic("none")) {
      try producer.send(ProducerRecord(key: nil, text: "x"), to: "none", now: 0) { _ in }
    }
    #expect(throws: BusError.self) { try Producer(broker: broker, settings: ProducerSettings(batchBytes: 0), now: 0) }
    #expect(throws: BusError.self) { try Producer(broker: broker, name: "", now: 0) }
    let told = Recorder<String>()
    try producer.send(ProducerRecord(key: nil, text: "x"), to: "orders", now: 0) { told.add("\($0)") }
    _ = try Producer(broker: broker, name: "a", now: 0)
    producer.tick(now: 10)
    #expect(told.all.count == 1)
  }

  @Test func numbersThatHaveNoNextOneAreRefused() throws {
    let broker = try Broker.with(partitions: 1)
    let producer = try broker.register(now: 0)
    for sequence: Int64 in [.max, -1, .min] {
      #expect(throws: BusError.outOfSequence(place, given: sequence, expected: 0)) {
        try broker.topic("orders").append(records("x"), partition: 0, by: producer, sequence: sequence, now: 0)
      }
    }
  }

  /// The registration is told to observers, which may register in turn.
  @Test func observersMayRegisterProducers() throws {
    let folder = try TemporaryDirectory()
    let broker = try folder.open()
    let given = Recorder<Int64>()
    broker.onAppend { [unowned broker] _, _, _ in
      if given.count < 2, let id = try? broker.register(producer: "b\(given.count)", now: 0).id { given.add(id) }
    }
    given.add(try broker.register(producer: "a", now: 0).id)
    #expect(Set(given.all).count == given.count && given.count >= 2)
  }

  /// A loss of power may take the records of who there is, and leave batches of them.
  @Test func noNumberOfAProducerIsGivenToAnother() throws {
    let folder = try TemporaryDirectory()
    do {
      let broker = try folder.open()
      try broker.createTopic("orders")
      let producer = try broker.register(producer: "relay", now: 0)
      try broker.topic("orders").append(records("a"), partition: 0, by: producer, sequence: 0, now: 0)
    }
    for file in folder.files(".log") where file.contains("__producers") {
      try FileManager.default.removeItem(atPath: file)
    }
    let broker = try folder.open()
    let other = try broker.register(now: 0)
    let result = try broker.topic("orders").append(records("b"), partition: 0, by: other, sequence: 0, now: 0)
    #expect(!result.isDuplicate)
    #expect(try broker.everything().map(\.text) == ["a", "b"])
  }

  @Test(.timeLimit(.minutes(1))) func flushWaitsOnlyForWhatWasSentBefore() async throws {
    let broker = try Broker.with(partitions: 2)
    let producer = try Producer(broker: broker, settings: ProducerSettings(linger: 1_000), now: 0)
    try producer.send(ProducerRecord(key: nil, text: "a", partition: 0), to: "orders", now: 0) { _ in
      // Somebody else sends while the first is on its way.
      try? producer.send(ProducerRecord(key: nil, text: "b", partition: 1), to: "orders", now: 0) { _ in }
    }
    await producer.flush()
    #expect(producer.bufferedBytes == 33)
  }

  @Test func aBrokerThatDoesNotAnswerTakesNoBatch() throws {
    let broker = try Broker.with(partitions: 1)
    let producer = try Producer(broker: broker, settings: ProducerSettings(linger: 10), now: 0)
    let told = Recorder<String>()
    try producer.send(ProducerRecord(key: nil, text: "x"), to: "orders", now: 0) { told.add("\($0)") }
    broker.setAvailable(false, now: 5)
    producer.tick(now: 10)
    #expect(told.all.count == 1 && told.all[0].hasPrefix("failure"))
    broker.setAvailable(true, now: 20)
    #expect(try broker.everything().isEmpty)
  }
}
