/// Judges what a scenario expects, moment by moment.
public struct ScenarioJudge: Sendable {
  public let scenario: Scenario
  public private(set) var progress: ScenarioProgress
  private let start: Start
  /// Of each expectation, whether its figure was ever known while it counted.
  private var wasKnown: [Bool]

  private struct Start: @unchecked Sendable {
    let moment: ScenarioMoment
  }

  /// - Parameter start: the state when it begins; counts are from there on.
  public init(_ scenario: Scenario, start: SystemSnapshot) {
    self.scenario = scenario
    self.start = Start(moment: ScenarioMoment(start))
    wasKnown = scenario.expectations.map { _ in false }
    progress = ScenarioProgress(
      name: scenario.name, title: scenario.title, startedAt: start.time, duration: scenario.duration,
      steps: scenario.steps.map { ScenarioProgress.Step(at: $0.at, words: $0.words) },
      expectations: scenario.expectations.map { expectation in
        var entry = ScenarioProgress.Expectation(words: expectation.words, because: expectation.because)
        entry.needsRest = expectation.span == .finally
        return entry
      })
  }

  public mutating func did(step index: Int) { progress.steps[index].isDone = true }

  /// Looks at a moment. Call it in the order of time, as often as is wanted.
  public mutating func look(_ snapshot: SystemSnapshot) {
    let elapsed = snapshot.time - progress.startedAt
    let moment = ScenarioMoment(snapshot)
    for index in scenario.expectations.indices where progress.expectations[index].state == .pending {
      switch scenario.expectations[index].span {
      case .by(let end, let first):
        if elapsed >= first, elapsed <= end { lookForOnce(index, moment, elapsed) }
        if elapsed >= end { settle(index, as: .failed, at: elapsed) }
      case .during(let first, let end):
        if elapsed >= first, elapsed <= end { lookForBreach(index, moment, elapsed) }
        if elapsed >= end { settleLasting(index, at: elapsed) }
      case .always: lookForBreach(index, moment, elapsed)
      case .finally: break
      }
    }
  }

  /// The scenario's time is over: what had to hold at every moment, and did, has held.
  public mutating func end(at time: Int64) {
    progress.endedAt = time
    for index in scenario.expectations.indices {
      switch scenario.expectations[index].span {
      case .by: settle(index, as: .failed, at: time - progress.startedAt)
      case .during, .always: settleLasting(index, at: time - progress.startedAt)
      case .finally: break
      }
    }
  }

  /// Somebody stopped it: what is not decided by then stays so.
  public mutating func stop(at time: Int64) {
    progress.endedAt = time
    progress.isStopped = true
  }

  /// All is at rest: what is expected of the end is judged.
  public mutating func rest(_ moment: ScenarioMoment) {
    let elapsed = moment.snapshot.time - progress.startedAt
    for index in scenario.expectations.indices where scenario.expectations[index].span == .finally {
      lookForOnce(index, moment, elapsed)
      settle(index, as: .failed, at: elapsed)
    }
  }

  // MARK: One expectation

  /// Notes the figure, and whether the condition holds; nil when the figure is not known.
  private mutating func holds(_ index: Int, _ moment: ScenarioMoment) -> Bool? {
    let verdict = scenario.expectations[index].condition.judge(moment, since: start.moment)
    progress.expectations[index].figure = verdict?.figure
    if verdict != nil { wasKnown[index] = true }
    return verdict?.holds
  }

  private mutating func lookForOnce(_ index: Int, _ moment: ScenarioMoment, _ elapsed: Int64) {
    if holds(index, moment) == true { settle(index, as: .held, at: elapsed) }
  }

  private mutating func lookForBreach(_ index: Int, _ moment: ScenarioMoment, _ elapsed: Int64) {
    if holds(index, moment) == false { settle(index, as: .failed, at: elapsed) }
  }

  /// What was never known did not hold.
  private mutating func settleLasting(_ index: Int, at elapsed: Int64) {
    settle(index, as: wasKnown[index] ? .held : .failed, at: elapsed)
  }

  private mutating func settle(_ index: Int, as state: ScenarioProgress.State, at elapsed: Int64) {
    guard progress.expectations[index].state == .pending else { return }
    progress.expectations[index].state = state
    progress.expectations[index].moment = elapsed
  }
}
