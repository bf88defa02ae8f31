internal import Platform
internal import ShopMessages

/// One of the ways through a gateway: what the gateway knows of it, and what the service behind it knows it as.
struct GatewayRoute: Sendable {
  /// `GET /products/{sku}`
  var route: String
  /// What a transaction that begins here is called.
  var kind: String
  /// Who answers, and under which name there; ``RouteSetting/topic`` and the name of the topic where nobody does.
  var service: String
  var target: String
  /// The same for calls to `/sandbox/…`; nil: the gateway answers them itself, and asks nobody. So it is with a topic.
  var sandboxTarget: String? { intake == nil ? sandbox?.target : nil }
  /// As it is planned; it counts where the route leads to a service.
  private var sandbox: (service: String, target: String)?
  var definition: RouteDefinition
  /// What the strangler moves with it: customers whom it has not moved are served by the legacy shop, under the same name.
  var capability: StranglerCapability?
  /// What it leads to; nil where that is a service.
  private(set) var intake: MessageIntake?
  /// As it is planned; it counts where the route leads to a service. A record is JSON.
  private var translation: RouteDefinition.Translation?

  /// - Parameter route: its method and its path.
  init(
    _ id: String, _ route: String, _ kind: String, _ service: String, _ target: String,
    _ change: (inout RouteDefinition) -> Void = { _ in }
  ) {
    self.route = route
    self.kind = kind
    self.service = service
    self.target = target
    let words = route.split(separator: " ").map(String.init)
    definition = RouteDefinition(id, methods: [words[0]], RoutePattern(words[1]), to: .service(service))
    definition.sandbox = .gateway
    change(&definition)
    translation = definition.translation
  }

  /// A way to a topic, with no service in it.
  init(_ id: String, _ route: String, to intake: MessageIntake, _ change: (inout RouteDefinition) -> Void) {
    self.init(id, route, TransactionKind.message, RouteSetting.topic, intake.topic, change)
    lead(to: intake)
  }

  mutating func lead(to intake: MessageIntake?) {
    let before = self.intake
    self.intake = intake
    definition.sandbox = if intake == nil, let sandbox { .service(sandbox.service) } else { .gateway }
    definition.translation = intake == nil ? translation : nil
    guard let intake else {
      definition.target = .service(service)
      // Whoever answers looks at the body, and is what is waited for.
      if before != nil { (definition.kind, definition.fields) = (.exchange, []) }
      return
    }
    definition.target = .topic(intake.topic)
    definition.kind = .asynchronous
    (definition.fields, definition.statusPath) = (intake.fields, intake.statusPath)
  }

  /// A service plays what is called in the sandbox.
  /// - Parameters:
  ///   - target: what is asked for there; nil: the same, since it only reads.
  ///   - service: who is asked; nil: the same.
  func withSandbox(_ target: String? = nil, of service: String? = nil) -> GatewayRoute {
    var route = self
    let sandbox = (service: service ?? self.service, target: target ?? self.target)
    (route.sandbox, route.definition.sandbox) = (sandbox, .service(sandbox.service))
    return route
  }

  func moving(_ capability: StranglerCapability) -> GatewayRoute {
    var route = self
    route.capability = capability
    return route
  }

  /// What a transaction that begins with a request is called; a check of health when nobody outside may ask so.
  static func kind(of route: String) -> String {
    if let found = GatewayTable.all.lazy.compactMap({ $0.kind(of: route) }).first { return found }
    return route.contains(" /sandbox/") ? TransactionKind.sandbox : TransactionKind.health
  }
}

/// What one gateway offers to those who come in through it.
struct GatewayTable: Sendable {
  var name: String
  var routes: [GatewayRoute]
  /// Whom it calls, each once.
  var calls: [CallPlan]
  /// Whose pages may call from a browser.
  var origins: [String]
  /// The topics that it writes to.
  var intakes: [MessageIntake] = []

