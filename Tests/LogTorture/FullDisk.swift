import ArgumentParser
import EventBus
import Foundation

/// A disk that takes nothing more: by a limit on the size of files, or by a folder on a file system that is small.
struct FullDisk: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "full", abstract: "Write until the disk is full, make room, and go on.")

  @Option(help: "A folder on a small file system, to be filled; else files are limited to 64 KiB.")
  var directory: String?

  func run() async throws {
    let parent = directory ?? FileManager.default.temporaryDirectory.path
    let folder = parent + "/log-torture-full-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // A file over the limit is an error then, as a full disk is, and no end of the process.
    signal(SIGXFSZ, SIG_IGN)
    for level in [Acknowledgement.written, .memory] {
      try await fill(folder + "-\(level.rawValue)", level)
      try? FileManager.default.removeItem(atPath: folder + "-\(level.rawValue)")
    }
    print("a full disk gave errors, what was acknowledged stayed, and writing went on when there was room")
  }

  private func fill(_ folder: String, _ level: Acknowledgement) async throws {
    let storage = StorageSettings(acknowledge: level, maximumUnwritten: 1 << 20)
    let broker = try Broker(directory: folder, storage: storage, now: 0)
    let settings = TopicSettings(partitions: 2, retentionAge: nil, retentionBytes: nil, segmentBytes: 1 << 20)
    let topic = try broker.createTopic("filling", settings: settings)
    let limit = try Limit(directory == nil ? nil : folder)
    var numbers: [Int64] = [0, 0]
    let first = try write(to: topic, &numbers)
    guard first.isFull else { throw Finding("\(level.rawValue): a full disk gave no such error, but \(first)") }
    try check(broker, numbers)
    // A part that was written is taken back when another cannot be.
    var transaction = Transaction()
    for partition in 0..<2 {
      transaction.append([record(partition, numbers[partition], filler: 200_000)], to: "filling")
    }
    if level == .written {
      guard (try? broker.commit(transaction, now: 0)) == nil else { throw Finding("a transaction had room") }
      try check(broker, numbers)
    }
    try limit.lift()
    for partition in 0..<2 {
      try topic.append([record(partition, numbers[partition])], now: 0)
      numbers[partition] += 1
    }
    try broker.commit(transaction, now: 0)
    for partition in 0..<2 { numbers[partition] += 1 }
    try await broker.close(now: 0)
    let again = try Broker(directory: folder, now: 0)
    guard again.recovery?.isClean == true else { throw Finding(again.recovery?.sentences.joined() ?? "") }
    try check(again, numbers)
  }

  private func record(_ partition: Int, _ number: Int64, filler: Int = 2_000) -> ProducerRecord {
    ProducerRecord(
      value: Array("\(partition) \(number) ".utf8) + [UInt8](repeating: 120, count: filler), partition: partition)
  }

  /// Appends to both partitions until one is refused.
  private func write(to topic: Topic, _ numbers: inout [Int64]) throws -> BusError {
    for _ in 0..<100_000 {
      for partition in 0..<2 {
        do throws(BusError) {
          try topic.append([record(partition, numbers[partition])], now: 0)
        } catch {
          return error
        }
        numbers[partition] += 1
      }
    }
    throw Finding("the disk was never full")
  }

  /// Everything that was acknowledged is there, in order, and nothing else.
  private func check(_ broker: Broker, _ numbers: [Int64]) throws {
    for partition in 0..<2 {
      var offset: Int64 = 0
      while case let batch = try broker.read("filling", partition: partition, from: offset),
        let last = batch.records.last
      {
        for record in batch.records where !record.text.hasPrefix("\(partition) ") {
          throw Finding("offset \(record.offset) is \(record.text.prefix(20))")
        }
        offset = last.offset + 1
      }
      guard offset == numbers[partition] else {
        throw Finding("partition \(partition) has \(offset) records; \(numbers[partition]) were acknowledged")
      }
    }
  }
}

/// What keeps the disk from taking more.
private struct Limit {
  private var before = rlimit()
  private var ballast: String?

  /// - Parameter folder: on a small file system, where a file takes most of the room; nil limits this process's files.
  init(_ folder: String?) throws {
    if let folder {
      ballast = folder + "-ballast"
      let count = 3 << 20
      try Data(count: count).write(to: URL(fileURLWithPath: folder + "-ballast"))
      return
    }
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before)
    var small = before
    small.rlim_cur = 64 << 10
    guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small) == 0 else {
      throw Finding("the size of files cannot be limited")
    }
  }

  func lift() throws {
    if let ballast { return try FileManager.default.removeItem(atPath: ballast) }
    var before = before
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &before)
  }
}

extension BusError {
  /// It says that there is no room.
  fileprivate var isFull: Bool {
    switch self {
    case .storage(_, _, _, let code): code == ENOSPC || code == EFBIG
    case .bufferFull: true
    default: false
    }
  }
}
