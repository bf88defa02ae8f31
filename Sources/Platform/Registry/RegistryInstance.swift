/// What an instance says of itself, or what an operator says of it.
public enum RegistryStatus: String, Sendable, Hashable, CaseIterable {
  case up = "UP"
  case down = "DOWN"
  case starting = "STARTING"
  /// Taken out of traffic on purpose: draining.
  case outOfService = "OUT_OF_SERVICE"
  case unknown = "UNKNOWN"
}

/// One instance as it registers itself, and as clients see it.
public struct RegistryInstance: Sendable, Hashable {
  /// The service: `payment`.
  public var app: String
  /// Unique within the service: `payment-2:41873`.
  public var id: String
  public var host: String
  /// 1 ... 65535.
  public var port: Int
  /// Empty when unknown.
  public var zone: String
  /// Of the software that runs in it; empty when unknown.
  public var version: String
  /// What counts: the instance's own word, unless it is overridden.
  public var status: RegistryStatus
  /// `unknown` where nobody has overridden it.
  public var overriddenStatus: RegistryStatus = .unknown
  /// When the instance last changed what it says of itself, by its own clock: nanoseconds since the Unix epoch.
  public var lastDirty: Int64
  /// Nanoseconds; nil for the registry's own.
  public var leaseDuration: Int64?

  public init(
    app: String, id: String, host: String, port: Int, zone: String = "", version: String = "",
    status: RegistryStatus = .up, lastDirty: Int64 = 0, leaseDuration: Int64? = nil
  ) {
    self.app = app
    self.id = id
    self.host = host
    self.port = port
    self.zone = zone
    self.version = version
    self.status = status
    self.lastDirty = lastDirty
    self.leaseDuration = leaseDuration
  }

  var key: RegistryKey { RegistryKey(app: app, id: id) }
}

struct RegistryKey: Sendable, Hashable, Comparable {
  let app: String
  let id: String

  static func < (left: RegistryKey, right: RegistryKey) -> Bool { (left.app, left.id) < (right.app, right.id) }
}

/// An instance's right to be listed, which ends unless it is renewed. Times are nanoseconds since the Unix epoch.
public struct RegistryLease: Sendable, Hashable {
  public internal(set) var instance: RegistryInstance
  public internal(set) var registered: Int64
  public internal(set) var lastRenewal: Int64
  /// When it was first UP.
  public internal(set) var serviceUp: Int64?
  public internal(set) var duration: Int64

  /// Strictly after its duration; `extra` is what a late round adds.
  public func isExpired(now: Int64, extra: Int64 = 0) -> Bool {
    now > lastRenewal.saturatingAdd(duration).saturatingAdd(extra)
  }
}
