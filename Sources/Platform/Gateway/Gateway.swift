internal import OrderedCollections

/// An API gateway: a chain of filters around one call to a service.
///
/// It calls nobody. ``begin(_:now:)`` says what to do; the caller asks the key-value store or makes the call, and hands
/// in what came of it, so that each takes its own time while other requests pass. Several gateways, for outside and
/// inside, are several values with different tables. Times are nanoseconds since the Unix epoch.
public struct Gateway: Sendable {
  public let name: String
  /// PRE and ROUTE.
  private let chain: [any GatewayFilter]
  private let post: [any GatewayFilter]
  private let error: [any GatewayFilter]
  var context: GatewayContext

  /// - Parameters:
  ///   - tokens: whose tokens are accepted.
  ///   - translators: between JSON and protobuf, by the names that routes use.
  ///   - filters: in the order in which they run within their phase. Forwarding follows after those of ROUTE.
  /// - Throws: what is wrong with the configuration.
  public init(
    name: String, configuration: GatewayConfiguration, tokens: TokenAuthority,
    translators: [MessageTranslator] = [], settings: GatewaySettings = GatewaySettings(),
    filters: [any GatewayFilter] = GatewayFilters.standard
  ) throws(GatewayConfigurationError) {
    self.name = name
    chain = filters.filter { $0.phase == .pre } + filters.filter { $0.phase == .route }
    post = filters.filter { $0.phase == .post }
    error = filters.filter { $0.phase == .error }
    context = GatewayContext(
      configuration: configuration, tokens: tokens, translators: translators, settings: settings)
    context.title = name
    try check(configuration)
  }

  public var configuration: GatewayConfiguration { context.configuration }

  /// Replaces the configuration while requests are on their way. Answers in the cache that came of other routes go.
  /// - Throws: what is wrong with it; then nothing has changed.
  public mutating func adopt(_ configuration: GatewayConfiguration) throws(GatewayConfigurationError) {
    try check(configuration)
    if configuration.routes != context.configuration.routes { context.cache.removeAll() }
    context.configuration = configuration
  }

  // MARK: One request

  public mutating func begin(_ request: GatewayRequest, now: Int64) -> GatewayStep {
    context.now = now
    return advance(
      GatewayExchange(request, configurationVersion: context.configuration.version, now: now))
  }

  /// Goes on after ``GatewayStep/lookUp(key:_:)``.
  /// - Parameter value: what the store has under the key, or that it has no answer.
  public mutating func resume(
    _ exchange: GatewayExchange, with value: Result<[UInt8]?, KeyValueUnavailable>, now: Int64
  ) -> GatewayStep {
    context.now = now
    var exchange = exchange
    exchange.lookUp = value
    return advance(exchange)
  }

  /// Ends what ``GatewayStep/forward(_:_:)`` began. An answer with a status of 500 or more is an answer all the same.
  public mutating func complete(
    _ exchange: GatewayExchange, with result: Result<GatewayResponse, UpstreamFailure>, now: Int64
  ) -> GatewayAnswer {
    context.now = now
    var exchange = exchange
    switch result {
    case .success(let response):
      close(&exchange, .passed)
      exchange.response = response
    case .failure(let error):
      fail(&exchange, GatewayFailure(.upstream, error.sentence, status: error.status))
    }
    return finish(exchange)
  }

  // MARK: Phases

  private mutating func advance(_ exchange: GatewayExchange) -> GatewayStep {
    var exchange = exchange
    while exchange.position < chain.count {
      let filter = chain[exchange.position]
      // A filter that has waited for the store goes on, without being asked again whether it applies.
      guard exchange.openRun != nil || filter.applies(to: exchange, in: context) else {
        exchange.position += 1
        continue
      }
      do throws(GatewayFailure) {
        switch try run(filter, on: &exchange) {
        case .lookUp(let key): return .lookUp(key: key, exchange)
        case .answered: return .answered(finish(exchange))
        case .passed, .noted: exchange.position += 1
        }
      } catch {
        fail(&exchange, error)
        return .answered(finish(exchange))
      }
    }
    guard let route = exchange.route else {
      fail(&exchange, GatewayFailure(.noRoute, "no filter of gateway \(name) has found a route"))
      return .answered(finish(exchange))
    }
    open(&exchange, name: "forward", phase: .route)
    return .forward(call(exchange, route), exchange)
  }

