import Operations
import Resilience
import Simulation
import Testing

@testable import Shop

/// Settings of a breaker that are pushed while it works, seen on the screens' own snapshot.
@Suite struct Row14BreakerSettingsTests {
  private let prefix = "gateway>review.breaker."

  @discardableResult
  private func set(_ setting: String, _ value: String, on stage: Stage) -> CommandOutcome {
    let command = Command.configure(key: prefix + setting, value: value)
    let outcome = CommandDesk(world: stage.world, snapshot: stage.snapshot()).outcome(of: command)
    if case .done = outcome { CommandDesk.carryOut(command, in: stage.world) }
    return outcome
  }

  private func breakers(_ stage: Stage) -> [BreakerSnapshot] {
    stage.snapshot().breakers.filter { $0.caller == ShopPlan.gateway && $0.callee == ShopPlan.review }
  }

  private func client(_ stage: Stage, _ instance: Int = 0) throws -> RemoteClient {
    try #require(stage.world.service(ShopPlan.gateway).instances[instance].process).client(of: ShopPlan.review)
  }

  private static let others = [
    ("failure-rate-threshold", "33.5"), ("slow-call-rate-threshold", "80"), ("slow-call-duration-threshold", "1.5s"),
    ("minimum-number-of-calls", "4"), ("sliding-window-size", "20"), ("sliding-window-type", "TIME_BASED"),
    ("permitted-number-of-calls-in-half-open-state", "1"), ("wait-duration-in-open-state", "2s"),
  ]

  private static var expected: BreakerSettingsSnapshot {
    var settings = BreakerSettingsSnapshot()
    settings.isTimeBased = true
    (settings.windowSize, settings.minimumCalls, settings.trialCalls) = (20, 4, 1)
    (settings.failureRateThreshold, settings.slowRateThreshold) = (33.5, 80)
    (settings.slowCallDuration, settings.openWait) = (1_500_000_000, 2_000_000_000)
    return settings
  }

  /// To every instance, to whoever starts later, and back.
  @Test func eachSettingReachesEveryInstance() {
    let stage = Stage()
    let before = breakers(stage).map(\.settings)
    #expect(before.count == 2 && before[0].openWait == 10_000_000_000)
    for (setting, value) in Self.others {
      guard case .done = set(setting, value, on: stage) else {
        Issue.record("\(setting) is refused")
        continue
      }
    }
    stage.run(2)
    #expect(breakers(stage).map(\.settings) == [Self.expected, Self.expected])
    let others = stage.snapshot().breakers.filter { $0.caller == ShopPlan.gateway && $0.callee != ShopPlan.review }
    #expect(others.count > 4 && others.allSatisfy { $0.settings == before[0] })
    let entries = stage.snapshot().configuration?.entries ?? []
    #expect(Self.others.allSatisfy { entries.contains(.init(key: prefix + $0.0, value: $0.1)) })
    stage.arm("gateway/2:crash,ttl=1s")
    stage.run(0.5)
    #expect(breakers(stage).count == 1)
    stage.run(5)
    #expect(breakers(stage).map(\.settings) == [Self.expected, Self.expected])
    CommandDesk.carryOut(.rollBackConfiguration(version: 1), in: stage.world)
    stage.run(2)
    #expect(breakers(stage).map(\.settings) == before)
  }

  /// Whoever starts reads what is published, and waits for no push.
  @Test func whoeverStartsBeginsWithThem() throws {
    let stage = Stage()
    stage.run(2)
    stage.arm("gateway/2:crash,ttl=1s")
    stage.run(0.5)
    set("minimum-number-of-calls", "4", on: stage)
    var first: Int?
    for _ in 0..<200 where first == nil {
      stage.run(0.05)
      if stage.world.service(ShopPlan.gateway).instances[1].process?.configurationVersion == nil {
        first = breakers(stage).first { $0.instance == "gateway-2" }?.settings.minimumCalls
      }
    }
    #expect(first == 4)
  }

