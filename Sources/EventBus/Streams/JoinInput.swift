/// A record as a join holds it and hands it to whoever makes the result. Its key is that of the ``Joined``.
public struct JoinInput: Sendable, Hashable {
  /// Its place in its own topic, in the partition that the join works on.
  public let offset: Int64
  /// Nanoseconds since the epoch.
  public let timestamp: Int64
  public let value: [UInt8]
  public let headers: [RecordHeader]

  public init(offset: Int64, timestamp: Int64, value: [UInt8], headers: [RecordHeader] = []) {
    self.offset = offset
    self.timestamp = timestamp
    self.value = value
    self.headers = headers
  }

  init(_ record: EventRecord) {
    self.init(offset: record.offset, timestamp: record.timestamp, value: record.value, headers: record.headers)
  }

  /// The value read as UTF-8; bytes that are none become U+FFFD.
  public var text: String { String(decoding: value, as: UTF8.self) }
}

/// The records of one partition that were read for a join and not taken yet.
struct JoinQueue: Sendable {
  let topic: Topic
  let partition: Int
  /// The next record to take; this is what the group commits.
  private(set) var position: Int64
  /// There was nothing behind the records of this queue when it was last filled.
  private(set) var reachesEnd = false
  private var read: [EventRecord] = []
  private var taken = 0

  init(topic: Topic, partition: Int, position: Int64) {
    self.topic = topic
    self.partition = partition
    self.position = position
  }

  var name: TopicPartition { TopicPartition(topic: topic.name, partition: partition) }

  var head: EventRecord? { taken < read.count ? read[taken] : nil }

  /// Nothing is there to take, or to read.
  var isAtEnd: Bool { head == nil && topic.partitions[partition].bounds.upperBound == position }

  /// Reads until there are `count` records to take, or no more.
  /// - Parameter start: where to go on when the log no longer holds the position.
  /// - Returns: where the position was moved from and to, when it had to be.
  /// - Throws: `unavailable`, and what `start` throws.
  mutating func fill(
    _ count: Int, maximumBytes: Int, start: (ClosedRange<Int64>) throws(BusError) -> Int64
  ) throws(BusError) -> PollResult.Reset? {
    read.removeFirst(taken)
    taken = 0
    guard read.count < count else { return nil }
    var reset: PollResult.Reset?
    while true {
      do throws(BusError) {
        try append(count - read.count, maximumBytes: maximumBytes)
        return reset
      } catch .offsetOutOfRange(_, _, let valid) {
        reachesEnd = false
        // What was read before the log lost it is still good.
        guard read.isEmpty else { return reset }
        let next = try start(valid)
        reset = PollResult.Reset(partition: name, from: reset?.from ?? position, to: next)
        position = next
      } catch {
        throw error
      }
    }
  }

  private mutating func append(_ count: Int, maximumBytes: Int) throws(BusError) {
    let offset = read.last.map { $0.offset + 1 } ?? position
    let batch = try topic.read(
      partition: partition, from: offset, maximumRecords: count, maximumBytes: maximumBytes)
    read += batch.records
    reachesEnd = (batch.records.last.map { $0.offset + 1 } ?? offset) == batch.logEnd
  }

  /// Takes the record at the head.
  mutating func take() -> EventRecord {
    precondition(taken < read.count, "a record was taken from a queue that has none")
    defer { taken += 1 }
    position = read[taken].offset + 1
    return read[taken]
  }
}
