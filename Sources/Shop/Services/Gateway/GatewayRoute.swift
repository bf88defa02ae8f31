/// One of the ways through the gateway.
struct GatewayRoute: Sendable {
  /// `GET /products/{sku}`
  var route: String
  /// What a transaction that begins here is called.
  var kind: String
  /// Who answers, and under which name there.
  var service: String
  var target: String

  init(_ route: String, _ kind: String, _ service: String, _ target: String) {
    self.route = route
    self.kind = kind
    self.service = service
    self.target = target
  }

  static let all = [
    GatewayRoute("POST /orders", TransactionKind.checkout, ShopPlan.order, "POST /orders"),
    GatewayRoute("GET /transactions/{gtxid}", TransactionKind.status, ShopPlan.order, "GET /orders/{gtxid}"),
    GatewayRoute("GET /products/{sku}", TransactionKind.browse, ShopPlan.pageComposer, "GET /pages/{sku}"),
    GatewayRoute("GET /search", TransactionKind.search, ShopPlan.search, "GET /search"),
    GatewayRoute("POST /carts", TransactionKind.cart, ShopPlan.cart, "POST /carts"),
    GatewayRoute("GET /history", TransactionKind.history, ShopPlan.history, "GET /history"),
    GatewayRoute("POST /reviews", TransactionKind.review, ShopPlan.review, "POST /reviews"),
    GatewayRoute("POST /cards/check", TransactionKind.card, ShopPlan.payment, "POST /cards/check"),
    GatewayRoute("GET /payments/{gtxid}", TransactionKind.receipt, ShopPlan.payment, "GET /payments/{gtxid}"),
  ]

  /// An order that is to be orchestrated, which its content says, goes to the orchestrator.
  private static let orchestrated = GatewayRoute(
    "POST /orders", TransactionKind.checkout, ShopPlan.orchestrator, "POST /sagas")

  static func of(_ route: String, _ body: Payload = Payload()) -> GatewayRoute? {
    route == orchestrated.route && body.saga == .orchestrated ? orchestrated : all.first { $0.route == route }
  }

  /// What a transaction that begins with a request is called; a check of health when nobody outside may ask so.
  static func kind(of route: String) -> String { of(route)?.kind ?? TransactionKind.health }

  /// Whom the gateway calls, each once.
  static let calls: [CallPlan] = [
    CallPlan(ShopPlan.order, "creates the order; asks for its state"),
    CallPlan(ShopPlan.orchestrator, "starts the saga of an order"),
    CallPlan(ShopPlan.pageComposer, "composes the product page"),
    CallPlan(ShopPlan.search, "searches the products"),
    CallPlan(ShopPlan.cart, "puts something into the cart"),
    CallPlan(ShopPlan.history, "shows a customer's orders"),
    CallPlan(ShopPlan.review, "writes a review"),
    CallPlan(ShopPlan.payment, "checks a card; shows a receipt"),
  ]
}

/// The kinds of transactions; batch, status and health are kept out of lists unless they are asked for.
public enum TransactionKind {
  public static let checkout = "checkout"
  public static let browse = "browse"
  public static let search = "search"
  public static let cart = "cart"
  public static let history = "history"
  public static let review = "review"
  public static let card = "card"
  public static let receipt = "receipt"
  /// Nobody asked for it: it is done from time to time.
  public static let batch = "batch"
  /// A record that nobody can read, put on a topic on purpose.
  public static let poison = "poison"
  public static let status = "status"
  public static let health = "health"

  static let hidden = [batch, status, health]
}
