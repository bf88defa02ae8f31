import Concurrency
import EventBus
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct BatchesTests {
  private static func now() -> Int64 { Int64(Date().timeIntervalSince1970 * 1e9) }
  private var now: @Sendable () -> Int64 { { Self.now() } }

  private func broker(partitions: Int = 3, groups: GroupSettings = GroupSettings(initialRebalanceDelay: 0)) throws
    -> Broker
  {
    let broker = try Broker(groupSettings: groups)
    try broker.createTopic("orders", settings: TopicSettings(partitions: partitions))
    return broker
  }

  private func consumer(_ broker: Broker, _ client: String = "mail-1") -> Consumer {
    Consumer(broker: broker, group: "mail", client: client, topics: ["orders"])
  }

  private func write(_ count: Int, to broker: Broker) throws {
    for number in 0..<count {
      try broker.append([ProducerRecord(key: "\(number)", text: "order \(number)")], to: "orders", now: now())
    }
  }

  private func committed(_ broker: Broker) -> Int64 {
    (0..<3).reduce(0) { sum, partition in
      sum + (broker.groups.committed(group: "mail", TopicPartition(topic: "orders", partition: partition))?.offset ?? 0)
    }
  }

  /// The example of the documentation, word for word: the next test compares the two.
  @Test func theExampleOfTheDocumentation() async throws {
    let now = self.now
    // example begins
    let broker = try Broker(groupSettings: GroupSettings(initialRebalanceDelay: 0))
    try broker.createTopic("orders", settings: TopicSettings(partitions: 3))
    for number in 1...4 {
      try broker.append([ProducerRecord(key: "kim", text: "order \(number)")], to: "orders", now: now())
    }

    let consumer = Consumer(broker: broker, group: "mail", client: "mail-1", topics: ["orders"])
    var mails: [String] = []
    for try await batch in consumer.batches(clock: ContinuousClock(), now: now) {
      mails += batch.records.map { "\($0.keyText ?? ""): \($0.text)" }
      if mails.count == 4 { break }
    }
    consumer.close(now: now())
    // example ends
    #expect(mails == ["kim: order 1", "kim: order 2", "kim: order 3", "kim: order 4"])
  }

  @Test func theDocumentationHasThisExample() throws {
    try expectExample(0, of: #filePath)
  }

  /// Whether it is awake or has gone to sleep meanwhile, and a task that is cancelled ends.
  @Test(arguments: [Duration.zero, .microseconds(1), .seconds(3_600)])
  func aConsumerThatStaysAwakeGetsTheSame(staysAwake: Duration) async throws {
    let broker = try broker()
    let consumer = consumer(broker)
    let seen = Recorder<String>()
    let task = Task {
      for try await batch in consumer.batches(staysAwake: staysAwake, clock: ContinuousClock(), now: now) {
        for record in batch.records { seen.add(record.text) }
      }
    }
    for round in 0..<5 {
      try broker.append([ProducerRecord(key: "\(round)", text: "order \(round)")], to: "orders", now: now())
      while seen.count <= round { await Task.yield() }
    }
    task.cancel()
    _ = try await task.value
    #expect(seen.all == (0..<5).map { "order \($0)" })
  }

  @Test func askingForTheNextBatchCommitsTheOneBefore() async throws {
    let broker = try broker()
    try write(30, to: broker)
    let consumer = consumer(broker)
    var seen = 0
    for try await batch in consumer.batches(clock: ContinuousClock(), now: now) {
      #expect(committed(broker) == Int64(seen))
      seen += batch.records.count
      if seen == 30 { break }
    }
    #expect(committed(broker) < 30, "the last one is not committed by leaving")
    // Whoever reads next gets just that.
    consumer.close(now: now())
    var again = 0
    for try await batch in self.consumer(broker, "mail-2").batches(clock: ContinuousClock(), now: now) {
      again += batch.records.count
      break
    }
    #expect(Int64(again) == 30 - committed(broker) && again > 0)
  }

  @Test func whoeverCommitsByHandIsNotHelped() async throws {
    let broker = try broker()
    try write(9, to: broker)
    var seen = 0
    for try await batch in consumer(broker).batches(commits: .none, clock: ContinuousClock(), now: now) {
      seen += batch.records.count
      if seen == 9 { break }
    }
    #expect(committed(broker) == 0)
  }

  @Test func onlyWhatWasHandedOutIsCommittedByHand() async throws {
    let broker = try broker()
    try write(30, to: broker)
    let consumer = consumer(broker)
    var seen = 0
    for try await batch in consumer.batches(commits: .none, clock: ContinuousClock(), now: now) {
      seen += batch.records.count
      break
    }
    try consumer.commit(now: now())
    #expect(seen < 30 && committed(broker) == Int64(seen))
    // Another loop goes on where this one was left.
    for try await batch in consumer.batches(clock: ContinuousClock(), now: now) {
      seen += batch.records.count
      if seen == 30 { break }
    }
    #expect(seen == 30)
  }

  @Test func recordsThatComeLaterWakeTheWaitingOne() async throws {
    let broker = try broker()
    let (consumer, now) = (consumer(broker), self.now)
    let reader = Task {
      var seen = 0
      for try await batch in consumer.batches(clock: ContinuousClock(), now: now) {
        seen += batch.records.count
        if seen == 100 { break }
      }
      return seen
    }
    for _ in 0..<10 {
      try write(10, to: broker)
      await Task.yield()
    }
    #expect(try await reader.value == 100)
  }

  @Test func cancellingEndsTheLoopAndCommitsWhatWasHandled() async throws {
    let broker = try broker()
    let (consumer, now) = (consumer(broker), self.now)
    let seen = Locked(0)
    let reader = Task {
      for try await batch in consumer.batches(clock: ContinuousClock(), now: now) {
        seen.withLock { $0 += batch.records.count }
      }
    }
    try write(12, to: broker)
    while seen.withLock({ $0 }) < 12 { await Task.yield() }
    reader.cancel()
    try await reader.value
    #expect(committed(broker) == 12)
  }

  @Test func aBrokerThatIsAwayIsWaitedFor() async throws {
    let broker = try broker()
    let (consumer, now) = (consumer(broker), self.now)
    broker.setAvailable(false, now: now())
    let reader = Task {
      for try await batch in consumer.batches(clock: ContinuousClock(), now: now) { return batch.records.count }
      return 0
    }
    for _ in 0..<50 { await Task.yield() }
    broker.setAvailable(true, now: now())
    try write(5, to: broker)
    #expect(try await reader.value > 0)
  }

  @Test func membersShareThePartitionsAndLoseNothingWhenOneLeaves() async throws {
    let broker = try broker(partitions: 3)
    let now = self.now
    let seen = Locked<[String: Int]>([:])
    func read(_ client: String) -> (Consumer, Task<Void, any Error>) {
      let consumer = consumer(broker, client)
      let task = Task {
        for try await batch in consumer.batches(clock: ContinuousClock(), now: now) {
          seen.withLock { seen in for record in batch.records { seen[record.text, default: 0] += 1 } }
        }
      }
      return (consumer, task)
    }
    let (first, firstTask) = read("mail-1")
    let (second, secondTask) = read("mail-2")
    try write(300, to: broker)
    while seen.withLock({ $0.count }) < 300 { await Task.yield() }
    secondTask.cancel()
    try await secondTask.value
    second.close(now: now())
    for number in 300..<600 {
      try broker.append([ProducerRecord(key: "\(number)", text: "order \(number)")], to: "orders", now: now())
    }
    while seen.withLock({ $0.count }) < 600 { await Task.yield() }
    firstTask.cancel()
    try await firstTask.value
    #expect(first.assignment.count == 3)
    #expect(committed(broker) == 600)
  }
}
