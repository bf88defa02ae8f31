/// A commit as a record of `__consumer_offsets`, in Kafka's layout: key version 1 (group, topic, partition), value
/// version 3 (offset, leader epoch, metadata, time in milliseconds). Numbers are big-endian.
struct OffsetCommitRecord: Hashable {
  let group: String
  let partition: TopicPartition
  /// Nil: the offset was forgotten.
  let committed: CommittedOffset?

  init(group: String, partition: TopicPartition, committed: CommittedOffset?) {
    self.group = group
    self.partition = partition
    self.committed = committed
  }

  var record: ProducerRecord {
    var key: [UInt8] = []
    key.reserveCapacity(10 + group.utf8.count + partition.topic.utf8.count)
    key.appendBigEndian(Int16(1))
    key.appendShortText(group)
    key.appendShortText(partition.topic)
    key.appendBigEndian(Int32(truncatingIfNeeded: partition.partition))
    guard let committed else { return .tombstone(key: key) }
    var value: [UInt8] = []
    value.reserveCapacity(24)
    value.appendBigEndian(Int16(3))
    value.appendBigEndian(committed.offset)
    value.appendBigEndian(Int32(-1))
    value.appendShortText("")
    value.appendBigEndian(committed.time / 1_000_000)
    return ProducerRecord(key: key, value: value, timestamp: committed.time)
  }

  /// Nil for a record that is no commit. The time is the record's own, which is finer than the value's.
  init?(_ record: EventRecord) {
    var key = ByteReader(record.key ?? [])
    guard key.read(Int16.self) == 1, let group = key.readShortText(), let topic = key.readShortText(),
      let number = key.read(Int32.self)
    else { return nil }
    self.group = group
    partition = TopicPartition(topic: topic, partition: Int(number))
    if record.isTombstone {
      committed = nil
      return
    }
    var value = ByteReader(record.value)
    guard value.read(Int16.self) == 3, let offset = value.read(Int64.self) else { return nil }
    committed = CommittedOffset(offset: offset, time: record.timestamp)
  }
}
