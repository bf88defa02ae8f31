import Concurrency
import TestSupport
import Testing

@testable import EventBus

/// Processors of one join that come, go, crash and are expelled in the middle of a step, and what must hold in the end:
/// the output is that of one join that never stopped, fed in the order that the changelog tells of.
struct JoinRun {
  private let seed: UInt64
  private var random: SeededGenerator
  private let broker: Broker
  private let partitions: Int
  private let settings: JoinSettings
  private var processors: [JoinProcessor] = []
  private var now: Int64 = .seconds(1_000)
  private var clients = 0
  private let trouble = Locked<(@Sendable () -> Void)?>(nil)
  private let progress = Recorder<(Int, JoinProgress)>()
  private let outputs = Recorder<(Int, String)>()
  /// What went wrong, to see that the runs meet it.
  private(set) var transcript: [String] = []

  init(seed: UInt64) throws {
    self.seed = seed
    var random = SeededGenerator(seed: seed)
    partitions = Int.random(in: 1...3, using: &random)
    let times = (0..<3).map { _ in random.chance(25) ? 0 : Int64.random(in: 1...200_000_000, using: &random) }
    settings = try JoinSettings(
      kind: random.chance(80) ? .outer : .inner, before: times[0], after: times[1],
      grace: random.chance(50) ? 0 : times[2], holdsUnmatched: random.chance(85))
    self.random = random
    broker = try Broker(
      groupSettings: GroupSettings(
        sessionTimeout: .seconds(5), heartbeatInterval: .seconds(1), maximumPollInterval: .seconds(20),
        initialRebalanceDelay: seed % 2 == 0 ? 0 : .seconds(1), assignor: .roundRobin))
    for topic in ["left", "right", "out"] {
      try broker.createTopic(topic, settings: TopicSettings(partitions: partitions, segmentBytes: 300))
    }
    // Small segments, so that compaction has something to do, and tombstones that soon go.
    try broker.createTopic(
      "g-join-changelog",
      settings: TopicSettings(
        partitions: partitions, segmentBytes: 500, cleanup: .compact, deleteRetention: .seconds(2)))
    broker.onAppend { [progress, outputs] topic, partition, records in
      for record in records {
        if topic == "out" { outputs.add((partition, record.text)) }
        if topic == "g-join-changelog", case .progress(let found) = JoinStateRecord(record) {
          progress.add((partition, found))
        }
      }
    }
  }