  /// Neither its state nor what is in its window, unless the window itself is another.
  @Test func aBreakerLosesNothingByIt() throws {
    let stage = Stage()
    let breaker = try client(stage).breaker
    for _ in 0..<6 { breaker.recordError(duration: 0, now: stage.world.time.now) }
    #expect(breakers(stage)[0].buffered == 6 && breakers(stage)[0].failed == 6)
    set("failure-rate-threshold", "90", on: stage)
    stage.run(2)
    #expect(breakers(stage)[0].buffered == 6 && breakers(stage)[0].state == .closed)
    // Seven are enough now, and the seventh decides.
    set("minimum-number-of-calls", "7", on: stage)
    stage.run(2)
    #expect(breakers(stage)[0].state == .closed)
    breaker.recordError(duration: 0, now: stage.world.time.now)
    #expect(breakers(stage)[0].state == .open && breakers(stage)[0].trippedBy.count == 7)
    #expect(breakers(stage)[1].state == .closed)
    let since = breakers(stage)[0].since
    #expect(
      set("sliding-window-size", "5", on: stage)
        == .done(prefix + "sliding-window-size 10 → 5; where it is closed, its window begins anew"))
    set("wait-duration-in-open-state", "4s", on: stage)
    stage.run(2)
    let open = breakers(stage)[0]
    #expect(open.state == .open && open.since == since && open.trialFrom == since + 4_000_000_000)
    #expect(open.trippedBy.count == 7 && open.settings.windowSize == 5)
  }

  @Test(
    arguments: [
      .minimumNumberOfCalls, .slidingWindowSize, .permittedNumberOfCallsInHalfOpenState,
    ] as [BreakerSetting]) func theMostCallsMayBePublished(setting: BreakerSetting)
  {
    #expect(setting.problem("1000") == nil)
    #expect(setting.problem("1001")?.hasSuffix("from 1 to 1000") == true)
  }

  @Test(arguments: [
    ("failure-rate-threshold", "0", "is no percentage above 0 and up to 100; say 50"),
    ("failure-rate-threshold", "50%", "is no percentage above 0 and up to 100; say 50"),
    ("slow-call-rate-threshold", "100.5", "is no percentage above 0 and up to 100; say 50"),
    ("slow-call-rate-threshold", "nan", "is no percentage above 0 and up to 100; say 50"),
    ("slow-call-duration-threshold", "long", "is no duration from 1ms to 1h; say 10s"),
    ("slow-call-duration-threshold", "0s", "is no duration from 1ms to 1h; say 10s"),
    ("minimum-number-of-calls", "0", "is no number of calls from 1 to 1000"),
    ("sliding-window-size", "1001", "is no number of calls or seconds from 1 to 1000"),
    ("sliding-window-size", "many", "is no number of calls or seconds from 1 to 1000"),
    ("sliding-window-type", "count", "is no type of window; there are COUNT_BASED, TIME_BASED"),
    ("permitted-number-of-calls-in-half-open-state", "-1", "is no number of calls from 1 to 1000"),
    ("wait-duration-in-open-state", "2h", "is no duration from 1ms to 1h; say 10s"),
  ])
  func whatCannotBeIsRefusedAndTheOneBeforeStays(setting: String, value: String, sentence: String) {
    let stage = Stage()
    let before = stage.snapshot()
    #expect(set(setting, value, on: stage) == .refused("\(prefix)\(setting)=\(value) \(sentence)"))
    // It may come by a way that did not ask before.
    CommandDesk.carryOut(.configure(key: prefix + setting, value: value), in: stage.world)
    stage.run(2)
    let after = stage.snapshot()
    #expect(after.configuration?.version == 1 && after.configuration?.entries == before.configuration?.entries)
    #expect(after.events.contains { $0.change == "not published" && $0.reason.contains(sentence) })
    #expect(after.breakers.map(\.settings) == before.breakers.map(\.settings))
  }

  /// A breaker that waits one second instead of ten lets a healed service be called nine seconds earlier.
  @Test(arguments: ["10s", "1s"]) func aShorterWaitOfABreakerCounts(wait: String) throws {
    let stage = Stage()
    if wait != "10s" { set("wait-duration-in-open-state", wait, on: stage) }
    stage.run(3)
    let breaker = try client(stage).breaker
    try breaker.transition(to: .open, now: stage.world.time.now)
    stage.run(2)
    #expect(breaker.tryAcquire(now: stage.world.time.now) == (wait == "1s"))
  }
}
