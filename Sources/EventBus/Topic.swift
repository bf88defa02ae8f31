internal import Concurrency

/// A handle on a topic for hot paths: it finds nothing by name. Safe from any thread; one lock per batch and partition.
public final class Topic: Sendable {
  private struct Gate {
    var brokerIsAvailable = true
    var topicIsAvailable = true
    /// The partition that took the last records without a key.
    var lastSpread = -1

    var isAvailable: Bool { brokerIsAvailable && topicIsAvailable }
  }

  public let name: String
  public let settings: TopicSettings
  /// Made by the bus for its own use.
  public let isInternal: Bool
  let partitions: [Partition]
  let producers: ProducerRegistry
  /// In the order of creation; transactions take locks in this order.
  let number: Int
  private let gate = Locked(Gate())

  /// - Parameter logs: those of its partitions as they were opened; nil keeps the topic in memory.
  init(
    _ name: String, number: Int, settings: TopicSettings, isInternal: Bool, registry: TopicRegistry,
    logs: [DiskLog]? = nil
  ) {
    self.name = name
    self.number = number
    producers = registry.producers
    self.settings = settings
    self.isInternal = isInternal
    partitions = (0..<settings.partitions).map { number in
      Partition(
        TopicPartition(topic: name, partition: number), settings: settings, feed: registry.appended,
        disk: logs?[number])
    }
  }

  /// What an append waits for that does not say otherwise.
  public var acknowledgement: Acknowledgement { partitions[0].store?.settings.acknowledge ?? .memory }

  public var partitionCount: Int { partitions.count }

  /// False while a fault keeps the broker or this topic from answering.
  public var isAvailable: Bool { gate.withLock { $0.isAvailable } }

  /// The first readable offset and the log end.
  public func bounds(partition: Int) throws(BusError) -> ClosedRange<Int64> {
    try self.partition(partition).bounds
  }

  /// The first offset whose record is not older than `timestamp` (nanoseconds); the log end when all are older.
  /// - Throws: `unknownPartition`; `storage` when a disk cannot be read.
  public func offset(notBefore timestamp: Int64, partition: Int) throws(BusError) -> Int64 {
    try self.partition(partition).offset(notBefore: timestamp)
  }

  func partition(_ number: Int) throws(BusError) -> Partition {
    guard partitions.indices.contains(number) else {
      throw .unknownPartition(TopicPartition(topic: name, partition: number), partitions: partitions.count)
    }
    return partitions[number]
  }

  func requireAvailable() throws(BusError) {
    if !isAvailable { throw .unavailable("topic \"\(name)\"") }
  }

  /// As `requireAvailable`, and names the partition for the records of one call that have no key.
  func admitSpread() throws(BusError) -> Int {
    let partition: Int? = gate.withLock { gate in
      guard gate.isAvailable else { return nil }
      gate.lastSpread = (gate.lastSpread + 1) % partitions.count
      return gate.lastSpread
    }
    guard let partition else { throw .unavailable("topic \"\(name)\"") }
    return partition
  }

  func setAvailable(broker: Bool? = nil, topic: Bool? = nil, effects: inout Effects) {
    let mayWake = gate.withLock { gate in
      let before = gate.isAvailable
      if let broker { gate.brokerIsAvailable = broker }
      if let topic { gate.topicIsAvailable = topic }
      return !before && gate.isAvailable
    }
    guard mayWake else { return }
    for partition in partitions { partition.wakeReadable(effects: &effects) }
  }
}
