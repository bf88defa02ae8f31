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
  public var totalCalls: Int
  public var totalErrors: Int

  public var errorShare: Double? { calls > 0 ? Double(errors) / Double(calls) : nil }
}
