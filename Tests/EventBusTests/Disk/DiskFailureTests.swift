import Concurrency
import Foundation
import TestSupport
import Testing

@testable import EventBus

/// A disk that refuses things, and what must not come of it.
@Suite struct DiskFailureTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// Runs `body`, and says whether it ended. The time is that of a machine on which all other tests have their turn first.
  private func ends(within seconds: Double = 600, _ body: @escaping @Sendable () async -> Void) async -> Bool {
    let done = Recorder<Int>()
    let task = Task {
      await body()
      done.add(1)
    }
    let deadline = ContinuousClock.now + .seconds(seconds)
    while done.count == 0, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    return done.count == 1
  }

  @Test func aTopicThatCouldNotBeMadeIsNotThere() throws {
    do {
      let broker = try folder.open()
      let topics = folder.path + "/topics"
      // The topic file's name is taken by a folder.
      try FileManager.default.createDirectory(
        atPath: topics + "/1-orders/topic.new/x", withIntermediateDirectories: true)
      #expect(throws: BusError.self) { try broker.createTopic("orders") }
      try broker.createTopic("mails")
      try broker.createTopic("bills")
    }
    let broker = try folder.open()
    #expect(broker.allTopics.map(\.name) == ["__consumer_offsets", "mails", "bills"])
    #expect(Set(broker.allTopics.map(\.number)).count == 3)
  }

  @Test func offsetsGoOnWhenAllThatWasWrittenIsRemoved() throws {
    do {
      let broker = try folder.open(storage: StorageSettings(acknowledge: .memory))
      let topic = try broker.createTopic("orders", settings: TopicSettings(retentionBytes: 10, segmentBytes: 40))
      topic.partitions[0].state.withLock { $0.isQueued = true }
      for _ in 0..<3 { try topic.append(ProducerRecord(key: nil, text: "x"), now: 0) }
      topic.applyRetention(now: 0)
      #expect(try topic.bounds(partition: 0) == 2...3)
    }
    let broker = try folder.open()
    #expect(try broker.topic("orders").bounds(partition: 0).lowerBound >= 2)
  }

  @Test func whatWasRefusedDoesNotComeBackByARoll() throws {
    do {
      let broker = try folder.open()
      let topic = try broker.createTopic("orders", settings: TopicSettings(retentionAge: 10))
      try topic.append(ProducerRecord(key: nil, text: "a"), now: 0)
      try topic.append(ProducerRecord(key: nil, text: "refused"), now: 0)
      try topic.partitions[0].state.withLock { state in
        let disk = try #require(state.disk)
        // As if the second append had failed after its write, and could not be cut off.
        let (bytes, file) = (disk.active.length, try File(disk.active.path, .update))
        let all = try file.read(Int(bytes), at: 0)
        let first = try #require(all.withUnsafeBytes { BatchHeader($0)?.bytes })
        state.disk = try DiskLog.reopened(disk, length: Int64(first))
        state.disk?.hasLeftovers = true
      }
      #expect(try topic.bounds(partition: 0) == 0...1)
      try topic.partitions[0].state.withLock { try $0.disk?.rollIfNeeded() }
    }
    let broker = try folder.open()
    #expect(try broker.everything().map(\.text) == ["a"])
  }

  @Test func anAppendToSeveralPartitionsIsAllOrNothing() throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders", settings: TopicSettings(partitions: 3))
    // A file stands where the folder of the last partition should.
    try Data().write(to: URL(fileURLWithPath: folder.path + "/topics/1-orders/2"))
    let records = (0..<6).map { ProducerRecord(key: nil, text: "\($0)", partition: 2 - $0 % 3) }
    #expect(throws: BusError.self) { try topic.append(records, now: 0) }
    for partition in 0..<3 { #expect(try topic.bounds(partition: partition) == 0...0) }
    let positions = try topic.append(records.filter { $0.partition != 2 }, now: 0)
    #expect(positions.map(\.description) == ["orders[1]@0", "orders[0]@0", "orders[1]@1", "orders[0]@1"])
  }

  @Test func aRefusalIsKnownUntilTheDiskTakesRecordsAgain() throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders")
    let obstacle = folder.path + "/topics/1-orders/0"
    try Data().write(to: URL(fileURLWithPath: obstacle))
    #expect(broker.refusals == [])
    let error = #expect(throws: BusError.self) { try topic.append(ProducerRecord(key: nil, text: "a"), now: 0) }
    #expect(broker.refusals == [try #require(error)])
    try FileManager.default.removeItem(atPath: obstacle)
    try topic.append(ProducerRecord(key: nil, text: "a"), now: 0)
    #expect(broker.refusals == [])
  }

  @Test func aSyncIsWaitedForElsewhere() throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders")
    let record = ProducerRecord(key: nil, text: "a")
    #expect(throws: BusError.self) { try topic.append([record], acknowledge: .synced, now: 0) }
    var transaction = Transaction()
    transaction.append([record], to: "orders")
    #expect(throws: BusError.self) { try broker.commit(transaction, acknowledge: .synced, now: 0) }
    #expect(try topic.bounds(partition: 0) == 0...0)
  }

  @Test func closingOnAFullDiskEnds() async throws {
    let broker = try folder.open(storage: StorageSettings(acknowledge: .memory))
    let topic = try broker.createTopic("orders")
    try Data().write(to: URL(fileURLWithPath: folder.path + "/topics/1-orders/0"))
    try topic.append(ProducerRecord(key: nil, text: "a"), now: 0)
    #expect(await ends { try? await broker.close(now: 0) })
  }

  @Test func aSyncOfWhatIsNotThereIsRefused() async throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders")
    try topic.append(ProducerRecord(key: nil, text: "a"), now: 0)
    let told = Recorder<String>()
    topic.whenSynced([RecordPosition(topic: "orders", partition: 0, offset: 99)]) { told.add("\($0)") }
    #expect(told.all.count == 1 && told.all[0].hasPrefix("failure"))
  }

  @Test func aFileThatIsGoneIsNotMadeAnewWithAHole() throws {
    let broker = try folder.open(storage: StorageSettings(maximumOpenFiles: 1))
    let topic = try broker.createTopic("orders", settings: TopicSettings(partitions: 2))
    try broker.append(["a"], partition: 0)
    try broker.append(["b"], partition: 1)
    try FileManager.default.removeItem(atPath: folder.files(".log").first { $0.contains("1-orders/0") } ?? "")
    #expect(throws: BusError.self) { try broker.append(["c"], partition: 0) }
    #expect(try topic.bounds(partition: 0) == 0...1)
  }

  /// That a file could not be opened says nothing about what is on the disk.
  @Test func onlyAFailedSyncEndsWriting() throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders")
    try broker.append(["a"], now: 0)
    try topic.partitions[0].state.withLock { state in
      let work = try #require(try state.disk?.beginFlush(wantsSync: true))
      let noFile = File.failure("open", "x", EMFILE)
      #expect(state.disk?.failFlush(work, noFile) == noFile)
      #expect(state.disk?.failure == nil && state.disk?.folderHasChanged == true)
      _ = state.disk?.failFlush(work, File.failure(File.sync, "x", EIO))
      #expect(state.disk?.failure != nil)
    }
    #expect(throws: BusError.self) { try broker.append(["b"], now: 0) }
    #expect(throws: BusError.self) { try topic.deleteRecords(before: 1, partition: 0) }
  }
}

extension DiskLog {
  /// The same log, which knows the first `length` bytes of its file only.
  fileprivate static func reopened(_ old: DiskLog, length: Int64) throws -> DiskLog {
    var log = old
    let file = try File(old.active.path, .update)
    var segment = DiskSegment(
      id: old.active.id, directory: old.directory, baseOffset: old.active.baseOffset, salt: old.active.salt)
    let window = FileWindow(file, written: length, salt: old.active.salt)
    while case .batch(let header, _) = try window.batch(at: segment.length) { segment.add(header) }
    log.active = segment
    log.writtenLength = length
    log.writtenEnd = segment.endOffset
    return log
  }
}
