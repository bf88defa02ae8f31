import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct OperationRankingTests {
  /// What was called how, by service and operation.
  private struct Called: Hashable {
    var service: String
    var operation: String
  }

  @Test(arguments: 1...8)
  func theFirstAreThoseThatAllFiguresTogetherSay(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 20_000_000)
    let now = epoch + 50 * second
    var known: Set<Called> = []
    for number in 1...3_000 as ClosedRange<UInt64> {
      let called = Called(
        service: "s\(Int.random(in: 0..<5, using: &random))", operation: "op \(Int.random(in: 0..<40, using: &random))")
      known.insert(called)
      let at = Int64.random(in: 0..<50_000, using: &random)
      store.add(
        [
          span(
            1, in: number, .server, called.service, called.operation, from: at,
            to: random.chance(90) ? at + Int64.random(in: 0..<300, using: &random) : nil, failed: random.chance(10))
        ], now: now)
    }
    for window in RedWindow.allCases {
      let all = known.map { called in
        OperationFigures(
          service: called.service, operation: called.operation,
          figures: store.red(service: called.service, operation: called.operation, window: window, now: now)!)
      }
      for ranking in OperationRanking.allCases {
        for least in [1, 5] {
          let wanted = all.filter { $0.figures.calls >= least && value($0.figures, ranking) != nil }.sorted {
            let (left, right) = (value($0.figures, ranking)!, value($1.figures, ranking)!)
            if left != right { return left > right }
            if $0.figures.calls != $1.figures.calls { return $0.figures.calls > $1.figures.calls }
            return ($0.service, $0.operation) < ($1.service, $1.operation)
          }
          let found = store.operations(first: 17, by: ranking, atLeast: least, window: window, now: now)
          #expect(found == Array(wanted.prefix(17)), "seed \(seed), \(window), \(ranking), at least \(least)")
        }
      }
    }
  }

  private func value(_ figures: RedFigures, _ ranking: OperationRanking) -> Double? {
    guard figures.calls > 0 else { return nil }
    switch ranking {
    case .p99: return figures.p99.map(Double.init)
    case .errors: return figures.errors > 0 ? Double(figures.errors) : nil
    case .errorShare: return figures.errors > 0 ? figures.errorShare : nil
    case .calls: return Double(figures.calls)
    }
  }

  @Test func whatHasGoneByIsNotRanked() {
    let store = TraceStore(budget: 1_000_000)
    store.add([span(1, .server, "payment", "charge", from: 0, to: 5, failed: true)], now: epoch + second)
    for ranking in OperationRanking.allCases {
      #expect(store.operations(first: 3, by: ranking, now: epoch + second).map(\.operation) == ["charge"])
      #expect(store.operations(first: 3, by: ranking, now: epoch + 100 * second).isEmpty)
      #expect(store.operations(first: 0, by: ranking, now: epoch + second).isEmpty)
    }
  }
}
