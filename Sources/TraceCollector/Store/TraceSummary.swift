public import TraceModel

/// One transaction in one row: what a list shows without reading the transaction's spans.
public struct TraceSummary: Sendable, Equatable, Codable {
  /// What a transaction's own spans tell of it. A business state, such as COMPENSATED, is known to its saga only.
  public enum Status: UInt8, Sendable, Codable, CaseIterable {
    /// The root has not been reported, or has not ended, and spans came in lately.
    case running
    case ok
    /// The root failed, or a record's consumer did, or something did and there is no root to say that it was mended.
    case error
  }

  public var gtxid: GTXID
  /// Grows by one with each transaction that the store meets: newer is larger, and no two are equal.
  public var arrival: UInt64
  /// Service and operation of the root span, or of the earliest span while there is no root.
  public var rootService: String
  public var rootOperation: String
  /// The root's attribute `transaction.kind`; empty when it has none.
  public var kind: String
  /// The root's attribute `enduser.id`; empty when it has none.
  public var user: String
  /// The earliest start, in nanoseconds since the Unix epoch.
  public var start: Int64
  /// The latest end that is known, in nanoseconds since the Unix epoch.
  public var end: Int64
  public var spans: Int
  /// The highest LTXID; where no carrier brought any, the number of crossings that were reported.
  public var hops: Int
  /// By the start of each one's first span. At most ``TraceStoreSettings/servicesPerTrace``.
  public var services: [String]
  /// Spans whose status is error.
  public var errors: Int
  /// Of the failed span that ended first, which is the nearest to the cause; empty when none failed.
  public var firstError: String
  public var firstErrorService: String
  /// Spans whose parent was never reported.
  public var orphans: Int
  /// A span without a parent was reported.
  public var hasRoot: Bool
  public var status: Status

  public init(
    gtxid: GTXID, arrival: UInt64, rootService: String, rootOperation: String, kind: String = "", user: String = "",
    start: Int64, end: Int64, spans: Int, hops: Int, services: [String], errors: Int = 0, firstError: String = "",
    firstErrorService: String = "", orphans: Int = 0, hasRoot: Bool = true, status: Status = .ok
  ) {
    self.gtxid = gtxid
    self.arrival = arrival
    self.rootService = rootService
    self.rootOperation = rootOperation
    self.kind = kind
    self.user = user
    self.start = start
    self.end = end
    self.spans = spans
    self.hops = hops
    self.services = services
    self.errors = errors
    self.firstError = firstError
    self.firstErrorService = firstErrorService
    self.orphans = orphans
    self.hasRoot = hasRoot
    self.status = status
  }

  /// Nanoseconds from the first start to the last end.
  public var duration: Int64 { end &- start }

  /// True when the root is there, has ended, and every span's parent is known.
  public var isComplete: Bool { hasRoot && orphans == 0 && status != .running }
}
