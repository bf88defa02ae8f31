extension Topic {
  /// Appends all records or none. A record goes to the partition that it names; else its key decides, as in Kafka;
  /// records without either go together to one partition, each call to the next one.
  /// - Parameter acknowledge: `memory` or `written`; nil takes the topic's `acknowledgement`. A topic in memory has only
  ///   the first. For `synced` there is `appendSynced`, which waits.
  /// - Returns: a position for each record, in the order given.
  /// - Throws: `unavailable`, `recordTooLarge`, `unknownPartition`; `keyRequired` in a topic that is compacted; on disk
  ///   `storage`, `bufferFull`, `syncFailed`.
  @discardableResult
  public func append(
    _ records: [ProducerRecord], acknowledge: Acknowledgement? = nil, now: Int64
  ) throws(BusError) -> [RecordPosition] {
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
    var offsets = [Int64](repeating: 0, count: records.count)
    for group in grouped(targets) {
      guard let target = group.first.map({ targets[$0] }) else { continue }
      let offset = try partitions[target].append(
        records, at: group, sizes: sizes, acknowledge: acknowledge, now: now, effects: &effects)
      for (place, index) in group.enumerated() { offsets[index] = offset + Int64(place) }
    }
    return records.indices.map { RecordPosition(topic: name, partition: targets[$0], offset: offsets[$0]) }
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
