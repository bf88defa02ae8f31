internal import Concurrency

extension Broker {
  /// Gives a producer its identity. Registered again under the same name it goes on with its sequence numbers, and the
  /// identity that was given before may write no more: a process that was thought dead cannot disturb its successor.
  /// - Parameter name: 1 to 249 bytes; nil for a producer that lives once.
  /// - Throws: `invalidSettings`; `storage` when a disk does not take it.
  public func register(producer name: String? = nil, now: Int64) throws(BusError) -> ProducerIdentity {
    try topics.producers.register(name, topics: topics, now: now)
  }
}

extension Topic {
  /// Appends records of a producer to one partition, once: the same records with the same sequence number again are found,
  /// and not stored again (Kafka's idempotent producer; KIP-98).
  /// - Parameters:
  ///   - sequence: the number of the first record among all that this producer sends to this partition.
  ///   - acknowledge: as for ``append(_:acknowledge:now:)``.
  /// - Throws: as ``append(_:acknowledge:now:)``; `fencedProducer`; `outOfSequence` when records before these are missing,
  ///   or were stored so long ago that their place is not known any more.
  @discardableResult
  public func append(
    _ records: [ProducerRecord], partition number: Int, by producer: ProducerIdentity, sequence: Int64,
    acknowledge: Acknowledgement? = nil, now: Int64
  ) throws(BusError) -> ProducedBatch {
    let target = try partition(number)
    let sizes = try checkedSizes(records)
    try requireAvailable()
    try requireNoSync(acknowledge)
    let bytes = sizes.reduce(0, +)
    guard bytes <= Broker.largestTransaction else {
      throw .tooLargeAtOnce(bytes: bytes, limit: Broker.largestTransaction)
    }
    precondition(!records.isEmpty, "a batch of a producer has one record at least")
    guard (0...Int64.max - Int64(records.count)).contains(sequence) else {
      throw .outOfSequence(target.name, given: sequence, expected: target.nextSequence(of: producer.id) ?? 0)
    }
    var effects = Effects()
    defer { effects.run() }
    return try target.append(
      records, sizes: sizes, by: producer, sequence: sequence, producers,
      acknowledge: acknowledge ?? acknowledgement, now: now, effects: &effects)
  }

  /// The number that the producer's next record for this partition must have; nil when the partition knows nothing of it,
  /// and takes any.
  public func nextSequence(of producer: ProducerIdentity, partition: Int) throws(BusError) -> Int64? {
    try self.partition(partition).nextSequence(of: producer.id)
  }
}

extension Partition {
  /// The producer is checked with the lock held: whoever took its place since cannot have begun to write here before.
  func append(
    _ records: [ProducerRecord], sizes: [Int], by producer: ProducerIdentity, sequence: Int64,
    _ registry: ProducerRegistry, acknowledge: Acknowledgement, now: Int64, effects: inout Effects
  ) throws(BusError) -> ProducedBatch {
    try state.withLock { state throws(BusError) in
      try registry.check(producer)
      let stamp = ProducerStamp(id: producer.id, epoch: producer.epoch, sequence: sequence)
      let known = state.producers.first { $0.id == stamp.id }
      if let offset = try known?.place(of: stamp, count: records.count, in: name) {
        return ProducedBatch(position: position(offset), isDuplicate: true)
      }
      var stored: [EventRecord]? = feed.isObserved ? [] : nil
      let offset = try append(
        &state, records, sizes: sizes, acknowledge: acknowledge, stamp: stamp, now: now, stored: &stored)
      tell(&state, stored, &effects)
      return ProducedBatch(position: position(offset), isDuplicate: false)
    }
  }

  private func position(_ offset: Int64) -> RecordPosition {
    RecordPosition(topic: name.topic, partition: name.partition, offset: offset)
  }

  func nextSequence(of producer: Int64) -> Int64? {
    state.withLock { state in state.producers.first { $0.id == producer }?.nextSequence }
  }
}
