import TestSupport
import Testing

@testable import EventBus

/// Random operations on the bus and on the plainest model of it must agree.
@Suite struct ModelTests {
  @Test(arguments: Backing.allCases, 0..<60 as Range<UInt64>)
  func theLogAgreesWithItsModel(backing: Backing, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let partitions = Int.random(in: 1...4, using: &random)
    let settings = TopicSettings(
      partitions: partitions, retentionAge: random.chance(50) ? 300 : nil,
      retentionBytes: random.chance(50) ? 2_000 : nil, segmentBytes: Int.random(in: 40...800, using: &random),
      segmentAge: Int64.random(in: 50...500, using: &random))
    let bus = try BackedBroker(backing)
    try bus.broker.createTopic("t", settings: settings)
    var model = LogModel(settings)
    for step in 0..<150 {
      let now = Int64(step * 10)
      if random.chance(3) { try bus.reopen() }
      let topic = try bus.broker.topic("t")
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let records = model.randomRecords(now: now, using: &random)
        let level: Acknowledgement = backing == .disk && random.chance(70) ? .written : .memory
        let positions = try topic.append(records, acknowledge: level, now: now)
        model.append(records, at: positions, now: now)
      case 5 where random.chance(30):
        let partition = Int.random(in: 0..<partitions, using: &random)
        let time = Int64.random(in: now - 400...now + 20, using: &random)
        #expect(
          try topic.offset(notBefore: time, partition: partition) == model.offset(partition, notBefore: time),
          "seed \(seed), step \(step)")
      case 5..<9:
        let partition = Int.random(in: 0..<partitions, using: &random)
        let offset = Int64.random(in: -1...model.bounds(partition).upperBound + 1, using: &random)
        let limit = Int.random(in: 0...20, using: &random)
        let batch = try? topic.read(partition: partition, from: offset, maximumRecords: limit)
        let expected = model.read(partition, from: offset, limit: limit)
        #expect(batch?.records.map(\.text) == expected, "seed \(seed), step \(step)")
        let first = batch?.records.first?.offset ?? offset
        #expect(first == offset, "seed \(seed), step \(step)")
      default:
        topic.applyRetention(now: now)
        for partition in 0..<partitions {
          model.retain(partition, now: now)
          #expect(try topic.bounds(partition: partition) == model.bounds(partition), "seed \(seed), step \(step)")
        }
      }
    }
    let topic = try bus.broker.topic("t")
    for partition in 0..<partitions {
      #expect(try topic.bounds(partition: partition) == model.bounds(partition), "seed \(seed)")
      #expect(topic.partitions[partition].snapshot.bytes == model.bytes(partition), "seed \(seed)")
    }
  }

  /// Consumers come, go, crash and commit at random. Whatever happens: no two own one partition, nobody commits what
  /// the group has given to others, and in the end every record was delivered.
  @Test(arguments: 0..<60 as Range<UInt64>) func groupsDeliverEverythingWhateverHappens(seed: UInt64) throws {
    var run = try GroupRun(seed: seed)
    for _ in 0..<400 { try run.step() }
    try run.finish()
  }

  @Test func oneSeedGivesOneRunAndTheRunsMeetEveryTrouble() throws {
    func run(_ seed: UInt64) throws -> [String] {
      var run = try GroupRun(seed: seed)
      for _ in 0..<400 { try run.step() }
      return run.transcript + run.events
    }
    let runs = try (0..<12 as Range<UInt64>).map(run)
    #expect(try (0..<12 as Range<UInt64>).map(run) == runs)
    let lines = runs.joined()
    for trouble in [
      "does not answer", "join again under a new id", "acted for generation", "memberLeft",
      "session time-out", "rebalanceCompleted",
    ] {
      #expect(lines.contains { $0.contains(trouble) }, "\(trouble) never happened")
    }
  }
}

/// Partitions as lists of segments, segments as lists of texts; everything found by going through all of it.
private struct LogModel {
  struct Record {
    let offset: Int64
    let text: String
    let timestamp: Int64
    let bytes: Int
  }

