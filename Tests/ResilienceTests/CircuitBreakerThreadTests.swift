import Resilience
import TestSupport
import Testing

@Suite struct CircuitBreakerThreadTests {
  @Test func manyThreadsLoseNothingAndEventsKeepTheirOrder() async throws {
    var settings = CircuitBreakerSettings()
    settings.slidingWindowSize = 20
    settings.minimumNumberOfCalls = 5
    settings.permittedNumberOfCallsInHalfOpenState = 3
    settings.waitIntervalInOpenState = .fixed(.milliseconds(1))
    let events = Journal<CircuitBreakerEvent>()
    let breaker = try CircuitBreaker(name: "b", settings: settings, now: 0) { events.add($0) }
    let threads = 8
    let calls = 1_500
    let permitted = await withTaskGroup(of: Int.self) { group in
      for thread in 0..<threads {
        group.addTask {
          var random = SeededGenerator(seed: UInt64(thread))
          var permitted = 0
          for call in 0..<calls {
            let now = Int64(call) * 100_000
            guard breaker.tryAcquire(now: now) else { continue }
            permitted += 1
            if Int.random(in: 0..<3, using: &random) == 0 {
              breaker.recordError(duration: 0, now: now)
            } else {
              breaker.recordSuccess(duration: 0, now: now)
            }
            if call % 100 == 0 { _ = breaker.snapshot(now: now) }
          }
          return permitted
        }
      }
      return await group.reduce(0, +)
    }
    let snapshot = breaker.snapshot(now: .seconds(1))
    let heard = events.entries
    #expect(permitted + snapshot.notPermittedCallsInAll == threads * calls)
    #expect(heard.filter { $0.kind == .success || $0.kind == .error }.count == permitted)
    #expect(heard.filter { $0.kind == .notPermitted }.count == snapshot.notPermittedCallsInAll)
    let transitions = heard.compactMap(\.transition)
    #expect(transitions.count > 2, "the case must open the breaker to show anything")
    #expect(transitions.first?.from == .closed)
    for (earlier, later) in zip(transitions, transitions.dropFirst()) { #expect(earlier.to == later.from) }
    #expect(Array(transitions.suffix(64)) == snapshot.transitions)
  }
}
