import ArgumentParser
import EventBus
import Foundation

/// What a data directory holds, without a shop or a screen.
struct Log: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what is in a data directory: topics and groups, or a topic's records.",
    discussion: """
      The directory is opened as a bus would open it: what the end of a crashed process has left torn is cut off, and said.
      Records are printed one JSON object a line.

      EXAMPLES
        msatop simulate --duration 10s --data-dir ./run && msatop log ./run
        msatop log ./run --json | jq '.topics[] | {name, records}'
        msatop log ./run payment --partition 2 --from 100 | jq -r .value
        msatop log ./run --check                       exit status 1 when something is damaged
      """)

  @Argument(help: ArgumentHelp("What --data-dir was.", valueName: "directory"))
  var directory: String

  @Argument(help: "Print this topic's records.")
  var topic: String?

  @Option(help: ArgumentHelp("Of one partition only.", valueName: "n"))
  var partition: Int?

  @Option(help: ArgumentHelp("From this offset on.", valueName: "offset"))
  var from: Int64?

  @Option(help: ArgumentHelp("So many of each partition at most.", valueName: "n"))
  var limit: Int?

  @Flag(help: "Read every record, and say which are damaged; exit status 1 if any is.")
  var check = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if topic == nil, partition != nil || from != nil || limit != nil {
      throw ValidationError("--partition, --from and --limit go with a topic")
    }
    if topic != nil, check { throw ValidationError("--check goes through all topics: leave the topic away") }
    if let limit, limit < 0 { throw ValidationError("--limit is 0 or more") }
  }

  func run() throws {
    guard FileManager.default.fileExists(atPath: directory + "/format") else {
      throw Failure(description: "\(directory) is no data directory of msatop: give what --data-dir was")
    }
    do {
      let broker = try Broker(directory: directory, now: WallClock.nanoseconds)
      for sentence in broker.recovery?.sentences ?? [] { StandardError.write("msatop: \(sentence)\n") }
      var isWhole = true
      if let topic {
        isWhole = try printRecords(of: try broker.topic(topic))
      } else if check {
        for topic in broker.allTopics {
          for number in 0..<topic.partitionCount {
            isWhole = try read(topic, number, from: topic.bounds(partition: number).lowerBound) { _ in } && isWhole
          }
        }
        if isWhole { print("every record of \(broker.allTopics.count) topics can be read") }
      } else if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(LogSummary(broker, directory)), as: UTF8.self))
      } else {
        print(LogSummary(broker, directory).text)
      }
      if !isWhole { throw ExitCode(EXIT_FAILURE) }
    } catch let error as BusError {
      throw Failure(description: "\(error)")
    }
  }

  /// - Returns: false when some could not be read.
  private func printRecords(of topic: Topic) throws -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var isWhole = true
    for number in partition.map({ [$0] }) ?? Array(0..<topic.partitionCount) {
      let bounds = try topic.bounds(partition: number)
      let start = min(max(from ?? 0, bounds.lowerBound), bounds.upperBound)
      let isRead = try read(topic, number, from: start) { record in
        let line = try encoder.encode(LogRecord(record, topic: topic.name, partition: number))
        print(String(decoding: line, as: UTF8.self))
      }
      isWhole = isWhole && isRead
    }
    return isWhole
  }

  /// Hands over the records of a partition. What is damaged is said, and passed over.
  /// - Returns: false when something was.
  private func read(
    _ topic: Topic, _ number: Int, from start: Int64, _ body: (EventRecord) throws -> Void
  ) throws -> Bool {
    var (offset, left, isWhole) = (start, limit ?? .max, true)
    while left > 0 {
      let batch: RecordBatch
      do throws(BusError) {
        batch = try topic.peek(partition: number, from: offset, maximumRecords: min(left, 4_096))
      } catch {
        guard case .damaged(_, let offsets) = error else { throw error }
        StandardError.write("msatop: \(error)\n")
        offset = offsets.upperBound + 1
        isWhole = false
        continue
      }
      guard let last = batch.records.last else { break }
      try batch.records.forEach(body)
      left -= batch.records.count
      offset = last.offset + 1
    }
    return isWhole
  }
}

/// One record as a line. Bytes that are no UTF-8 stand in base64, under another name.
private struct LogRecord: Encodable {
  let topic: String
  let partition: Int
  let offset: Int64
  let timestamp: Int64
  var key: String?
  var keyBase64: Data?
  var value: String?
  var valueBase64: Data?
  let headers: [String: String]
  let isTombstone: Bool

  init(_ record: EventRecord, topic: String, partition: Int) {
    self.topic = topic
    self.partition = partition
    offset = record.offset
    timestamp = record.timestamp
    if let bytes = record.key {
      key = String(validating: bytes, as: UTF8.self)
      if key == nil { keyBase64 = Data(bytes) }
    }
    if !record.isTombstone {
      value = String(validating: record.value, as: UTF8.self)
      if value == nil { valueBase64 = Data(record.value) }
    }
    headers = Dictionary(record.headers.map { ($0.name, $0.text) }) { _, last in last }
    isTombstone = record.isTombstone
  }
}
