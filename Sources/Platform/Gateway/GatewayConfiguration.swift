/// All that a gateway goes by, as one value that is replaced as a whole while it runs.
public struct GatewayConfiguration: Sendable, Hashable {
  /// Grows with each change.
  public var version: Int
  /// The first that matches counts.
  public var routes: [RouteDefinition]
  public var clients: [GatewayClient]
  public var plans: [ClientPlan]
  /// The plan of those who are not listed.
  public var defaultPlan: ClientPlan
  /// Nil answers no preflight and sets no headers: browsers then call from the same origin only.
  public var cors: CORSRule?
  /// Bytes: more than that is refused before it is looked at.
  public var maximumBodyBytes: Int
  public var revocationPolicy: RevocationPolicy
  /// For each capability, what share goes to the new service; the others go to the legacy system.
  public var strangler: [StranglerShare]
  /// The service that has what no share takes away from it.
  public var legacyService: String
  /// Where the specification is served; nil serves none.
  public var specificationPath: String?

  public init(
    version: Int = 1, routes: [RouteDefinition], clients: [GatewayClient] = [], plans: [ClientPlan] = [],
    defaultPlan: ClientPlan = ClientPlan("default"), cors: CORSRule? = nil, maximumBodyBytes: Int = 1 << 20,
    revocationPolicy: RevocationPolicy = .failClosed, strangler: [StranglerShare] = [],
    legacyService: String = "legacy-shop", specificationPath: String? = "/openapi.json"
  ) {
    self.version = version
    self.routes = routes
    self.clients = clients
    self.plans = plans
    self.defaultPlan = defaultPlan
    self.cors = cors
    self.maximumBodyBytes = maximumBodyBytes
    self.revocationPolicy = revocationPolicy
    self.strangler = strangler
    self.legacyService = legacyService
    self.specificationPath = specificationPath
  }

  func plan(named name: String) -> ClientPlan? { plans.first { $0.name == name } }
}

/// A program that calls with a key of its own.
public struct GatewayClient: Sendable, Hashable {
  public var id: String
  /// What it sends as `X-API-Key`.
  public var key: String
  public var plan: String

  public init(_ id: String, key: String, plan: String) {
    self.id = id
    self.key = key
    self.plan = plan
  }
}

/// What a client may do, and what it pays.
public struct ClientPlan: Sendable, Hashable {
  public var name: String
  /// Nil: as often as it likes.
  public var rateLimit: TokenBucketRule?
  /// Calls a day (UTC), by weight; nil: any number.
  public var dailyQuota: Int?
  public var tariff: Tariff

  public init(
    _ name: String, rateLimit: TokenBucketRule? = nil, dailyQuota: Int? = nil, tariff: Tariff = Tariff()
  ) {
    self.name = name
    self.rateLimit = rateLimit
    self.dailyQuota = dailyQuota
    self.tariff = tariff
  }
}

/// Prices in millionths of the currency's unit.
public struct Tariff: Sendable, Hashable {
  public var perCall: Int64
  /// For each 1024 bytes begun, of request and response.
  public var perKilobyte: Int64

  public init(perCall: Int64 = 0, perKilobyte: Int64 = 0) {
    self.perCall = perCall
    self.perKilobyte = perKilobyte
  }

  func charge(weight: Int, bytes: Int) -> Int64 {
    perCall * Int64(weight) + perKilobyte * Int64((bytes + 1023) / 1024)
  }
}

/// Who may call from a browser's page of another origin.
public struct CORSRule: Sendable, Hashable {
  /// `https://shop.example`; `*` is everybody.
  public var origins: [String]
  public var methods: [String]
  public var headers: [String]
  /// Seconds for which a browser need not ask again.
  public var maximumAge: Int

  public init(
    origins: [String], methods: [String] = ["GET", "POST", "PUT", "DELETE"],
    headers: [String] = ["Authorization", "Content-Type"], maximumAge: Int = 600
  ) {
    self.origins = origins
    self.methods = methods
    self.headers = headers
    self.maximumAge = maximumAge
  }

  func allows(_ origin: String) -> Bool { origins.contains("*") || origins.contains(origin) }
}

/// How much of a capability the new service has taken over.
public struct StranglerShare: Sendable, Hashable {
  public var capability: String
  public var share: TrafficShare

  public init(_ capability: String, _ share: TrafficShare) {
    self.capability = capability
    self.share = share
  }
}
