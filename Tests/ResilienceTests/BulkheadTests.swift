import Resilience
import Testing

@Suite struct BulkheadTests {
  @Test func defaultsAreThoseOfResilience4j() {
    #expect(BulkheadSettings().maxConcurrentCalls == 25)
    #expect(BulkheadSettings().maxWaitDuration == .zero)
    #expect(throws: InvalidSetting.self) {
      try Bulkhead(name: "b", settings: BulkheadSettings(maxConcurrentCalls: 0))
    }
    #expect(throws: InvalidSetting.self) {
      try Bulkhead(name: "b", settings: BulkheadSettings(maxWaitDuration: .seconds(-1)))
    }
  }

  @Test func aFullBulkheadRefusesAtOnce() throws {
    let time = VirtualTime()
    let bulkhead = try Bulkhead(name: "b", settings: BulkheadSettings(maxConcurrentCalls: 1))
    let clock = time.clock
    #expect(bulkhead.tryAcquire())
    #expect(!bulkhead.tryAcquire())
    #expect(throws: BulkheadFull(name: "b", limit: 1)) {
      try time.run { try await bulkhead.execute(clock: clock) {} }
    }
    #expect(time.now == 0)
    #expect(bulkhead.snapshot().refused == 2)
    bulkhead.release()
    try time.run { try await bulkhead.execute(clock: clock) {} }
    #expect(bulkhead.snapshot().used == 0)
    #expect(bulkhead.snapshot().permitted == 2)
    #expect(BulkheadFull(name: "b", limit: 1).description == "bulkhead b is full: 1 call runs already")
  }

  @Test func thePlaceIsGivenBackWhenTheCallFails() throws {
    let time = VirtualTime()
    let bulkhead = try Bulkhead(name: "b")
    let clock = time.clock
    #expect(throws: Failed()) { try time.run { try await bulkhead.execute(clock: clock) { throw Failed() } } }
    #expect(bulkhead.snapshot().used == 0)
  }

  @Test func whoWaitedLongestGoesFirstAndWhoWaitedTooLongGoes() throws {
    let time = VirtualTime()
    let settings = BulkheadSettings(maxConcurrentCalls: 2, maxWaitDuration: .milliseconds(250))
    let bulkhead = try Bulkhead(name: "b", settings: settings)
    let clock = time.clock
    let journal = Journal<String>()
    try time.run {
      await withTaskGroup(of: Void.self) { group in
        for caller in 1...8 {
          group.addTask {
            do {
              try await bulkhead.execute(clock: clock) {
                journal.add("\(caller) at \(clock.now.nanoseconds / .milliseconds(1))")
                try await clock.sleep(for: .milliseconds(100))
              }
            } catch {
              journal.add("\(caller) refused at \(clock.now.nanoseconds / .milliseconds(1))")
            }
          }
        }
        try? await clock.sleep(for: .milliseconds(50))
        #expect(bulkhead.snapshot().used == 2)
        #expect(bulkhead.snapshot().waiting == 6)
      }
    }
    #expect(
      journal.entries == [
        "1 at 0", "2 at 0", "3 at 100", "4 at 100", "5 at 200", "6 at 200", "7 refused at 250", "8 refused at 250",
      ])
    let snapshot = bulkhead.snapshot()
    #expect(snapshot.used == 0 && snapshot.waiting == 0)
    #expect(snapshot.permitted == 6 && snapshot.refused == 2)
  }

  @Test func aCancelledWaiterLeavesTheQueueAndTakesNoPlace() throws {
    let time = VirtualTime()
    let settings = BulkheadSettings(maxConcurrentCalls: 1, maxWaitDuration: .seconds(9))
    let bulkhead = try Bulkhead(name: "b", settings: settings)
    let clock = time.clock
    #expect(bulkhead.tryAcquire())
    try time.run {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          await #expect(throws: CancellationError.self) { try await bulkhead.acquire(clock: clock) }
        }
        try? await clock.sleep(for: .milliseconds(1))
        #expect(bulkhead.snapshot().waiting == 1)
        group.cancelAll()
      }
    }
    #expect(bulkhead.snapshot().waiting == 0)
    #expect(bulkhead.snapshot().refused == 0)
    bulkhead.release()
    #expect(bulkhead.snapshot().used == 0)
  }

  @Test func manyThreadsNeverExceedTheLimitAndLoseNoPlace() async throws {
    let settings = BulkheadSettings(maxConcurrentCalls: 3, maxWaitDuration: .seconds(600))
    let bulkhead = try Bulkhead(name: "b", settings: settings)
    let inside = Journal<Int>()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<400 {
        group.addTask {
          try await bulkhead.execute(clock: .continuous) {
            inside.add(bulkhead.snapshot().used)
            if caller % 3 == 0 { await Task.yield() }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(inside.entries.count == 400)
    #expect(inside.entries.allSatisfy { (1...3).contains($0) })
    let snapshot = bulkhead.snapshot()
    #expect(snapshot.used == 0 && snapshot.waiting == 0 && snapshot.permitted == 400)
  }
}
