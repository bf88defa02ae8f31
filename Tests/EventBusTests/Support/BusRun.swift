import Concurrency
import TestSupport
import Testing

@testable import EventBus

/// Random operations of every kind on a bus, in memory or on disk, beside the plainest model of it: what was appended by
/// offset, where each log starts and ends, and what the group has committed.
struct BusRun {
  private struct Kept: Equatable {
    let key: String?
    let text: String
    let isTombstone: Bool
  }

  private struct Log {
    var all: [Int64: Kept] = [:]
    var start: Int64 = 0
    var end: Int64 = 0
    /// Offsets that a producer's batches were given: sequence, count, offset.
    var batches: [(sequence: Int64, records: [ProducerRecord], offset: Int64)] = []
  }

  private let seed: UInt64
  private var random: SeededGenerator
  private let bus: BackedBroker
  private var logs: [TopicPartition: Log] = [:]
  private var places: [TopicPartition] = []
  private var committed: [TopicPartition: Int64] = [:]
  private var consumers: [Consumer] = []
  private var producer: ProducerIdentity
  private var now: Int64 = 0
  private var written = 0
  private var clients = 0
  private(set) var met: Set<String> = []

  private static let plain = "plain"
  private static let keyed = "keyed"

  init(seed: UInt64, backing: Backing) throws {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    bus = try BackedBroker(backing)
    let small = Int.random(in: 150...900, using: &random)
    try bus.broker.createTopic(
      Self.plain,
      settings: TopicSettings(
        partitions: 3, retentionAge: random.chance(50) ? .seconds(60) : nil,
        retentionBytes: random.chance(50) ? 3_000 : nil, segmentBytes: small))
    try bus.broker.createTopic(
      Self.keyed,
      settings: TopicSettings(partitions: 2, segmentBytes: small, cleanup: .compact, deleteRetention: .seconds(20)))
    for (topic, count) in [(Self.plain, 3), (Self.keyed, 2)] {
      for partition in 0..<count { places.append(TopicPartition(topic: topic, partition: partition)) }
    }
    for place in places { logs[place] = Log() }
    producer = try bus.broker.register(producer: "p", now: 0)
  }

