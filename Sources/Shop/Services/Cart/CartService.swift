internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel
internal import Transactions

/// Carts: what each customer has put aside, to be ordered or forgotten. A cart is one value of the key-value store, which
/// ends by itself; without that store there are no carts, and nobody is told that there were.
actor CartService: ShopService {
  static let plan: ServicePlan = {
    var plan = ServicePlan(
      name: ShopPlan.cart, team: "web", instances: 2, firstPort: 41_861, workers: 16, program: { CartService($0) })
    plan.usesKeyValueStore = true
    return plan
  }()

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess

  init(_ process: ServiceProcess) {
    self.process = process
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    let user = request.user
    switch request.route {
    case "GET /carts":
      switch try await process.keyValueStore.value(of: Cart.key(of: user)) {
      case .success(let stored):
        var cart = Payload(user: user)
        cart.entries = Array(read(stored, of: user, context).lines.prefix(Cart.shown))
        return Response(200, body: cart)
      case .failure(let failure): return unavailable("the cart cannot be read: \(failure)", context)
      }
    case "POST /carts", "POST /sandbox/carts":
      guard let sku = request.body.sku, Product.all.contains(where: { $0.sku == sku }),
        let quantity = request.body.quantity, quantity > 0
      else {
        return Response(400, body: Payload(reason: "a line of a cart has a sku that is sold and a quantity over 0"))
      }
      // In the sandbox it is checked, and forgotten.
      guard request.route == "POST /carts" else { return Response(204) }
      return try await put(sku, quantity, into: user, context)
    default: return .notFound("cart has no \(request.route)")
    }
  }

  /// Reads the cart, and replaces it unless somebody else has meanwhile: then it is read again, so that neither is lost.
  private func put(_ sku: String, _ quantity: Int64, into user: String, _ context: TraceContext) async throws
    -> Response
  {
    let (store, key) = (process.keyValueStore, Cart.key(of: user))
    for _ in 0..<Cart.attempts {
      let old: [UInt8]?
      switch try await store.value(of: key) {
      case .success(let stored): old = stored
      case .failure(let failure): return unavailable("the cart cannot be read: \(failure)", context)
      }
      var cart = read(old, of: user, context)
      cart.put(sku, quantity)
      let entry = KeyValueEntry(key: key, value: cart.stored, timeToLive: Cart.timeToLive)
      let isBlind = process.takes(.readThenOverwrite)
      let outcome = try await isBlind ? store.set(entry).map { true } : store.replace(entry, expecting: old)
      switch outcome {
      case .success(true): return Response(204)
      case .success(false): continue
      case .failure(let failure): return unavailable("nothing is put into the cart: \(failure)", context)
      }
    }
    return unavailable("nothing is put into the cart: too many do so at the same time", context)
  }

  /// What cannot be read is an empty cart, and is said in the log.
  private func read(_ stored: [UInt8]?, of user: String, _ context: TraceContext) -> Cart {
    guard let stored else { return Cart() }
    if let cart = Cart(stored) { return cart }
    process.log(.error, context, "the cart of \(user) is no cart, and counts as empty: \(stored.count) bytes")
    return Cart()
  }

  private func unavailable(_ reason: String, _ context: TraceContext) -> Response {
    process.log(.error, context, reason)
    return Response(503, body: Payload(reason: reason))
  }
}

/// What somebody has put aside, the newest first.
struct Cart: Sendable, Equatable {
  private(set) var lines: [Payload] = []

  static let shown = 5
  static let attempts = 5
  /// Half an hour after the last change nobody remembers it.
  static let timeToLive: Int64 = 1_800_000_000_000
  /// Nobody carries more than so many of one thing.
  private static let most: Int64 = 99

  static func key(of user: String) -> String { "cart:\(user)" }

  init() {}

  /// Nil for what is no cart.
  init?(_ stored: [UInt8]) {
    guard let lines = Payload(json: stored)?.entries else { return nil }
    self.lines = lines
  }

  var stored: [UInt8] {
    var cart = Payload()
    cart.entries = lines
    return cart.json
  }

  mutating func put(_ sku: String, _ quantity: Int64) {
    let before = lines.first { $0.sku == sku }?.quantity ?? 0
    lines.removeAll { $0.sku == sku }
    lines.insert(Payload(sku: sku, quantity: min(before + min(quantity, Self.most), Self.most)), at: 0)
  }
}
