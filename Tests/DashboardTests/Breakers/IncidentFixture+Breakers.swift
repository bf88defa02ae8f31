import Operations
import TraceModel

extension IncidentFixture {
  static let trippingCalls: [BreakerCall] = {
    let pattern: [(Bool, String)] = [
      (false, "11aa"), (false, "22bb"), (false, "33cc"), (true, "8f3a"), (false, "44dd"), (false, "55ee"),
      (true, "02be"), (true, "c90d"), (true, "5a17"), (true, "e6f2"),
    ]
    return pattern.map { isFailure, head in
      BreakerCall(
        isFailure: isFailure, isSlow: false, duration: isFailure ? second : 84_000_000,
        gtxid: id(head + "000000000000000000000000" + "21c9"))
    }
  }()

  static func breakers() -> [BreakerSnapshot] {
    let healthy = [
      ("gateway", "catalog"), ("gateway", "order"), ("gateway", "search"), ("gateway", "cart"), ("gateway", "member"),
      ("gateway", "order-history"), ("catalog", "item"), ("catalog", "review"), ("order", "customer"),
    ]
    return healthy.map { closed($0.0, $0.1, failureRate: $0.1 == "member" ? 10 : 0, buffered: 10) } + [
      closed("search", "member", failureRate: nil, buffered: 4),
      closed("shipping", "customer", failureRate: nil, buffered: 1),
      halfOpen(), open(),
    ]
  }

  static func shopSettings() -> BreakerSettingsSnapshot {
    var settings = BreakerSettingsSnapshot()
    (settings.windowSize, settings.failureRateThreshold, settings.slowRateThreshold) = (10, 50, 100)
    (settings.slowCallDuration, settings.trialCalls, settings.openWait) = (6 * second, 3, 10 * second)
    return settings
  }

  static func closed(_ caller: String, _ callee: String, failureRate: Double?, buffered: Int) -> BreakerSnapshot {
    var breaker = BreakerSnapshot(id: "\(caller)-1>\(callee)", caller: caller, instance: "\(caller)-1", callee: callee)
    (breaker.since, breaker.failureRate, breaker.slowRate) = (now - 2 * hour, failureRate, failureRate.map { _ in 0 })
    (breaker.buffered, breaker.minimumCalls, breaker.settings) = (buffered, 10, shopSettings())
    breaker.failed = Int(failureRate ?? 0) / 10
    breaker.window = (0..<buffered).map { index in
      BreakerCall(
        isFailure: index < breaker.failed, isSlow: false, duration: 9_000_000,
        gtxid: id("aa0\(index)" + "000000000000000000000000" + "0001"))
    }
    breaker.history = Array(repeating: .closed, count: 30)
    breaker.transitions = [BreakerTransition(time: now - 2 * hour, from: nil, to: .closed, reason: "started")]
    return breaker
  }

  static func halfOpen() -> BreakerSnapshot {
    var breaker = closed("catalog", "recommendation", failureRate: nil, buffered: 1)
    (breaker.state, breaker.since, breaker.minimumCalls) = (.halfOpen, now - 1_100_000_000, 3)
    breaker.rejected = 88
    breaker.trial = Array(breaker.window.prefix(1))
    breaker.history =
      Array(repeating: .closed, count: 4) + Array(repeating: .open, count: 5) + [.halfOpen]
      + Array(repeating: .closed, count: 14) + Array(repeating: .open, count: 5) + [.halfOpen]
    breaker.transitions = [
      BreakerTransition(time: now - 1_100_000_000, from: .open, to: .halfOpen, reason: "a call after the wait"),
      BreakerTransition(time: now - 2 * hour, from: nil, to: .closed, reason: "started"),
    ]
    return breaker
  }

  static func open() -> BreakerSnapshot {
    var breaker = closed("payment", "payment-gateway", failureRate: 100, buffered: 3)
    (breaker.state, breaker.since, breaker.minimumCalls) = (.open, now - 6_200_000_000, 3)
    (breaker.slowRate, breaker.failed, breaker.rejected) = (nil, 3, 287)
    breaker.trialFrom = now + 3_800_000_000
    breaker.trippedBy = trippingCalls
    breaker.trial = Array(trippingCalls.suffix(3))
    breaker.window = breaker.trial
    breaker.history =
      Array(repeating: .closed, count: 15) + Array(repeating: .open, count: 5) + [.halfOpen]
      + Array(repeating: .open, count: 5) + [.halfOpen] + Array(repeating: .open, count: 3)
    let failed = "3 of 3 failed"
    breaker.transitions = [
      BreakerTransition(time: now - 6_200_000_000, from: .halfOpen, to: .open, reason: failed),
      BreakerTransition(time: now - 7_200_000_000, from: .open, to: .halfOpen, reason: "a call after the wait"),
      BreakerTransition(time: now - 17_300_000_000, from: .halfOpen, to: .open, reason: failed),
      BreakerTransition(time: now - 18_300_000_000, from: .open, to: .halfOpen, reason: "a call after the wait"),
      BreakerTransition(time: now - 28_400_000_000, from: .closed, to: .open, reason: "50 % ≥ 50 %"),
      BreakerTransition(time: at(12, 4, 10.3), from: nil, to: .closed, reason: "started"),
    ]
    return breaker
  }
}
