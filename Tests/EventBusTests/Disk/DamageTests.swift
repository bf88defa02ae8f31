import CChecksum
import Foundation
import TestSupport
import Testing

@testable import EventBus

/// Files that are not as they were written.
@Suite struct DamageTests {
  private let folder: TemporaryDirectory
  private let place = TopicPartition(topic: "orders", partition: 0)

  init() throws { folder = try TemporaryDirectory() }

  @Test func bothWaysOfTheChecksumAgreeWithTheStandard() {
    let digits = Array("123456789".utf8)
    #expect(checksum_crc32c(0, digits, 9) == 0xE306_9283)
    #expect(checksum_crc32c_portable(0, digits, 9) == 0xE306_9283)
    // RFC 3720, B.4: 32 bytes of zeros, of ones, rising.
    for (bytes, expected) in [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA as UInt32), ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0..<32), 0x46DD_794E),
    ] {
      #expect(checksum_crc32c(0, bytes, 32) == expected)
      #expect(checksum_crc32c_portable(0, bytes, 32) == expected)
    }
    var random = SeededGenerator(seed: 1)
    let bytes = (0..<1_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    for length in 0..<100 {
      let cut = Array(bytes[length..<(length + length * 7)])
      #expect(checksum_crc32c(7, cut, cut.count) == checksum_crc32c_portable(7, cut, cut.count))
    }
  }

  /// Five batches of two records each.
  private func write(segmentBytes: Int = 1 << 20) throws {
    let broker = try folder.open()
    try broker.createTopic("orders", settings: TopicSettings(segmentBytes: segmentBytes))
    for number in 0..<5 { try broker.append(["a\(number)", "b\(number)"], now: Int64(number)) }
  }

  private func change(_ path: String, _ body: (inout Data) -> Void) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    body(&data)
    try data.write(to: URL(fileURLWithPath: path))
  }

  private func segments() -> [String] { folder.files(".log").filter { $0.contains("1-orders") } }

  @Test func aTornEndIsCutOffAndReported() throws {
    try write()
    try change(segments()[0]) { $0.removeLast(3) }
    let broker = try folder.open()
    let cut = try #require(broker.recovery?.cuts.first)
    #expect(cut.partition == place && cut.endOffset == 8 && cut.bytes > 0)
    #expect(broker.recovery?.sentences.count == 1)
    #expect(try broker.everything().map(\.text) == ["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"])
    try broker.append(["next"], now: 9)
    #expect(try broker.everything().last?.offset == 8)
  }

  /// Power fails in the middle of an append: the last batch is torn, and a group had read and committed it. Its offsets
  /// never stand for anything else, however often the log is opened again.
  @Test func offsetsThatSomebodyHasSeenAreNotGivenToAnotherRecord() throws {
    try write()
    do {
      let broker = try folder.open()
      for (group, offset) in [("seen", 10), ("half", 9), ("end", 8), ("behind", 3)] as [(String, Int64)] {
        try broker.groups.commit([PartitionOffset(partition: place, offset: offset)], group: group, now: 5)
      }
    }
    try change(segments()[0]) { $0.removeLast(3) }
    func texts(_ broker: Broker, _ group: String) throws -> [String] {
      let consumer = Consumer(broker: broker, group: group, client: "c", topics: ["orders"])
      _ = try consumer.settle(now: 20)
      return try consumer.pollTexts(now: 20)
    }
    do {
      let broker = try folder.open(now: 8)
      #expect(broker.recovery?.cuts.first?.endOffset == 8)
      #expect(broker.recovery?.usedUp == [.init(partition: place, offsets: 8..<10, group: "seen")])
      #expect(
        broker.recovery?.sentences.last
          == "orders-0: offsets 8 to 9 are lost, and group seen had seen them: nothing else is put there")
      try broker.append(["next"], now: 9)
    }
    for opening in 0..<2 {
      let broker = try folder.open(now: 10)
      #expect(broker.recovery?.isClean == true, "\(opening)")
      #expect(try broker.everything().map(\.offset) == [0, 1, 2, 3, 4, 5, 6, 7, 10], "\(opening)")
      let committed = ["seen", "half", "end", "behind"].map { broker.groups.committed(group: $0, place)?.offset }
      #expect(committed == [10, 10, 10, 3])
    }
    let broker = try folder.open(now: 11)
    for group in ["seen", "half", "end"] { #expect(try texts(broker, group) == ["next"], "\(group)") }
    #expect(try texts(broker, "behind") == ["b1", "a2", "b2", "a3", "b3", "next"])
  }

  /// The disk has the length of the last batch, and not its bytes. What tells is the checksum: where it is right for the
  /// bytes that are there, as if nobody compared any, the log goes on with what nobody has written.
  @Test(arguments: [true, false]) func onlyTheChecksumTellsATornBatchOfTheRightLength(isCompared: Bool) throws {
    try write()
    let size = try Data(contentsOf: URL(fileURLWithPath: segments()[0])).count / 5
    let format = try String(contentsOfFile: folder.path + "/format", encoding: .utf8)
    let salt = try #require(format.split(whereSeparator: \.isWhitespace).last.flatMap { UInt32($0) })
    try change(segments()[0]) { data in
      // The value of the last record: "b4".
      data[data.count - 1] = 0
      guard !isCompared else { return }
      let batch = [UInt8](data.suffix(size))
      let sum = batch.withUnsafeBytes { BatchHeader.checksum($0, salt: salt) }
      for byte in 0..<4 { data[data.count - size + 8 + byte] = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(byte))) }
    }
    let broker = try folder.open()
    let texts = try broker.everything().map(\.text)
    #expect((texts == ["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3"]) == isCompared)
    #expect((broker.recovery?.isClean == true) == !isCompared)
    if !isCompared { #expect(texts.last == "b\0") }
  }

  @Test func aDamagedMiddleIsReportedAndNeverPassedOverInSilence() throws {
    try write()
    let size = try Data(contentsOf: URL(fileURLWithPath: segments()[0])).count / 5
    try change(segments()[0]) { $0[2 * size + 85] ^= 1 }
    for opening in 0..<2 {
      let broker = try folder.open()
      #expect(broker.recovery?.damaged == [.init(partition: place, offsets: 4..<6, bytes: Int64(size))], "\(opening)")
      #expect(broker.recovery?.cuts == [])
      let topic = try broker.topic("orders")
      #expect(try topic.read(partition: 0, from: 0).records.map(\.offset) == [0, 1, 2, 3])
      for offset: Int64 in [4, 5] {
        #expect(throws: BusError.damaged(place, offsets: 4...5)) { try topic.read(partition: 0, from: offset) }
      }
      #expect(try topic.read(partition: 0, from: 6).records.map(\.text) == ["a3", "b3", "a4", "b4"])
      #expect(try topic.offset(notBefore: 2, partition: 0) == 6)
    }
    let consumer = Consumer(broker: try folder.open(), group: "g", client: "c", topics: ["orders"])
    _ = try consumer.settle(now: 0)
    var (texts, damage): ([String], [PollResult.Damage]) = ([], [])
    for _ in 0..<4 {
      let result = try consumer.poll(now: 0)
      texts += result.batches.flatMap { $0.records.map(\.text) }
      damage += result.damaged
    }
    #expect(texts == ["a0", "b0", "a1", "b1", "a3", "b3", "a4", "b4"])
    #expect(damage == [PollResult.Damage(partition: place, offsets: 4...5)])
  }

  @Test func whatIsDamagedWhileItIsOpenIsFoundWhenItIsRead() throws {
    try write()
    let broker = try folder.open()
    let topic = try broker.topic("orders")
    let size = try Data(contentsOf: URL(fileURLWithPath: segments()[0])).count / 5
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: segments()[0]))
    try handle.seek(toOffset: UInt64(size + 85))
    try handle.write(contentsOf: [0xFF, 0xFF])
    try handle.close()
    #expect(try topic.read(partition: 0, from: 0).records.map(\.offset) == [0, 1])
    #expect(throws: BusError.damaged(place, offsets: 2...3)) { try topic.read(partition: 0, from: 2) }
    #expect(throws: BusError.damaged(place, offsets: 2...3)) { try topic.read(partition: 0, from: 3) }
    #expect(try topic.read(partition: 0, from: 4, maximumRecords: 2).records.map(\.text) == ["a2", "b2"])
  }

  /// What was written as a value is no batch, whatever bytes it has, also where the batch around it is torn.
  @Test func aBatchInsideOfARecordIsNoBatch() throws {
    do {
      let broker = try folder.open()
      let topic = try broker.createTopic("orders")
      try topic.append(ProducerRecord(key: nil, text: "real"), now: 0)
      let encoder = BatchEncoder(salt: 0)
      encoder.begin(baseOffset: 1_000, now: 0, producer: .none, transaction: 0, bytes: 100, headers: 0)
      encoder.add(
        offset: 1_000, timestamp: 0, key: nil, value: Array("forged".utf8), headers: [], isTombstone: false,
        sizeInBytes: 38)
      try topic.append(ProducerRecord(value: Array(encoder.finish().batch) + [0, 0, 0, 0, 0, 0]), now: 0)
    }
    try change(segments()[0]) { $0.removeLast(3) }
    let broker = try folder.open()
    #expect(try broker.topic("orders").bounds(partition: 0) == 0...1)
    #expect(try broker.everything().map(\.text) == ["real"])
  }

  @Test func aMissingSegmentIsReported() async throws {
    do {
      try write(segmentBytes: 80)
      try await folder.open().close(now: 0)
    }
    let files = segments()
    #expect(files.count == 5)
    try FileManager.default.removeItem(atPath: files[2])
    let broker = try folder.open()
    #expect(broker.recovery?.damaged == [.init(partition: place, offsets: 4..<6, bytes: 0)])
    #expect(throws: BusError.damaged(place, offsets: 4...5)) { try broker.read("orders", partition: 0, from: 4) }
    #expect(try broker.read("orders", partition: 0, from: 6).records.map(\.text) == ["a3", "b3", "a4", "b4"])
  }

  @Test func aDamagedFooterIsMadeAnewFromTheRecords() async throws {
    do {
      try write(segmentBytes: 80)
      try await folder.open().close(now: 0)
    }
    try change(segments()[1]) { $0[$0.count - 30] ^= 0x40 }
    let broker = try folder.open()
    #expect(broker.recovery?.damaged == [])
    #expect(try broker.everything().map(\.text) == ["a0", "b0", "a1", "b1", "a2", "b2", "a3", "b3", "a4", "b4"])
  }

  /// Whatever is cut or flipped: opening and reading end with a report or an error, and what is read was written, in
  /// order. What was not touched is all there.
  @Test(arguments: 0..<150 as Range<UInt64>) func randomDamageGivesAReportAndNoWrongRecord(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var written: [String] = []
    do {
      let broker = try folder.open()
      try broker.createTopic(
        "orders", settings: TopicSettings(segmentBytes: Int.random(in: 200...4_000, using: &random)))
      for number in 0..<Int.random(in: 5...40, using: &random) {
        let texts = (0..<Int.random(in: 1...6, using: &random)).map {
          "\(number).\($0) " + String(repeating: "x", count: Int.random(in: 0...90, using: &random))
        }
        try broker.append(texts, now: Int64(number))
        written += texts
      }
      if random.chance(50) { try await broker.close(now: 0) }
    }
    let file = try #require(segments().randomElement(using: &random))
    let isCut = random.chance(40)
    try change(file) { data in
      guard !data.isEmpty else { return }
      if isCut {
        data.removeLast(Int.random(in: 1...data.count, using: &random))
      } else {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          data[Int.random(in: 0..<data.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        }
      }
    }
    let broker = try folder.open()
    let topic = try broker.topic("orders")
    let bounds = try topic.bounds(partition: 0)
    var (offset, read, lost) = (bounds.lowerBound, [Int64](), Set<Int64>())
    while offset < bounds.upperBound {
      do throws(BusError) {
        let batch = try topic.read(partition: 0, from: offset, maximumRecords: 7)
        guard let last = batch.records.last else { break }
        for record in batch.records {
          #expect(record.text == written[Int(record.offset)], "seed \(seed)")
          read.append(record.offset)
        }
        offset = last.offset + 1
      } catch {
        guard case .damaged(_, let offsets) = error else {
          Issue.record("seed \(seed): \(error)")
          return
        }
        lost.formUnion(offsets)
        offset = offsets.upperBound + 1
      }
    }
    #expect(read == read.sorted() && Set(read).count == read.count, "seed \(seed)")
    let missing = Set(0..<Int64(written.count)).subtracting(read)
    let reported = Set(broker.recovery?.damaged.flatMap { Array($0.offsets) } ?? []).union(lost)
    let cutOff = broker.recovery?.cuts.map(\.endOffset).min() ?? .max
    #expect(missing.allSatisfy { reported.contains($0) || $0 >= cutOff }, "seed \(seed): \(missing.sorted())")
    // And it goes on.
    let next = try topic.append(ProducerRecord(key: nil, text: "next"), now: 99)
    #expect(try topic.read(partition: 0, from: next.offset).records.map(\.text) == ["next"], "seed \(seed)")
  }
}
