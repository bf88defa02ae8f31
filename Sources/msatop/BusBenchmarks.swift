import Concurrency
import Dispatch
import EventBus
import Foundation

/// What the bus does in a second, and how long a record takes from producer to consumer.
struct BusBenchmarks {
  let rounds: Int

  private static let batch = 512
  private static let batches = 1_000
  private static let handovers = 5_000

  func run() throws -> [BenchResult] {
    try [
      throughput("append, batches of 512", note: "one thread, one partition") { try appended().seconds },
      throughput("read, batches of 512", note: "one thread, one partition, what was appended before") {
        try read(appended().topic)
      },
      latency("end to end, one executor", note: "producer and waiting consumer on one thread", handOverHere),
      latency(
        "end to end, two tasks", note: "the consumer is a task that waits, and stays awake for 0.2 ms before it sleeps"
      ) { try handOverToTask(staysAwake: .microseconds(200)) },
      latency("end to end, two tasks, asleep", note: "the consumer sleeps: the system has to wake its thread") {
        try handOverToTask(staysAwake: .zero)
      },
      latency(
        "end to end, two threads, asleep", note: "the consumer is a thread that sleeps at a semaphore", handOverToThread
      ),
    ]
  }

  /// Nanoseconds between a record's arrival and the next one: enough for a thread without work to sleep.
  private static let rest: Int64 = 100_000

  private func throughput(_ name: String, note: String, _ seconds: () throws -> Double) throws -> BenchResult {
    let records = Double(Self.batch * Self.batches)
    _ = try seconds()  // the first one pays for the memory
    return BenchResult(
      name, unit: "records/s", of: try (0..<rounds).map { _ in records / (try seconds()) }, acknowledged: .memory,
      note: note)
  }

  /// The median over all handovers of each round.
  private func latency(_ name: String, note: String, _ nanoseconds: () throws -> [Int64]) throws -> BenchResult {
    _ = try nanoseconds()
    let medians = try (0..<rounds).map { _ in
      let sorted = try nanoseconds().sorted()
      return Double(sorted[sorted.count / 2]) / 1_000
    }
    return BenchResult(name, unit: "µs", of: medians, acknowledged: .memory, note: note)
  }

  // MARK: Throughput

  private static func record(_ number: Int) -> ProducerRecord {
    ProducerRecord(
      key: Array("\(number % 1_000)".utf8), value: [UInt8](repeating: UInt8(number & 0x7F), count: 200), partition: 0)
  }

  private func appended() throws -> (topic: Topic, seconds: Double) {
    let topic = try Broker().createTopic("bench", settings: TopicSettings(retentionBytes: nil))
    let records = (0..<Self.batch).map(Self.record)
    let start = WallClock.monotonic
    for number in 0..<Self.batches { try topic.append(records, now: Int64(number)) }
    return (topic, Double(WallClock.monotonic - start) / 1e9)
  }

  private func read(_ topic: Topic) throws -> Double {
    let start = WallClock.monotonic
    var offset: Int64 = 0
    var bytes = 0
    while true {
      let batch = try topic.read(partition: 0, from: offset, maximumRecords: Self.batch)
      guard let last = batch.records.last else { break }
      for record in batch.records { bytes += record.value.count }
      offset = last.offset + 1
    }
    precondition(bytes == Self.batch * Self.batches * 200, "what is read is what was written")
    return Double(WallClock.monotonic - start) / 1e9
  }

  // MARK: One record at a time

  private func pair() throws -> (topic: Topic, consumer: Consumer) {
    let broker = try Broker(groupSettings: GroupSettings(initialRebalanceDelay: 0))
    let topic = try broker.createTopic("bench")
    return (topic, Consumer(broker: broker, group: "bench", client: "bench-1", topics: ["bench"]))
  }

  private func handOverHere() throws -> [Int64] {
    let (topic, consumer) = try pair()
    while consumer.assignment.isEmpty { _ = try consumer.poll(now: WallClock.nanoseconds) }
    let record = Self.record(1)
    var times: [Int64] = []
    times.reserveCapacity(Self.handovers)
    for _ in 0..<Self.handovers {
      let arrived = Locked<Int64>(0)
      let token = try consumer.waitToken {
        let count = (try? consumer.poll(now: WallClock.nanoseconds).recordCount) ?? 0
        arrived.withLock { $0 = count == 1 ? WallClock.monotonic : 0 }
      }
      let start = WallClock.monotonic
      try topic.append(record, now: start)
      let end = arrived.withLock { $0 }
      precondition(end > 0 && token.isSpent, "the record arrives while it is appended")
      times.append(end - start)
    }
    return times
  }

  private func handOverToTask(staysAwake: Duration) throws -> [Int64] {
    let (topic, consumer) = try pair()
    return try measured(topic) { arrived in
      let task = Task.detached {
        for try await batch in consumer.batches(
          commits: .none, staysAwake: staysAwake, clock: ContinuousClock(), now: { WallClock.nanoseconds })
        {
          for _ in batch.records { arrived() }
        }
      }
      return { task.cancel() }
    }
  }

  private func handOverToThread() throws -> [Int64] {
    let (topic, consumer) = try pair()
    return try measured(topic) { arrived in
      let (isOver, wake) = (Locked(false), DispatchSemaphore(value: 0))
      Thread.detachNewThread {
        while !isOver.withLock({ $0 }) {
          guard let result = try? consumer.poll(now: WallClock.nanoseconds) else { return }
          for _ in 0..<result.recordCount { arrived() }
          guard result.recordCount == 0 else { continue }
          guard let token = try? consumer.waitToken(wake: { wake.signal() }) else { return }
          _ = wake.wait(timeout: .now() + 1)
          token.cancel()
        }
      }
      return {
        isOver.withLock { $0 = true }
        wake.signal()
      }
    }
  }

  /// Appends one record after the other, each when the one before has arrived.
  /// - Parameter consume: starts the consumer, which calls its argument for each record; returns what ends it.
  private func measured(
    _ topic: Topic, _ consume: (@escaping @Sendable () -> Void) -> () -> Void
  ) throws -> [Int64] {
    let (end, arrival) = (Locked<Int64>(0), DispatchSemaphore(value: 0))
    let stop = consume {
      end.withLock { $0 = WallClock.monotonic }
      arrival.signal()
    }
    defer { stop() }
    let record = Self.record(1)
    var times: [Int64] = []
    times.reserveCapacity(Self.handovers)
    for number in 0..<Self.handovers {
      let start = WallClock.monotonic
      try topic.append(record, now: start)
      arrival.wait()
      // So that the consumer is really waiting when the next one is appended.
      let next = WallClock.monotonic + Self.rest
      while WallClock.monotonic < next {}
      // The first ones find the consumer joining its group.
      if number >= 100 { times.append(end.withLock { $0 } - start) }
    }
    return times
  }
}