  mutating func step() throws {
    now += Int64.random(in: 1...60_000_000, using: &random)
    if !broker.isAvailable && random.chance(30) { broker.setAvailable(true, now: now) }
    if random.chance(30) { try broker.setAvailable(true, topic: "out") }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<30: append()
    case 30..<66: takeStep(max: Int.random(in: 0...20, using: &random))
    case 66..<76: takeStep(max: 20, meeting: randomTrouble())
    case 76..<82: advance(to: now - Int64.random(in: 0...300_000_000, using: &random))
    case 82..<87: addProcessor()
    case 87..<88: remove { _ in }
    case 88..<90: remove { [now] in $0.close(now: now) }
    case 90..<94: broker.applyRetention(now: now)
    case 94..<95: broker.setAvailable(false, now: now)
    case 95..<96: try broker.setAvailable(false, topic: "out")
    case 96..<98: broker.tick(now: now)
    default: now += .seconds(Int64.random(in: 1...7, using: &random))
    }
  }

  /// With processors left that live, everything is joined.
  mutating func finish() throws {
    broker.setAvailable(true, now: now)
    try broker.setAvailable(true, topic: "out")
    addProcessor()
    let end = now + .seconds(3_600)
    for round in 0..<40 {
      now += .seconds(2)
      broker.tick(now: now)
      for index in processors.indices { while takeStep(max: 400, of: index) > 0 {} }
      for index in processors.indices where round > 30 {
        _ = try? processors[index].advance(to: end, now: now)
      }
    }
    for partition in 0..<partitions { try check(partition, end: end) }
  }

  // MARK: Actions

  private mutating func append() {
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let key = "k\(Int.random(in: 0..<5, using: &random))"
      let time = now - (random.chance(40) ? Int64.random(in: 0...400_000_000, using: &random) : 0)
      // Equal times happen, too.
      let timestamp = random.chance(30) ? time / 50_000_000 * 50_000_000 : time
      clients += 1
      var record = ProducerRecord(key: key, text: "v\(clients)", timestamp: timestamp)
      if random.chance(20) { record.headers = [RecordHeader(name: "n", text: "h\(clients)")] }
      if random.chance(4) { record = .tombstone(key: Array(key.utf8), timestamp: timestamp) }
      if random.chance(4) { record = ProducerRecord(value: [1], timestamp: timestamp) }
      _ = try? broker.append([record], to: random.chance(50) ? "left" : "right", now: now)
    }
  }

  private mutating func addProcessor() {
    guard processors.count < 3 else { return }
    clients += 1
    let trouble = trouble
    let processor = try? JoinProcessor(
      broker: broker, group: "g", name: "join", client: "p\(clients)",
      topics: JoinProcessor.Topics(left: "left", right: "right", output: "out"), settings: settings,
      consumer: ConsumerSettings(maximumPollBytes: clients % 3 == 0 ? 100 : 8 << 20)
    ) { result in
      let meet = trouble.withLock { trouble in
        defer { trouble = nil }
        return trouble
      }
      meet?()
      return Self.output(of: result)
    }
    if let processor { processors.append(processor) }
  }

  private static func output(of result: Joined<JoinInput, JoinInput>) -> ProducerRecord? {
    let key = String(decoding: result.key, as: UTF8.self)
    // Not each result becomes a record.
    if key == "k4", result.right == nil { return nil }
    let sides = [result.left, result.right].map { input in
      input.map { "\($0.text)\($0.headers.map(\.text))@\($0.timestamp)" } ?? "–"
    }
    return ProducerRecord(key: key, text: "\(key): \(sides[0]) + \(sides[1]) @\(result.timestamp)")
  }

  private mutating func remove(_ body: (JoinProcessor) -> Void) {
    guard !processors.isEmpty else { return }
    body(processors.remove(at: Int.random(in: 0..<processors.count, using: &random)))
    transcript.append("gone")
  }

  /// Returns how many records were read.
  @discardableResult
  private mutating func takeStep(
    max: Int, of index: Int? = nil, meeting: ((MemberIdentity?) -> @Sendable () -> Void)? = nil
  ) -> Int {
    guard let index = index ?? processors.indices.randomElement(using: &random) else { return 0 }
    let processor = processors[index]
    defer { trouble.withLock { $0 = nil } }
    let identity = processor.consumer.state.withLock { $0.membership?.identity }
    let before = outputs.count
    if let meeting { trouble.withLock { $0 = meeting(identity) } }
    do {
      let step = try processor.step(max: max, now: now)
      if step.assigned != nil { transcript.append("assigned") }
      if step.isDiscarded { transcript.append("discarded") }
      #expect(step.recordsRead <= max, "seed \(seed)")
      #expect(outputs.count - before == step.outputs, "seed \(seed) at \(now)")
      return step.recordsRead
    } catch {
      transcript.append("\(error)")
      #expect(outputs.count == before, "seed \(seed) at \(now): a step that failed has published something")
      return 0
    }
  }

  private mutating func advance(to time: Int64) {
    guard let processor = processors.randomElement(using: &random) else { return }
    if let step = try? processor.advance(to: time, now: now), step.results > 0 { transcript.append("time passed") }
  }

  /// Something that happens between the joining and the publishing of a step.
  private mutating func randomTrouble() -> (MemberIdentity?) -> @Sendable () -> Void {
    let (broker, now, kind, client) = (broker, now, Int.random(in: 0..<5, using: &random), "ghost-\(clients)")
    // Later than any trouble: time does not go back.
    self.now += .seconds(21)
    return { identity in
      {
        switch kind {
        case 0: if let identity { try? broker.groups.leave(identity, now: now) }
        case 1: broker.tick(now: now + .seconds(6))
        case 2:
          // Somebody joins, and the rebalance ends without the one whose step this is.
          _ = try? broker.groups.join(group: "g", member: client, topics: ["left", "right"], now: now)
          broker.tick(now: now + .seconds(21))
        case 3: broker.setAvailable(false, now: now)
        default: try? broker.setAvailable(false, topic: "out")
        }
      }
    }
  }

  // MARK: What must hold

  private func check(_ partition: Int, end: Int64) throws {
    let left = try broker.topic("left").peek(partition: partition, from: 0, maximumRecords: 1 << 20).records
    let right = try broker.topic("right").peek(partition: partition, from: 0, maximumRecords: 1 << 20).records
    var join = WindowedJoin<JoinInput, JoinInput>(settings)
    var results: [Joined<JoinInput, JoinInput>] = []
    var place = (left: 0, right: 0)
    for step in progress.all where step.0 == partition {
      let (lefts, rights) = (left[place.left..<Int(step.1.leftOffset)], right[place.right..<Int(step.1.rightOffset)])
      place = (lefts.endIndex, rights.endIndex)
      for (isLeft, record) in Self.inOrder(lefts, rights) {
        guard let key = record.key, !record.isTombstone else { continue }
        results +=
          isLeft
          ? join.add(left: JoinInput(record), key: key, at: record.timestamp)
          : join.add(right: JoinInput(record), key: key, at: record.timestamp)
      }
      if let time = step.1.streamTime, time > join.streamTime ?? .min {
        #expect(lefts.isEmpty && rights.isEmpty, "seed \(seed): a step with records moves time by them alone")
        results += join.advance(to: time)
      }
      #expect(step.1.streamTime == join.streamTime, "seed \(seed)")
      #expect((step.1.newestLeft, step.1.newestRight) == join.newest, "seed \(seed)")
    }
    #expect(place == (left.count, right.count), "seed \(seed): not everything was joined")
    #expect(join.held.unmatched == 0, "seed \(seed): time does not let all out")
    let expected = results.compactMap { Self.output(of: $0)?.value }.map { String(decoding: $0, as: UTF8.self) }
    #expect(outputs.all.filter { $0.0 == partition }.map(\.1) == expected, "seed \(seed), partition \(partition)")
    for (topic, offset) in [("left", place.left), ("right", place.right)] where join.streamTime != nil {
      let committed = broker.groups.committed(group: "g", TopicPartition(topic: topic, partition: partition))
      #expect(committed?.offset == Int64(offset), "seed \(seed)")
    }
  }

  /// By time, of equal times the left one; each side in its own order.
  private static func inOrder(
    _ left: ArraySlice<EventRecord>, _ right: ArraySlice<EventRecord>
  ) -> [(isLeft: Bool, record: EventRecord)] {
    var (left, right) = (left, right)
    var order: [(Bool, EventRecord)] = []
    while let record = left.first ?? right.first {
      if left.isEmpty || (right.first.map { $0.timestamp < record.timestamp } ?? false) {
        order.append((false, right.removeFirst()))
      } else {
        order.append((true, left.removeFirst()))
      }
    }
    return order
  }
}
