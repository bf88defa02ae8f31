/// One request on its way through a gateway. A value: it can wait for an answer while others pass.
public struct GatewayExchange: Sendable {
  /// As it came.
  public let original: GatewayRequest
  /// As it goes on.
  public var request: GatewayRequest
  /// Nanoseconds since the Unix epoch.
  public let started: Int64
  /// Of the configuration with which it began.
  public let configurationVersion: Int
  public var route: RouteDefinition?
  public var parameters: [RouteParameter] = []
  public var isSandbox = false
  public var claims: TokenClaims?
  /// The one whose key was sent.
  public var client: GatewayClient?
  public var revocation: RevocationVerdict?
  /// A version other than the main one that shall serve it.
  public var canaryVersion: String?
  /// True: the legacy system serves it. Nil: its capability is not being moved.
  public var isLegacy: Bool?
  public var response: GatewayResponse?
  public var failure: GatewayFailure?
  public var runs: [FilterRun] = []
  /// The answer came out of the cache.
  public var isCached = false
  public var charge: Int64 = 0
  var cacheKey: String?
  /// Of what a filter asked the key-value store.
  var lookUp: Result<[UInt8]?, KeyValueUnavailable>?
  /// Where in the chain it goes on.
  var position = 0
  var openRun: FilterRun?

  init(_ request: GatewayRequest, configurationVersion: Int, now: Int64) {
    original = request
    self.request = request
    self.configurationVersion = configurationVersion
    started = now
  }

  /// Who is limited and charged: the client with a key, else the user.
  var caller: GatewayCaller {
    if let client { return .client(client.id) }
    return claims.map { .user($0.subject) } ?? .anonymous
  }

  /// The caller's name, as people read it.
  public var clientID: String { caller.name }

  /// The user, for shares that go by user; without one the client.
  var user: String { claims?.subject ?? client?.id ?? "" }
}

/// Whose limits and whose bill a call is on. A user may have chosen a name that a client has, too: they are two.
enum GatewayCaller: Sendable, Hashable {
  case client(String)
  case user(String)
  case anonymous

  var name: String {
    switch self {
    case .client(let name), .user(let name): name
    case .anonymous: "anonymous"
    }
  }
}

/// One filter that ran, as a span of its own. Times are nanoseconds since the Unix epoch.
public struct FilterRun: Sendable, Hashable {
  public enum Outcome: Sendable, Hashable {
    case passed
    case noted(String)
    case answered(status: Int)
    case failed(status: Int, reason: GatewayReason)
  }

  public var phase: GatewayPhase
  public var name: String
  public var start: Int64
  public var end: Int64
  public var outcome: Outcome
}

/// What goes to the service behind the gateway.
public struct GatewayCall: Sendable, Equatable {
  public var target: RouteDefinition.Target
  /// Nil: any version but a canary; the balancer chooses.
  public var version: String?
  public var request: GatewayRequest
  public var kind: RouteDefinition.Kind
  public var isSandbox: Bool
  public var isLegacy: Bool
}

/// The end of an exchange.
public struct GatewayAnswer: Sendable, Equatable {
  public var response: GatewayResponse
  /// All filters that ran, in order.
  public var runs: [FilterRun]
  /// Why the wish was not granted; nil when it was.
  public var failure: GatewayFailure?
  public var log: AccessLogEntry
}

/// A line of the access log.
public struct AccessLogEntry: Sendable, Hashable {
  /// When the request came: nanoseconds since the Unix epoch.
  public var time: Int64
  /// Nanoseconds.
  public var duration: Int64
  public var method: String
  public var path: String
  /// The id of the route; empty when none was found.
  public var route: String
  public var client: String
  public var status: Int
  /// Why not; empty when granted.
  public var reason: String
  public var requestBytes: Int
  public var responseBytes: Int
  /// 32 hexadecimal digits.
  public var gtxid: String
  public var isCached: Bool
  /// The key-value store was away, and the token was let pass.
  public var isUnchecked: Bool
}

/// What to do next with a request.
public enum GatewayStep: Sendable {
  /// Ask the key-value store for that key, and resume with what it says.
  case lookUp(key: String, GatewayExchange)
  /// Make that call, and complete with what comes back.
  case forward(GatewayCall, GatewayExchange)
  case answered(GatewayAnswer)
}
