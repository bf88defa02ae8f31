internal import Concurrency

/// Which producers there are, and which of their lives is the newest. On disk it is kept in a compacted topic.
final class ProducerRegistry: Sendable {
  private struct State {
    /// By name; for looking up only.
    var named: [String: ProducerIdentity] = [:]
    var nextID: Int64 = 1
    /// Numbers below it were taken from the log for producers without a name.
    var reservedID: Int64 = 1
  }

  static let topicName = "__producers"
  private static let topicSettings = TopicSettings(
    retentionAge: nil, retentionBytes: nil, segmentBytes: 256 << 10, cleanup: .compact)
  /// So many nameless producers cost one record.
  private static let block: Int64 = 1_000

  private let state = Locked(State())
  /// By number: the newest epoch of those with a name; for looking up only. A lock of its own, under that of a partition.
  private let epochs = Locked<[Int64: Int32]>([:])

  /// Takes up what the log says.
  func restore(from topics: TopicRegistry) throws(BusError) {
    try topics.find(Self.topicName)?.forEachRecord { [state] record in
      guard let key = record.key, let numbers = Self.decode(record.value) else { return }
      let name = String(decoding: key, as: UTF8.self)
      state.withLock { state in
        state.nextID = max(state.nextID, numbers.id.addingSaturated(1))
        guard !name.isEmpty else { return }
        state.named[name] = ProducerIdentity(id: numbers.id, epoch: numbers.epoch, name: name)
      }
    }
    let written = topics.all.flatMap(\.partitions).flatMap { $0.state.withLock(\.producers) }
    // A loss of power may have taken the newest of these records and left batches of the producers that they named. Under
    // their numbers others would find their own first batches stored already.
    state.withLock { state in
      state.nextID = max(state.nextID, (written.map(\.id).max() ?? 0).addingSaturated(1))
      state.reservedID = state.nextID
    }
    let named = state.withLock { Array($0.named.values) }
    for identity in named {
      let newest = written.filter { $0.id == identity.id }.map(\.epoch).max() ?? 0
      setNewest(ProducerIdentity(id: identity.id, epoch: max(identity.epoch, newest), name: identity.name))
    }
  }

  func register(_ name: String?, topics: TopicRegistry, now: Int64) throws(BusError) -> ProducerIdentity {
    if let name, name.isEmpty || name.utf8.count > 249 {
      throw .invalidSettings("a producer's name has 1 to 249 bytes, not \(name.utf8.count)")
    }
    var effects = Effects()
    defer { effects.run() }
    return try state.withLock { state throws(BusError) in
      if let name, let known = state.named[name] {
        let next = ProducerIdentity(id: known.id, epoch: known.epoch + 1, name: name)
        try keep(name, id: next.id, epoch: next.epoch, topics, now: now, &effects)
        state.named[name] = next
        epochs.withLock { $0[next.id] = next.epoch }
        return next
      }
      let identity = ProducerIdentity(id: state.nextID, epoch: 0, name: name)
      if let name {
        try keep(name, id: identity.id, epoch: 0, topics, now: now, &effects)
        // Its number must be known again after a loss of power, or what it sends again would come twice.
        try topics.find(Self.topicName)?.partitions[0].synchronize()
        state.named[name] = identity
        epochs.withLock { $0[identity.id] = 0 }
      } else if identity.id >= state.reservedID {
        try keep("", id: identity.id + Self.block - 1, epoch: 0, topics, now: now, &effects)
        state.reservedID = identity.id + Self.block
      }
      state.nextID += 1
      return identity
    }
  }

  /// - Throws: `fencedProducer` when another life of the same name is newer.
  func check(_ producer: ProducerIdentity) throws(BusError) {
    guard let name = producer.name else { return }
    let newest = epochs.withLock { $0[producer.id] }
    guard let newest, newest <= producer.epoch else {
      throw .fencedProducer(name, epoch: producer.epoch, newest: newest ?? 0)
    }
  }

  private func setNewest(_ identity: ProducerIdentity) {
    guard let name = identity.name else { return }
    state.withLock { $0.named[name] = identity }
    epochs.withLock { $0[identity.id] = identity.epoch }
  }

  /// Writes it down, where there is a disk.
  private func keep(
    _ name: String, id: Int64, epoch: Int32, _ topics: TopicRegistry, now: Int64, _ effects: inout Effects
  ) throws(BusError) {
    guard topics.store != nil else { return }
    let topic =
      if let known = topics.find(Self.topicName) { known } else {
        try topics.create(Self.topicName, settings: Self.topicSettings, isInternal: true)
      }
    var value = LittleEndianWriter()
    value.put(id)
    value.put(epoch)
    let record = ProducerRecord(key: Array(name.utf8), value: value.all)
    _ = try topic.append([record], acknowledge: .written, now: now, effects: &effects)
  }

  private static func decode(_ value: [UInt8]) -> (id: Int64, epoch: Int32)? {
    var reader = LittleEndianReader(bytes: value)
    guard let id = reader.next(Int64.self), let epoch = reader.next(Int32.self) else { return nil }
    return (id, epoch)
  }
}

extension Topic {
  /// Hands over every record that can be read, partition by partition. What is damaged is passed over: it was reported
  /// when the log was opened.
  func forEachRecord(_ body: (EventRecord) -> Void) throws(BusError) {
    for partition in partitions {
      var offset = partition.bounds.lowerBound
      while true {
        let batch: RecordBatch
        do throws(BusError) {
          batch = try partition.read(from: offset, maximumRecords: 4_096, maximumBytes: 4 << 20, counted: false)
        } catch {
          guard case .damaged(_, let offsets) = error else { throw error }
          offset = offsets.upperBound + 1
          continue
        }
        guard let last = batch.records.last else { break }
        batch.records.forEach(body)
        offset = last.offset + 1
      }
    }
  }
}
