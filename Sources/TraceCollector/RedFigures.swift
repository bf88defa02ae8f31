/// Over how long a time a rate or a percentile is taken.
public enum RedWindow: UInt8, Sendable, Codable, CaseIterable {
  case tenSeconds, minute, quarterHour

  /// Whole seconds.
  public var seconds: Int {
    switch self {
    case .tenSeconds: 10
    case .minute: 60
    case .quarterHour: 900
    }
  }
}

/// Rate, errors and durations of one service, of one of its operations, or of whole transactions.
public struct RedFigures: Sendable, Equatable, Codable {
  public var window: RedWindow
  /// Within the window.
  public var calls: Int
  public var errors: Int
  /// Calls a second.
  public var rate: Double
  /// Nanoseconds, exact to 1 %; nil when nothing that ended in the window said how long it took.
  public var p50: Int64?
  public var p95: Int64?
  public var p99: Int64?
  /// Since the store was made, late ones included.
  public var totalCalls: Int
  public var totalErrors: Int

  /// From 0 to 1; nil when there was no call.
  public var errorShare: Double? { calls > 0 ? Double(errors) / Double(calls) : nil }
}

/// Calls and errors of each of the last 120 seconds, oldest first; the last one is the second that `now` lies in.
public struct RedHistory: Sendable, Equatable, Codable {
  public static let seconds = 120
  public var calls: [UInt32]
  public var errors: [UInt32]
}

/// One service's row.
public struct ServiceFigures: Sendable, Equatable, Codable {
  public var service: String
  public var figures: RedFigures
  public var history: RedHistory
}

/// One operation's row.
public struct OperationFigures: Sendable, Equatable, Codable {
  public var service: String
  public var operation: String
  public var figures: RedFigures
}
