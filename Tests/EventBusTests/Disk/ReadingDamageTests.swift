import Concurrency
import Foundation
import TestSupport
import Testing

@testable import EventBus

/// What reading does where a file is not as it was written: nothing is passed over in silence, or handed over twice.
@Suite struct ReadingDamageTests {
  private let folder: TemporaryDirectory
  private let place = TopicPartition(topic: "orders", partition: 0)

  init() throws { folder = try TemporaryDirectory() }

  /// One batch for each text list, in one file.
  private func topic(_ batches: [[String]]) throws -> Topic {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders")
    for texts in batches { try broker.append(texts, now: 0) }
    return topic
  }

  private var segments: [String] { folder.files(".log").filter { $0.contains("1-orders") } }

  /// Changes a file that is open.
  private func change(_ body: (inout Data) -> Void) throws {
    let file = URL(fileURLWithPath: segments[0])
    var data = try Data(contentsOf: file)
    body(&data)
    let handle = try FileHandle(forUpdating: file)
    try handle.write(contentsOf: data)
    try handle.close()
  }

  private func size(ofOneOf count: Int) throws -> Int {
    try Data(contentsOf: URL(fileURLWithPath: segments[0])).count / count
  }

  @Test func aMissingSegmentEndsARead() async throws {
    do {
      let broker = try folder.open()
      try broker.createTopic("orders", settings: TopicSettings(segmentBytes: 80))
      for number in 0..<5 { try broker.append(["a\(number)", "b\(number)"], now: 0) }
      try await broker.close(now: 0)
    }
    try FileManager.default.removeItem(atPath: segments[2])
    let topic = try folder.open().topic("orders")
    #expect(try topic.read(partition: 0, from: 0).records.map(\.offset) == [0, 1, 2, 3])
    #expect(throws: BusError.damaged(place, offsets: 4...5)) { try topic.read(partition: 0, from: 4) }
    #expect(try topic.read(partition: 0, from: 6).records.map(\.offset) == [6, 7, 8, 9])
  }

  @Test func damageBeforeTheOffsetIsNotTheReadersBusiness() throws {
    let topic = try topic((0..<20).map { ["\($0 % 10)"] })
    let size = try size(ofOneOf: 20)
    try change { $0[2 * size] ^= 0xFF }
    #expect(try topic.read(partition: 0, from: 10).records.map(\.offset) == Array(10..<20))
    #expect(try topic.read(partition: 0, from: 0).records.map(\.offset) == [0, 1])
  }

  @Test func bytesThatCostNoOffsetArePassedOver() throws {
    let topic = try topic((0..<5).map { ["\($0)"] })
    let size = try size(ofOneOf: 5)
    try change { $0.insert(contentsOf: [1, 2, 3, 4, 5], at: 2 * size) }
    #expect(try topic.read(partition: 0, from: 0).records.map(\.offset) == [0, 1, 2, 3])
    #expect(throws: BusError.damaged(place, offsets: 4...4)) { try topic.read(partition: 0, from: 4) }
  }

  /// A header that says that its batch ends earlier than it does, so that reading further on does not look into it.
  @Test func aHeaderWithWrongOffsetsHidesNothing() throws {
    let topic = try topic((0..<4).map { number in (0..<8).map { "\(number).\($0)" } })
    let size = try size(ofOneOf: 4)
    try change {
      $0[size + 24] = 3
      $0[size + 28] = 4
    }
    #expect(throws: BusError.damaged(place, offsets: 8...15)) { try topic.read(partition: 0, from: 13) }
    #expect(try topic.read(partition: 0, from: 16).records.count == 16)
  }

  @Test func offsetsAtTheEndOfAllNumbersMakeNoHeader() throws {
    let topic = try topic((0..<3).map { ["\($0)"] })
    try change { $0.replaceSubrange(16..<24, with: [255, 255, 255, 255, 255, 255, 255, 127]) }
    #expect(throws: BusError.damaged(place, offsets: 0...0)) { try topic.read(partition: 0, from: 0) }
    #expect(try topic.read(partition: 0, from: 2).records.count == 1)
  }

  /// One partition cannot be read just now: what the other gave is not lost with the error.
  @Test func aPollThatFailsLosesNothing() throws {
    do {
      let broker = try folder.open()
      try broker.createTopic("orders", settings: TopicSettings(partitions: 2))
      try broker.append(["a"], partition: 0)
      try broker.append(["b"], partition: 1)
    }
    let broker = try folder.open(storage: StorageSettings(maximumOpenFiles: 1))
    let consumer = Consumer(broker: broker, group: "g", client: "c", topics: ["orders"])
    _ = try consumer.settle(now: 0)
    consumer.state.withLock { $0.first = 0 }
    try broker.topic("orders").partitions[0].state.withLock { state in
      _ = try state.disk?.store.files.file(of: state.disk!.active, .update)
    }
    let path = segments.last { $0.contains("/1/") }!
    try FileManager.default.moveItem(atPath: path, toPath: path + "x")
    var texts: [String] = []
    for _ in 0..<4 { texts += (try? consumer.pollTexts(now: 0)) ?? [] }
    try FileManager.default.moveItem(atPath: path + "x", toPath: path)
    texts += try consumer.pollTexts(now: 0)
    #expect(texts == ["a", "b"])
  }
}
