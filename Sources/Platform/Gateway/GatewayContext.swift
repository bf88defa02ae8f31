internal import OrderedCollections

/// What lasts from one request to the next, as filters see it.
public struct GatewayContext: Sendable {
  public internal(set) var configuration: GatewayConfiguration
  /// Nanoseconds since the Unix epoch.
  public internal(set) var now: Int64 = 0
  let tokens: TokenAuthority
  var verified: VerifiedTokens
  let translators: OrderedDictionary<String, MessageTranslator>
  var clients: ClientBook
  var cache: LRUTable<String, CachedResponse>
  var cacheHits = 0
  var cacheMisses = 0
  var counters: OrderedDictionary<GatewayReason, Int> = [:]
  /// Requests that were let pass although nobody knew whether their token was revoked.
  var uncheckedAdmissions = 0
  var log: [AccessLogEntry] = []
  let logLimit: Int
  var title = ""

  init(
    configuration: GatewayConfiguration, tokens: TokenAuthority, translators: [MessageTranslator],
    settings: GatewaySettings
  ) {
    self.configuration = configuration
    self.tokens = tokens
    verified = VerifiedTokens(capacity: settings.verifiedTokenLimit)
    self.translators = OrderedDictionary(translators.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    clients = ClientBook(limit: settings.clientLimit)
    cache = LRUTable(capacity: settings.cacheCapacity)
    logLimit = settings.accessLogLimit
  }

  func plan(of exchange: GatewayExchange) -> ClientPlan {
    exchange.client.flatMap { configuration.plan(named: $0.plan) } ?? configuration.defaultPlan
  }
}

/// How much a gateway keeps.
public struct GatewaySettings: Sendable, Hashable {
  /// Answers.
  public var cacheCapacity: Int
  /// Clients whose limits and meters are kept apart.
  public var clientLimit: Int
  /// Lines.
  public var accessLogLimit: Int
  /// Tokens whose signature need not be verified again.
  public var verifiedTokenLimit: Int

  public init(
    cacheCapacity: Int = 1_000, clientLimit: Int = 10_000, accessLogLimit: Int = 1_000,
    verifiedTokenLimit: Int = 4_096
  ) {
    precondition(
      cacheCapacity > 0 && clientLimit > 0 && accessLogLimit > 0 && verifiedTokenLimit > 0,
      "a gateway keeps 1 of each at least")
    self.cacheCapacity = cacheCapacity
    self.clientLimit = clientLimit
    self.accessLogLimit = accessLogLimit
    self.verifiedTokenLimit = verifiedTokenLimit
  }
}

struct CachedResponse: Sendable {
  var response: GatewayResponse
  var stored: Int64
  var until: Int64
}

/// Between JSON outside and protobuf inside, for one message.
public struct MessageTranslator: Sendable {
  /// `shop.ProductsInfoRequest`
  public let name: String
  let encode: @Sendable (JSONNode) throws -> [UInt8]
  let decode: @Sendable ([UInt8]) throws -> JSONNode

  public init(
    _ name: String, encode: @escaping @Sendable (JSONNode) throws -> [UInt8],
    decode: @escaping @Sendable ([UInt8]) throws -> JSONNode
  ) {
    self.name = name
    self.encode = encode
    self.decode = decode
  }
}
