import Dispatch
import Foundation
import Testing

@testable import EventBus

/// Many threads at once; run it under ThreadSanitizer too.
@Suite struct ThreadTests {
  @Test func threadsAppendReadWaitAndCommitTogether() throws {
    let broker = try Broker(groupSettings: .prompt)
    let topic = try broker.createTopic("t", settings: TopicSettings(partitions: 3, segmentBytes: 4_000))
    let seen = Recorder<(Int, Int64)>()
    broker.onAppend { name, partition, records in
      guard name == "t" else { return }
      for record in records { seen.add((partition, record.offset)) }
    }
    let monitor = LagMonitor(broker: broker)
    let delivered = Recorder<String>()
    let producers = 4
    let perProducer = 200
    let expected = producers * perProducer * 5
    try onThreads(producers + 4) { thread in
      if thread < producers {
        for round in 0..<perProducer {
          let records = (0..<5).map { ProducerRecord(key: "key-\(thread)-\($0)", text: "\(thread)-\(round)-\($0)") }
          try topic.append(records, now: Int64(round))
        }
      } else if thread < producers + 2 {
        try Self.consume(broker, client: "c\(thread)", into: delivered, until: expected)
      } else {
        for round in 0..<200 {
          monitor.sample(now: Int64(round))
          _ = broker.snapshot()
          broker.tick(now: Int64(round))
          broker.applyRetention(now: Int64(round))
          try broker.whenReadable([PartitionOffset(topic: "t", partition: 0, offset: 1_000_000)]) {}.cancel()
        }
      }
    }
    #expect(Set(delivered.all).count == expected)
    #expect(seen.all.count == expected)
    for partition in 0..<3 {
      let offsets = seen.all.filter { $0.0 == partition }.map(\.1)
      #expect(offsets == Array(0..<Int64(offsets.count)))
    }
  }

  /// Polls, waits by token, and commits, until all records have been delivered to somebody.
  private static func consume(
    _ broker: Broker, client: String, into delivered: Recorder<String>, until expected: Int
  ) throws {
    let consumer = Consumer(broker: broker, group: "g", client: client, topics: ["t"])
    while Set(delivered.all).count < expected {
      let result = try consumer.poll(max: 100, now: 0)
      for batch in result.batches { for record in batch.records { delivered.add(record.text) } }
      do {
        try consumer.commit(now: 0)
      } catch BusError.rebalanceInProgress, BusError.illegalGeneration, BusError.unknownMember {
        continue
      }
      guard result.batches.isEmpty else { continue }
      let woken = DispatchSemaphore(value: 0)
      let token = try consumer.waitToken { woken.signal() }
      // The other consumer may have taken the last record: nobody wakes this one then.
      if woken.wait(timeout: .now() + .milliseconds(20)) == .timedOut { token.cancel() }
    }
    consumer.close(now: 0)
  }
}
