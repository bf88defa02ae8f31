import Operations

/// What became of a scenario, for people.
struct ScenarioText {
  let progress: ScenarioProgress

  var lines: [String] {
    var lines = ["scenario \(progress.name): \(progress.title)"]
    for expectation in progress.expectations {
      let mark = expectation.state == .held ? "✓" : expectation.state == .failed ? "✗" : "·"
      lines.append("  \(mark) \(expectation.words)\(facts(expectation))")
      if expectation.state == .failed, !expectation.because.isEmpty {
        lines.append("      expected because \(expectation.because)")
      }
    }
    return lines
  }

  /// `   (at 12.5s: OPEN)`
  private func facts(_ expectation: ScenarioProgress.Expectation) -> String {
    let figure = expectation.figure ?? "not known"
    guard let moment = expectation.moment else { return "" }
    return "   (at \(ScenarioExpectation.moment(moment)): \(figure))"
  }
}
