/// Who calls whom, or whose records whom reach.
public struct ServiceEdge: Sendable, Equatable, Codable {
  public enum Kind: UInt8, Sendable, Codable, CaseIterable {
    /// A CLIENT span; the callee is the one that answered, or the one that the caller names.
    case call
    /// A PRODUCER span and a CONSUMER span that it caused.
    case message
  }

  public var caller: String
  public var callee: String
  public var kind: Kind
  /// Within the last minute.
  public var calls: Int
  public var errors: Int
  /// Calls a second over the last minute.
  public var rate: Double
  /// Since the store was made.
  public var totalCalls: Int
  /// Since the store was made.
  public var totalErrors: Int

  public init(
    caller: String, callee: String, kind: Kind, calls: Int, errors: Int, rate: Double, totalCalls: Int, totalErrors: Int
  ) {
    self.caller = caller
    self.callee = callee
    self.kind = kind
    self.calls = calls
    self.errors = errors
    self.rate = rate
    self.totalCalls = totalCalls
    self.totalErrors = totalErrors
  }

  /// From 0 to 1; nil when there was no call in the last minute.
  public var errorShare: Double? { calls > 0 ? Double(errors) / Double(calls) : nil }
}