  private func call(_ exchange: GatewayExchange, _ route: RouteDefinition) -> GatewayCall {
    var target = route.target
    if exchange.isLegacy == true { target = .service(context.configuration.legacyService) }
    if exchange.isSandbox, case .service(let sandbox) = route.sandbox { target = .service(sandbox) }
    return GatewayCall(
      target: target, version: exchange.canaryVersion, request: exchange.request, kind: route.kind,
      isSandbox: exchange.isSandbox, isLegacy: exchange.isLegacy == true)
  }

  /// ERROR when something failed, and POST unless POST itself failed.
  private mutating func finish(_ exchange: GatewayExchange) -> GatewayAnswer {
    var exchange = exchange
    if exchange.failure != nil { _ = runAll(self.error, on: &exchange) }
    if !runAll(post, on: &exchange) {
      // What POST has failed at is what the client is told.
      exchange.response = nil
      _ = runAll(self.error, on: &exchange)
    }
    let response =
      exchange.response ?? GatewayResponse(exchange.failure?.status ?? 500, body: Array("no answer".utf8))
    let log = AccessLogFilter.entry(for: exchange, response: response, now: context.now)
    return GatewayAnswer(response: response, runs: exchange.runs, failure: exchange.failure, log: log)
  }

  /// Runs a phase up to the first error; false when there was one.
  private mutating func runAll(_ filters: [any GatewayFilter], on exchange: inout GatewayExchange) -> Bool {
    for filter in filters where filter.applies(to: exchange, in: context) {
      do throws(GatewayFailure) {
        if case .answered(let response) = try run(filter, on: &exchange) { exchange.response = response }
      } catch {
        fail(&exchange, error)
        return false
      }
    }
    return true
  }

  private mutating func run(
    _ filter: any GatewayFilter, on exchange: inout GatewayExchange
  ) throws(GatewayFailure) -> FilterOutcome {
    if exchange.openRun == nil { open(&exchange, name: filter.name, phase: filter.phase) }
    let outcome = try filter.run(on: &exchange, in: &context)
    switch outcome {
    case .passed: close(&exchange, .passed)
    case .noted(let note): close(&exchange, .noted(note))
    case .answered(let response):
      close(&exchange, .answered(status: response.status))
      exchange.response = response
    case .lookUp: break
    }
    return outcome
  }

  // MARK: Records

  private func open(_ exchange: inout GatewayExchange, name: String, phase: GatewayPhase) {
    exchange.openRun = FilterRun(
      phase: phase, name: name, start: context.now, end: context.now, outcome: .passed)
  }

  private func close(_ exchange: inout GatewayExchange, _ outcome: FilterRun.Outcome) {
    guard var run = exchange.openRun else { return }
    run.end = context.now
    run.outcome = outcome
    exchange.runs.append(run)
    exchange.openRun = nil
  }

  private mutating func fail(_ exchange: inout GatewayExchange, _ failure: GatewayFailure) {
    close(&exchange, .failed(status: failure.status, reason: failure.reason))
    exchange.failure = failure
    context.counters[failure.reason, default: 0] += 1
  }

  private func check(_ configuration: GatewayConfiguration) throws(GatewayConfigurationError) {
    var problems = configuration.problems
    for route in configuration.routes {
      for translator in [route.translation?.request, route.translation?.response].compactMap(\.self)
      where context.translators[translator] == nil {
        problems.append("route \(route.id): there is no translator \(translator) in gateway \(name)")
      }
    }
    guard problems.isEmpty else { throw GatewayConfigurationError(problems: problems) }
  }
}
