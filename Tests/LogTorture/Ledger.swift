import EventBus
import Foundation

/// What writers were told, over all rounds, and whether a log has kept it.
struct Ledger {
  /// By writer and number: the offset that was acknowledged.
  private var offsets: [String: [Int64: Int64]] = [:]
  /// By writer: the highest offset that was acknowledged.
  private var highest: [String: Int64] = [:]
  private var keys: [String: Int64] = [:]

  /// Takes up the notes of a round.
  /// - Returns: their number.
  mutating func read(_ path: String) throws -> Int {
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    // The last line may have been cut by the kill.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3 else { throw Finding("a note is not readable: \(line)") }
      if words[0].hasPrefix("key-") {
        keys[words[0]] = max(keys[words[0]] ?? 0, Int64(words[1]) ?? 0)
      } else if let offset = Int64(words[2]) {
        if let number = Int64(words[1]) {
          if let before = offsets[words[0]]?[number], before != offset {
            throw Finding("\(words[0]) \(number) was acknowledged at offset \(offset) and, before, at \(before)")
          }
          offsets[words[0], default: [:]][number] = offset
        }
        highest[words[0]] = max(highest[words[0]] ?? -1, offset)
      }
    }
    return lines.count
  }

  /// - Returns: the number of records that were read.
  func check(_ broker: Broker) throws -> Int {
    var count = 0
    guard broker.hasTopic("keyed") else {
      guard offsets.isEmpty, keys.isEmpty else { throw Finding("topics are missing") }
      return 0
    }
    for partition in 0..<Writer.partitions {
      count += try checkProducer("synced", partition, broker)
      count += try checkProducer("written", partition, broker)
      count += try checkTransactions(partition, broker)
    }
    return count + (try checkKeys(broker))
  }

  /// Every number once and in order, from 0 on, at the offset that was acknowledged.
  private func checkProducer(_ topic: String, _ partition: Int, _ broker: Broker) throws -> Int {
    let writer = "\(topic)-\(partition)"
    let records = try all(broker, topic, partition)
    for (index, record) in records.enumerated() {
      guard let payload = Payload(record.text) else { throw Finding("\(writer)@\(record.offset) is no record of ours") }
      guard payload.writer == writer, payload.number == Int64(index), record.offset == Int64(index) else {
        throw Finding("\(writer)@\(record.offset) is \(payload.writer) \(payload.number), not \(index)")
      }
    }
    for (number, offset) in offsets[writer] ?? [:] where offset != number || offset >= records.count {
      throw Finding("\(writer) \(number) was acknowledged at \(offset); the log has \(records.count)")
    }
    return records.count
  }

  /// Both sides have the same, which is what the group has committed of the source.
  private func checkTransactions(_ partition: Int, _ broker: Broker) throws -> Int {
    let (left, right) = (try all(broker, "left", partition), try all(broker, "right", partition))
    guard left.map(\.value) == right.map(\.value) else {
      throw Finding("partition \(partition): left has \(left.count) records, right \(right.count), not the same")
    }
    let place = TopicPartition(topic: "written", partition: partition)
    let committed = broker.groups.committed(group: "mover", place)?.offset ?? 0
    let source = try all(broker, "written", partition).prefix(Int(committed))
    guard source.map(\.value) == left.map(\.value) else {
      throw Finding("partition \(partition): \(committed) were consumed, \(left.count) were produced")
    }
    // A transaction that was taken back may leave a gap in the offsets.
    for (side, records) in [("left", left), ("right", right)] {
      let last = records.last?.offset ?? -1
      guard (highest["\(side)-\(partition)"] ?? -1) <= last else {
        throw Finding("\(side)-\(partition) was acknowledged beyond its last record, \(last)")
      }
      guard zip(records, records.dropFirst()).allSatisfy({ $0.offset < $1.offset }) else {
        throw Finding("\(side)-\(partition) is out of order")
      }
    }
    return left.count + right.count
  }

  /// Each key has what was acknowledged, or what came after it.
  private func checkKeys(_ broker: Broker) throws -> Int {
    let records = try all(broker, "keyed", 0)
    var newest: [String: Int64] = [:]
    for record in records {
      guard let payload = Payload(record.text), payload.writer == "key-\(record.keyText ?? "")" else {
        throw Finding("keyed@\(record.offset) is no record of ours")
      }
      guard payload.number > newest[payload.writer] ?? 0 else {
        throw Finding("keyed@\(record.offset): \(payload.writer) went back to \(payload.number)")
      }
      newest[payload.writer] = payload.number
    }
    for (key, number) in keys where newest[key] ?? 0 < number {
      throw Finding("\(key) has \(newest[key] ?? 0); \(number) was acknowledged")
    }
    return records.count
  }

  private func all(_ broker: Broker, _ name: String, _ partition: Int) throws -> [EventRecord] {
    let topic = try broker.topic(name)
    var records: [EventRecord] = []
    var offset = try topic.bounds(partition: partition).lowerBound
    while true {
      let batch = try topic.peek(partition: partition, from: offset, maximumRecords: 4_096)
      guard let last = batch.records.last else { return records }
      records += batch.records
      offset = last.offset + 1
    }
  }
}