  mutating func step() throws {
    now += Int64.random(in: 1...400_000_000, using: &random)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<22: try append()
    case 22..<32: try appendOnce()
    case 32..<42: try transact()
    case 42..<55: try read()
    case 55..<70: try poll()
    case 70..<76: try commit()
    case 76..<80: join()
    case 80..<82: takeOut()?.close(now: now)
    case 82..<84: if takeOut() != nil { met.insert("crash of a consumer") }
    case 84..<87: now += .seconds(Int64.random(in: 1...70, using: &random))
    case 87..<92: try retain()
    case 92..<94: try deleteBefore()
    case 94..<96: try outage()
    case 96..<98: bus.broker.tick(now: now)
    default: try reopen()
    }
    try check()
  }

  // MARK: Writing

  private mutating func record(for place: TopicPartition) -> ProducerRecord {
    written += 1
    let key = "k\(Int.random(in: 0..<7, using: &random))"
    if place.topic == Self.keyed, random.chance(15) {
      return .tombstone(key: Array(key.utf8), partition: place.partition)
    }
    let text = "\(written)" + String(repeating: "x", count: Int.random(in: 0...40, using: &random))
    let hasKey = place.topic == Self.keyed || random.chance(50)
    return ProducerRecord(key: hasKey ? key : nil, text: text, partition: place.partition)
  }

  private mutating func records() -> (TopicPartition, [ProducerRecord]) {
    let place = places[Int.random(in: 0..<places.count, using: &random)]
    return (place, (0..<Int.random(in: 1...6, using: &random)).map { _ in record(for: place) })
  }

  private mutating func keep(_ records: [ProducerRecord], at place: TopicPartition, from first: Int64) {
    #expect(first == logs[place]?.end, "seed \(seed) at \(now)")
    for (step, record) in records.enumerated() {
      logs[place]?.all[first + Int64(step)] = Kept(
        key: record.key.map { String(decoding: $0, as: UTF8.self) },
        text: String(decoding: record.value, as: UTF8.self),
        isTombstone: record.isTombstone)
    }
    logs[place]?.end = first + Int64(records.count)
  }

  private mutating func append() throws {
    let (place, records) = records()
    let level: Acknowledgement = bus.folder != nil && random.chance(60) ? .written : .memory
    let positions = try bus.broker.topic(place.topic).append(records, acknowledge: level, now: now)
    keep(records, at: place, from: positions[0].offset)
  }

  /// A producer's batch, and sometimes the same again.
  private mutating func appendOnce() throws {
    let (place, records) = records()
    let topic = try bus.broker.topic(place.topic)
    if random.chance(30), let old = logs[place]?.batches.suffix(5).randomElement(using: &random) {
      let again = try topic.append(
        old.records, partition: place.partition, by: producer, sequence: old.sequence, now: now)
      #expect(again.isDuplicate && again.position.offset == old.offset, "seed \(seed) at \(now)")
      met.insert("duplicate")
      return
    }
    let sequence = logs[place]?.batches.last.map { $0.sequence + Int64($0.records.count) } ?? 0
    let batch = try topic.append(records, partition: place.partition, by: producer, sequence: sequence, now: now)
    #expect(!batch.isDuplicate, "seed \(seed) at \(now)")
    keep(records, at: place, from: batch.position.offset)
    logs[place]?.batches.append((sequence, records, batch.position.offset))
  }

  /// Records of several partitions with what a consumer has read, or nothing of it.
  private mutating func transact() throws {
    var transaction = Transaction()
    var parts: [(TopicPartition, [ProducerRecord])] = []
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let (place, records) = records()
      transaction.append(records, to: place.topic)
      parts.append((place, records))
    }
    let consumer = random.chance(70) ? consumers.randomElement(using: &random) : nil
    let moved = consumer.map { $0.state.withLock { Consumer.moved($0) } } ?? []
    let positions: [RecordPosition]
    do {
      positions = try consumer?.commit(with: transaction, now: now) ?? bus.broker.commit(transaction, now: now)
    } catch {
      met.insert("refused transaction")
      return
    }
    var place = 0
    for (partition, records) in parts {
      keep(records, at: partition, from: positions[place].offset)
      place += records.count
    }
    for offset in moved { committed[offset.partition] = offset.offset }
    if !moved.isEmpty { met.insert("transaction with offsets") }
  }

  // MARK: Reading

  private mutating func read() throws {
    let place = places[Int.random(in: 0..<places.count, using: &random)]
    guard let log = logs[place] else { return }
    let offset = Int64.random(in: (log.start - 1)...(log.end + 1), using: &random)
    let topic = try bus.broker.topic(place.topic)
    guard (log.start...log.end).contains(offset) else {
      #expect(throws: BusError.offsetOutOfRange(place, requested: offset, valid: log.start...log.end)) {
        try topic.read(partition: place.partition, from: offset)
      }
      return
    }
    let limit = Int.random(in: 1...30, using: &random)
    let batch = try topic.read(partition: place.partition, from: offset, maximumRecords: limit)
    check(batch.records, of: place, from: offset, isAll: batch.records.count < limit)
  }

  /// Records are what was appended, in order; none is missing but where a topic is compacted, and there no newest one.
  private func check(_ records: [EventRecord], of place: TopicPartition, from offset: Int64, isAll: Bool) {
    guard let log = logs[place] else { return }
    for record in records {
      let kept = Kept(key: record.keyText, text: record.text, isTombstone: record.isTombstone)
      #expect(log.all[record.offset] == kept, "seed \(seed) at \(now): \(place)@\(record.offset)")
    }
    let offsets = records.map(\.offset)
    let last = isAll ? log.end : (offsets.last ?? offset - 1) + 1
    if place.topic == Self.plain {
      #expect(offsets == Array(offset..<max(offset, last)), "seed \(seed) at \(now): \(place)")
      return
    }
    #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed) at \(now): \(place)")
    var newest: [String: Int64] = [:]
    for (offset, kept) in log.all { newest[kept.key ?? ""] = max(newest[kept.key ?? ""] ?? -1, offset) }
    for wanted in newest.values where wanted >= offset && wanted < last && log.all[wanted]?.isTombstone == false {
      #expect(offsets.contains(wanted), "seed \(seed) at \(now): \(place)@\(wanted) is the newest of its key")
    }
  }

  // MARK: The group

  private mutating func join() {
    guard consumers.count < 3 else { return }
    clients += 1
    consumers.append(
      Consumer(broker: bus.broker, group: "g", client: "c\(clients)", topics: [Self.plain, Self.keyed]))
  }

  private mutating func takeOut() -> Consumer? {
    guard !consumers.isEmpty else { return nil }
    return consumers.remove(at: Int.random(in: 0..<consumers.count, using: &random))
  }

  private mutating func poll() throws {
    guard let consumer = consumers.randomElement(using: &random) else { return }
    let before = Dictionary(uniqueKeysWithValues: consumer.positions.map { ($0.partition, $0.offset) })
    let result = try consumer.poll(max: Int.random(in: 1...20, using: &random), now: now)
    if !result.revoked.isEmpty || !result.lost.isEmpty { met.insert("rebalance") }
    for batch in result.batches {
      let place = batch.topicPartition
      let reset = result.resets.first { $0.partition == place }
      let from =
        reset?.to ?? (result.assigned == nil ? before[place] : nil) ?? committed[place] ?? logs[place]?.start ?? 0
      check(batch.records, of: place, from: max(from, logs[place]?.start ?? 0), isAll: false)
    }
  }

  private mutating func commit() throws {
    guard let consumer = consumers.randomElement(using: &random) else { return }
    let moved = consumer.state.withLock { Consumer.moved($0) }
    do {
      try consumer.commit(now: now)
    } catch {
      met.insert("refused commit")
      return
    }
    for offset in moved { committed[offset.partition] = offset.offset }
  }

  // MARK: What takes away, and what interrupts

  private mutating func retain() throws {
    #expect(bus.broker.applyRetention(now: now).failures == [], "seed \(seed) at \(now)")
    for place in places {
      let start = try bus.broker.topic(place.topic).bounds(partition: place.partition).lowerBound
      let old = logs[place]?.start ?? 0
      #expect(place.topic == Self.keyed ? start == old : start >= old, "seed \(seed) at \(now)")
      if start > old { met.insert("retention") }
      logs[place]?.start = start
    }
  }

  private mutating func deleteBefore() throws {
    let place = places[Int.random(in: 0..<places.count, using: &random)]
    guard let log = logs[place] else { return }
    let offset = Int64.random(in: log.start...log.end, using: &random)
    try bus.broker.topic(place.topic).deleteRecords(before: offset, partition: place.partition)
    logs[place]?.start = offset
  }

  private mutating func outage() throws {
    bus.broker.setAvailable(false, now: now)
    let (place, records) = records()
    #expect(throws: BusError.self) { try bus.broker.append(records, to: place.topic, now: now) }
    #expect(throws: BusError.self) { try bus.broker.read(place.topic, partition: place.partition, from: 0) }
    now += .seconds(5)
    bus.broker.setAvailable(true, now: now)
  }

  private mutating func reopen() throws {
    guard bus.folder != nil else { return }
    consumers = []
    try bus.reopen(now: now)
    #expect(bus.broker.recovery?.isClean == true, "seed \(seed) at \(now): \(bus.broker.recovery?.sentences ?? [])")
    producer = try bus.broker.register(producer: "p", now: now)
    met.insert("reopened")
  }

  private func check() throws {
    for place in places {
      let bounds = try bus.broker.topic(place.topic).bounds(partition: place.partition)
      let log = logs[place] ?? Log()
      #expect(bounds == log.start...log.end, "seed \(seed) at \(now): \(place)")
      let offset = bus.broker.groups.committed(group: "g", place)?.offset
      #expect(offset == committed[place], "seed \(seed) at \(now): \(place)")
    }
  }

  /// Everything once more, from the start to the end.
  func finish() throws {
    for place in places {
      let records = try bus.broker.everything(place.topic, place.partition, chunk: 7)
      check(records, of: place, from: logs[place]?.start ?? 0, isAll: true)
    }
  }
}
