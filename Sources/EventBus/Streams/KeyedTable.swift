internal import Concurrency

/// The newest value of each key of a topic, kept up to date by reading on: what Kafka Streams calls a table.
///
/// It holds nothing that the topic does not hold. A new table, after a crash for example, reads the topic from its start
/// and comes to the same rows: also when compaction, retention or `deleteRecords` have been there meanwhile. So a row
/// goes when a tombstone deletes it, and also when its record leaves the topic: a table on a topic with retention
/// forgets what the topic forgets. If the start of the log has passed the place up to which the table has read, nothing
/// is known of its rows any more: all rows of that partition go, and it reads on from the start of the log.
///
/// A record without a key is passed over, and counted. A key that stands in several partitions, which happens only where
/// producers name partitions themselves, has a row in each.
///
/// It has no clock, no task and no thread: whoever owns it calls ``update(max:maximumBytes:)``, and waits with
/// ``waitToken(wake:)``. It is no member of a group, and commits nothing. Its memory goes by the number of keys. Safe from
/// any thread; a read waits for an update that is under way.
public final class KeyedTable: Sendable {
  private struct State {
    var partitions: [TablePartition]
    /// Which partition is read first next time, so that none starves.
    var first = 0
  }

  public let topic: String
  private let broker: Broker
  private let state: Locked<State>

  /// An empty table that has read nothing yet.
  /// - Parameter topic: usually one that is compacted; the table is as good as what the topic keeps.
  /// - Throws: `unknownTopic`.
  public init(broker: Broker, topic: String) throws(BusError) {
    let source = try broker.topic(topic)
    self.topic = topic
    self.broker = broker
    state = Locked(
      State(partitions: (0..<source.partitionCount).map { TablePartition(topic: source, number: $0) }))
  }

  /// Reads on in all partitions. Once after long waiting behind a compaction it also goes through the log of a partition
  /// from its start, to find rows that were deleted unseen.
  /// - Parameters:
  ///   - max: the most records that are read, over all partitions; 0 or more.
  ///   - maximumBytes: as for records; a record that alone is larger is still read.
  /// - Returns: what changed, in order within each partition. It may be empty although records were read.
  /// - Throws: `unavailable`, when nothing has changed.
  @discardableResult
  public func update(max: Int = 512, maximumBytes: Int = 8 << 20) throws(BusError) -> [TableChange] {
    try state.withLock { state throws(BusError) in
      var changes: [TableChange] = []
      var recordsLeft = max
      var bytesLeft = maximumBytes
      let count = state.partitions.count
      for step in 0..<count where recordsLeft > 0 && bytesLeft > 0 {
        do throws(BusError) {
          let read = try state.partitions[(state.first + step) % count].read(
            maximumRecords: recordsLeft, maximumBytes: bytesLeft, changes: &changes)
          recordsLeft -= read.records
          bytesLeft -= read.bytes
        } catch {
          // What has changed already must be told; the next update meets the error again.
          if changes.isEmpty { throw error }
          break
        }
      }
      state.first = (state.first + 1) % count
      return changes
    }
  }

  // MARK: Reading

  /// The newest record of a key, as far as the table has read; nil when there is none or it was deleted. It is that of
  /// the partition which the key decides or, without one there, of the first partition that has the key.
  public subscript(key: [UInt8]) -> EventRecord? {
    state.withLock { state in
      let home = KeyHash.partition(of: key, count: state.partitions.count)
      if let record = state.partitions[home][key] { return record }
      for partition in state.partitions { if let record = partition[key] { return record } }
      return nil
    }
  }

  /// The row of a key that is text.
  public subscript(key: String) -> EventRecord? { self[Array(key.utf8)] }

  /// How many rows there are.
  public var count: Int { state.withLock { $0.partitions.reduce(0) { $0 + $1.count } } }

  /// All rows at one moment: by partition, and within it as their records lie in the topic.
  public var rows: [TableRow] {
    let records = state.withLock { state in state.partitions.map(\.records) }
    return records.enumerated().flatMap { number, records in
      records.map { TableRow(partition: number, record: $0) }
    }
  }

  // MARK: Progress

  /// How far the table is behind its topic: offsets that it has not read yet, over all partitions. Where compaction has
  /// been, fewer records than that come.
  public var behind: Int64 { state.withLock { $0.partitions.reduce(0) { $0 + $1.behind } } }

  /// Whether the table says what the topic says now.
  public var isCurrent: Bool { state.withLock { $0.partitions.allSatisfy(\.isCurrent) } }

  /// The next record to read of each partition.
  public var positions: [PartitionOffset] {
    state.withLock { state in
      state.partitions.map { PartitionOffset(partition: $0.name, offset: $0.position) }
    }
  }

  /// Records without a key that were passed over since the table was made.
  public var skippedRecords: Int64 { state.withLock { $0.partitions.reduce(0) { $0 + $1.skipped } } }

  /// Calls `wake` once, when there is something to read: at once when that is so now. `wake` may update. That rows leave
  /// because retention moves the start of the log wakes nobody.
  public func waitToken(wake: @escaping @Sendable () -> Void) throws(BusError) -> WaitToken {
    try broker.whenReadable(positions, wake: wake)
  }
}

/// What became of one key. Of old and new at most one is nil.
public struct TableChange: Sendable, Hashable {
  public let partition: Int
  public let key: [UInt8]
  /// Nil: the key had no row.
  public let old: EventRecord?
  /// Nil: its row is gone, because of a tombstone or because its record has left the topic.
  public let new: EventRecord?
}

/// One row of a table.
public struct TableRow: Sendable, Hashable {
  public let partition: Int
  /// It has a key, and is no tombstone.
  public let record: EventRecord
}
