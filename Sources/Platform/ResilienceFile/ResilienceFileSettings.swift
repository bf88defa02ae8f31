public import Resilience
public import YAMLReading

/// The guards that a file asks for on one edge, from a caller to a callee.
///
/// What is nil the file leaves to whoever makes the call. The guards stand as resilience4j has them:
/// Retry(CircuitBreaker(RateLimiter(TimeLimiter(Bulkhead(call))))), which is `ResiliencePipeline`.
public struct EdgeGuardSettings: Hashable, Sendable {
  public var circuitBreaker: CircuitBreakerSettings?
  public var retry: RetrySettings?
  public var rateLimiter: RateLimiterSettings?
  public var timeLimiter: TimeLimiterSettings?
  public var bulkhead: BulkheadSettings?

  public init() {}
}

/// The guards of a Spring Boot application, as its `resilience4j` block has them.
public struct ResilienceFileSettings: Hashable, Sendable {
  struct Named<Settings: Hashable & Sendable>: Hashable, Sendable {
    var name: String
    /// Where the name stands in the file.
    var position: YAMLPosition?
    var settings: Settings
  }

  /// One kind of guard: its instances, and what an instance gets that the file does not name.
  struct Kind<Settings: Hashable & Sendable>: Hashable, Sendable {
    var instances: [Named<Settings>] = []
    var fallback: Settings?

    /// The first of these names that an instance has.
    func name(_ names: [String]) -> String? { names.first { name in instances.contains { $0.name == name } } }
    var places: [(name: String, position: YAMLPosition?)] { instances.map { ($0.name, $0.position) } }

    /// - Parameter edges: the names that each edge looks for.
    func passedOver(_ edges: [[String]]) -> [(name: String, position: YAMLPosition?, instead: String)] {
      let chosen = edges.map { name($0) }
      return places.compactMap { place in
        guard !chosen.contains(place.name), let edge = edges.firstIndex(where: { $0.contains(place.name) }),
          let instead = chosen[edge]
        else { return nil }
        return (place.name, place.position, instead)
      }
    }

    /// The instance with the first of these names that there is.
    func instance(_ names: [String]) -> Settings? {
      for name in names { if let found = instances.first(where: { $0.name == name }) { return found.settings } }
      return nil
    }
  }

  var circuitBreaker = Kind<CircuitBreakerSettings>()
  var retry = Kind<RetrySettings>()
  var rateLimiter = Kind<RateLimiterSettings>()
  var timeLimiter = Kind<TimeLimiterSettings>()
  var bulkhead = Kind<BulkheadSettings>()

  init() {}

  /// The names of an edge's instance, the one that says most first: `payment-payment-gateway` and
  /// `paymentPaymentGateway`, which are this caller's alone, then `payment-gateway`, `paymentGateway` and
  /// `paymentGatewayService`, which are every caller's. A callee `search` is found as `searchService` and
  /// `search-service`, too.
  public static func instanceNames(caller: String, callee: String) -> [String] {
    var names: [String] = []
    for name in ["\(caller)-\(callee)", callee] {
      names += [name, camelCase(name), "\(name)-service", camelCase(name) + "Service"]
    }
    return names
  }

  /// How applications usually call the guards of calls to a service: `searchService`, `paymentGatewayService`. It is one of
  /// ``instanceNames(caller:callee:)``.
  public static func usualName(callee: String) -> String { camelCase(callee) + "Service" }

  /// The instance that the circuit breaker of an edge has its settings from; nil where the file names none.
  public func circuitBreakerName(caller: String, callee: String) -> String? {
    circuitBreaker.name(Self.instanceNames(caller: caller, callee: callee))
  }

  /// `paymentGateway` from `payment-gateway`
  private static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "-")
    return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The guards of the edge from `caller` to `callee`: those of its instance (see ``instanceNames(caller:callee:)``, each
  /// kind of guard found by itself), and where the file names none, its configuration `default`. A rate limiter stands
  /// only where an instance asks for it, because nothing in a call does.
  public func guards(caller: String, callee: String) -> EdgeGuardSettings {
    let names = Self.instanceNames(caller: caller, callee: callee)
    var guards = EdgeGuardSettings()
    guards.circuitBreaker = circuitBreaker.instance(names) ?? circuitBreaker.fallback
    guards.retry = retry.instance(names) ?? retry.fallback
    guards.rateLimiter = rateLimiter.instance(names)
    guards.timeLimiter = timeLimiter.instance(names) ?? timeLimiter.fallback
    guards.bulkhead = bulkhead.instance(names) ?? bulkhead.fallback
    return guards
  }

  /// Instances that could guard one of these edges, and guard none, because all are guarded by others, which are named
  /// first: each with one of those that do.
  public func passedOver(
    on edges: [(caller: String, callee: String)]
  ) -> [(name: String, position: YAMLPosition?, instead: String)] {
    let names = edges.map { Self.instanceNames(caller: $0.caller, callee: $0.callee) }
    return circuitBreaker.passedOver(names) + retry.passedOver(names) + rateLimiter.passedOver(names)
      + timeLimiter.passedOver(names) + bulkhead.passedOver(names)
  }

  /// The names of all instances, and where each stands: one that has several kinds of guards is there several times.
  public var instances: [(name: String, position: YAMLPosition?)] {
    circuitBreaker.places + retry.places + rateLimiter.places + timeLimiter.places + bulkhead.places
  }
}
