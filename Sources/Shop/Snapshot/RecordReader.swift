internal import EventBus
internal import Operations
internal import TraceModel
internal import Transactions

/// Reads along with a topic for whoever looks on: counted as no traffic, and from any thread.
struct RecordReader {
  let broker: Broker

  /// Records that are looked at for one answer, all partitions together, where words must be found in them.
  private static let searched = 6_000

  /// The newest that the filter lets through, oldest first.
  func records(_ filter: RecordFilter, limit: Int) -> [RecordLine] {
    guard limit > 0, let topic = try? broker.topic(filter.topic) else { return [] }
    let partitions = filter.partition.map { [$0] } ?? Array(0..<topic.partitionCount)
    let words = filter.words
    let isSimple = words.isEmpty && filter.until == nil
    let most = isSimple ? limit : max(limit, Self.searched / max(1, partitions.count))
    var lines: [RecordLine] = []
    for partition in partitions {
      guard let bounds = try? topic.bounds(partition: partition) else { continue }
      // Later ones are of no interest, and would use up what may be looked at.
      let end = filter.until.flatMap { try? topic.offset(notBefore: $0 &+ 1, partition: partition) }
      let start = max(bounds.lowerBound, (end ?? bounds.upperBound) - Int64(most))
      guard let batch = try? topic.peek(partition: partition, from: start, maximumRecords: most) else { continue }
      for record in batch.records where record.timestamp <= filter.until ?? .max {
        let line = line(record, of: filter, partition: partition)
        if line.has(words) { lines.append(line) }
      }
    }
    lines.sort { ($0.time, $0.partition, $0.offset) < ($1.time, $1.partition, $1.offset) }
    return Array(lines.suffix(limit))
  }

  private func line(_ record: EventRecord, of filter: RecordFilter, partition: Int) -> RecordLine {
    var line = RecordLine(
      partition: partition, offset: record.offset, time: record.timestamp, key: record.keyText ?? "",
      payload: record.text)
    line.type = record.headerText(RecordHeaderName.type) ?? ""
    line.gtxid = record.headerText(Carrier.gtxid).flatMap { GTXID($0) }
    line.ltxid = record.headerText(Carrier.ltxid).flatMap { UInt32($0) }.flatMap { LTXID($0) }
    line.headers = record.headers.map { RecordLine.Header($0.name, $0.text) }
    line.bytes = record.sizeInBytes
    if let topic = filter.lettersOf { line.letter = letter(record, of: topic, partition: partition) }
    return line
  }

  private func letter(_ record: EventRecord, of topic: String, partition: Int) -> DeadLetterLine {
    DeadLetterLine(
      topic: topic, offset: record.headerText(DeadLetterHeader.offset).flatMap { Int64($0) } ?? 0,
      reason: record.headerText(DeadLetterHeader.reason) ?? "",
      deliveries: record.headerText(DeadLetterHeader.deliveries).flatMap { Int($0) } ?? 0,
      group: record.headerText(DeadLetterHeader.group) ?? "",
      state: broker.deadLetterState(of: topic, partition: partition, offset: record.offset))
  }
}
