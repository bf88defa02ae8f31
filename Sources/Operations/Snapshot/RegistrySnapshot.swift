/// The registry of a system: who is listed, and how sure that is. Times are nanoseconds.
public struct RegistrySnapshot: Sendable, Codable, Equatable {
  public struct Lease: Sendable, Codable, Equatable {
    public var service: String
    /// `payment-2:41873`
    public var id: String
    /// `UP`, `DOWN`, `STARTING`, `OUT_OF_SERVICE` or `UNKNOWN`.
    public var status: String
    public var zone: String
    public var version: String
    /// Since it registered.
    public var age: Int64
    public var sinceRenewal: Int64
    /// Until the lease ends; below 0, it has ended and waits for eviction.
    public var remaining: Int64

    public init(
      service: String, id: String, status: String, zone: String, version: String, age: Int64, sinceRenewal: Int64,
      remaining: Int64
    ) {
      self.service = service
      self.id = id
      self.status = status
      self.zone = zone
      self.version = version
      self.age = age
      self.sinceRenewal = sinceRenewal
      self.remaining = remaining
    }
  }

  public static let normalWord = "NORMAL"
  public static let selfPreservingWord = "SELF_PRESERVATION"

  /// By service and id.
  public var leases: [Lease] = []
  /// In the last full minute, and what is expected at least.
  public var renewalsLastMinute = 0
  public var renewalsThreshold = 0
  /// Too few renew: nobody is evicted.
  public var isSelfPreserving = false
  /// Since the registry began.
  public var evicted = 0
  public var registrations = 0
  /// Heartbeats that were answered with "register again".
  public var unknownRenewals = 0
  public var version: UInt64 = 0
  /// Processes whose copy of the list is older than two refreshes.
  public var staleCaches = 0
  /// What callers choose by: `round-robin`.
  public var rule = ""

  public init() {}
}
