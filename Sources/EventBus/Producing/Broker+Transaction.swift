internal import Concurrency

extension Broker {
  /// The most that the records of one transaction may have in all: 64 MiB.
  public static let largestTransaction = 64 << 20
  /// So many partitions may have records of one transaction: the locks of all of them are held at once, one within the
  /// other.
  public static let widestTransaction = 256

  /// Appends all records and commits all offsets, or does nothing; a crash in the middle counts as nothing.
  /// - Parameter acknowledge: as for ``Topic/append(_:acknowledge:now:)``.
  /// - Returns: a position for each record, in the order of their appends.
  /// - Throws: as ``Topic/append(_:acknowledge:now:)`` and ``GroupCoordinator/commit(_:by:allowingRewind:now:)``;
  ///   `tooLargeAtOnce`, `transactionTooWide`, `fencedProducer`. Nothing was written then.
  @discardableResult
  public func commit(
    _ transaction: Transaction, acknowledge: Acknowledgement? = nil, now: Int64
  ) throws(BusError) -> [RecordPosition] {
    guard acknowledge != .synced else {
      throw .invalidSettings("commit returns before a sync: use commitSynced")
    }
    return try write(transaction, acknowledge: acknowledge, now: now) { _ in }
  }

  /// As ``commit(_:acknowledge:now:)``, and returns once all of it is on the disk.
  /// - Throws: also `notDurable` where the bus is in memory; `syncFailed`: it may or may not be there then.
  @discardableResult
  public func commitSynced(_ transaction: Transaction, now: Int64) async throws(BusError) -> [RecordPosition] {
    guard topics.store != nil else { throw .notDurable(groups.log.partitions[0].name) }
    if transaction.isEmpty { return [] }
    let outcome = await withCheckedContinuation { continuation in
      let positions = Locked<Result<[RecordPosition], BusError>?>(nil)
      do throws(BusError) {
        // The answer comes once both are there: what was written, and that it is synced.
        let meeting = SyncCountdown(2) { synced in
          let written = positions.withLock { $0 } ?? .success([])
          continuation.resume(returning: synced.flatMap { written })
        }
        let written = try write(transaction, acknowledge: .written, now: now) { meeting.arrive($0) }
        positions.withLock { $0 = .success(written) }
        meeting.arrive(.success(()))
      } catch {
        continuation.resume(returning: .failure(error))
      }
    }
    return try outcome.get()
  }

  /// - Parameter settled: told once everything is on the disk, where there is one.
  private func write(
    _ transaction: Transaction, acknowledge: Acknowledgement?, now: Int64,
    settled: @escaping @Sendable (Result<Void, BusError>) -> Void
  ) throws(BusError) -> [RecordPosition] {
    if let producer = transaction.producer { try topics.producers.check(producer) }
    var effects = Effects()
    defer { effects.run() }
    var writing = try TransactionWriting(transaction, topics: topics)
    writing.settled = settled
    writing.acknowledge = acknowledge ?? topics.store?.settings.acknowledge ?? .memory
    guard !transaction.commits.isEmpty else {
      try writing.write(now: now, effects: &effects)
      return writing.positions
    }
    try groups.commit(transaction.commits, now: now, effects: &effects) { (commits, effects) throws(BusError) in
      writing.add(commits, to: groups.log)
      try writing.write(now: now, effects: &effects)
    }
    return writing.positions
  }
}

/// A transaction by partitions, while it is written.
struct TransactionWriting {
  struct Part {
    let topic: Int
    let partition: Partition
    var records: [ProducerRecord] = []
    var sizes: [Int] = []
    /// Where among the positions that are returned.
    var places: [Int] = []
  }

  private let topics: TopicRegistry
  private var parts: [Part] = []
  private(set) var positions: [RecordPosition] = []
  var acknowledge = Acknowledgement.memory
  var settled: @Sendable (Result<Void, BusError>) -> Void = { _ in }

  /// - Throws: what refuses a record; nothing is written yet.
  init(_ transaction: Transaction, topics: TopicRegistry) throws(BusError) {
    self.topics = topics
    var bytes = 0
    for append in transaction.appends {
      guard append.topic != TransactionBook.topicName else {
        throw .invalidTopicName(append.topic, reason: "transactions are committed there, and cannot write to it")
      }
      let topic = try topics.topic(append.topic)
      let sizes = try topic.checkedSizes(append.records)
      let targets = try topic.targets(of: append.records)
      for (index, record) in append.records.enumerated() {
        let place = positions.count
        positions.append(RecordPosition(topic: topic.name, partition: targets[index], offset: -1))
        add(record, sizes[index], place, topic, targets[index])
        bytes += sizes[index]
      }
    }
    guard bytes <= Broker.largestTransaction else {
      throw .tooLargeAtOnce(bytes: bytes, limit: Broker.largestTransaction)
    }
    guard parts.count <= Broker.widestTransaction else {
      throw .transactionTooWide(partitions: parts.count, limit: Broker.widestTransaction)
    }
  }

