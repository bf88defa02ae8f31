import Concurrency
import Foundation
import TestSupport
import Testing

@testable import EventBus

/// What is written together is there as a whole or not at all.
@Suite struct TransactionTests {
  private func record(_ text: String, _ partition: Int = 0) -> ProducerRecord {
    ProducerRecord(key: nil, text: text, partition: partition)
  }

  /// A broker with `orders` and `mails`, two partitions each, and a member of group `g` that has read two orders.
  private func reader(_ broker: Broker) throws -> Consumer {
    for topic in ["orders", "mails"] { try broker.createTopic(topic, settings: TopicSettings(partitions: 2)) }
    try broker.append(["1", "2"], to: "orders", now: 0)
    let consumer = Consumer(broker: broker, group: "g", client: "c", topics: ["orders"])
    _ = try consumer.settle(now: 0)
    #expect(try consumer.pollTexts(now: 0) == ["1", "2"])
    return consumer
  }

  @Test(arguments: Backing.allCases) func consumeProcessProduce(backing: Backing) throws {
    let bus = try BackedBroker(backing)
    let place = TopicPartition(topic: "orders", partition: 0)
    do {
      let consumer = try reader(bus.broker)
      var transaction = Transaction()
      transaction.append([record("a", 1), record("b", 0), record("c", 1)], to: "mails")
      transaction.append([record("3", 1)], to: "orders")
      transaction.append([record("d", 1)], to: "mails")
      #expect(!transaction.isEmpty)
      let positions = try consumer.commit(with: transaction, now: 5)
      #expect(positions.map(\.description) == ["mails[1]@0", "mails[0]@0", "mails[1]@1", "orders[1]@0", "mails[1]@2"])
      #expect(bus.broker.groups.committed(group: "g", place)?.offset == 2)
    }
    try bus.reopen()
    #expect(try bus.broker.everything("mails", 1).map(\.text) == ["a", "c", "d"])
    #expect(bus.broker.groups.committed(group: "g", place)?.offset == 2)
  }

