internal import Operations
internal import Resilience

/// Which services there are, how large they are, and who calls whom.
struct ShopPlan: Sendable {
  struct Service: Sendable {
    var name: String
    var team: String
    var instances: Int
    var firstPort: Int
    /// Worker threads of an instance.
    var workers: Int
    /// Database connections of an instance; 0: it keeps no database.
    var connections = 0
    /// The topic it reads; its consumer group is called as the service is.
    var consumes: String?
    var isOutside = false
    var publishing = FaultCatalogue.Publishing.nothing
    var objective = ServiceObjective()
  }

  static let gateway = "gateway"
  static let order = "order"
  static let inventory = "inventory"
  static let payment = "payment"
  static let company = "payment-gateway"

  static let partitions = 6

  static let services: [Service] = [
    Service(name: gateway, team: "edge", instances: 2, firstPort: 41_801, workers: 64),
    Service(
      name: order, team: "orders", instances: 2, firstPort: 41_811, workers: 32, connections: 10, consumes: order,
      publishing: .throughOutbox),
    Service(
      name: inventory, team: "stock", instances: 2, firstPort: 41_821, workers: 16, connections: 10,
      consumes: inventory,
      publishing: .throughOutbox),
    Service(
      name: payment, team: "money", instances: 2, firstPort: 41_871, workers: 16, consumes: payment,
      publishing: .directly, objective: slowObjective),
    Service(
      name: company, team: "outside", instances: 1, firstPort: 443, workers: 256, isOutside: true,
      objective: slowObjective),
  ]

  /// Who calls whom, and what for.
  static let edges: [(from: String, to: String, purpose: String)] = [
    (gateway, order, "creates the order; asks for its state"),
    (payment, company, "charges the customer's card; no fallback"),
  ]

  /// A card company may take its time for one charge in a hundred.
  private static var slowObjective: ServiceObjective {
    var objective = ServiceObjective()
    objective.p99 = 3_000_000_000
    return objective
  }

  static var catalogue: FaultCatalogue {
    FaultCatalogue(
      services: services.map { service in
        FaultCatalogue.Service(
          name: service.name, instances: service.instances, hasDatabase: service.connections > 0,
          consumes: service.consumes != nil, isOutside: service.isOutside,
          partitions: service.consumes == nil ? nil : partitions, publishing: service.publishing)
      },
      edges: edges.map { FaultCatalogue.Edge(from: $0.from, to: $0.to) },
      databases: services.filter { $0.connections > 0 }.map(\.name), groups: services.compactMap(\.consumes),
      topics: services.compactMap(\.consumes).map { FaultCatalogue.Topic(name: $0, partitions: partitions) })
  }

  /// The breakers of the whole shop.
  static var breaker: CircuitBreakerSettings {
    var settings = CircuitBreakerSettings()
    settings.slidingWindowSize = 10
    settings.minimumNumberOfCalls = 10
    settings.failureRateThreshold = 50
    settings.slowCallRateThreshold = 100
    settings.slowCallDurationThreshold = .milliseconds(6000)
    settings.permittedNumberOfCallsInHalfOpenState = 3
    settings.waitIntervalInOpenState = .fixed(.seconds(10))
    return settings
  }

  /// Nobody waits long for the company; every other call is given more than a breaker calls slow.
  static func timeLimit(of callee: String) -> Duration {
    callee == company ? .seconds(1) : .seconds(8)
  }

  /// Payment retries with the back-offs 0.5, 1 and 2 s; the others twice after half a second.
  static func retry(of callee: String) -> RetrySettings {
    var settings = RetrySettings()
    guard callee == company else { return settings }
    settings.maxAttempts = 4
    settings.waitInterval = .exponential(initial: .milliseconds(500), multiplier: 2)
    return settings
  }
}

/// The names of the events, as they stand on the topics.
enum EventType {
  static let orderCreated = "ORDER_CREATE"
  static let orderFailed = "ORDER_FAILED"
  static let itemReserved = "ITEM_RESERVED"
  static let itemRejected = "ITEM_REJECTED"
  static let itemReleased = "ITEM_RELEASED"
  static let paymentComplete = "PAYMENT_COMPLETE"
  static let paymentFailed = "PAYMENT_FAILED"
  static let paymentRefunded = "PAYMENT_REFUNDED"
}

/// Topics of the shop.
enum TopicName {
  static let inventory = "inventory"
  static let payment = "payment"
  static let order = "order"
  static let operations = "__operations"
}