  struct Segment {
    let openedAt: Int64
    var records: [Record] = []

    var bytes: Int { records.reduce(0) { $0 + $1.bytes } }
    var newest: Int64 { records.map(\.timestamp).max() ?? .min }
  }

  let settings: TopicSettings
  private var logs: [[Segment]]
  private var ends: [Int64]
  private var starts: [Int64]
  private var written = 0

  init(_ settings: TopicSettings) {
    self.settings = settings
    logs = Array(repeating: [Segment(openedAt: .max)], count: settings.partitions)
    ends = Array(repeating: 0, count: settings.partitions)
    starts = ends
  }

  mutating func randomRecords(now: Int64, using random: inout SeededGenerator) -> [ProducerRecord] {
    (0..<Int.random(in: 0...12, using: &random)).map { _ in
      written += 1
      let text = "\(written)" + String(repeating: "x", count: Int.random(in: 0...30, using: &random))
      let timestamp = random.chance(20) ? now - Int64.random(in: 0...50, using: &random) : now
      switch Int.random(in: 0..<3, using: &random) {
      case 0:
        let partition = Int.random(in: 0..<settings.partitions, using: &random)
        return ProducerRecord(key: nil, text: text, timestamp: timestamp, partition: partition)
      case 1:
        let key = "key-\(Int.random(in: 0..<9, using: &random))"
        return ProducerRecord(key: key, text: text, timestamp: timestamp)
      default: return ProducerRecord(key: nil, text: text, timestamp: timestamp)
      }
    }
  }

  mutating func append(_ records: [ProducerRecord], at positions: [RecordPosition], now: Int64) {
    #expect(records.count == positions.count)
    for (record, position) in zip(records, positions) {
      let partition = position.partition
      if let wanted = record.partition { #expect(partition == wanted) }
      if let key = record.key { #expect(partition == KeyHash.partition(of: key, count: settings.partitions)) }
      #expect(position.offset == ends[partition])
      let bytes = 32 + record.value.count + (record.key?.count ?? 0)
      var active = logs[partition].removeLast()
      let isFull = active.bytes + bytes > settings.segmentBytes || now - active.openedAt >= settings.segmentAge
      if isFull && !active.records.isEmpty { logs[partition].append(active) }
      if isFull || active.records.isEmpty { active = Segment(openedAt: now) }
      active.records.append(
        Record(
          offset: ends[partition], text: String(decoding: record.value, as: UTF8.self),
          timestamp: record.timestamp ?? now, bytes: bytes))
      logs[partition].append(active)
      ends[partition] += 1
    }
  }

  func bounds(_ partition: Int) -> ClosedRange<Int64> { starts[partition]...ends[partition] }

  func bytes(_ partition: Int) -> Int { logs[partition].reduce(0) { $0 + $1.bytes } }

  func read(_ partition: Int, from offset: Int64, limit: Int) -> [String]? {
    guard bounds(partition).contains(offset) else { return nil }
    return logs[partition].flatMap(\.records).filter { $0.offset >= offset }.prefix(limit).map(\.text)
  }

  func offset(_ partition: Int, notBefore time: Int64) -> Int64 {
    logs[partition].flatMap(\.records).first { $0.timestamp >= time }?.offset ?? ends[partition]
  }

  mutating func retain(_ partition: Int, now: Int64) {
    func isOld(_ segment: Segment) -> Bool { settings.retentionAge.map { segment.newest < now - $0 } ?? false }
    if let last = logs[partition].last, !last.records.isEmpty, isOld(last) {
      logs[partition].append(Segment(openedAt: .max))
    }
    while logs[partition].count > 1 {
      let first = logs[partition][0]
      let isTooMuch = settings.retentionBytes.map { bytes(partition) - first.bytes >= $0 } ?? false
      guard isOld(first) || isTooMuch else { return }
      logs[partition].removeFirst()
      starts[partition] += Int64(first.records.count)
    }
  }
}