  /// For customers, their browsers and partners.
  static let external = GatewayTable(
    name: ShopPlan.gateway,
    routes: [
      // An order that is to be orchestrated, which its content says, goes to the orchestrator.
      GatewayRoute("order.orchestrated", "POST /orders", TransactionKind.checkout, ShopPlan.orchestrator, "POST /sagas")
      {
        $0.content = [ContentCondition("saga", SagaKind.orchestrated.rawValue)]
        order(&$0, "orders by an orchestrated saga")
      }.withSandbox("POST /sandbox/orders", of: ShopPlan.order).moving(.order),
      GatewayRoute("order.create", "POST /orders", TransactionKind.checkout, ShopPlan.order, "POST /orders") {
        order(&$0, "orders; the answer names the transaction to ask with")
      }.withSandbox("POST /sandbox/orders").moving(.order),
      GatewayRoute(
        "transaction.state", "GET /transactions/{gtxid}", TransactionKind.status, ShopPlan.order, "GET /orders/{gtxid}"
      ) { $0.summary = "says how far an order is" }.withSandbox("GET /sandbox/orders/{gtxid}").moving(.order),
      GatewayRoute(
        "transaction.stream", "GET /streams/transactions/{gtxid}", TransactionKind.status, ShopPlan.order,
        "GET /orders/{gtxid}"
      ) {
        $0.kind = .streaming
        $0.summary = "says how far an order is, each time that it gets further, until it is over"
      },
      GatewayRoute(
        "order.return", OrderReturn.route, TransactionKind.goodsReturn, ShopPlan.order, OrderReturn.route
      ) {
        $0.kind = .asynchronous
        $0.summary = "gives back what was ordered: money and goods go back to where they came from"
      },
      // The first edition of the interface had the product alone; who still asks for it gets it.
      GatewayRoute(
        "product.plain", "GET /products/{sku}", TransactionKind.browse, ShopPlan.catalog, "GET /products/{sku}"
      ) {
        $0.headers = [HeaderCondition("Accept-Version", "1")]
        // What is a title today was a name then.
        $0.responseTransforms = [.renameField("title", to: "name")]
        $0.summary = "a product without what others say of it"
      }.withSandbox().moving(.catalog),
      GatewayRoute(
        "product.page", "GET /products/{sku}", TransactionKind.browse, ShopPlan.pageComposer, "GET /pages/{sku}"
      ) { $0.summary = "the page of a product" }.withSandbox().moving(.catalog),
      part("cart.lines", "GET /carts", ShopPlan.cart, "GET /carts", "what is in one's cart"),
      part("order.latest", "GET /members/me/orders", ShopPlan.order, "GET /orders", "one's latest orders"),
      part("product.reviews", "GET /reviews/{sku}", ShopPlan.review, "GET /reviews/{sku}", "what buyers think of it"),
      part("product.stock", "GET /stock/{sku}", ShopPlan.inventory, "GET /stock/{sku}", "how many are in stock"),
      part("product.quote", "GET /quotes/{sku}", ShopPlan.shipping, "GET /quotes/{sku}", "what a parcel costs"),
      part(
        "product.related", "GET /recommendations/{sku}", ShopPlan.recommendation, "GET /recommendations/{sku}",
        "what others bought"),
      GatewayRoute("search", "GET /search", TransactionKind.search, ShopPlan.search, "GET /search") {
        $0.summary = "finds products"
      }.withSandbox(),
      GatewayRoute(
        "products.info", "POST /products/info", TransactionKind.search, ShopPlan.search, ProductsInfo.method
      ) {
        $0.translation = RouteDefinition.Translation(
          request: MessageForm.productsInfoRequest.name, response: MessageForm.productsInfoResponse.name, isOpen: true)
        $0.maximumBodyBytes = 4 << 10
        $0.summary = "price, quantity and status of products; JSON or protobuf here, protobuf behind"
      }.withSandbox(),
      GatewayRoute("cart.put", "POST /carts", TransactionKind.cart, ShopPlan.cart, "POST /carts") {
        $0.summary = "puts something into one's cart"
      }.withSandbox("POST /sandbox/carts"),
      GatewayRoute("history", "GET /history", TransactionKind.history, ShopPlan.history, "GET /history") {
        $0.summary = "what one has ordered so far"
      }.withSandbox(),
      GatewayRoute("review.write", "POST /reviews", TransactionKind.review, ShopPlan.review, "POST /reviews") {
        $0.maximumBodyBytes = 4 << 10
        $0.summary = "writes a review"
      }.withSandbox("POST /sandbox/reviews").moving(.review),
      GatewayRoute("review.message", "POST /messages/reviews", to: .reviews) {
        $0.maximumBodyBytes = 4 << 10
        $0.summary = "sends a review as a message, whoever is there to read it"
      },
      GatewayRoute(
        "review.message.state", "GET /messages/reviews/{gtxid}", TransactionKind.status, ShopPlan.review,
        "GET /reviews/written/{gtxid}"
      ) { $0.summary = "says whether a review that was sent as a message is written" }
      .withSandbox("GET /sandbox/reviews/written/{gtxid}"),
      GatewayRoute("card.check", "POST /cards/check", TransactionKind.card, ShopPlan.payment, "POST /cards/check") {
        $0.summary = "asks the card company whether a card is good"
      },
      GatewayRoute(
        "payment.receipt", "GET /payments/{gtxid}", TransactionKind.receipt, ShopPlan.payment, "GET /payments/{gtxid}"
      ) { $0.summary = "the receipt of an order" }.withSandbox(),
      GatewayRoute("member.sign-up", "POST /members", TransactionKind.member, ShopPlan.member, "POST /members") {
        $0.isPublic = true
        $0.summary = "makes an account"
      },
      GatewayRoute("member.log-in", "POST /login", TransactionKind.member, ShopPlan.member, "POST /login") {
        $0.isPublic = true
        $0.summary = "gives a token for user and password"
      },
      GatewayRoute("member.log-out", "POST /logout", TransactionKind.member, ShopPlan.member, "POST /logout") {
        $0.summary = "revokes the token it is called with"
      },
      GatewayRoute("member.profile", "GET /members/me", TransactionKind.member, ShopPlan.member, "GET /members/me") {
        $0.summary = "one's own account"
      }.withSandbox(),
    ],
    calls: [
      CallPlan(ShopPlan.order, "creates the order; asks for its state"),
      CallPlan(ShopPlan.orchestrator, "starts the saga of an order"),
      CallPlan(ShopPlan.pageComposer, "composes the product page"),
      CallPlan(ShopPlan.search, "searches the products"),
      CallPlan(ShopPlan.cart, "puts something into the cart"),
      CallPlan(ShopPlan.history, "looks up what was ordered"),
      CallPlan(ShopPlan.review, "writes a review"),
      CallPlan(ShopPlan.payment, "checks a card; shows a receipt"),
      CallPlan(ShopPlan.catalog, "shows a product alone"),
      CallPlan(ShopPlan.member, "signs up, logs in, logs out"),
      CallPlan(ShopPlan.legacy, "serves customers who have not moved"),
      CallPlan(ShopPlan.inventory, "says how many are in stock"),
      CallPlan(ShopPlan.shipping, "says what a parcel costs"),
      CallPlan(ShopPlan.recommendation, "says what others bought"),
    ], origins: ["https://shop.example", "https://m.shop.example"], intakes: [.reviews])

