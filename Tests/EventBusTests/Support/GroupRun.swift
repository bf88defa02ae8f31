import Concurrency
import TestSupport
import Testing

@testable import EventBus

/// A group whose consumers come, go, crash and commit at random, and what must hold all the while.
struct GroupRun {
  private let seed: UInt64
  private var random: SeededGenerator
  private let broker: Broker
  private let partitions: Int
  private var consumers: [Consumer] = []
  private var now: Int64 = 0
  private var clients = 0
  private var logs: [[String]]
  private var delivered: [Set<Int64>]
  /// What the group must have committed, as far as commits succeeded.
  private var committed: [Int64?]
  /// One line for each thing that happened, to compare runs.
  private var identities: [MemberIdentity] = []
  private(set) var transcript: [String] = []

  init(seed: UInt64) throws {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    partitions = Int.random(in: 1...5, using: &random)
    logs = Array(repeating: [], count: partitions)
    delivered = Array(repeating: [], count: partitions)
    committed = Array(repeating: nil, count: partitions)
    let settings = GroupSettings(
      sessionTimeout: .seconds(5), heartbeatInterval: .seconds(1), maximumPollInterval: .seconds(20),
      initialRebalanceDelay: random.chance(50) ? 0 : .seconds(1), assignor: random.chance(50) ? .range : .roundRobin)
    broker = try Broker(groupSettings: settings)
    try broker.createTopic("t", settings: TopicSettings(partitions: partitions, segmentBytes: 200))
    broker.onGroupEvent { [told] in told.add("\($0)") }
  }

  private let told = Recorder<String>()
  var events: [String] { told.all }

  mutating func step() throws {
    now += Int64.random(in: 1...150_000_000, using: &random)
    if !broker.isAvailable && random.chance(20) { broker.setAvailable(true, now: now) }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<20: append()
    case 20..<60: poll(pick())
    case 60..<75: commit(pick())
    case 75..<85: _ = try? pick()?.heartbeat(now: now)
    case 85..<88: broker.tick(now: now)
    case 88..<90: commitOfThePast()
    case 90..<94: addConsumer()
    case 94..<96: remove { $0.close(now: $1) }
    case 96..<97: remove { _, _ in }
    case 97..<98: broker.setAvailable(false, now: now)
    default: now += .seconds(Int64.random(in: 1...8, using: &random))
    }
    try check()
  }

  /// With consumers left that live, everything is delivered and committed.
  mutating func finish() throws {
    broker.setAvailable(true, now: now)
    if consumers.isEmpty { addConsumer() }
    for _ in 0..<200 {
      now += .seconds(1)
      broker.tick(now: now)
      for consumer in consumers {
        poll(consumer)
        commit(consumer)
      }
      try check()
    }
    for partition in 0..<partitions {
      #expect(delivered[partition].count == logs[partition].count, "seed \(seed)")
      if !logs[partition].isEmpty { #expect(committed[partition] == Int64(logs[partition].count), "seed \(seed)") }
    }
    #expect(broker.groups.state(of: "g") == .stable, "seed \(seed)")
  }

  private mutating func pick() -> Consumer? {
    consumers.randomElement(using: &random)
  }

  private mutating func addConsumer() {
    guard consumers.count < 5 else { return }
    clients += 1
    let instance = random.chance(20) ? "static-\(clients)" : nil
    consumers.append(Consumer(broker: broker, group: "g", client: "c\(clients)", topics: ["t"], instance: instance))
  }

  private mutating func remove(_ body: (Consumer, Int64) -> Void) {
    guard !consumers.isEmpty else { return }
    body(consumers.remove(at: Int.random(in: 0..<consumers.count, using: &random)), now)
  }

  private mutating func append() {
    let texts = (0..<Int.random(in: 1...8, using: &random)).map { "\(now)-\($0)" }
    let records = texts.map { ProducerRecord(key: $0, text: $0) }
    guard let positions = try? broker.append(records, to: "t", now: now) else { return }
    for (text, position) in zip(texts, positions) { logs[position.partition].append(text) }
  }

  private mutating func poll(_ consumer: Consumer?) {
    guard let consumer, let result = try? consumer.poll(max: Int.random(in: 1...9, using: &random), now: now) else {
      return
    }
    for batch in result.batches {
      transcript.append("\(consumer.client) \(batch.partition) \(batch.records.map(\.offset))")
      for record in batch.records {
        #expect(record.text == logs[batch.partition][Int(record.offset)], "seed \(seed)")
        delivered[batch.partition].insert(record.offset)
      }
    }
    if let identity = consumer.state.withLock({ $0.membership?.identity }), !identities.contains(identity) {
      identities.append(identity)
    }
    if !result.isStable { #expect(result.batches.isEmpty, "seed \(seed)") }
  }

  private mutating func commit(_ consumer: Consumer?) {
    guard let consumer else { return }
    let positions = consumer.positions
    do {
      try consumer.commit(now: now)
    } catch {
      transcript.append("\(consumer.client) \(error)")
      return
    }
    for position in positions where position.offset > (committed[position.partition.partition] ?? 0) {
      committed[position.partition.partition] = position.offset
    }
  }

  /// Somebody who was a member once commits what is committed already: only one of the present may.
  private mutating func commitOfThePast() {
    guard broker.isAvailable, let identity = identities.randomElement(using: &random) else { return }
    broker.tick(now: now)
    let group = broker.groups.snapshots.first
    let mayCommit =
      group.map { group in
        (group.state == .stable || group.state == .preparingRebalance) && group.generation == identity.generation
          && group.members.contains { $0.member == identity.member }
      } ?? false
    let offset = committed[0] ?? 0
    do {
      try broker.groups.commit([PartitionOffset(topic: "t", partition: 0, offset: offset)], by: identity, now: now)
      #expect(mayCommit, "seed \(seed) at \(now)")
      committed[0] = offset
    } catch {
      #expect(!mayCommit, "seed \(seed) at \(now): \(error)")
      transcript.append("\(identity.member) \(error)")
    }
  }

  private func check() throws {
    let group = broker.groups.snapshots.first
    for partition in 0..<partitions {
      let place = TopicPartition(topic: "t", partition: partition)
      let offset = broker.groups.committed(group: "g", place)?.offset
      #expect(offset == committed[partition], "seed \(seed) at \(now)")
      for handled in 0..<(offset ?? 0) where !delivered[partition].contains(handled) {
        Issue.record("seed \(seed): offset \(handled) of \(place) was committed but never delivered")
      }
    }
    guard let group, group.state == .stable else { return }
    let owned = group.members.flatMap(\.assignment)
    #expect(owned.sorted() == (0..<partitions).map { TopicPartition(topic: "t", partition: $0) }, "seed \(seed)")
  }
}
