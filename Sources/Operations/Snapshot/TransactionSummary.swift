public import TraceCollector
public import TraceModel

/// How a transaction stands.
public enum TransactionState: String, Sendable, Codable, CaseIterable {
  case running = "RUNNING"
  case committed = "COMMITTED"
  /// Business said no; there was nothing to undo.
  case rejected = "REJECTED"
  case compensating = "COMPENSATING"
  case compensated = "COMPENSATED"
  /// A technical error; there was nothing to undo.
  case failed = "FAILED"
  case stuck = "STUCK"
  /// Attached systems only: the spans are all that is known.
  case ok = "OK"
  case error = "ERROR"

  public var hasEnded: Bool { self != .running && self != .compensating && self != .stuck }
}

/// One transaction: one row.
public struct TransactionSummary: Sendable, Codable {
  /// Nanoseconds.
  public static let overdueAfter: Int64 = 10_000_000_000

  public var gtxid: GTXID
  /// `checkout`, or the root's operation for one from outside.
  public var kind: String
  public var state: TransactionState
  /// Under way for longer than ``overdueAfter``.
  public var isOverdue = false
  public var start: Int64
  /// From the first start to the last end; while it runs, to now.
  public var duration: Int64
  public var hops = 0
  public var spans = 0
  /// In order of first appearance.
  public var services: [String] = []
  public var errors = 0
  /// Empty when there was none.
  public var firstError = ""
  /// Why it is stuck; empty otherwise.
  public var stuckReason = ""
  /// How ``stuckReason`` begins when somebody has discarded the record that it waits for.
  public static let letterDiscarded = "dead letter discarded"
  public var user = ""
  /// `38,000 KRW`
  public var amount = ""
  /// The order's own state, such as PENDING.
  public var orderState = ""
  /// What the saga is at, such as `payment`.
  public var step = ""
  /// What the customer was last told; empty when nobody asked.
  public var customerSees = ""
  /// True when it turned back because business said no, as when a card is declined: that needs nobody.
  public var isBusinessDecision = false
  /// True for one that came in from outside.
  public var isExternal = false

  public init(gtxid: GTXID, kind: String, state: TransactionState, start: Int64, duration: Int64) {
    self.gtxid = gtxid
    self.kind = kind
    self.state = state
    self.start = start
    self.duration = duration
  }
}

/// One transaction with its call tree and its log.
public struct TransactionDetail: Sendable {
  public var summary: TransactionSummary
  public var tree: CallTree
  public var log: [LogLine]

  public init(summary: TransactionSummary, tree: CallTree, log: [LogLine]) {
    self.summary = summary
    self.tree = tree
    self.log = log
  }
}

/// How many transactions ended how, since the start.
public struct TransactionTally: Sendable, Equatable, Codable {
  public var started = 0
  public var running = 0
  public var committed = 0
  public var rejected = 0
  public var compensating = 0
  public var compensated = 0
  public var failed = 0
  public var stuck = 0
  /// Compensated in the last 60 s.
  public var compensatedLately = 0

  public init() {}
}
