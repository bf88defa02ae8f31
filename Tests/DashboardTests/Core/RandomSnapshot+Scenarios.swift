import Operations
import TestSupport

extension RandomSnapshot {
  mutating func scenarios() -> ScenarioBoard {
    var board = ScenarioBoard()
    board.entries = list { random in
      var entry = ScenarioBoard.Entry(
        Scenario(
          name: random.name(), title: random.name(), teaches: random.name(), rate: 1, duration: random.time(),
          steps: [], expectations: []))
      entry.faults = Int(random.count())
      return entry
    }
    board.current = some(
      ScenarioProgress(
        name: board.entries.last?.name ?? name(), title: name(), startedAt: time(), duration: time(),
        endedAt: some(time()), isStopped: flag(), steps: [],
        expectations: list { random in
          var expectation = ScenarioProgress.Expectation(words: random.name(), because: random.name())
          expectation.state = random.numbers.pick([.pending, .held, .failed])
          expectation.moment = random.some(random.time())
          expectation.figure = random.some(random.name())
          expectation.needsRest = random.flag()
          return expectation
        }))
    return board
  }
}
