/// One partition of a table: the rows, and how far the log was read.
///
/// A row stays only as long as its record is in the topic, so that the rows are those of a table that is read anew. Of
/// what leaves a log, two things cannot be seen by reading on. Retention and `deleteRecords` move the start of the log:
/// rows below it go. And compaction may take a tombstone that was not read yet, together with the value that it deleted:
/// that leaves a gap in the offsets, after which the rows are compared with the log once.
struct TablePartition: Sendable {
  let topic: Topic
  let number: Int
  /// The next record to read.
  private(set) var position: Int64
  /// Records without a key, which say nothing of any row.
  private(set) var skipped: Int64 = 0
  /// For looking up only: whatever is told of all rows is sorted by offset first.
  private var rows: [[UInt8]: EventRecord] = [:]
  /// Where the log began when it was last read.
  private var start: Int64
  /// How many records the log had lost when all rows were last known to be in it.
  private var removals: Int64
  /// The rows are compared with the log once it has been read so far.
  private var comparesAt: Int64?

  /// - Parameter number: one that the topic has.
  init(topic: Topic, number: Int) {
    self.topic = topic
    self.number = number
    removals = Self.removals(topic, number)
    start = topic.partitions[number].bounds.lowerBound
    position = start
  }

  var count: Int { rows.count }

  subscript(key: [UInt8]) -> EventRecord? { rows[key] }

  /// The records of all rows, as they lie in the topic.
  var records: [EventRecord] { rows.values.sorted { $0.offset < $1.offset } }

  var name: TopicPartition { TopicPartition(topic: topic.name, partition: number) }

  /// Offsets from the position to the log end; compaction may have left fewer records there.
  var behind: Int64 {
    let bounds = topic.partitions[number].bounds
    return bounds.upperBound - max(position, bounds.lowerBound)
  }

  /// Nothing is left to read, and the log begins where it did.
  var isCurrent: Bool {
    let bounds = topic.partitions[number].bounds
    return bounds.upperBound == position && bounds.lowerBound == start
  }

  /// Reads on, and adds what changed to `changes`, in the order in which it did. After an error `changes` may still have
  /// become longer.
  /// - Returns: what was read.
  /// - Throws: `unavailable`.
  mutating func read(
    maximumRecords: Int, maximumBytes: Int, changes: inout [TableChange]
  ) throws(BusError) -> (records: Int, bytes: Int) {
    let batch = try nextBatch(maximumRecords: maximumRecords, maximumBytes: maximumBytes, changes: &changes)
    var hasGap = false
    var bytes = 0
    for record in batch.records {
      hasGap = hasGap || record.offset != position
      position = record.offset + 1
      bytes += record.sizeInBytes
      apply(record, &changes)
    }
    if batch.logStart > start {
      start = batch.logStart
      drop(&changes) { [start] in $0.offset < start }
    }
    // A gap that was there before the first row was read hides nothing.
    if hasGap, Self.removals(topic, number) != removals { comparesAt = batch.logEnd }
    if let place = comparesAt, position >= place {
      comparesAt = nil
      try compare(&changes)
    }
    return (batch.records.count, bytes)
  }

  private mutating func nextBatch(
    maximumRecords: Int, maximumBytes: Int, changes: inout [TableChange]
  ) throws(BusError) -> RecordBatch {
    while true {
      do throws(BusError) {
        return try topic.read(
          partition: number, from: position, maximumRecords: maximumRecords, maximumBytes: maximumBytes)
      } catch .offsetOutOfRange(_, _, let valid) {
        // Whatever was missed may have replaced or deleted any row.
        drop(&changes) { _ in true }
        comparesAt = nil
        removals = Self.removals(topic, number)
        start = valid.lowerBound
        position = start
      } catch {
        throw error
      }
    }
  }

  private mutating func apply(_ record: EventRecord, _ changes: inout [TableChange]) {
    guard let key = record.key else {
      skipped += 1
      return
    }
    let new = record.isTombstone ? nil : record
    let old = new.map { rows.updateValue($0, forKey: key) } ?? rows.removeValue(forKey: key)
    guard old != nil || new != nil else { return }
    changes.append(TableChange(partition: number, key: key, old: old, new: new))
  }

  /// Takes out the rows that `isGone` names, the oldest first.
  private mutating func drop(_ changes: inout [TableChange], _ isGone: (EventRecord) -> Bool) {
    let gone = rows.values.filter(isGone).sorted { $0.offset < $1.offset }
    for record in gone {
      guard let key = record.key else { preconditionFailure("A row of a table has no key.") }
      rows.removeValue(forKey: key)
      changes.append(TableChange(partition: number, key: key, old: record, new: nil))
    }
  }

  /// Goes through the log once, and takes out the rows whose records are no longer there.
  private mutating func compare(_ changes: inout [TableChange]) throws(BusError) {
    // What goes while this looks leaves a new gap or moves the start.
    removals = Self.removals(topic, number)
    var candidates = records[...]
    var gone: [Int64] = []
    var place = start
    while place < position, !candidates.isEmpty {
      let batch: RecordBatch
      do throws(BusError) {
        batch = try topic.peek(partition: number, from: place)
      } catch .offsetOutOfRange(_, _, let valid) {
        place = valid.lowerBound
        continue
      } catch {
        throw error
      }
      for record in batch.records {
        while let candidate = candidates.first, candidate.offset < record.offset {
          gone.append(candidates.removeFirst().offset)
        }
        if candidates.first?.offset == record.offset { candidates.removeFirst() }
        place = record.offset + 1
      }
      if batch.records.isEmpty { break }
    }
    gone += candidates.map(\.offset)
    let offsets = Set(gone)
    drop(&changes) { offsets.contains($0.offset) }
  }

  /// Records that the partition once had and has no longer. It rises whenever something is removed.
  private static func removals(_ topic: Topic, _ number: Int) -> Int64 {
    let snapshot = topic.partitions[number].snapshot
    return snapshot.traffic.recordsIn - snapshot.records
  }
}
