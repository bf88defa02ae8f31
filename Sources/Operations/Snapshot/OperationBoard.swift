/// Which operations of all services stand out within ``SystemSnapshot/window``: of a system that is known by its spans.
public struct OperationBoard: Sendable, Codable {
  /// By their p99, the longest first; a bounded number.
  public var slowest: [OperationSnapshot] = []
  /// By the share of calls that failed, the largest first; a bounded number, none without a failure.
  public var failing: [OperationSnapshot] = []

  public init() {}
}

/// One operation of one service within ``SystemSnapshot/window``.
public struct OperationSnapshot: Sendable, Equatable, Codable {
  public var service: String
  public var operation: String
  /// Calls a second.
  public var rate: Double
  public var errors: Int
  /// 0…1
  public var errorShare: Double
  /// Nanoseconds.
  public var p50: Int64?
  public var p99: Int64?

  public init(
    service: String, operation: String, rate: Double, errors: Int, errorShare: Double, p50: Int64?, p99: Int64?
  ) {
    self.service = service
    self.operation = operation
    self.rate = rate
    self.errors = errors
    self.errorShare = errorShare
    self.p50 = p50
    self.p99 = p99
  }
}
