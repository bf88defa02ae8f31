/// When a filter runs: PRE, ROUTE, POST in order. An error in PRE or ROUTE runs ERROR, then POST; an error in POST runs
/// ERROR only (the phases of Netflix' Zuul).
public enum GatewayPhase: String, Sendable, Hashable, CaseIterable {
  case pre = "PRE"
  case route = "ROUTE"
  case post = "POST"
  case error = "ERROR"
}

/// What became of a filter that ran.
public enum FilterOutcome: Sendable, Equatable {
  case passed
  /// It did something to the message, or has something to tell: in a few words.
  case noted(String)
  /// The request is answered here: the rest of PRE and all of ROUTE are left out.
  case answered(GatewayResponse)
  /// It needs the value of a key of the key-value store, and runs again with it.
  case lookUp(key: String)
}

/// One filter of the chain. It keeps nothing itself: what lasts is in the context.
public protocol GatewayFilter: Sendable {
  /// As a span shows it: `rate-limit`.
  var name: String { get }
  var phase: GatewayPhase { get }
  /// Whether there is something for it to do; it does not run otherwise.
  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool
  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome
}

/// What every gateway runs, in this order within each phase.
public enum GatewayFilters {
  public static let standard: [any GatewayFilter] = [
    CORSPreflightFilter(), BodyLimitFilter(), SpecificationFilter(), RoutingFilter(), RouteBodyLimitFilter(),
    MediaTypeFilter(), ClientKeyFilter(), AuthenticationFilter(), RevocationFilter(), RolesFilter(), RateLimitFilter(),
    QuotaFilter(),
    TrafficSplitFilter(), CacheReadFilter(), BodyFieldsFilter(), RequestTransformFilter(), RequestTranslationFilter(),
    SandboxFilter(), ErrorAnswerFilter(),
    ResponseTranslationFilter(), ResponseTransformFilter(), AsynchronousAnswerFilter(), CacheWriteFilter(),
    CORSHeadersFilter(), TransactionHeaderFilter(), MeteringFilter(), AccessLogFilter(),
  ]

  /// The same without those of these names.
  public static func standard(without names: Set<String>) -> [any GatewayFilter] {
    standard.filter { !names.contains($0.name) }
  }
}
