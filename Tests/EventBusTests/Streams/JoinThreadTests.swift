import Testing

@testable import EventBus

extension JoinProcessorTests {
  /// Two members on threads of their own, one of which leaves and comes back all the time, and writers beside them.
  @Test func threadsShareOneJoin() throws {
    let broker = try makeBroker(partitions: 2)
    let (pairs, threads) = (300, 4)
    let published = Recorder<String>()
    broker.onAppend { topic, _, records in
      if topic == "out" { for record in records { published.add(record.text) } }
    }
    try onThreads(threads) { thread in
      if thread < 2 {
        for number in 0..<pairs {
          let record = ProducerRecord(key: "\(number)", text: "\(number)", timestamp: Int64(number))
          try broker.append([record], to: thread == 0 ? "left" : "right", now: 0)
        }
        return
      }
      var processor = try self.processor(broker, "p\(thread)", within: 1_000_000)
      var rounds = 0
      while published.all.count < pairs, rounds < 1_000_000 {
        rounds += 1
        try processor.step(max: 20, now: 0)
        if thread == 3, rounds % 7 == 0 {
          processor.close(now: 0)
          processor = try self.processor(broker, "p\(thread)", within: 1_000_000)
        }
      }
      processor.close(now: 0)
    }
    #expect(published.all.sorted() == (0..<pairs).map { "\($0)+\($0)" }.sorted())
  }
}
