@testable import EventBus

extension Int64 {
  static func seconds(_ count: Int64) -> Int64 { count * 1_000_000_000 }
}

extension GroupSettings {
  /// No initial delay, so that one member alone is stable at once.
  static let prompt = GroupSettings(initialRebalanceDelay: 0)
}

extension Broker {
  /// A broker with one topic whose groups form at once.
  static func with(
    _ topic: String = "orders", partitions: Int = 2, groups: GroupSettings = .prompt
  ) throws -> Broker {
    let broker = try Broker(groupSettings: groups)
    try broker.createTopic(topic, settings: TopicSettings(partitions: partitions))
    return broker
  }

  /// Appends `texts` to one partition.
  func append(_ texts: [String], to topic: String = "orders", partition: Int = 0, now: Int64 = 0) throws {
    try append(texts.map { ProducerRecord(key: nil, text: $0, partition: partition) }, to: topic, now: now)
  }
}

extension GroupCoordinator {
  /// Brings the members into the group and, joined and synced in this order, to `Stable`.
  func form(_ group: String, _ members: [String], topics: [String] = ["orders"], now: Int64 = 0) throws
    -> [Membership]
  {
    for member in members { _ = try join(group: group, member: member, topics: topics, now: now) }
    let joined = try members.map { try join(group: group, member: $0, topics: topics, now: now) }
    for membership in joined where membership.isLeader { _ = try sync(membership.identity, now: now) }
    return try joined.map { try sync($0.identity, now: now) }
  }
}

extension Consumer {
  /// Polls until the group is stable, at one time.
  func settle(now: Int64) throws -> PollResult {
    for _ in 0..<10 {
      let result = try poll(max: 0, now: now)
      if result.isStable { return result }
    }
    return try poll(max: 0, now: now)
  }

  func pollTexts(max: Int = 512, now: Int64) throws -> [String] {
    try poll(max: max, now: now).batches.flatMap { $0.records.map(\.text) }
  }
}

extension RemovedRecords {
  static func of(records: Int, bytes: Int, segments: Int) -> RemovedRecords {
    var removed = RemovedRecords()
    removed.records = records
    removed.bytes = bytes
    removed.segments = segments
    return removed
  }
}