  @Test(arguments: Backing.allCases) func aRefusalLeavesNothing(backing: Backing) throws {
    let bus = try BackedBroker(backing)
    let consumer = try reader(bus.broker)
    var transaction = Transaction()
    transaction.append([record("a"), record("b", 1)], to: "mails")
    // Another member takes the group over.
    bus.broker.groups.tick(now: .seconds(3_600))
    let error = #expect(throws: BusError.self) { try consumer.commit(with: transaction, now: .seconds(3_600)) }
    guard case .unknownMember = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    transaction.append([ProducerRecord(key: nil, text: "c", partition: 9)], to: "mails")
    #expect(throws: BusError.unknownPartition(TopicPartition(topic: "mails", partition: 9), partitions: 2)) {
      try bus.broker.commit(transaction, now: 0)
    }
    #expect(try bus.broker.topic("mails").bounds(partition: 0) == 0...0)
    #expect(try bus.broker.topic("mails").bounds(partition: 1) == 0...0)
  }

  @Test func aCommitMayWaitForTheDisk() async throws {
    let folder = try TemporaryDirectory()
    let broker = try folder.open()
    try broker.createTopic("orders", settings: TopicSettings(partitions: 2))
    var transaction = Transaction()
    transaction.append([record("a"), record("b", 1)], to: "orders")
    #expect(try await broker.commitSynced(transaction, now: 0).count == 2)
    #expect(broker.topics.store?.transactions.settled == 1)
    for partition in try broker.topic("orders").partitions {
      partition.state.withLock { #expect($0.disk?.syncedEnd == 1) }
    }
    await #expect(throws: BusError.self) { try await Broker().commitSynced(transaction, now: 0) }
    transaction.append([record("x", 9)], to: "orders")
    await #expect(throws: BusError.self) { try await broker.commitSynced(transaction, now: 0) }
  }

  @Test func aTransactionHasALimit() throws {
    let broker = try Broker.with(partitions: 1)
    var transaction = Transaction()
    for _ in 0..<65 {
      transaction.append([ProducerRecord(value: [UInt8](repeating: 0, count: 1_048_500))], to: "orders")
    }
    let error = #expect(throws: BusError.self) { try broker.commit(transaction, now: 0) }
    #expect(error?.description.contains("over the limit of 67108864 bytes") == true)
  }

  /// Observers and readers get all of it at one moment: after the last part is written.
  @Test func nobodySeesAPart() throws {
    let broker = try Broker.with(partitions: 2)
    let seen = Recorder<[Int64]>()
    broker.onAppend { [unowned broker] _, _, _ in
      seen.add((0..<2).map { (try? broker.topic("orders").bounds(partition: $0).upperBound) ?? -1 })
    }
    var transaction = Transaction()
    transaction.append([record("a", 0), record("b", 1), record("c", 1)], to: "orders")
    try broker.commit(transaction, now: 0)
    #expect(seen.all == [[1, 2], [1, 2]])
  }

  /// A crash in the middle of the writes, at every point: the files are cut back in the reverse order of the writes.
  @Test func aCrashInTheMiddleCountsAsNothing() throws {
    for lost in 0..<4 {
      let folder = try TemporaryDirectory()
      do {
        let broker = try folder.open()
        let consumer = try reader(broker)
        var first = Transaction()
        first.append([record("a0"), record("a1", 1)], to: "mails")
        try consumer.commit(with: first, now: 1)
        try broker.append(["3"], to: "orders", now: 2)
        #expect(try consumer.pollTexts(now: 2) == ["3"])
        var second = Transaction()
        second.append([record("b0"), record("b1", 1), record("c1", 1)], to: "mails")
        try consumer.commit(with: second, now: 3)
      }
      // The order of writing: offsets, mails 0, mails 1, transactions. What is lost is the end of the last ones.
      let files = ["3-__transactions/0", "2-mails/1", "2-mails/0", "0-__consumer_offsets/0"]
      for name in files.prefix(lost) { try cutLastBatch(folder, name) }
      let broker = try folder.open()
      let wasWhole = lost == 0
      #expect(broker.recovery?.undoneTransactions == (lost == 0 || lost == 4 ? 0 : 1), "lost \(lost)")
      #expect(try broker.everything("mails", 0).map(\.text) == (wasWhole ? ["a0", "b0"] : ["a0"]), "lost \(lost)")
      #expect(
        try broker.everything("mails", 1).map(\.text) == (wasWhole ? ["a1", "b1", "c1"] : ["a1"]), "lost \(lost)")
      let committed = broker.groups.committed(group: "g", TopicPartition(topic: "orders", partition: 0))?.offset
      #expect(committed == (wasWhole ? 3 : 2), "lost \(lost)")
      #expect(try broker.append([record("next", 1)], to: "mails", now: 4)[0].offset == (wasWhole ? 3 : 1))
    }
  }

  /// A loss of power may keep the commit and lose a part, and keep what came behind that: the parts that are left are
  /// taken back in the middle of their logs.
  @Test func aPartThatIsMissingTakesTheOthersBack() throws {
    let folder = try TemporaryDirectory()
    do {
      let broker = try folder.open()
      _ = try reader(broker)
      var transaction = Transaction()
      transaction.append([record("a0"), record("a1", 1)], to: "mails")
      try broker.commit(transaction, now: 1)
      try broker.append(["b0"], to: "mails", now: 2)
    }
    try cutLastBatch(folder, "2-mails/1")
    for opening in 0..<2 {
      let broker = try folder.open()
      #expect(broker.recovery?.undoneTransactions == 1, "opening \(opening)")
      #expect(try broker.everything("mails", 0).map { "\($0.offset) \($0.text)" } == ["1 b0"], "opening \(opening)")
      #expect(try broker.everything("mails", 1).isEmpty)
    }
  }

  private func cutLastBatch(_ folder: TemporaryDirectory, _ name: String) throws {
    let path = try #require(folder.files(".log").last { $0.contains("/\(name)/") }, "\(name)")
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    var starts: [Int] = []
    var place = 0
    while place < data.count {
      starts.append(place)
      place += data[place...].withUnsafeBytes { BatchHeader($0)?.bytes ?? 0 }
    }
    data.removeLast(data.count - (try #require(starts.last)))
    try data.write(to: URL(fileURLWithPath: path))
  }

  @Test func theLogOfTransactionsStaysSmall() async throws {
    let folder = try TemporaryDirectory()
    let broker = try folder.open()
    for topic in ["orders", "mails"] { try broker.createTopic(topic) }
    for number in 0..<60 {
      var transaction = Transaction()
      for part in 0..<400 {
        let topic = "t\(part % 100)"
        if number == 0, part < 100 { try broker.createTopic(topic) }
        transaction.append([record("\(part)")], to: topic)
      }
      try broker.commit(transaction, now: Int64(number))
    }
    let log = try broker.topic(TransactionBook.topicName)
    for partition in broker.allTopics.flatMap(\.partitions) {
      let end = partition.bounds.upperBound
      await withCheckedContinuation { done in partition.whenSynced(before: end) { _ in done.resume() } }
    }
    #expect(log.partitions[0].snapshot.bytes < 4 << 20)
    #expect(try broker.everything("t7").count == 240)
  }

  @Test func whatIsNoRecordOfATransactionIsNone() {
    for numbers: [Int64] in [[1, 0, -1], [1, 0, 1, 0, 5, -7, 0], [1, 0, 1, 0, .max, 1, 0], [1, 0]] {
      var bytes = LittleEndianWriter()
      for number in numbers { bytes.put(number) }
      #expect(TransactionRecord(bytes.all) == nil)
    }
    let record = TransactionRecord(
      number: 7, settled: 5, parts: [.init(TopicPartition(topic: "orders", partition: 3), 10, 2)])
    #expect(TransactionRecord(record.bytes) == record)
  }

  @Test func whatATransactionCannotWriteTo() throws {
    let folder = try TemporaryDirectory()
    let broker = try folder.open()
    try broker.createTopic("orders", settings: TopicSettings(partitions: 1_000))
    var wide = Transaction()
    wide.append((0..<Broker.widestTransaction).map { record("x", $0) }, to: "orders")
    #expect(try broker.commit(wide, now: 0).count == Broker.widestTransaction)
    wide.append([record("x", 999)], to: "orders")
    #expect(throws: BusError.transactionTooWide(partitions: 257, limit: 256)) { try broker.commit(wide, now: 0) }
    var own = Transaction()
    own.append([record("x")], to: TransactionBook.topicName)
    #expect(throws: BusError.self) { try broker.commit(own, now: 0) }
  }

  @Test func theEndOfASegmentStaysDamagedWhenATransactionIsTakenBack() async throws {
    let folder = try TemporaryDirectory()
    do {
      let broker = try folder.open()
      try broker.createTopic("orders", settings: TopicSettings(segmentBytes: 130))
      var transaction = Transaction()
      transaction.append([ProducerRecord(key: nil, text: "t", partition: 0)], to: "orders")
      try broker.commit(transaction, now: 0)
      for text in ["b", "c", "d"] { try broker.append([text], now: 0) }
      try await broker.close(now: 0)
    }
    let files = folder.files(".log")
    for file in files where file.contains("__transactions") { try FileManager.default.removeItem(atPath: file) }
    let first = try #require(files.first { $0.contains("1-orders") })
    var data = try Data(contentsOf: URL(fileURLWithPath: first))
    var place = 0
    for _ in 0..<2 { place += data[place...].withUnsafeBytes { BatchHeader($0)?.bytes ?? 0 } }
    data.removeLast(data.count - place - 5)
    try data.write(to: URL(fileURLWithPath: first))
    let broker = try folder.open()
    let last = try broker.topic("orders").bounds(partition: 0).upperBound
    #expect(last == 4)
    #expect(broker.recovery?.undoneTransactions == 1)
    #expect(try broker.topic("orders").read(partition: 0, from: 0).records.map(\.text) == ["b"])
    #expect(throws: BusError.damaged(TopicPartition(topic: "orders", partition: 0), offsets: 2...2)) {
      try broker.read("orders", partition: 0, from: 2)
    }
  }

  @Test func nothingVoidStaysAtTheEndOfALog() throws {
    let folder = try TemporaryDirectory()
    do {
      let broker = try folder.open()
      try broker.createTopic("orders", settings: TopicSettings(segmentBytes: 70))
      try broker.append(["a"], now: 0)
      var transaction = Transaction()
      transaction.append(["x", "y", "z"].map { record($0) }, to: "orders")
      try broker.commit(transaction, now: 0)
    }
    let files = folder.files(".log")
    for file in files where file.contains("__transactions") { try FileManager.default.removeItem(atPath: file) }
    for file in files where file.contains("1-orders") {
      var data = try Data(contentsOf: URL(fileURLWithPath: file))
      // Without its footer, as if the crash had come before it.
      if let mark = data.range(of: Data([0x4D, 0x53, 0x42, 0x46])) { data.removeSubrange(mark.lowerBound...) }
      try data.write(to: URL(fileURLWithPath: file))
    }
    let broker = try folder.open()
    #expect(broker.recovery?.undoneTransactions == 1)
    #expect(try broker.everything().map(\.text) == ["a"])
    #expect(try broker.topic("orders").bounds(partition: 0) == 0...1)
  }

  @Test func whatCountsAfterAKillIsNotSettledBeforeItIsSynced() throws {
    let folder = try TemporaryDirectory()
    do {
      let broker = try folder.open()
      try broker.createTopic("orders", settings: TopicSettings(partitions: 2))
      var transaction = Transaction()
      transaction.append((0..<2).map { ProducerRecord(key: nil, text: "x", partition: $0) }, to: "orders")
      try broker.topic("orders").partitions.forEach { $0.state.withLock { $0.isQueued = true } }
      try broker.commit(transaction, now: 0)
    }
    let broker = try folder.open()
    let store = try #require(broker.topics.store)
    for partition in try broker.topic("orders").partitions {
      partition.state.withLock { state in
        if (state.disk?.syncedEnd ?? 0) < state.endOffset { #expect(store.transactions.settled < 1) }
      }
    }
  }

  /// Records were deleted in the middle of a batch that does not count: the log does not end before it begins.
  @Test func whatIsDeletedIsNotTakenBack() async throws {
    let folder = try TemporaryDirectory()
    do {
      let broker = try folder.open()
      try broker.createTopic("orders")
      var transaction = Transaction()
      transaction.append(["x", "y", "z"].map { record($0) }, to: "orders")
      try broker.commit(transaction, now: 0)
      try broker.topic("orders").deleteRecords(before: 2, partition: 0)
      try await broker.close(now: 0)
    }
    for file in folder.files(".log") where file.contains("__transactions") {
      try FileManager.default.removeItem(atPath: file)
    }
    let broker = try folder.open()
    #expect(broker.recovery?.undoneTransactions == 1)
    #expect(try broker.topic("orders").bounds(partition: 0) == 2...3)
    #expect(try broker.everything().isEmpty)
  }
}
