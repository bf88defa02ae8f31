public import TraceModel

/// Something an operator would want to have been told: one record on the topic `__operations`.
public struct OperationalEvent: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A breaker changed state.
    case breaker
    /// A service or an instance changed health.
    case health
    /// A fault was armed, switched off, or ended.
    case fault
    /// A transaction reached an end that needs somebody, or got stuck.
    case transaction
    /// A consumer group changed its members.
    case rebalance
    /// The verdict on a group's lag changed.
    case lag
    /// Somebody gave a command.
    case command
    /// The supervisor brought an instance back, or it crashed.
    case instance
  }

  public enum Severity: String, Sendable, Codable, Comparable, CaseIterable {
    case info, good, warning, bad

    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  public var kind: Kind
  public var severity: Severity
  /// What it happened to: `payment-1 → payment-gateway`, `payment`, `payment/payment`.
  public var subject: String
  /// What happened, without the subject: `CLOSED → OPEN`.
  public var change: String
  /// Why: `5 of 10 calls failed`. May be empty.
  public var reason: String
  /// The state that a breaker or a service is in now, as its raw value, for its glyph. May be empty.
  public var state: String
  public var gtxid: GTXID?

  public init(
    time: Int64, kind: Kind, severity: Severity, subject: String, change: String, reason: String = "",
    state: String = "", gtxid: GTXID? = nil
  ) {
    self.time = time
    self.kind = kind
    self.severity = severity
    self.subject = subject
    self.change = change
    self.reason = reason
    self.state = state
    self.gtxid = gtxid
  }
}
