/// What a partition remembers of a producer, so that a batch that is sent again is not stored again: its last batches, as
/// Kafka's brokers do.
struct ProducerState: Sendable, Hashable {
  struct Batch: Sendable, Hashable {
    let sequence: Int64
    let count: Int
    let offset: Int64

    var nextSequence: Int64 { sequence + Int64(count) }
  }

  /// So many batches can be in flight at once.
  static let remembered = 5
  /// A producer that has been silent for so long is forgotten when another one comes: a day, in nanoseconds.
  static let expiry: Int64 = 86_400_000_000_000

  let id: Int64
  private(set) var epoch: Int32
  /// Oldest first, one to five of them.
  private(set) var batches: [Batch]
  private(set) var lastAppend: Int64

  init(_ stamp: ProducerStamp, count: Int, offset: Int64, now: Int64) {
    id = stamp.id
    epoch = stamp.epoch
    batches = [Batch(sequence: stamp.sequence, count: count, offset: offset)]
    lastAppend = now
  }

  /// The number that its next record must have.
  var nextSequence: Int64 { batches[batches.count - 1].nextSequence }

  /// Where a batch was stored already; nil when it is the next one.
  func place(of stamp: ProducerStamp, count: Int, in partition: TopicPartition) throws(BusError) -> Int64? {
    guard stamp.epoch >= epoch else {
      throw .fencedProducer("\(id)", epoch: stamp.epoch, newest: epoch)
    }
    if stamp.sequence == nextSequence { return nil }
    if let batch = batches.last(where: { $0.sequence == stamp.sequence && $0.count == count }) { return batch.offset }
    throw .outOfSequence(partition, given: stamp.sequence, expected: nextSequence)
  }

  mutating func note(_ stamp: ProducerStamp, count: Int, offset: Int64, now: Int64) {
    epoch = max(epoch, stamp.epoch)
    lastAppend = now
    batches.append(Batch(sequence: stamp.sequence, count: count, offset: offset))
    if batches.count > Self.remembered { batches.removeFirst() }
  }

  // MARK: In a file

  func write(to footer: inout LittleEndianWriter) {
    footer.put(id)
    footer.put(Int64(epoch))
    footer.put(lastAppend)
    footer.put(Int64(batches.count))
    for batch in batches {
      footer.put(batch.sequence)
      footer.put(Int64(batch.count))
      footer.put(batch.offset)
    }
  }

  init?(_ footer: inout LittleEndianReader) {
    guard let fixed = footer.numbers(3), let rows = footer.rows(of: 3), !rows.isEmpty else { return nil }
    id = fixed[0]
    epoch = Int32(truncatingIfNeeded: fixed[1])
    lastAppend = fixed[2]
    batches = rows.map { Batch(sequence: $0[0], count: Int($0[1]), offset: $0[2]) }
  }
}

extension [ProducerState] {
  /// Notes a batch that was stored.
  mutating func note(_ stamp: ProducerStamp, count: Int, offset: Int64, now: Int64) {
    guard stamp.id != 0 else { return }
    if let index = firstIndex(where: { $0.id == stamp.id }) {
      self[index].note(stamp, count: count, offset: offset, now: now)
    } else {
      let oldest = now.addingSaturated(-ProducerState.expiry)
      removeAll { $0.lastAppend < oldest }
      append(ProducerState(stamp, count: count, offset: offset, now: now))
    }
  }
}
