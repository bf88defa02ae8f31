public import TraceModel

/// Transactions that need somebody: one row for those that are alike.
public struct AttentionItem: Sendable, Codable {
  /// Those that are on their way, `running` or `compensating`, are overdue.
  public var state: TransactionState
  /// The newest of them.
  public var gtxid: GTXID
  public var duration: Int64
  public var reason: String
  public var count: Int
  /// Whether there may be more of them.
  public var isAtLeast = false

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
  /// Who has to act next, or the step that is under way.
  public var step: String
  /// The event that would make somebody act, and that nobody has published; empty where there is none such.
  public var unpublished = ""
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

  /// `waits for payment`, `no ORDER_CREATE was published`: what is said of so many.
  public func reason(of count: Int = 1) -> String {
    if !unpublished.isEmpty { return "no \(unpublished) was published" }
    let one = count == 1
    return step.isEmpty ? "\(one ? "takes" : "take") too long" : "\(one ? "waits" : "wait") for \(step)"
  }

  /// The same, where others are overdue for other reasons: `3 of 7 wait for payment`.
  func reason(of count: Int, among all: Int) -> String {
    guard count < all else { return reason(of: count) }
    let share = "\(Count.grouped(count)) of \(Count.grouped(all))"
    return unpublished.isEmpty ? "\(share) \(reason(of: count))" : "\(reason(of: count)) for \(share)"
  }

  /// Whether it is this service that has to act: `item` in `item, payment on ITEM_RESERVED`.
  func names(_ service: String) -> Bool {
    step.split { $0 == " " || $0 == "," }.contains { $0 == service }
  }
}

/// One stretch of the way from a cause to what it does to customers.
public enum IncidentLink: Sendable, Equatable, Codable {
  /// `times out`
  case service(name: String, health: Health, what: String)
  /// What somebody broke or built wrong on purpose: `gateway→order`, `fails 60 %`.
  case fault(place: String, what: String)
  /// What is no service's health: `registry`, `is in SELF-PRESERVATION`.
  case trouble(place: String, what: String)
  case breaker(label: String, state: BreakerState)
  /// So many calls a second are made again, where they are a good part of all.
  case retries(Double)
  case lag(topic: String, lag: Int64, trend: LagTrend, verdict: LagVerdict)
  /// Events that a service has committed and cannot publish.
  case outbox(service: String, events: Int)
  /// Transactions that should have come to an end, and what most of them wait for: `3 of 7 wait for payment`.
  case overdue(Int, reason: String)
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
