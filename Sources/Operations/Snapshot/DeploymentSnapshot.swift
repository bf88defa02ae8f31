/// A service on its way to another version or size, or what came of the last time.
public struct DeploymentSnapshot: Sendable, Codable, Equatable {
  public struct Member: Sendable, Codable, Equatable {
    /// `review-2`
    public var instance: String
    public var version: String
    public var takesCalls: Bool
    /// `drain`, `deregister`, `replace`, `register`, `awaitHealth`; nil when nothing is done to it.
    public var step: String?

    public init(instance: String, version: String, takesCalls: Bool, step: String? = nil) {
      self.instance = instance
      self.version = version
      self.takesCalls = takesCalls
      self.step = step
    }
  }

  public static let phases = [
    "rolling", "canary", "rolling back", "completed", "rolled back", "scaling", "scaled",
  ]

  public var service: String
  /// One of ``phases``.
  public var phase: String
  /// Why it goes back, or went back; empty otherwise.
  public var reason = ""
  /// The version it goes to, and how many instances when it is scaled.
  public var version = ""
  public var target: Int?
  /// The share of the calls that goes to the canaries, 0…1; nil while there is none.
  public var canaryShare: Double?
  /// Calls since the canary stage began.
  public var canaryCalls = 0
  public var canaryErrors = 0
  public var otherCalls = 0
  public var otherErrors = 0
  public var members: [Member] = []
  /// The fewest instances that took calls since it began.
  public var fewestServing = 0
  public var began: Int64 = 0
  /// Nil while it goes on.
  public var ended: Int64?

  public init(service: String, phase: String) {
    self.service = service
    self.phase = phase
  }
}
