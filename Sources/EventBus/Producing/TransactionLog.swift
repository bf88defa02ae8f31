internal import Concurrency

/// What makes a transaction count, on disk: one record that names all of its parts, written after them. Where it is
/// missing when the log is opened again, or one of the parts is, none of them counts.
struct TransactionRecord: Hashable {
  struct Part: Hashable {
    let partition: TopicPartition
    let first: Int64
    let count: Int

    init(_ partition: TopicPartition, _ first: Int64, _ count: Int) {
      self.partition = partition
      self.first = first
      self.count = count
    }

    var end: Int64 { first + Int64(count) }
  }

  let number: Int64
  /// All transactions up to this one are on the disk, with all their parts.
  let settled: Int64
  let parts: [Part]

  init(number: Int64, settled: Int64, parts: [Part]) {
    self.number = number
    self.settled = settled
    self.parts = parts
  }

  var bytes: [UInt8] {
    var writer = LittleEndianWriter()
    writer.put(number)
    writer.put(settled)
    writer.put(Int64(parts.count))
    for part in parts {
      writer.put(Int64(part.partition.partition))
      writer.put(part.first)
      writer.put(Int64(part.count))
      let name = Array(part.partition.topic.utf8)
      writer.put(Int64(name.count))
      for byte in name { writer.put(byte) }
    }
    return writer.all
  }

  /// Nil for bytes that are none.
  init?(_ bytes: [UInt8]) {
    var reader = LittleEndianReader(bytes: bytes)
    guard let fixed = reader.numbers(3), fixed[2] >= 0 else { return nil }
    var parts: [Part] = []
    for _ in 0..<fixed[2] {
      guard let numbers = reader.numbers(4), numbers[3] >= 0, let count = Int32(exactly: numbers[2]), count > 0,
        (0...Int64.max - Int64(count)).contains(numbers[1])
      else { return nil }
      var name: [UInt8] = []
      for _ in 0..<numbers[3] {
        guard let byte = reader.next(UInt8.self) else { return nil }
        name.append(byte)
      }
      let partition = TopicPartition(topic: String(decoding: name, as: UTF8.self), partition: Int(numbers[0]))
      parts.append(Part(partition, numbers[1], Int(count)))
    }
    self.init(number: fixed[0], settled: fixed[1], parts: parts)
  }
}

/// The numbers of transactions, and which of them are on the disk with all their parts.
final class TransactionBook: Sendable {
  private struct State {
    var next: Int64 = 1
    /// Begun, and not known to be on the disk, in ascending order.
    var open: [Int64] = []
    var log: Partition?
  }

  static let topicName = "__transactions"
  private let state = Locked(State())

  /// All transactions up to this one are on the disk.
  var settled: Int64 { state.withLock { ($0.open.first ?? $0.next) - 1 } }

  func begin() -> Int64 {
    state.withLock { state in
      defer { state.next += 1 }
      state.open.append(state.next)
      return state.next
    }
  }

  func end(_ number: Int64) {
    state.withLock { state in state.open.removeAll { $0 == number } }
  }

  /// Goes on behind the numbers that are used up.
  func resume(after number: Int64) {
    state.withLock { $0.next = max($0.next, number.addingSaturated(1)) }
  }

  /// The log of transactions, made when it is missing.
  func log(in topics: TopicRegistry, now: Int64) throws(BusError) -> TransactionLog {
    if let known = topics.find(Self.topicName) { return TransactionLog(partition: known.partitions[0], book: self) }
    do throws(BusError) {
      let topic = try topics.create(
        Self.topicName,
        settings: TopicSettings(retentionAge: nil, retentionBytes: nil, segmentBytes: 256 << 10), isInternal: true)
      return TransactionLog(partition: topic.partitions[0], book: self)
    } catch {
      guard case .topicExists = error, let known = topics.find(Self.topicName) else { throw error }
      return TransactionLog(partition: known.partitions[0], book: self)
    }
  }
}

/// Where transactions are committed.
struct TransactionLog {
  let partition: Partition
  let book: TransactionBook

  /// Records are kept until so many bytes are behind what is settled.
  private static let kept = 1 << 20

  func commit(
    _ number: Int64, _ parts: [TransactionRecord.Part], acknowledge: Acknowledgement, now: Int64,
    effects: inout Effects
  ) throws(BusError) {
    let record = ProducerRecord(
      value: TransactionRecord(number: number, settled: book.settled, parts: parts).bytes)
    _ = try partition.append(
      [record], sizes: [record.sizeInBytes], acknowledge: acknowledge, now: now, effects: &effects)
  }

  /// Brings a transaction to the disk in the background, and then lets go of what is needed no more.
  /// - Parameter tell: called when it is there, or cannot be.
  func settle(
    _ number: Int64, _ parts: [(partition: Partition, end: Int64)],
    _ tell: @escaping @Sendable (Result<Void, BusError>) -> Void
  ) {
    let end = partition.bounds.upperBound
    let countdown = SyncCountdown(parts.count + 1) { [book, partition] result in
      defer { tell(result) }
      // After a failure nobody knows: it stays open, and so does every later one.
      guard case .success = result else { return }
      book.end(number)
      Self.trim(partition, book)
    }
    for part in parts { part.partition.whenSynced(before: part.end, countdown.arrive) }
    partition.whenSynced(before: end, countdown.arrive)
  }

  private static func trim(_ partition: Partition, _ book: TransactionBook) {
    guard partition.snapshot.bytes > kept * 2 else { return }
    let settled = book.settled
    guard let first = partition.firstOffset(where: { ($0?.number ?? 0) > settled }) else { return }
    // The newest record stays in any case: it says how far all are settled.
    _ = try? partition.deleteRecords(before: min(first, partition.bounds.upperBound - 1))
  }
}

extension Partition {
  /// The first offset whose transaction fulfils `isWanted`; the end when none does.
  fileprivate func firstOffset(where isWanted: (TransactionRecord?) -> Bool) -> Int64? {
    var offset = bounds.lowerBound
    while let batch = try? read(from: offset, maximumRecords: 1_024, maximumBytes: 1 << 20, counted: false) {
      guard let last = batch.records.last else { return batch.logEnd }
      if let found = batch.records.first(where: { isWanted(TransactionRecord($0.value)) }) { return found.offset }
      offset = last.offset + 1
    }
    return nil
  }
}
