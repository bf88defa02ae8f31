extension Topic {
  /// Appends all records or none. A record goes to the partition that it names; else its key decides, as in Kafka;
  /// records without either go together to one partition, each call to the next one.
  /// - Parameter acknowledge: `memory` or `written`; nil takes the topic's `acknowledgement`. A topic in memory has only
  ///   the first. For `synced` there is `appendSynced`, which waits.
  /// - Returns: a position for each record, in the order given.
  /// - Throws: `invalidSettings` for `synced`; `unavailable`, `recordTooLarge`, `unknownPartition`; `keyRequired` in a topic that is compacted; on disk
  ///   `storage`, `bufferFull`, `syncFailed`, and `transactionTooWide` for records of more than 256 partitions.
  @discardableResult
  public func append(
    _ records: [ProducerRecord], acknowledge: Acknowledgement? = nil, now: Int64
  ) throws(BusError) -> [RecordPosition] {
    try requireNoSync(acknowledge)
    var effects = Effects()
    defer { effects.run() }
    return try append(records, acknowledge: acknowledge ?? acknowledgement, now: now, effects: &effects)
  }

  @discardableResult
  public func append(_ record: ProducerRecord, now: Int64) throws(BusError) -> RecordPosition {
    try append([record], now: now)[0]
  }

  func append(
    _ records: [ProducerRecord], acknowledge: Acknowledgement, now: Int64, effects: inout Effects
  ) throws(BusError) -> [RecordPosition] {
    guard !records.isEmpty else { return [] }
    let sizes = try checkedSizes(records)
    let targets = try targets(of: records)
    let first = targets[0]
    guard targets.contains(where: { $0 != first }) else {
      let offset = try partitions[first].append(
        records, sizes: sizes, acknowledge: acknowledge, now: now, effects: &effects)
      return records.indices.map { RecordPosition(topic: name, partition: first, offset: offset + Int64($0)) }
    }
    let groups = grouped(targets).filter { !$0.isEmpty }
    var firsts: [Int64] = []
    if partitions[0].store == nil {
      for group in groups {
        firsts.append(
          try partitions[targets[group[group.startIndex]]].append(
            records, at: group, sizes: sizes, acknowledge: acknowledge, now: now, effects: &effects))
      }
    } else {
      guard groups.count <= Broker.widestTransaction else {
        throw .transactionTooWide(partitions: groups.count, limit: Broker.widestTransaction)
      }
      let all = OneByOne(records: records, sizes: sizes, targets: targets, acknowledge: acknowledge, now: now)
      firsts = try append(all, groups[...], effects: &effects)
    }
    var offsets = [Int64](repeating: 0, count: records.count)
    for (group, first) in zip(groups, firsts) {
      for (place, index) in group.enumerated() { offsets[index] = first + Int64(place) }
    }
    return records.indices.map { RecordPosition(topic: name, partition: targets[$0], offset: offsets[$0]) }
  }

  /// What goes to several partitions of a topic on disk.
  private struct OneByOne {
    let records: [ProducerRecord]
    let sizes: [Int]
    let targets: [Int]
    let acknowledge: Acknowledgement
    let now: Int64
  }

  /// Writes partition by partition, each with the locks of those before it held: should one be refused, they take back
  /// what they have, and nobody has seen it.
  /// - Returns: the first offset of each group.
  private func append(
    _ all: OneByOne, _ groups: ArraySlice<ArraySlice<Int>>, effects: inout Effects
  ) throws(BusError) -> [Int64] {
    guard let group = groups.first else { return [] }
    var rest: [Int64] = []
    let first = try partitions[all.targets[group[group.startIndex]]].append(
      all.records, at: group, sizes: all.sizes, acknowledge: all.acknowledge, transaction: 0, now: all.now,
      effects: &effects
    ) { (_, effects) throws(BusError) in
      rest = try append(all, groups.dropFirst(), effects: &effects)
    }
    return [first] + rest
  }

  /// Here nobody waits for a sync.
  func requireNoSync(_ acknowledge: Acknowledgement?) throws(BusError) {
    if acknowledge == .synced {
      throw .invalidSettings("append returns before a sync: use appendSynced, or a Producer that acknowledges synced")
    }
  }

  func checkedSizes(_ records: [ProducerRecord]) throws(BusError) -> [Int] {
    var sizes: [Int] = []
    sizes.reserveCapacity(records.count)
    let needsKeys = settings.cleanup != .delete
    for record in records {
      if needsKeys, record.key == nil { throw .keyRequired(topic: name) }
      let size = record.sizeInBytes
      guard size <= settings.maximumRecordBytes else {
        throw .recordTooLarge(topic: name, bytes: size, limit: settings.maximumRecordBytes)
      }
      sizes.append(size)
    }
    return sizes
  }

  func targets(of records: [ProducerRecord]) throws(BusError) -> [Int] {
    var targets: [Int] = []
    targets.reserveCapacity(records.count)
    var hasUnplaced = false
    for record in records {
      if let number = record.partition {
        _ = try partition(number)
        targets.append(number)
      } else if let key = record.key {
        targets.append(partitions.count == 1 ? 0 : KeyHash.partition(of: key, count: partitions.count))
      } else {
        hasUnplaced = true
        targets.append(-1)
      }
    }
    guard hasUnplaced else {
      try requireAvailable()
      return targets
    }
    let spread = try admitSpread()
    for index in targets.indices where targets[index] < 0 { targets[index] = spread }
    return targets
  }

  /// The indices of `targets` by target, each group in ascending order (a counting sort).
  private func grouped(_ targets: [Int]) -> [ArraySlice<Int>] {
    var ends = [Int](repeating: 0, count: partitions.count)
    for target in targets { ends[target] += 1 }
    var next = ends
    var sum = 0
    for partition in ends.indices {
      next[partition] = sum
      sum += ends[partition]
      ends[partition] = sum
    }
    let starts = next
    var order = [Int](repeating: 0, count: targets.count)
    for (index, target) in targets.enumerated() {
      order[next[target]] = index
      next[target] += 1
    }
    return ends.indices.map { order[starts[$0]..<ends[$0]] }
  }
}
