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

  public init(
    window: RedWindow, calls: Int, errors: Int, rate: Double, p50: Int64?, p95: Int64?, p99: Int64?, totalCalls: Int,
    totalErrors: Int
  ) {
    self.window = window
    self.calls = calls
    self.errors = errors
    self.rate = rate
    self.p50 = p50
    self.p95 = p95
    self.p99 = p99
    self.totalCalls = totalCalls
    self.totalErrors = totalErrors
  }

  /// From 0 to 1; nil when there was no call. A call that fails after its window counts among those of a later one.
  public var errorShare: Double? { calls > 0 ? min(1, Double(errors) / Double(calls)) : nil }
}

/// Calls and errors of each of the last 120 seconds, oldest first; the last one is the second that `now` lies in.
public struct RedHistory: Sendable, Equatable, Codable {
  /// How far back it reaches.
  public static let seconds = 120
  /// One for each second.
  public var calls: [UInt32]
  /// One for each second.
  public var errors: [UInt32]

  public init(calls: [UInt32], errors: [UInt32]) {
    self.calls = calls
    self.errors = errors
  }
}

/// One service's row.
public struct ServiceFigures: Sendable, Equatable, Codable {
  public var service: String
  public var figures: RedFigures
  /// Of another window, where one was asked for.
  public var others: RedFigures?
  public var history: RedHistory

  public init(service: String, figures: RedFigures, others: RedFigures? = nil, history: RedHistory) {
    self.service = service
    self.figures = figures
    self.others = others
    self.history = history
  }
}

/// One operation's row.
public struct OperationFigures: Sendable, Equatable, Codable {
  public var service: String
  public var operation: String
  public var figures: RedFigures

  public init(service: String, operation: String, figures: RedFigures) {
    self.service = service
    self.operation = operation
    self.figures = figures
  }
}
