internal import Operations
internal import Resilience

/// Which services there are, how large they are, and who calls whom.
struct ShopPlan: Sendable {
  static let gateway = "gateway"
  static let order = "order"
  static let inventory = "inventory"
  static let payment = "payment"
  static let company = "payment-gateway"
  static let customer = "customer"
  static let item = "item"
  static let catalog = "catalog"
  static let cart = "cart"
  static let review = "review"
  static let shipping = "shipping"
  static let recommendation = "recommendation"
  static let search = "search"
  static let aggregate = "aggregate"
  static let orchestrator = "orchestrator"
  static let historyUpdater = "order-history-updater"
  static let history = "order-history"
  static let pageComposer = "page-composer"
  static let gatewayInternal = "gateway-internal"
  static let member = "member"
  static let registry = "registry"
  static let config = "config"
  static let legacy = "legacy-shop"

  static let partitions = 6

  static let services: [ServicePlan] = [
    GatewayService.plan, OrderService.plan, InventoryService.plan, PaymentService.plan, CustomerService.plan,
    ItemService.plan, OrchestratorService.plan, PageComposer.plan, CatalogService.plan, CartService.plan,
    ReviewService.plan,
    ShippingService.plan,
    RecommendationService.plan, SearchService.plan, AggregateService.plan, HistoryUpdater.plan, HistoryService.plan,
    RegistryService.plan, ConfigService.plan,
    PaymentCompany.plan,
    GatewayService.insidePlan, MemberService.plan, LegacyShop.plan,
  ]

  static func service(_ name: String) -> ServicePlan {
    guard let service = services.first(where: { $0.name == name }) else {
      preconditionFailure("the plan has no service \(name)")
    }
    return service
  }

  /// Which group reads which topic, in the order of the plan.
  static let readings: [(group: String, topic: String)] = services.flatMap { service in
    service.reads.map { (service.name, $0.topic) }
      + service.joins.flatMap { [($0.group, $0.left), ($0.group, $0.right)] }
  }

  /// Whose database is mined by whom for others.
  static let miners = [
    MinerPlan(source: item, miner: aggregate, topic: TopicName.itemChanges),
    MinerPlan(source: order, miner: historyUpdater, topic: TopicName.orderChanges),
    MinerPlan(
      source: customer, miner: historyUpdater, topic: TopicName.customerChanges,
      name: "\(historyUpdater)/\(customer)", isSeldom: true),
  ]

  /// Whose stores hold documents, each found by its id.
  static let documentStores = services.filter { service in
    service.store.map { $0.owner == nil && !$0.tables.collections.isEmpty } ?? false
  }.map(\.name)

  /// The topics that are read, each once, in the order of the plan.
  static let topics: [String] = readings.reduce(into: []) { topics, reading in
    if !topics.contains(reading.topic) { topics.append(reading.topic) }
  }

  /// What is shown first of what a group reads.
  static func firstTopic(of group: String) -> String { readings.first { $0.group == group }?.topic ?? group }

  /// The groups that read a topic.
  static func readers(of topic: String) -> [String] { readings.filter { $0.topic == topic }.map(\.group) }

  /// A card company may take its time for one charge in a hundred.
  static var slowObjective: ServiceObjective {
    var objective = ServiceObjective()
    objective.p99 = 3_000_000_000
    return objective
  }

  /// What can break where the databases are as `topology` says, and order keeps its orders in `store`.
  static func catalogue(_ topology: TopologySettings, _ store: OrderStore) -> FaultCatalogue {
    var catalogue = catalogue(store)
    catalogue.hasSharedDatabase = topology.databases == .shared
    return catalogue
  }

  /// What can break where each service has a database server of its own, and order an outbox.
  static var catalogue: FaultCatalogue { catalogue(.outbox) }

