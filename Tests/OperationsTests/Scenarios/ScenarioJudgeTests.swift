import Testing

@testable import Operations

@Suite struct ScenarioJudgeTests {
  private static let second: Int64 = 1_000_000_000
  private let parser = ScenarioConditionParser(catalogue: FaultCatalogue(groups: ["g"]), topics: [], refusals: [])

  private func snapshot(_ time: Double, lag: Int64?) -> SystemSnapshot {
    var snapshot = SystemSnapshot(
      system: SystemIdentity(name: "s", kind: .simulated), time: 100 * Self.second + Int64(time * 1e9))
    snapshot.traffic.lag = lag
    return snapshot
  }

  /// The state of one expectation after each second's lag, and at the end.
  private func judge(
    _ span: ScenarioExpectation.Span, _ text: String, _ lags: [Int64?], duration: Int64 = 10
  ) throws -> ScenarioJudge {
    let scenario = Scenario(
      name: "s", title: "s", teaches: "s", rate: 1, duration: duration * Self.second, steps: [],
      expectations: [ScenarioExpectation(span, try parser.parse(text))])
    var judge = ScenarioJudge(scenario, start: snapshot(0, lag: 0))
    for (index, lag) in lags.enumerated() { judge.look(snapshot(Double(index + 1), lag: lag)) }
    return judge
  }

  private func outcome(_ judge: ScenarioJudge) -> ScenarioProgress.Expectation { judge.progress.expectations[0] }

  @Test func byAMomentItMustHaveBeenTrueOnce() throws {
    let held = outcome(try judge(.by(5 * Self.second, from: 0), "lag > 10", [1, 2, 50, 0, 0]))
    #expect(held.state == .held)
    #expect(held.moment == 3 * Self.second)
    #expect(held.figure == "50")
    let failed = outcome(try judge(.by(3 * Self.second, from: 0), "lag > 10", [1, 2, 3, 50]))
    #expect(failed.state == .failed)
    #expect(failed.moment == 3 * Self.second)
    #expect(failed.figure == "3")
    #expect(outcome(try judge(.by(5 * Self.second, from: 0), "lag > 10", [1, 2])).state == .pending)
  }

  /// What was so before does not count for what is to come.
  @Test func whatIsLookedForFromAMomentOnIsNotFoundBefore() throws {
    let span = ScenarioExpectation.Span.by(5 * Self.second, from: 3 * Self.second)
    #expect(outcome(try judge(span, "lag > 10", [50, 50, 0, 0, 0])).state == .failed)
    #expect(outcome(try judge(span, "lag > 10", [50, 50, 0, 50])).moment == 4 * Self.second)
  }

  @Test func betweenTwoMomentsItMustAlwaysBeTrue() throws {
    let span = ScenarioExpectation.Span.during(2 * Self.second, 4 * Self.second)
    #expect(outcome(try judge(span, "lag < 10", [50, 1, 1, 1])).state == .held)
    #expect(outcome(try judge(span, "lag < 10", [1, 1, 1])).state == .pending)
    let failed = outcome(try judge(span, "lag < 10", [1, 1, 50, 1, 1]))
    #expect(failed.state == .failed)
    #expect(failed.moment == 3 * Self.second)
  }

  @Test func whatMustAlwaysHoldIsDecidedAtTheEnd() throws {
    var judge = try judge(.always, "lag < 10", [1, 2, 3])
    #expect(outcome(judge).state == .pending)
    judge.end(at: 110 * Self.second)
    #expect(outcome(judge).state == .held)
    #expect(judge.progress.endedAt == 110 * Self.second)
    #expect(outcome(try self.judge(.always, "lag < 10", [1, 99])).state == .failed)
  }

  /// A check that could not fail would be none.
  @Test func whatWasNeverKnownDidNotHold() throws {
    var never = try judge(.always, "lag < 10", [nil, nil])
    never.end(at: 110 * Self.second)
    #expect(outcome(never).state == .failed)
    #expect(outcome(try judge(.during(1 * Self.second, 2 * Self.second), "lag < 10", [nil, nil])).state == .failed)
    var sometimes = try judge(.always, "lag < 10", [nil, 1, nil])
    sometimes.end(at: 110 * Self.second)
    #expect(outcome(sometimes).state == .held)
  }

  @Test func whatIsExpectedOfTheEndWaitsForRest() throws {
    var judge = try judge(.finally, "lag = 0", [0, 0])
    judge.end(at: 110 * Self.second)
    #expect(outcome(judge).state == .pending)
    #expect(outcome(judge).needsRest)
    judge.rest(ScenarioMoment(snapshot(20, lag: 1)))
    #expect(outcome(judge).state == .failed)
    #expect(outcome(judge).figure == "1")
  }

  @Test func stoppedItLeavesOpenWhatIsOpen() throws {
    var judge = try judge(.always, "lag < 10", [1])
    judge.stop(at: 105 * Self.second)
    #expect(outcome(judge).state == .pending)
    #expect(judge.progress.isStopped && judge.progress.isOver)
  }

  @Test func expectationsSayWhatTheyAre() throws {
    let condition = try parser.parse("lag < 10")
    let spans: [(ScenarioExpectation.Span, String)] = [
      (.by(40 * Self.second, from: 0), "by 40s: lag < 10"),
      (.by(40 * Self.second, from: 10 * Self.second), "10s–40s once: lag < 10"),
      (.during(0, Self.second), "0s–1s: lag < 10"), (.always, "always: lag < 10"), (.finally, "finally: lag < 10"),
    ]
    for (span, words) in spans { #expect(ScenarioExpectation(span, condition).words == words) }
  }
}
