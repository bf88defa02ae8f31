/// The join of one partition of both topics: what was read, what is held, and what the changelog knows of it.
struct PartitionJoin: Sendable {
  /// What a step brings about, to be published at once.
  struct Work {
    var outputs: [ProducerRecord] = []
    var changelog: [ProducerRecord] = []
    var offsets: [PartitionOffset] = []

    var isEmpty: Bool { offsets.isEmpty }
  }

  let partition: Int
  private var left: JoinQueue
  private var right: JoinQueue
  private var join: WindowedJoin<JoinInput, JoinInput>
  private var changelog: JoinChangelog

  var streamTime: Int64? { join.streamTime }
  var held: (records: Int, unmatched: Int) { join.held }

  /// Nothing is left to read on either side.
  var isQuiet: Bool { left.isAtEnd && right.isAtEnd }

  private var offsets: [PartitionOffset] {
    [left, right].map { PartitionOffset(partition: $0.name, offset: $0.position) }
  }

  // MARK: Records

  /// Reads both sides on and takes up to `max` records, by their time.
  mutating func take(
    _ max: Int, with processor: JoinProcessor, _ step: inout JoinStep, _ work: inout Work
  ) throws(BusError) {
    let resetsBefore = step.resets.count
    try fill(max, with: processor, &step)
    var changes = WindowedJoin<JoinInput, JoinInput>.Changes.none
    var taken = 0
    while taken < max, let side = nextSide {
      let record = side == .left ? left.take() : right.take()
      taken += 1
      guard let key = record.key, !record.isTombstone else {
        step.recordsSkipped += 1
        continue
      }
      let place = side == .left ? left.name : right.name
      if let reason = processor.reader(record, place) {
        step.letters.append(JoinStep.Letter(place: place, record: record, reason: reason))
        continue
      }
      let input = JoinInput(record)
      let results =
        switch side {
        case .left: join.add(left: input, key: key, at: record.timestamp, changes: &changes)
        case .right: join.add(right: input, key: key, at: record.timestamp, changes: &changes)
        }
      processor.emit(results, &step, &work)
    }
    step.recordsRead += taken
    if taken > 0 || step.resets.count > resetsBefore { finish(changes, &work) }
  }

  /// Each side is read once in a step, so that the order of a step depends on nothing but the records that it takes.
  private mutating func fill(
    _ max: Int, with processor: JoinProcessor, _ step: inout JoinStep
  ) throws(BusError) {
    let maximumBytes = processor.consumer.settings.maximumPollBytes
    let (leftName, rightName) = (left.name, right.name)
    let leftReset = try left.fill(max, maximumBytes: maximumBytes) { (valid) throws(BusError) in
      try processor.start(of: leftName, in: valid)
    }
    if let leftReset { step.resets.append(leftReset) }
    let rightReset = try right.fill(max, maximumBytes: maximumBytes) { (valid) throws(BusError) in
      try processor.start(of: rightName, in: valid)
    }
    if let rightReset { step.resets.append(rightReset) }
  }

  /// The older head goes first, at equal times the left one. One side goes on alone only when the other has nothing more.
  private var nextSide: JoinEntry.Side? {
    switch (left.head, right.head) {
    case (let left?, let right?): left.timestamp <= right.timestamp ? .left : .right
    case (_?, nil): right.reachesEnd ? .left : nil
    case (nil, _?): left.reachesEnd ? .right : nil
    case (nil, nil): nil
    }
  }

  /// Lets stream time go by, where that changes anything.
  mutating func advance(to time: Int64, with processor: JoinProcessor, _ step: inout JoinStep, _ work: inout Work) {
    guard let streamTime, time > streamTime else { return }
    var changes = WindowedJoin<JoinInput, JoinInput>.Changes.none
    processor.emit(join.advance(to: time, changes: &changes), &step, &work)
    finish(changes, &work)
  }

  /// Adds what must be written along with the results. The progress comes last.
  private mutating func finish(
    _ changes: WindowedJoin<JoinInput, JoinInput>.Changes, _ work: inout Work
  ) {
    changelog.note(changes)
    work.changelog += changelog.takeRecords(partition: partition)
    let progress = JoinProgress(
      streamTime: join.streamTime, newestLeft: join.newest.left, newestRight: join.newest.right,
      leftOffset: left.position, rightOffset: right.position)
    work.changelog.append(JoinStateRecord.progress(progress).record(partition: partition))
    work.offsets += offsets
  }
}

// MARK: - Restoring

extension PartitionJoin {
  /// Takes the state up from the changelog.
  ///
  /// The group's offsets and the state are written together. Where the group has none any more, the state says where to
  /// go on; where they differ, somebody has moved the offsets by hand: the state is given up, and removed from the
  /// changelog with the next commit.
  /// - Throws: `unavailable`, `unreadableState`; `notAssigned`.
  init(restoring partition: Int, for processor: JoinProcessor) throws(BusError) {
    let (left, right) = (processor.left, processor.right)
    let (leftPlace, rightPlace) = (
      try processor.place(in: left, partition), try processor.place(in: right, partition)
    )
    let (progress, entries) = try Self.state(processor.changelog, partition)
    var positions = (left: leftPlace.position, right: rightPlace.position)
    self.partition = partition
    let expected = (
      left: leftPlace.committed ?? progress?.leftOffset, right: rightPlace.committed ?? progress?.rightOffset
    )
    if let progress, expected == (progress.leftOffset, progress.rightOffset) {
      positions = (progress.leftOffset, progress.rightOffset)
      join = WindowedJoin(
        processor.settings, streamTime: progress.streamTime,
        left: Self.side(.left, newest: progress.newestLeft, entries),
        right: Self.side(.right, newest: progress.newestRight, entries))
      changelog = JoinChangelog(entries)
    } else {
      join = WindowedJoin(processor.settings)
      changelog = JoinChangelog(stale: entries.map(\.entry.stateKey))
    }
    self.left = JoinQueue(topic: left, partition: partition, position: positions.left)
    self.right = JoinQueue(topic: right, partition: partition, position: positions.right)
  }

  /// Reads a partition of the changelog from its start to its end.
  private static func state(
    _ topic: Topic, _ partition: Int
  ) throws(BusError) -> (JoinProgress?, [(entry: JoinEntry, needs: JoinEntry.Needs)]) {
    var table = TablePartition(topic: topic, number: partition)
    repeat {
      var changes: [TableChange] = []
      _ = try table.read(maximumRecords: 4_096, maximumBytes: 8 << 20, changes: &changes)
    } while !table.isCurrent
    var progress: JoinProgress?
    var entries: [(entry: JoinEntry, needs: JoinEntry.Needs)] = []
    for record in table.records {
      switch JoinStateRecord(record) {
      case .progress(let found): progress = found
      case .entry(let entry, let needs): entries.append((entry, needs))
      case nil: throw .unreadableState(table.name, offset: record.offset)
      }
    }
    return (progress, entries)
  }

  private static func side(
    _ side: JoinEntry.Side, newest: Int64, _ entries: [(entry: JoinEntry, needs: JoinEntry.Needs)]
  ) -> JoinSide<JoinInput> {
    // Offsets are in the order in which the records came.
    let kept = entries.filter { $0.entry.side == side }.sorted { $0.entry.input.offset < $1.entry.input.offset }
    return JoinSide(
      newest: newest,
      kept: kept.map { entry, needs in
        (
          JoinSide.Held(key: entry.key, value: entry.input, timestamp: entry.input.timestamp),
          needs.contains(.partners), needs.contains(.result)
        )
      })
  }
}
