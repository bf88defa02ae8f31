public import TraceModel

/// The ways into the system: its gateways side by side, who comes in, and by which tokens.
///
/// Counts go back to the start of the run and outlive the instances; charges are millionths of the currency's unit.
public struct EdgeSnapshot: Sendable, Codable {
  public var gateways: [EdgeGateway] = []
  public var members = MemberFigures()
  /// Those that were revoked and have not expired, the ones that expire first before others; a bounded number.
  public var revoked: [RevokedToken] = []
  /// How many of them there are.
  public var revokedCount = 0
  /// Nil where there is none.
  public var keyValueStore: KeyValueFigures?

  public init() {}

  public func gateway(_ name: String) -> EdgeGateway? { gateways.first { $0.name == name } }
}

/// One gateway, all its instances together.
public struct EdgeGateway: Sendable, Codable {
  public var name: String
  /// Of the configuration that each instance runs, by the instance.
  public var versions: [Version] = []
  public var routes: [EdgeRoute] = []
  public var clients: [EdgeClient] = []
  /// How often each reason was given to turn a request away, in a fixed order.
  public var refusals: [Refusal] = []
  /// Those that run for every request that they apply to, in order: `PRE authentication`.
  public var filters: [String] = []
  /// True when a token passes whose revocation nobody can look up.
  public var failsOpen = false
  /// Requests that passed so.
  public var unchecked: UInt64 = 0
  public var cacheHits: UInt64 = 0
  public var cacheMisses: UInt64 = 0
  /// The newest lines of the access log, newest first; a bounded number.
  public var accessLog: [EdgeLogLine] = []

  public init(name: String) {
    self.name = name
  }

  public struct Version: Sendable, Equatable, Codable {
    public var instance: String
    public var version: Int
    public var isUp: Bool

    public init(instance: String, version: Int, isUp: Bool) {
      self.instance = instance
      self.version = version
      self.isUp = isUp
    }
  }

  public struct Refusal: Sendable, Equatable, Codable {
    /// `revoked-token`
    public var reason: String
    /// Of the answer: 401.
    public var status: Int
    public var count: UInt64
    /// When it is given, in a sentence; empty where nobody says.
    public var meaning: String

    public init(reason: String, status: Int, count: UInt64, meaning: String = "") {
      self.reason = reason
      self.status = status
      self.count = count
      self.meaning = meaning
    }
  }
}

/// A line of a gateway's table, with what it has seen in the last ten seconds and since the start.
public struct EdgeRoute: Sendable, Codable {
  /// `order.create`
  public var id: String
  /// `POST /orders`
  public var pattern: String
  /// The service that answers; empty where a topic takes what comes.
  public var service: String
  public var topic: String?
  /// What it must have beside its path: `saga=orchestrated`, `Accept-Version: 1`.
  public var conditions: [String] = []
  /// What is done with it in particular, in order: `roles operator or admin`, `body ≤ 8192`, `202`.
  public var settings: [String] = []
  public var summary = ""
  public var rate = 0.0
  public var errorShare = 0.0
  public var p50: Int64?
  public var p95: Int64?
  public var p99: Int64?
  public var calls: UInt64 = 0
  /// Turned away by a filter.
  public var refused: UInt64 = 0
  /// Answered with 500 or more.
  public var errors: UInt64 = 0

  public init(id: String, pattern: String, service: String) {
    self.id = id
    self.pattern = pattern
    self.service = service
  }
}

/// Who comes in, by key or by name: what it may do, has used, and owes.
public struct EdgeClient: Sendable, Codable {
  public var id: String
  /// The plan that it is on.
  public var plan = ""
  /// Calls a second at each instance; nil: any number.
  public var rateLimit: Int?
  /// Calls a day, and how many of them are used today; nil: any number.
  public var quota: Int?
  public var quotaUsed = 0
  public var calls: UInt64 = 0
  public var refused: UInt64 = 0
  public var sandboxCalls: UInt64 = 0
  public var requestBytes: UInt64 = 0
  public var responseBytes: UInt64 = 0
  /// Millionths of the currency's unit.
  public var charge: Int64 = 0

  public init(id: String) {
    self.id = id
  }
}

public struct EdgeLogLine: Sendable, Codable {
  public var time: Int64
  public var duration: Int64
  public var method: String
  public var path: String
  public var route: String
  public var client: String
  public var status: Int
  /// Why it was turned away; empty when it was not.
  public var reason: String
  public var gtxid: GTXID?

  public init(
    time: Int64, duration: Int64, method: String, path: String, route: String, client: String, status: Int,
    reason: String, gtxid: GTXID?
  ) {
    self.time = time
    self.duration = duration
    self.method = method
    self.path = path
    self.route = route
    self.client = client
    self.status = status
    self.reason = reason
    self.gtxid = gtxid
  }
}

/// What the member service has done since the start.
public struct MemberFigures: Sendable, Codable {
  /// Accounts that there are.
  public var accounts = 0
  public var signUps: UInt64 = 0
  public var logIns: UInt64 = 0
  public var refusedLogIns: UInt64 = 0
  public var logOuts: UInt64 = 0
  /// The token is still good: the key-value store took nothing.
  public var failedLogOuts: UInt64 = 0
  /// Tokens that were used after their owners had logged out: refused as revoked, and let pass.
  public var lateUsesRefused: UInt64 = 0
  public var lateUsesPassed: UInt64 = 0
  /// Seconds for which a token is good.
  public var tokenLifetime: Int64 = 0

  public init() {}
}

public struct RevokedToken: Sendable, Equatable, Codable {
  /// What the token is called: `jti`.
  public var id: String
  public var user: String
  /// Nanoseconds until it would have expired anyhow, when it is forgotten.
  public var timeLeft: Int64

  public init(id: String, user: String, timeLeft: Int64) {
    self.id = id
    self.user = user
    self.timeLeft = timeLeft
  }
}

public struct KeyValueFigures: Sendable, Codable {
  public var keys = 0
  public var bytes = 0
  public var byteLimit = 0
  public var hits: UInt64 = 0
  public var misses: UInt64 = 0
  public var expired: UInt64 = 0
  /// Writes for which there was no memory.
  public var refused: UInt64 = 0
  /// Commands that failed: no connection, no answer in time, no room.
  public var failed: UInt64 = 0
  /// What is wrong with it; empty when its last command went well.
  public var ailment = ""

  public init() {}
}