  private static func catalogue(_ store: OrderStore) -> FaultCatalogue {
    FaultCatalogue(
      services: services.map { $0.keeping(store) }.map { service in
        var entry = FaultCatalogue.Service(
          name: service.name, instances: service.instances, hasDatabase: service.store != nil,
          consumes: !service.reads.isEmpty, isOutside: service.isOutside,
          partitions: service.reads.isEmpty ? nil : partitions, publishing: service.publishing,
          mistakes: service.mistakes)
        entry.isRegistry = service.name == registry
        entry.usesKeyValueStore = service.usesKeyValueStore
        entry.crashPoints = CrashPoint.places[service.name] ?? []
        return entry
      },
      edges: services.flatMap { service in
        service.calls.map { FaultCatalogue.Edge(from: service.name, to: $0.callee) }
      },
      databases: services.filter { $0.store != nil && $0.store?.owner == nil }.map(\.name),
      groups: services.filter { !$0.reads.isEmpty }.map(\.name),
      topics: topics.map { FaultCatalogue.Topic(name: $0, partitions: partitions) },
      hasKeyValueStore: services.contains(where: \.usesKeyValueStore), routes: routes,
      users: Customers.names + Accounts.staff.map(\.0))
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

  static let creditOrderCreated = "OrderCreated"
  static let creditReserved = "CreditReserved"
  static let creditLimitExceeded = "CreditLimitExceeded"
  static let stockReserved = "StockReserved"
  static let outOfStock = "OutOfStock"
  static let orderRejected = "OrderRejected"
  static let placed = "PLACED"
  static let accepted = "ACCEPTED"
  static let rejected = "REJECTED"
  static let confirmed = "CONFIRMED"
  static let rollback = "ROLLBACK"
  /// Lets stream time go by where nothing else comes.
  static let tick = "TICK"

  static let priceChanged = "PriceChanged"
  static let optionsPriced = "OptionsPriced"
  static let quantityChanged = "QuantityChanged"
  static let orderChanged = "OrderChanged"
  static let customerChanged = "CustomerChanged"

  /// Results of the new services, for the legacy shop; and what the legacy shop did itself, for them.
  static let reviewHandedBack = "ReviewHandedBack"
  static let orderHandedBack = "OrderHandedBack"
  static let legacyReviewWritten = "LegacyReviewWritten"
  static let legacyOrderPlaced = "LegacyOrderPlaced"

  /// A customer's program has sent a review as a message.
  static let reviewSubmitted = "ReviewSubmitted"

  static let creditReleased = "CreditReleased"
  static let stockReleased = "StockReleased"
}

/// Commands of the orchestrated saga.
enum CommandName {
  static let createOrder = "CreateOrder"
  static let approveOrder = "ApproveOrder"
  static let cancelOrder = "CancelOrder"
  static let reserveCredit = "ReserveCredit"
  static let releaseCredit = "ReleaseCredit"
  static let reserveStock = "ReserveStock"
  static let releaseStock = "ReleaseStock"
  static let charge = "Charge"
  static let ship = "Ship"
  /// The saga is over: what it holds is free.
  static let unlock = "UNLOCK"

  static let all = [
    createOrder, approveOrder, cancelOrder, reserveCredit, releaseCredit, reserveStock, releaseStock, charge, ship,
  ]
}

/// Topics of the shop.
enum TopicName {
  static let inventory = "inventory"
  static let payment = "payment"
  static let order = "order"
  static let credit = "credit"
  static let orders = "orders"
  static let stock = "stock"
  static let payments = "payments"
  /// What the orchestrator wants of a service.
  static func commands(_ service: String) -> String { "commands.\(service)" }
  static let replies = "replies"
  /// What became of the rows of item; the key is the product.
  static let itemChanges = "item.changes"
  /// What became of the rows of order; the key is the order.
  static let orderChanges = "order.changes"
  /// What became of the rows of customer that others may know; the key is the customer.
  static let customerChanges = "customer.changes"
  /// Between the legacy shop and the services that take over from it; the key is the order or the product.
  static let legacyEvents = "legacy.events"
  /// Reviews that came as messages from outside; the key is the product.
  static let reviews = "reviews"
  static let operations = "__operations"
}