  /// A part of a product's page, for programs that put it together themselves.
  private static func part(
    _ id: String, _ route: String, _ service: String, _ target: String, _ summary: String
  ) -> GatewayRoute {
    GatewayRoute(id, route, TransactionKind.browse, service, target) { $0.summary = summary }.withSandbox()
  }

  /// For those who run the shop.
  static let inside = GatewayTable(
    name: ShopPlan.gatewayInternal,
    routes: [
      GatewayRoute("item.offer", "GET /items/{sku}", TransactionKind.admin, ShopPlan.item, "GET /items/{sku}") {
        $0.roles = [MemberRole.operator, MemberRole.admin]
        $0.summary = "what a seller asks for a product, and how many are there"
      }.withSandbox(),
      GatewayRoute(
        "item.reprice", "PUT /items/{sku}/price", TransactionKind.admin, ShopPlan.item, "PUT /items/{sku}/price"
      ) {
        $0.roles = [MemberRole.operator, MemberRole.admin]
        $0.summary = "sets what a seller asks"
      },
      GatewayRoute(
        "member.roles", "PUT /members/{name}/roles", TransactionKind.admin, ShopPlan.member,
        "PUT /members/{name}/roles"
      ) {
        $0.roles = [MemberRole.admin]
        $0.summary = "says what a member may do"
      },
      health(of: ShopPlan.item), health(of: ShopPlan.member),
    ],
    calls: [
      CallPlan(ShopPlan.item, "shows and sets prices"), CallPlan(ShopPlan.member, "sets roles"),
    ], origins: [])

  private static func order(_ route: inout RouteDefinition, _ summary: String) {
    route.kind = .asynchronous
    route.maximumBodyBytes = 8 << 10
    route.summary = summary
    // Nobody orders in another's name, whatever the body says.
    route.requestTransforms = [.setField("user", "{subject}")]
  }

