import Concurrency
import Foundation
import TestSupport
import Testing

@testable import EventBus

/// What a directory gives back.
@Suite struct DiskTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func everyPartOfARecordComesBack() throws {
    let records = [
      ProducerRecord(key: "kim", text: "one"), ProducerRecord(value: []), ProducerRecord(key: [], value: [0, 255]),
      ProducerRecord(
        key: "kim", text: "four",
        headers: [
          RecordHeader(name: "", text: ""), RecordHeader(name: "trace", text: "ab"),
          RecordHeader(name: "é", value: [0]),
        ], timestamp: -5),
      ProducerRecord.tombstone(key: Array("kim".utf8), timestamp: .max),
      ProducerRecord(value: [UInt8](repeating: 7, count: 1 << 19), timestamp: .min),
    ]
    do {
      let broker = try folder.open()
      try broker.createTopic("orders", settings: TopicSettings(partitions: 1))
      try broker.append(records, to: "orders", now: 42)
    }
    let broker = try folder.open()
    #expect(broker.recovery?.isClean == true)
    let expected = records.enumerated().map { index, record in
      EventRecord(record, sizeInBytes: record.sizeInBytes, offset: Int64(index), now: 42)
    }
    #expect(try broker.everything() == expected)
  }

  @Test func topicsSettingsAndOffsetsComeBack() throws {
    let settings = TopicSettings(
      partitions: 3, retentionAge: nil, retentionBytes: 7, segmentBytes: 99, segmentAge: 5, maximumRecordBytes: 1_000,
      cleanup: .compactAndDelete, deleteRetention: 0)
    let names = ["orders", "a b/%\n..", "ü🚀", String(repeating: "é", count: 124)]
    do {
      let broker = try folder.open()
      for name in names { try broker.createTopic(name, settings: settings) }
      try broker.append([ProducerRecord(key: "k", text: "v", partition: 2)], to: "orders", now: 1)
      try broker.groups.commit([PartitionOffset(topic: "orders", partition: 2, offset: 1)], group: "mail", now: 9)
    }
    let broker = try folder.open()
    #expect(broker.allTopics.map(\.name) == ["__consumer_offsets"] + names)
    #expect(broker.allTopics.dropFirst().allSatisfy { $0.settings == settings && !$0.isInternal })
    #expect(broker.allTopics[0].isInternal)
    let committed = broker.groups.committed(group: "mail", TopicPartition(topic: "orders", partition: 2))
    #expect(committed == CommittedOffset(offset: 1, time: 9))
    #expect(try broker.topic("orders").bounds(partition: 2) == 0...1)
    try broker.createTopic("later")
    #expect(throws: BusError.topicExists("ü🚀")) { try broker.createTopic("ü🚀") }
  }

  @Test func aSecondBrokerIsToldWhoHasTheDirectory() throws {
    let first = try folder.open()
    let error = #expect(throws: BusError.self) { try Broker(directory: folder.path, now: 0) }
    guard case .directoryInUse(folder.path, let owner) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(owner.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) ("))
    #expect(first.directory == folder.path)
  }

  @Test func aFolderThatIsNoneOfOursIsLeftAlone() throws {
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder.path + "/thesis.tex"))
    let error = #expect(throws: BusError.self) { try folder.open() }
    #expect(error?.description.contains("not empty (thesis.tex)") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["thesis.tex"])
  }

  @Test func anotherVersionIsRefused() throws {
    do { _ = try folder.open() }
    try Data("msatop log 2\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/format"))
    let error = #expect(throws: BusError.self) { try folder.open() }
    #expect(error?.description.contains("msatop log 2") == true)
  }

  @Test func theLevelsOfAcknowledgement() async throws {
    let broker = try folder.open(storage: StorageSettings(acknowledge: .memory))
    let topic = try broker.createTopic("orders")
    #expect(topic.acknowledgement == .memory)
    try topic.append([ProducerRecord(key: nil, text: "a")], now: 0)
    try topic.append([ProducerRecord(key: nil, text: "b")], acknowledge: .written, now: 0)
    let positions = try await topic.appendSynced([ProducerRecord(key: nil, text: "c")], now: 0)
    #expect(positions.map(\.offset) == [2])
    #expect(try broker.everything().map(\.text) == ["a", "b", "c"])

    let inMemory = try Broker().createTopic("orders")
    await #expect(throws: BusError.notDurable(TopicPartition(topic: "orders", partition: 0))) {
      try await inMemory.appendSynced([ProducerRecord(key: nil, text: "a")], now: 0)
    }
    #expect(inMemory.acknowledgement == .memory)
  }

  @Test func aSyncAcrossPartitionsIsOneAnswer() async throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders", settings: TopicSettings(partitions: 4, segmentBytes: 300))
    let records = (0..<40).map { ProducerRecord(key: "\($0)", text: "value \($0)") }
    let positions = try await topic.appendSynced(records, now: 0)
    #expect(positions.count == 40)
    #expect(Set(positions.map(\.partition)).count == 4)
    for partition in topic.partitions {
      partition.state.withLock { state in #expect(state.disk?.syncedEnd == state.endOffset) }
    }
  }

  @Test func closingBringsEverythingToDiskAndTakesNothingMore() async throws {
    do {
      let broker = try folder.open(storage: StorageSettings(acknowledge: .memory))
      let topic = try broker.createTopic("orders", settings: TopicSettings(partitions: 2))
      for number in 0..<50 { try topic.append(ProducerRecord(key: "\(number)", text: "\(number)"), now: 0) }
      try await broker.close(now: 0)
      #expect(throws: BusError.unavailable("topic \"orders\"")) {
        try topic.append(ProducerRecord(key: nil, text: "x"), now: 0)
      }
    }
    let broker = try folder.open()
    #expect(broker.recovery?.isClean == true)
    #expect(try broker.everything("orders", 0).count + broker.everything("orders", 1).count == 50)
  }

  @Test func whatRetentionAndDeletionTookStaysAway() throws {
    do {
      let broker = try folder.open()
      let topic = try broker.createTopic(
        "orders", settings: TopicSettings(partitions: 2, retentionAge: 100, segmentBytes: 200))
      for number in 0..<20 {
        try topic.append(ProducerRecord(key: nil, text: "record \(number)", partition: 0), now: Int64(number))
        try topic.append(ProducerRecord(key: nil, text: "record \(number)", partition: 1), now: Int64(number))
      }
      try topic.deleteRecords(before: 7, partition: 0)
      #expect(try topic.bounds(partition: 0) == 7...20)
      topic.applyRetention(now: 200)
      #expect(try topic.bounds(partition: 1) == 20...20)
    }
    do {
      let broker = try folder.open()
      #expect(broker.recovery?.isClean == true)
      let topic = try broker.topic("orders")
      // Retention came after the deletion, and took the rest.
      #expect(try topic.bounds(partition: 0) == 20...20)
      #expect(try topic.bounds(partition: 1) == 20...20)
      #expect(try topic.append(ProducerRecord(key: nil, text: "x", partition: 1), now: 200).offset == 20)
      try topic.append((0..<5).map { ProducerRecord(key: nil, text: "\($0)", partition: 0) }, now: 200)
      try topic.deleteRecords(before: 23, partition: 0)
    }
    let broker = try folder.open()
    #expect(try broker.topic("orders").bounds(partition: 0) == 23...25)
    #expect(try broker.everything("orders", 0).map(\.text) == ["3", "4"])
    #expect(throws: BusError.self) { try broker.read("orders", partition: 0, from: 22) }
  }
}
