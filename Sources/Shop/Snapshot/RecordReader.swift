internal import EventBus
internal import Operations
internal import TraceModel
internal import Transactions

/// Reads along with a topic for whoever looks on: counted as no traffic, and from any thread.
struct RecordReader {
  let broker: Broker

  /// The newest that the filter lets through, oldest first.
  func records(_ filter: RecordFilter, limit: Int) -> [RecordLine] {
    guard var search = RecordSearch(filter, limit: limit, broker: broker) else { return [] }
    while !search.answer.isComplete { search.lookOn(takesNewer: false) { false } }
    return search.answer.lines
  }

  /// A line as it is now: what becomes of a dead letter comes after it.
  func current(_ line: RecordLine) -> RecordLine {
    guard let letter = line.letter else { return line }
    var line = line
    line.letter?.state = broker.deadLetterState(of: letter.topic, partition: line.partition, offset: line.offset)
    return line
  }

  func line(_ record: EventRecord, of filter: RecordFilter, partition: Int) -> RecordLine {
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
