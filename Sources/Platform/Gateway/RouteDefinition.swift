/// One line of a gateway's table: what it matches, where it goes, and what is done on the way.
public struct RouteDefinition: Sendable, Hashable {
  /// How the answer comes.
  public enum Kind: Sendable, Hashable {
    case exchange
    /// What was accepted behind it is answered with 202 and the GTXID to ask with.
    case asynchronous
    /// An endpoint apart, whose answer does not end: neither cached nor changed.
    case streaming
  }

  public enum Target: Sendable, Hashable {
    case service(String)
    /// A record on the bus; always asynchronous.
    case topic(String)
  }

  /// Unique in the table: `order.create`.
  public var id: String
  /// Empty is every method.
  public var methods: [String]
  public var pattern: RoutePattern
  public var headers: [HeaderCondition] = []
  public var content: [ContentCondition] = []
  public var kind = Kind.exchange
  public var target: Target
  /// One sentence for the specification.
  public var summary = ""
  /// One of them is enough; empty is everybody who is authenticated.
  public var roles: [String] = []
  /// No token is asked for.
  public var isPublic = false
  /// Bytes; nil for the gateway's own limit, which is never exceeded.
  public var maximumBodyBytes: Int?
  /// What a JSON body must have; empty: whoever is behind the gateway looks at it.
  public var fields: [FieldRule] = []
  public var cache: ResponseCacheRule?
  public var requestTransforms: [MessageTransform] = []
  public var responseTransforms: [MessageTransform] = []
  /// Behind the gateway it speaks protobuf: the names of translators for what goes there and what comes back.
  public var translation: Translation?
  public var canary: CanaryRule?
  /// What the strangler moves: `review`. The share is the configuration's.
  public var capability: String?
  /// Who answers calls to `/sandbox/…`; nil has no sandbox.
  public var sandbox: Sandbox?
  /// Where one asks what became of what was accepted.
  public var statusPath = "/transactions/{gtxid}"
  /// How many calls it counts for in quota and tariff; 1 or more.
  public var weight = 1

  public init(_ id: String, methods: [String] = [], _ pattern: RoutePattern, to target: Target) {
    self.id = id
    self.methods = methods
    self.pattern = pattern
    self.target = target
  }

  /// Where a program can be tried out. What is sent there is checked as ever, and has no effect.
  public enum Sandbox: Sendable, Hashable {
    /// A service plays what it would do.
    case service(String)
    /// The gateway: what has passed all of its filters is answered, and goes no further.
    case gateway
  }

  public struct Translation: Sendable, Hashable {
    public var request: String
    public var response: String
    /// Whether whoever calls may speak protobuf, too, and be answered in it.
    public var isOpen: Bool

    public init(request: String, response: String, isOpen: Bool = false) {
      self.request = request
      self.response = response
      self.isOpen = isOpen
    }
  }

  var isAsynchronous: Bool {
    if case .topic = target { return true }
    return kind == .asynchronous
  }
}

/// A header that must be there.
public struct HeaderCondition: Sendable, Hashable {
  public var name: String
  /// Nil: any value.
  public var value: String?

  public init(_ name: String, _ value: String? = nil) {
    self.name = name
    self.value = value
  }

  func holds(for headers: GatewayHeaders) -> Bool {
    guard let found = headers[name] else { return false }
    return value == nil || found == value
  }
}

/// A field of the JSON body that must have a value: routing by content.
public struct ContentCondition: Sendable, Hashable {
  /// `customer.country`
  public var path: String
  public var value: String

  public init(_ path: String, _ value: String) {
    self.path = path
    self.value = value
  }
}

/// A share of the traffic for another version of the same service.
public struct CanaryRule: Sendable, Hashable {
  public var version: String
  public var share: TrafficShare

  public init(version: String, share: TrafficShare) {
    self.version = version
    self.share = share
  }
}

/// A part of the traffic, in hundredths of a percent, chosen by request or by user.
public struct TrafficShare: Sendable, Hashable {
  public enum Unit: Sendable, Hashable {
    /// By the request's draw.
    case request
    /// The same user is always on the same side, and stays there while the share grows.
    case user
  }

  /// 0 ... 10,000
  public var basisPoints: Int
  public var unit: Unit

  public init(percent: Int, by unit: Unit = .user) { self.init(basisPoints: percent * 100, by: unit) }

  public init(basisPoints: Int, by unit: Unit = .user) {
    precondition((0...10_000).contains(basisPoints), "a share is 0 to 100 %")
    self.basisPoints = basisPoints
    self.unit = unit
  }

  /// - Parameter purpose: keeps users who are first in one share from being first in all.
  public func contains(purpose: String, user: String, draw: UInt64 = 0) -> Bool {
    let hash =
      switch unit {
      case .request: StableHash.finish(draw ^ StableHash.of(purpose))
      case .user: StableHash.of(purpose, user)
      }
    return StableHash.bucket(hash, of: 10_000) < basisPoints
  }
}

/// How long an answer is good for others.
public struct ResponseCacheRule: Sendable, Hashable {
  /// Nanoseconds, more than 0.
  public var timeToLive: Int64
  /// Request headers whose values tell answers apart.
  public var vary: [String]
  /// False: each user has answers of his own.
  public var isShared: Bool

  public init(timeToLive: Int64, vary: [String] = [], isShared: Bool = false) {
    self.timeToLive = timeToLive
    self.vary = vary
    self.isShared = isShared
  }
}

/// A change of a message on its way. Fields are those of a JSON body; `{subject}`, `{gtxid}`, `{client}` and the names
/// of path parameters in a value are replaced.
public enum MessageTransform: Sendable, Hashable {
  case setHeader(String, String)
  case removeHeader(String)
  /// A field by its path: `customer.id`.
  case setField(String, String)
  case removeField(String)
  case renameField(String, to: String)
  /// Requests only: the path behind the gateway.
  case setPath(String)

  var needsJSON: Bool {
    switch self {
    case .setField, .removeField, .renameField: true
    case .setHeader, .removeHeader, .setPath: false
    }
  }
}
