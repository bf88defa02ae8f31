import Concurrency
import Foundation
import TestSupport
import Testing

@testable import EventBus

/// A broker that was closed leaves its directory alone: it may be somebody else's.
@Suite struct ClosingTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test func aProducerIsRefusedAfterTheBrokerWasClosed() async throws {
    let broker = try folder.open()
    try broker.createTopic("orders")
    let producer = try Producer(broker: broker, settings: ProducerSettings(linger: 10), now: 0)
    let told = Recorder<String>()
    try producer.send(ProducerRecord(key: nil, text: "late"), to: "orders", now: 0) { told.add("\($0)") }
    try await broker.close(now: 0)
    let next = try folder.open()
    producer.tick(now: 20)
    #expect(told.all.first?.hasPrefix("failure") == true)
    #expect(folder.files(".log").filter { $0.contains("1-orders") } == [])
    _ = next
  }

  @Test func nothingIsRemovedAfterTheBrokerWasClosed() async throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders", settings: TopicSettings(retentionAge: 10))
    try topic.append(ProducerRecord(key: nil, text: "a"), now: 0)
    try await broker.close(now: 0)
    let next = try folder.open()
    _ = broker.applyRetention(now: 1_000)
    _ = try? topic.deleteRecords(before: 1, partition: 0)
    let files = folder.files(".log").filter { $0.contains("1-orders") }
    #expect(files.count == 1 && files.first?.hasSuffix("00.log") == true)
    #expect(try next.everything().map(\.text) == ["a"])
  }

  @Test func nothingIsMadeAfterTheBrokerWasClosed() async throws {
    let broker = try folder.open()
    let topic = try broker.createTopic("orders")
    try await broker.close(now: 0)
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    broker.setAvailable(true, now: 0)
    for call in [
      { _ = try topic.append(ProducerRecord(key: nil, text: "x"), now: 0) },
      { _ = try topic.append([ProducerRecord(key: nil, text: "x")], acknowledge: .memory, now: 0) },
      { _ = try broker.createTopic("mails") }, { _ = try broker.register(now: 0) },
    ] {
      #expect(throws: BusError.unavailable("the broker")) { try call() }
    }
    try await broker.close(now: 0)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path) == files)
  }

  /// Threads that append and compact all the while: what comes after the end of `close` is refused.
  @Test func closingAmongOthers() async throws {
    let broker = try folder.open(storage: StorageSettings(acknowledge: .memory))
    let topic = try broker.createTopic("orders", settings: TopicSettings(segmentBytes: 2_000, cleanup: .compact))
    let done = Recorder<Int>()
    let accepted = Recorder<Int64>()
    let refused = Recorder<Int>()
    let threads = Task.detached {
      try onThreads(3) { thread in
        while done.count == 0 {
          if thread == 0 { topic.applyRetention(now: 0) }
          let record = ProducerRecord(key: "\(thread) \(accepted.count % 50)", text: "value")
          if let position = try? topic.append(record, now: 0) {
            accepted.add(position.offset)
          } else {
            refused.add(thread)
          }
        }
      }
    }
    while accepted.count < 500 { try await Task.sleep(for: .milliseconds(1)) }
    try? await broker.close(now: 0)
    let next = try folder.open()
    let end = try next.topic("orders").bounds(partition: 0).upperBound
    // They go on trying beside the new broker.
    let tries = refused.count + 300
    while refused.count < tries { await Task.yield() }
    done.add(1)
    try await threads.value
    #expect(end >= 500)
    let again = try next.everything()
    #expect(again.last?.offset == end - 1)
  }
}