  private static func health(of service: String) -> GatewayRoute {
    GatewayRoute("health.\(service)", "GET /health/\(service)", TransactionKind.status, service, "GET /health") {
      $0.isPublic = true
      $0.summary = "whether \(service) and its database answer"
    }.withSandbox()
  }

  /// What a transaction that begins with a request is called; nil where no route is called so.
  func kind(of route: String) -> String? { routes.first { $0.route == route }?.kind }

  func route(_ id: String) -> GatewayRoute {
    guard let route = routes.first(where: { $0.definition.id == id }) else {
      preconditionFailure("gateway \(name) has no route \(id)")
    }
    return route
  }
}

extension GatewayTable {
  /// Programs that call with a key of their own. The shop's own pay little, to whoever runs the gateway; partners pay
  /// for what they use.
  static let clients = [
    GatewayClient("web", key: "key-of-the-web-shop", plan: "own"),
    GatewayClient("mobile", key: "key-of-the-mobile-shop", plan: "own"),
    GatewayClient("partner", key: "key-of-a-partner", plan: "partner"),
  ]

  static func key(of client: String) -> String { clients.first { $0.id == client }?.key ?? "" }

  /// What a gateway of this table goes by where that configuration was pushed to it.
  func configuration(
    _ planned: EdgeSettings, by configuration: ShopConfiguration, version: Int
  ) -> GatewayConfiguration {
    var own = self.configuration(configuration.edge(planned: planned), strangler: configuration.strangler)
    own.version = version
    let canaries = configuration.canaries
    for place in own.routes.indices {
      guard case .service(let service) = own.routes[place].target, let share = canaries[service] else { continue }
      own.routes[place].canary = CanaryRule(
        version: share.version, share: TrafficShare(basisPoints: share.basisPoints, by: .request))
    }
    return own
  }

  /// What a gateway of this table goes by. Prices are millionths of a won.
  func configuration(_ settings: EdgeSettings, strangler: StranglerSettings) -> GatewayConfiguration {
    var definitions = routes.map { route in
      var definition = route.definition
      if strangler.isUnderWay { definition.capability = route.capability?.rawValue }
      return definition
    }
    if let time = settings.pageCache, let place = routes.firstIndex(where: { $0.definition.id == "product.page" }),
      routes[place].intake == nil
    {
      definitions[place].cache = ResponseCacheRule(timeToLive: time)
    }
    if !settings.translates { for place in definitions.indices { definitions[place].translation = nil } }
    let own = ClientPlan(
      "own", rateLimit: TokenBucketRule(capacity: 20_000, refillPerSecond: 10_000),
      tariff: Tariff(perCall: 2_000, perKilobyte: 500))
    let partner = ClientPlan(
      "partner", rateLimit: settings.partnerLimit, dailyQuota: settings.partnerQuota,
      tariff: Tariff(perCall: 50_000, perKilobyte: 5_000))
    return GatewayConfiguration(
      routes: definitions, clients: Self.clients, plans: [own, partner],
      defaultPlan: ClientPlan("default", rateLimit: TokenBucketRule(capacity: 200, refillPerSecond: 100)),
      cors: origins.isEmpty ? nil : CORSRule(origins: origins), maximumBodyBytes: 64 << 10,
      revocationPolicy: settings.revocationPolicy, strangler: strangler.shares, legacyService: ShopPlan.legacy)
  }
}

/// The kinds of transactions; batch, status and health are kept out of lists unless they are asked for.
public enum TransactionKind {
  public static let checkout = "checkout"
  public static let browse = "browse"
  public static let search = "search"
  public static let cart = "cart"
  public static let history = "history"
  public static let review = "review"
  /// What somebody has sent to a topic; it is over when it is read.
  public static let message = "message"
  public static let card = "card"
  public static let receipt = "receipt"
  /// Somebody gives back what was ordered.
  public static let goodsReturn = "return"
  /// Signs up, logs in, logs out.
  public static let member = "member"
  /// Of those who run the shop.
  public static let admin = "admin"
  /// Tried out by somebody who writes a program, without effect.
  public static let sandbox = "sandbox"
  /// Nobody asked for it: it is done from time to time.
  public static let batch = "batch"
  /// A record that nobody can read, put on a topic on purpose.
  public static let poison = "poison"
  public static let status = "status"
  public static let health = "health"

  static let hidden = [batch, status, health]
}
