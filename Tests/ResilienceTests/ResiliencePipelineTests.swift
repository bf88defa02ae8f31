import Resilience
import Testing

@Suite struct ResiliencePipelineTests {
  private func text(_ step: ResilienceStep) -> String {
    switch step {
    case .attempting(let attempt): "attempt \(attempt)"
    case .refused(let attempt, let by, _): "\(attempt) refused by \(by.rawValue)"
    case .cutOff(let attempt, let error): "\(attempt) cut off after \(error.limit)"
    case .succeeded(let attempt): "\(attempt) ok"
    case .failed(let attempt, let error): "\(attempt) failed: \(type(of: error))"
    case .backingOff(let attempt, let wait): "back off \(wait) after \(attempt)"
    }
  }

  private func breaker(_ time: VirtualTime, window: Int = 4) throws -> CircuitBreaker {
    var settings = CircuitBreakerSettings()
    settings.slidingWindowSize = window
    settings.waitIntervalInOpenState = .fixed(.seconds(10))
    return try CircuitBreaker(name: "a → b", settings: settings, now: time.now)
  }

  private func run(
    _ pipeline: ResiliencePipeline, _ time: VirtualTime, tag: CallTag? = nil,
    _ call: @escaping @Sendable (Int) async throws -> Int
  ) -> (value: Int?, steps: [String]) {
    let journal = Journal<String>()
    let clock = time.clock
    let value = try? time.run {
      try await pipeline.execute(clock: clock, tag: tag) {
        journal.add(self.text($0))
      } _: {
        try await call($0)
      }
    }
    return (value, journal.entries)
  }

  @Test func withoutGuardsItIsTheCall() throws {
    let time = VirtualTime()
    let pipeline = ResiliencePipeline(name: "p", now: { time.now })
    let (value, steps) = run(pipeline, time) { $0 * 7 }
    #expect(value == 7)
    #expect(steps == ["attempt 1", "1 ok"])
  }

