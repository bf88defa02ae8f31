public import TraceModel

/// Transactions that need somebody: one row for those that are alike.
public struct AttentionItem: Sendable, Codable {
  public var state: TransactionState
  /// The newest of them.
  public var gtxid: GTXID
  public var duration: Int64
  public var reason: String
  public var count: Int

  public init(state: TransactionState, gtxid: GTXID, duration: Int64, reason: String, count: Int) {
    self.state = state
    self.gtxid = gtxid
    self.duration = duration
    self.reason = reason
    self.count = count
  }
}

/// Transactions that are overdue and wait in one place.
public struct OverdueTransactions: Sendable, Equatable, Codable {
  /// `running` or `compensating`.
  public var state: TransactionState
  /// The service that they wait for.
  public var step: String
  /// The newest of them.
  public var gtxid: GTXID
  /// When the newest began.
  public var start: Int64
  public var count: Int

  public init(state: TransactionState, step: String, gtxid: GTXID, start: Int64, count: Int = 1) {
    self.state = state
    self.step = step
    self.gtxid = gtxid
    self.start = start
    self.count = count
  }
}

/// One stretch of the way from a cause to what it does to customers.
public enum IncidentLink: Sendable, Equatable, Codable {
  /// `times out`
  case service(name: String, health: Health, what: String)
  case breaker(label: String, state: BreakerState)
  case lag(topic: String, lag: Int64, trend: LagTrend, verdict: LagVerdict)
  /// Transactions undone in the last minute.
  case compensated(Int)
  case stuck(Int)
}

/// A rule that does not hold.
public struct AlertItem: Sendable, Codable {
  public var rule: String
  public var subject: String
  public var since: Int64
  public var value: String
  public var team: String
  public var isSevere: Bool

  public init(rule: String, subject: String, since: Int64, value: String, team: String, isSevere: Bool) {
    self.rule = rule
    self.subject = subject
    self.since = since
    self.value = value
    self.team = team
    self.isSevere = isSevere
  }

  /// The rule beside what it is about: `degraded` of `service is degraded`.
  public var predicate: String {
    guard let verb = rule.ranges(of: " is ").last else { return rule }
    return String(rule[verb.upperBound...])
  }
}
