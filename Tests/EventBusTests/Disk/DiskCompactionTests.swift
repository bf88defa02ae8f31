import Concurrency
import Foundation
import TestSupport
import Testing

@testable import EventBus

/// Compaction of files, while others read and compact.
@Suite struct DiskCompactionTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func readersAndTwoCompactionsAtOnce() throws {
    let broker = try folder.open(storage: StorageSettings(maximumOpenFiles: 1))
    let topic = try broker.createTopic(
      "orders", settings: TopicSettings(segmentBytes: 400_000, cleanup: .compact))
    let done = Recorder<Int>()
    try onThreads(5) { thread in
      if thread == 0 {
        for number in 0..<6_000 {
          let filler = String(repeating: "x", count: 300 + number % 7)
          try topic.append(ProducerRecord(key: "\(number % 900)", text: filler), now: 0)
        }
        done.add(1)
      } else if thread < 3 {
        while done.count == 0 {
          let failures = topic.applyRetention(now: 0).failures
          if !failures.isEmpty { throw failures[0] }
        }
      } else {
        while done.count == 0 {
          var offset: Int64 = 0
          while true {
            let batch = try topic.read(partition: 0, from: offset, maximumRecords: 37)
            guard let last = batch.records.last else { break }
            offset = last.offset + 1
          }
        }
      }
    }
    #expect(try Set(broker.everything().map(\.keyText)).count == 900)
  }

  @Test func whatIsLeftStandsInSmallBatches() async throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders", settings: TopicSettings(segmentBytes: 16 << 20, cleanup: .compact))
    for number in 0..<20 {
      try topic.append(
        ProducerRecord(key: Array("\(number)".utf8), value: [UInt8](repeating: 1, count: 1_000_000)), now: 0)
    }
    while topic.partitions[0].state.withLock({ $0.disk?.closed.last?.isSealed == false }) { await Task.yield() }
    #expect(topic.applyRetention(now: 0).failures.isEmpty)
    #expect(topic.partitions[0].state.withLock { $0.disk?.closed.first?.isCompacted } == true)
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.files(".log").first { $0.contains("1-orders") } ?? ""))
    let header = try #require(data.withUnsafeBytes { BatchHeader($0) })
    #expect(header.bytes <= 5 << 20)
  }
}
