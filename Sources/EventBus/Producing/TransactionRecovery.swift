internal import Concurrency

/// Decides, when a log is opened, which transactions count, and takes back the parts of those that do not.
struct TransactionRecovery {
  private let topics: TopicRegistry
  /// By number; for looking up only.
  private var committed: [Int64: TransactionRecord] = [:]
  private var settled: Int64 = 0
  private var newest: Int64 = 0

  /// Reads the log of transactions.
  init(_ topics: TopicRegistry) throws(BusError) {
    self.topics = topics
    guard let topic = topics.find(TransactionBook.topicName) else { return }
    var records: [TransactionRecord] = []
    try topic.forEachRecord { if let record = TransactionRecord($0.value) { records.append(record) } }
    for record in records {
      committed[record.number] = record
      settled = max(settled, record.settled)
      newest = max(newest, record.number)
    }
  }

  /// - Parameter batches: those of transactions in segments that were not sealed.
  /// - Returns: how many transactions were taken back.
  func run(_ batches: [OpenTransactionBatch], _ store: DiskStore) throws(BusError) -> Int {
    let undone = batches.filter { !counts($0.transaction) }
    let unsettled = committed.values.filter { $0.number > settled && counts($0.number) }
    // From the end of each log, so that what is at its end can be cut off.
    for batch in undone.reversed() {
      let partition = try topics.partition(batch.partition)
      try partition.state.withLock { state throws(BusError) in try state.disk?.takeBack(batch) }
    }
    try synchronize(unsettled)
    store.transactions.resume(after: max(newest, batches.map(\.transaction).max() ?? 0))
    return Set(undone.map(\.transaction)).count
  }

  /// The process that ended may have left what counts in the system's memory: only once it is synced it is settled.
  private func synchronize(_ records: [TransactionRecord]) throws(BusError) {
    guard !records.isEmpty else { return }
    var names = Set(records.flatMap(\.parts).map(\.partition))
    names.insert(TopicPartition(topic: TransactionBook.topicName, partition: 0))
    for name in names.sorted() {
      if let partition = try? topics.partition(name) { try partition.synchronize() }
    }
  }

  private func counts(_ number: Int64) -> Bool {
    if number <= settled { return true }
    guard let record = committed[number] else { return false }
    // A loss of power may have kept the record and lost a part.
    return record.parts.allSatisfy { part in
      guard let partition = try? topics.partition(part.partition) else { return true }
      return partition.state.withLock { state in
        guard let disk = state.disk, disk.endOffset >= part.end else { return false }
        return !disk.damagedOffsets.contains { $0.overlaps(part.first..<part.end) }
      }
    }
  }
}

extension DiskLog {
  /// Cuts a batch off the end, or marks it as void where others follow it, or records of it were deleted.
  mutating func takeBack(_ batch: OpenTransactionBatch) throws(BusError) {
    try takeUpAgain(batch.path, before: batch.header.endOffset)
    let file = try File(batch.path, .update)
    if batch.path == active.path, batch.header.endOffset == endOffset, batch.header.baseOffset >= startOffset,
      batch.position + Int64(batch.header.bytes) == active.length
    {
      try file.truncate(to: batch.position)
    } else {
      var bytes = try file.read(batch.header.bytes, at: batch.position)
      var header = batch.header
      header.flags.insert(.void)
      bytes.withUnsafeMutableBytes { header.write(to: $0, salt: active.salt) }
      try file.write(bytes, at: batch.position)
    }
    try file.synchronize()
    try lookAgain(at: batch.path)
  }

  /// Makes the last closed segment the active one again when nothing follows it. Else what is void would end the log, and
  /// a reader before it would come to no end.
  private mutating func takeUpAgain(_ path: String, before end: Int64) throws(BusError) {
    guard active.isEmpty, let last = closed.last, last.path == path, !last.isSealed, end == endOffset else { return }
    try remove(active)
    try Directory.synchronize(directory)
    active = closed.removeLast()
    active.producers = []
    (writtenLength, writtenEnd) = (active.length, active.endOffset)
  }

  /// What is known of a segment is made anew from its file.
  private mutating func lookAgain(at path: String) throws(BusError) {
    let isActive = path == active.path
    guard let index = isActive ? closed.count : closed.firstIndex(where: { $0.path == path }) else { return }
    let old = isActive ? active : closed[index]
    let empty = DiskSegment(id: old.id, directory: directory, baseOffset: old.baseOffset, salt: old.salt)
    let limit = isActive ? .max : old.endOffset
    let scan = try SegmentScan(
      File(path, .update), empty, limit: limit, allowsGaps: false, producers: closed.isEmpty ? [] : producers)
    if isActive {
      active = scan.segment
      writtenLength = active.length
      writtenEnd = active.endOffset
    } else {
      closed[index] = scan.segment
      closed[index].producers = old.producers
      if scan.segment.endOffset < old.endOffset { closed[index].miss(until: old.endOffset) }
    }
  }
}
