internal import Concurrency

/// What makes an operation stand first.
public enum OperationRanking: UInt8, Sendable, Codable, CaseIterable {
  /// The longest p99.
  case p99
  /// The most failures.
  case errors
  /// The largest share of calls that failed.
  case errorShare
  /// The most calls.
  case calls
}

extension TraceStore {
  /// The operations of all services that stand first within the window; at most `count`.
  ///
  /// Operations with fewer than `calls` calls in the window are left out, and those that have nothing to be ranked by: no
  /// duration, or no failure. Of equals the one with more calls stands first, then by service and operation.
  public func operations(
    first count: Int, by ranking: OperationRanking, atLeast calls: Int = 1, window: RedWindow = .minute, now: Int64
  ) -> [OperationFigures] {
    guard count > 0 else { return [] }
    var ranks: [OperationRank] = []
    var next = 0
    // The percentiles of thousands of operations take long: others get the lock in between.
    while state.withLock({ state in
      let end = min(next + Self.operationsAtATime, state.red.operationCount)
      for number in next..<end {
        guard let rank = state.rank(of: number, by: ranking, window: window, now: now), rank.calls >= max(1, calls)
        else { continue }
        ranks.append(rank)
      }
      next = end
      return next < state.red.operationCount
    }) {}
    ranks.sort()
    return state.withLock { state in ranks.prefix(count).map { state.figures(of: $0.number, window: window, now: now) }
    }
  }

  private static let operationsAtATime = 64
}

/// Where one operation stands: the largest value first.
private struct OperationRank: Comparable {
  /// In the order of first appearance.
  let number: Int
  let value: Double
  let calls: Int
  let service: String
  let operation: String

  static func < (left: OperationRank, right: OperationRank) -> Bool {
    if left.value != right.value { return left.value > right.value }
    if left.calls != right.calls { return left.calls > right.calls }
    return (left.service, left.operation) < (right.service, right.operation)
  }
}

extension TraceStoreState {
  fileprivate func rank(
    of number: Int, by ranking: OperationRanking, window: RedWindow, now: Int64
  ) -> OperationRank? {
    let (service, operation, series) = red.operation(number)
    let sum = series.calls(window: window, now: known(at: now))
    guard sum.calls > 0 else { return nil }
    let value: Double
    switch ranking {
    case .calls: value = Double(sum.calls)
    case .errors: value = Double(sum.errors)
    case .errorShare: value = Double(sum.errors) / Double(sum.calls)
    case .p99: value = series.duration(percentile: 99, window: window, now: known(at: now)).map(Double.init) ?? -1
    }
    guard ranking == .p99 ? value >= 0 : value > 0 else { return nil }
    return OperationRank(
      number: number, value: value, calls: sum.calls, service: symbols[service], operation: symbols[operation])
  }

  fileprivate func figures(of number: Int, window: RedWindow, now: Int64) -> OperationFigures {
    let (service, operation, series) = red.operation(number)
    return OperationFigures(
      service: symbols[service], operation: symbols[operation],
      figures: series.figures(window: window, now: known(at: now), since: since))
  }
}