  @Test func everyAttemptCountsForTheBreakerAndItsRefusalIsRetriedToo() throws {
    let time = VirtualTime(now: .seconds(1_000))
    var pipeline = ResiliencePipeline(name: "p", retry: try Retry(name: "r"), now: { time.now })
    let breaker = try breaker(time, window: 2)
    pipeline.circuitBreaker = breaker
    let clock = time.clock
    let tag = CallTag(high: 1, low: 2)
    let (value, steps) = run(pipeline, time, tag: tag) { _ in
      try await clock.sleep(for: .milliseconds(20))
      throw Failed()
    }
    #expect(value == nil)
    #expect(
      steps == [
        "attempt 1", "1 failed: Failed", "back off 0.5 seconds after 1",
        "attempt 2", "2 failed: Failed", "back off 0.5 seconds after 2",
        "attempt 3", "3 refused by circuitBreaker", "3 failed: CallNotPermitted",
      ])
    let snapshot = pipeline.snapshot(now: time.now)
    #expect(snapshot.circuitBreaker?.window.calls.map(\.duration) == [.milliseconds(20), .milliseconds(20)])
    #expect(snapshot.circuitBreaker?.window.calls.allSatisfy { $0.tag == tag } == true)
    #expect(snapshot.circuitBreaker?.state == .open)
    #expect(snapshot.retry?.gaveUp == 1)
  }

  @Test func aTimeOutIsAFailureToTheBreaker() throws {
    let time = VirtualTime()
    let breaker = try breaker(time)
    let pipeline = ResiliencePipeline(
      name: "p", circuitBreaker: breaker, timeLimiter: try TimeLimiter(name: "t"), now: { time.now })
    let clock = time.clock
    let (_, steps) = run(pipeline, time) { _ in
      try await clock.sleep(for: .seconds(2))
      return 1
    }
    #expect(steps == ["attempt 1", "1 cut off after 1.0 seconds", "1 failed: TimeLimitExceeded"])
    #expect(breaker.snapshot(now: time.now).failedCalls == 1)
    #expect(breaker.snapshot(now: time.now).window.calls.first?.duration == .seconds(1))
  }

  @Test func theInnerGuardsRefuseWithinTheBreaker() throws {
    let time = VirtualTime()
    let breaker = try breaker(time)
    let bulkhead = try Bulkhead(name: "b", settings: BulkheadSettings(maxConcurrentCalls: 1))
    let rates = RateLimiterSettings(limitForPeriod: 1, limitRefreshPeriod: .seconds(1), timeoutDuration: .zero)
    let pipeline = ResiliencePipeline(
      name: "p", circuitBreaker: breaker, rateLimiter: try RateLimiter(name: "r", settings: rates, now: 0),
      timeLimiter: try TimeLimiter(name: "t"), bulkhead: bulkhead, now: { time.now })
    #expect(bulkhead.tryAcquire())
    #expect(run(pipeline, time) { $0 }.steps == ["attempt 1", "1 refused by bulkhead", "1 failed: BulkheadFull"])
    #expect(
      run(pipeline, time) { $0 }.steps == ["attempt 1", "1 refused by rateLimiter", "1 failed: RequestNotPermitted"])
    #expect(breaker.snapshot(now: 0).failedCalls == 2)
    let snapshot = pipeline.snapshot(now: 0)
    #expect(snapshot.bulkhead?.refused == 1)
    #expect(snapshot.rateLimiter?.refused == 1)
    #expect(snapshot.timeLimiter?.passed == 1, "the limiter did not cut the refusal off")
  }

  @Test func anErrorFromBehindTheCallIsNotOurRefusal() throws {
    let time = VirtualTime()
    let pipeline = ResiliencePipeline(
      name: "p", circuitBreaker: try breaker(time), timeLimiter: try TimeLimiter(name: "t"),
      bulkhead: try Bulkhead(name: "b"), now: { time.now })
    #expect(
      run(pipeline, time) { _ in throw BulkheadFull(name: "b", limit: 25) }.steps
        == ["attempt 1", "1 failed: BulkheadFull"])
    #expect(
      run(pipeline, time) { _ in throw TimeLimitExceeded(name: "t", limit: .seconds(1)) }.steps
        == ["attempt 1", "1 failed: TimeLimitExceeded"])
    #expect(
      run(pipeline, time) { _ in throw CallNotPermitted(name: "b → c", state: .open) }.steps
        == ["attempt 1", "1 failed: CallNotPermitted"])
  }

  @Test func errorsAreTakenAsClassified() throws {
    let time = VirtualTime()
    let breaker = try breaker(time)
    let pipeline = ResiliencePipeline(name: "p", circuitBreaker: breaker, now: { time.now }) { error in
      switch (error as? Failed)?.number {
      case 1: .recorded
      case 2: .ignored
      default: .notRecorded
      }
    }
    for number in 1...3 { _ = run(pipeline, time) { _ in throw Failed(number: number) } }
    #expect(breaker.snapshot(now: 0).bufferedCalls == 2)
    #expect(breaker.snapshot(now: 0).failedCalls == 1)
  }

  @Test func aCancelledCallGivesItsPermissionBackAndIsNotRetried() throws {
    let time = VirtualTime()
    let breaker = try breaker(time)
    try breaker.transition(to: .open, now: 0)
    try breaker.transition(to: .halfOpen, now: 0)
    let pipeline = ResiliencePipeline(
      name: "p", retry: try Retry(name: "r"), circuitBreaker: breaker, now: { time.now })
    #expect(
      run(pipeline, time) { _ in throw CancellationError() }.steps == ["attempt 1", "1 failed: CancellationError"])
    #expect(breaker.snapshot(now: 0).trial?.left == 10)
    #expect(breaker.snapshot(now: 0).bufferedCalls == 0)
  }

  @Test func theStepsAreToldInTheCallersIsolation() async throws {
    actor Caller {
      var steps = 0
      func call(_ pipeline: ResiliencePipeline) async throws -> Int {
        try await pipeline.execute(clock: .continuous) { _ in
          steps += 1
        } _: {
          $0
        }
      }
    }
    let pipeline = ResiliencePipeline(
      name: "p", retry: try Retry(name: "r"), timeLimiter: try TimeLimiter(name: "t"),
      bulkhead: try Bulkhead(name: "b"), now: { 0 })
    let caller = Caller()
    #expect(try await caller.call(pipeline) == 1)
    #expect(await caller.steps == 2)
  }
}