  private mutating func add(_ record: ProducerRecord, _ size: Int, _ place: Int?, _ topic: Topic, _ partition: Int) {
    let target = topic.partitions[partition]
    let index = parts.firstIndex { $0.partition === target } ?? parts.count
    if index == parts.count { parts.append(Part(topic: topic.number, partition: target)) }
    parts[index].records.append(record)
    parts[index].sizes.append(size)
    if let place { parts[index].places.append(place) }
  }

  /// Commits are records, too.
  mutating func add(_ commits: [OffsetCommitRecord], to log: Topic) {
    for commit in commits {
      let record = commit.record
      add(
        record, record.sizeInBytes, nil, log,
        KeyHash.partition(of: Array(commit.group.utf8), count: log.partitionCount))
    }
  }

  /// Writes all parts, each with the locks held of those before it, in one order for everybody. What fails takes back
  /// what was written, so that nobody has seen anything.
  mutating func write(now: Int64, effects: inout Effects) throws(BusError) {
    parts.sort {
      ($0.topic, $0.partition.name.partition) < ($1.topic, $1.partition.name.partition)
    }
    guard !parts.isEmpty else { return }
    guard let store = topics.store else {
      var firsts: [Int64] = []
      try write(from: 0, transaction: 0, [], now: now, &effects) { (written, _) throws(BusError) in
        firsts = written.map(\.first)
      }
      return place(firsts)
    }
    let log = try store.transactions.log(in: topics, now: now)
    let number = store.transactions.begin()
    var firsts: [Int64] = []
    do throws(BusError) {
      try write(from: 0, transaction: number, [], now: now, &effects) {
        [acknowledge] (written, effects) throws(BusError) in
        firsts = written.map(\.first)
        try log.commit(number, written, acknowledge: acknowledge, now: now, effects: &effects)
      }
    } catch {
      store.transactions.end(number)
      throw error
    }
    place(firsts)
    log.settle(number, zip(parts, firsts).map { ($0.partition, $1 + Int64($0.records.count)) }, settled)
  }

  private mutating func place(_ firsts: [Int64]) {
    for (part, first) in zip(parts, firsts) {
      for (step, place) in part.places.enumerated() {
        positions[place] = RecordPosition(
          topic: part.partition.name.topic, partition: part.partition.name.partition, offset: first + Int64(step))
      }
    }
  }

  /// - Parameter commit: called with all locks held, once everything is written.
  private func write(
    from index: Int, transaction: Int64, _ written: [TransactionRecord.Part], now: Int64, _ effects: inout Effects,
    _ commit: ([TransactionRecord.Part], inout Effects) throws(BusError) -> Void
  ) throws(BusError) {
    guard index < parts.count else { return try commit(written, &effects) }
    let part = parts[index]
    _ = try part.partition.append(
      part.records, sizes: part.sizes, acknowledge: acknowledge, transaction: transaction, now: now, effects: &effects
    ) { (first, effects) throws(BusError) in
      let all = written + [TransactionRecord.Part(part.partition.name, first, part.records.count)]
      try write(from: index + 1, transaction: transaction, all, now: now, &effects, commit)
    }
  }
}

extension Partition {
  /// Appends, and runs `then` before anybody sees the records; an error of it takes them back.
  func append(
    _ records: [ProducerRecord], at indices: ArraySlice<Int>? = nil, sizes: [Int], acknowledge: Acknowledgement,
    transaction: Int64, now: Int64, effects: inout Effects,
    then: (_ first: Int64, inout Effects) throws(BusError) -> Void
  ) throws(BusError) -> Int64 {
    try state.withLock { state throws(BusError) in
      var stored: [EventRecord]? = feed.isObserved ? [] : nil
      let mark = state.disk?.mark
      let first = try append(
        &state, records, at: indices, sizes: sizes, acknowledge: acknowledge, transaction: transaction, now: now,
        stored: &stored)
      do throws(BusError) {
        try then(first, &effects)
      } catch {
        guard let mark else { preconditionFailure("Writing to a log in memory failed: \(error)") }
        state.disk?.goBack(to: mark)
        throw error
      }
      tell(&state, stored, &effects)
      return first
    }
  }
}
