/// The settings of a bulkhead, with resilience4j's defaults.
public struct BulkheadSettings: Hashable, Sendable, Codable {
  /// How many calls may run at once; at least 1.
  public var maxConcurrentCalls: Int
  /// How long a call waits for a place; 0 refuses it at once.
  public var maxWaitDuration: Duration

  public init(maxConcurrentCalls: Int = 25, maxWaitDuration: Duration = .zero) {
    self.maxConcurrentCalls = maxConcurrentCalls
    self.maxWaitDuration = maxWaitDuration
  }

  /// Throws the first setting that cannot be used.
  public func validate() throws(InvalidSetting) {
    let check = SettingCheck(owner: "bulkhead")
    try check.require(maxConcurrentCalls >= 1, "maxConcurrentCalls", maxConcurrentCalls, "at least 1")
    try check.require(maxWaitDuration >= .zero, "maxWaitDuration", maxWaitDuration, "0 or more")
  }
}

/// Every place of the bulkhead is taken: the call was never executed.
public struct BulkheadFull: Error, Hashable, Sendable, CustomStringConvertible {
  /// The bulkhead's name.
  public let name: String
  public let limit: Int

  public init(name: String, limit: Int) {
    self.name = name
    self.limit = limit
  }

  public var description: String {
    "bulkhead \(name) is full: \(limit) \(limit == 1 ? "call runs" : "calls run") already"
  }
}

/// What a bulkhead does now, and has done since it was made.
public struct BulkheadSnapshot: Hashable, Sendable, Codable {
  public let name: String
  public let settings: BulkheadSettings
  /// Places taken, of `settings.maxConcurrentCalls`.
  public let used: Int
  /// Calls that wait for a place.
  public let waiting: Int
  /// Calls that got a place since the bulkhead was made.
  public let permitted: Int
  /// Calls that got none.
  public let refused: Int
}
