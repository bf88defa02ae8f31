import Concurrency
import EventBus
import Foundation
import TestSupport

/// The process that is killed. It notes what was acknowledged in a file, each note after the acknowledgement.
struct Writer {
  let directory: String
  let acknowledgements: String
  let seed: UInt64

  static let partitions = 3
  static let keys = 12

  func run() async throws {
    guard FileManager.default.createFile(atPath: acknowledgements, contents: nil),
      let handle = FileHandle(forWritingAtPath: acknowledgements)
    else { throw Finding("cannot write \(acknowledgements)") }
    let notes = Notes(handle)
    let broker = try Broker(directory: directory, groupSettings: GroupSettings(initialRebalanceDelay: 0), now: 0)
    try createTopics(broker)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.partitions {
        group.addTask { try await sendSynced(broker, partition: number, notes) }
      }
      group.addTask { try await sendWritten(broker, notes) }
      group.addTask { try await commitTransactions(broker, notes) }
      group.addTask { try await updateKeys(broker, notes) }
      try await group.next()
      group.cancelAll()
    }
  }

  private func createTopics(_ broker: Broker) throws {
    let small = TopicSettings(
      partitions: Self.partitions, retentionAge: nil, retentionBytes: nil, segmentBytes: 32 << 10)
    for topic in ["synced", "written", "left", "right"] where !broker.hasTopic(topic) {
      try broker.createTopic(topic, settings: small)
    }
    guard !broker.hasTopic("keyed") else { return }
    try broker.createTopic("keyed", settings: TopicSettings(segmentBytes: 8 << 10, cleanup: .compact))
  }

  /// Sixteen records at a time, acknowledged once they are on the disk.
  private func sendSynced(_ broker: Broker, partition: Int, _ notes: Notes) async throws {
    let name = "synced-\(partition)"
    let producer = try Producer(broker: broker, name: name, settings: ProducerSettings(acknowledge: .synced), now: 0)
    var next = try broker.topic("synced").nextSequence(of: producer.identity, partition: partition) ?? 0
    while true {
      for _ in 0..<16 {
        let number = next
        let record = ProducerRecord(
          value: Array(Payload(writer: name, number: number).text.utf8), partition: partition)
        try producer.send(record, to: "synced", now: 0) { result in
          if case .success(let position) = result { notes.add("\(name) \(number) \(position.offset)") }
        }
        next += 1
      }
      await producer.flush()
    }
  }

  /// Batches that are sent twice, acknowledged once the system has them.
  private func sendWritten(_ broker: Broker, _ notes: Notes) async throws {
    let topic = try broker.topic("written")
    let producer = try broker.register(producer: "written", now: 0)
    var random = SeededGenerator(seed: seed)
    while true {
      for partition in 0..<Self.partitions {
        let first = try topic.nextSequence(of: producer, partition: partition) ?? 0
        let numbers = first..<first + Int64.random(in: 1...40, using: &random)
        let records = numbers.map {
          ProducerRecord(value: Array(Payload(writer: "written-\(partition)", number: $0).text.utf8))
        }
        for _ in 0..<2 {
          let batch = try topic.append(records, partition: partition, by: producer, sequence: first, now: 0)
          notes.add("written-\(partition) \(first) \(batch.position.offset)")
        }
      }
      await Task.yield()
    }
  }

  /// Moves what a group has read on: from `written` to two topics at once, with the offsets.
  private func commitTransactions(_ broker: Broker, _ notes: Notes) async throws {
    let consumer = Consumer(broker: broker, group: "mover", client: "mover", topics: ["written"])
    while true {
      let batches = try consumer.poll(max: 20, now: 0).batches
      if batches.isEmpty { await Task.yield() }
      guard !batches.isEmpty else { continue }
      var transaction = Transaction()
      for batch in batches {
        for topic in ["left", "right"] {
          transaction.append(
            batch.records.map { ProducerRecord(value: $0.value, partition: batch.partition) }, to: topic)
        }
      }
      let positions = try consumer.commit(with: transaction, now: 0)
      for position in positions { notes.add("\(position.topic)-\(position.partition) - \(position.offset)") }
      await Task.yield()
    }
  }

  /// Rising numbers under a few keys, and compaction all the while.
  private func updateKeys(_ broker: Broker, _ notes: Notes) async throws {
    let topic = try broker.topic("keyed")
    var numbers = [Int64](repeating: 0, count: Self.keys)
    for record in try topic.peek(partition: 0, from: topic.bounds(partition: 0).lowerBound, maximumRecords: 1 << 20)
      .records
    {
      guard let payload = Payload(record.text), let key = record.keyText.flatMap({ Int($0) }) else { continue }
      numbers[key] = payload.number
    }
    var random = SeededGenerator(seed: seed &+ 1)
    while true {
      for _ in 0..<50 {
        let key = Int.random(in: 0..<Self.keys, using: &random)
        numbers[key] += 1
        try topic.append(
          ProducerRecord(key: "\(key)", text: Payload(writer: "key-\(key)", number: numbers[key]).text), now: 0)
        notes.add("key-\(key) \(numbers[key]) -")
      }
      topic.applyRetention(now: 0)
      await Task.yield()
    }
  }
}

/// Lines in a file, each written as a whole, so that they outlive the process.
final class Notes: Sendable {
  private let handle: Locked<FileHandle>

  init(_ handle: FileHandle) { self.handle = Locked(handle) }

  func add(_ line: String) {
    handle.withLock { try? $0.write(contentsOf: Data((line + "\n").utf8)) }
  }
}
