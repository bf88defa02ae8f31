import Concurrency
import EventBus
import Foundation

/// What the bus does in a second with its log on disk.
struct DiskBenchmarks {
  let rounds: Int
  /// Where a folder for the log is made, and removed again.
  let parent: String

  private static let batch = 512
  private static let batches = 1_000
  private static let producers = 64
  /// Long enough for hundreds of syncs, whatever the disk.
  private static let syncedSeconds = 1.0

  func run() async throws -> [BenchResult] {
    let folder = parent + "/msatop-bench-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let broker = try Broker(directory: folder, now: WallClock.nanoseconds)
    var results = try throughputs(broker)
    for window in [16, 1] { results.append(try await synced(broker, window: window)) }
    try await broker.close(now: WallClock.nanoseconds)
    return results
  }

  private static func record(_ number: Int) -> ProducerRecord {
    ProducerRecord(
      key: Array("\(number % 1_000)".utf8), value: [UInt8](repeating: UInt8(number & 0x7F), count: 200), partition: 0)
  }

  // MARK: One thread

  private func throughputs(_ broker: Broker) throws -> [BenchResult] {
    let records = (0..<Self.batch).map(Self.record)
    var (written, buffered, read): ([Double], [Double], [Double]) = ([], [], [])
    for round in 0...rounds {
      let values = [
        try append(records, "written-\(round)", .written, broker),
        try append(records, "buffered-\(round)", .memory, broker),
        try self.read("written-\(round)", broker),
      ]
      for name in ["written-\(round)", "buffered-\(round)"] { try empty(name, broker) }
      guard round > 0 else { continue }  // the first one pays for the memory
      written.append(values[0])
      buffered.append(values[1])
      read.append(values[2])
    }
    return [
      BenchResult(
        "append on disk, written, batches of 512", unit: "records/s", of: written, acknowledged: .written,
        note: "one thread; acknowledged once the operating system has them"),
      BenchResult(
        "append on disk, memory, batches of 512", unit: "records/s", of: buffered, acknowledged: .memory,
        note: "one thread; acknowledged at once, written by another thread"),
      BenchResult(
        "read from disk, batches of 512", unit: "records/s", of: read, acknowledged: .written,
        note: "one thread; checksums compared; the files are in the system's cache"),
    ]
  }

  private func append(
    _ records: [ProducerRecord], _ name: String, _ level: Acknowledgement, _ broker: Broker
  ) throws -> Double {
    let topic = try broker.createTopic(name, settings: Self.settings)
    let start = WallClock.monotonic
    for number in 0..<Self.batches { try topic.append(records, acknowledge: level, now: Int64(number)) }
    return Double(Self.batch * Self.batches) / (Double(WallClock.monotonic - start) / 1e9)
  }

  private static let settings = TopicSettings(retentionAge: nil, retentionBytes: nil, segmentBytes: 64 << 20)

  private func read(_ name: String, _ broker: Broker) throws -> Double {
    let topic = try broker.topic(name)
    let start = WallClock.monotonic
    var (offset, bytes): (Int64, Int) = (0, 0)
    while let last = try { () throws -> EventRecord? in
      let batch = try topic.read(partition: 0, from: offset, maximumRecords: Self.batch)
      for record in batch.records { bytes += record.value.count }
      return batch.records.last
    }() {
      offset = last.offset + 1
    }
    precondition(bytes == Self.batch * Self.batches * 200, "what is read is what was written")
    return Double(Self.batch * Self.batches) / (Double(WallClock.monotonic - start) / 1e9)
  }

  private func empty(_ name: String, _ broker: Broker) throws {
    let topic = try broker.topic(name)
    try topic.deleteRecords(before: topic.bounds(partition: 0).upperBound, partition: 0)
  }

  // MARK: Group commit

  /// Many producers, each with so many records on their way; all share the syncs.
  private func synced(_ broker: Broker, window: Int) async throws -> BenchResult {
    var values: [Double] = []
    for round in 0...rounds {
      let name = "synced-\(window)-\(round)"
      let topic = try broker.createTopic(name, settings: Self.settings)
      let start = WallClock.monotonic
      let end = start + Int64(Self.syncedSeconds * 1e9)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<Self.producers {
          group.addTask { try await send(to: name, broker, window: window, from: number, until: end) }
        }
        try await group.waitForAll()
      }
      let seconds = Double(WallClock.monotonic - start) / 1e9
      let count = try topic.bounds(partition: 0).upperBound
      try empty(name, broker)
      if round > 0 { values.append(Double(count) / seconds) }
    }
    return BenchResult(
      "append on disk, synced, 64 × \(window) in flight", unit: "records/s", of: values, acknowledged: .synced,
      note: "64 producers, one partition; acknowledged once on the disk (fdatasync), which all share")
  }

  private func send(to topic: String, _ broker: Broker, window: Int, from number: Int, until end: Int64) async throws {
    let producer = try Producer(
      broker: broker, settings: ProducerSettings(acknowledge: .synced), now: WallClock.nanoseconds)
    let record = Self.record(number)
    let failure = Locked<BusError?>(nil)
    while WallClock.monotonic < end {
      let now = WallClock.nanoseconds
      for _ in 0..<window {
        try producer.send(record, to: topic, now: now) { result in
          if case .failure(let error) = result { failure.withLock { $0 = error } }
        }
      }
      await producer.flush()
      if let error = failure.withLock({ $0 }) { throw error }
    }
  }
}
