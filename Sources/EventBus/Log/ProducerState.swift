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

  let id: Int64
  private(set) var epoch: Int32
  /// Oldest first, at most five.
  private(set) var batches: [Batch] = []

  init(id: Int64, epoch: Int32) {
    self.id = id
    self.epoch = epoch
  }

  /// The number that its next record must have.
  var nextSequence: Int64 { batches.last?.nextSequence ?? 0 }

  mutating func note(_ stamp: ProducerStamp, count: Int, offset: Int64) {
    if stamp.epoch > epoch {
      epoch = stamp.epoch
      batches.removeAll()
    }
    batches.append(Batch(sequence: stamp.sequence, count: count, offset: offset))
    if batches.count > Self.remembered { batches.removeFirst() }
  }

  // MARK: In a file

  func write(to footer: inout FooterWriter) {
    footer.put(id)
    footer.put(Int64(epoch))
    footer.put(Int64(batches.count))
    for batch in batches {
      footer.put(batch.sequence)
      footer.put(Int64(batch.count))
      footer.put(batch.offset)
    }
  }

  init?(_ footer: inout FooterReader) {
    guard let id = footer.next(Int64.self), let epoch = footer.next(Int64.self), let rows = footer.rows(of: 3) else {
      return nil
    }
    self.init(id: id, epoch: Int32(truncatingIfNeeded: epoch))
    batches = rows.map { Batch(sequence: $0[0], count: Int($0[1]), offset: $0[2]) }
  }
}
