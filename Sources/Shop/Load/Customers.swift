internal import Operations
internal import OrderedCollections
internal import Simulation
internal import TraceModel

/// The people who buy: they come whether the shop keeps up or not, order one thing each, and ask with their transaction
/// id what became of it.
final class Customers: @unchecked Sendable {
  unowned let world: World
  private var arrivals: ArrivalProcess
  private var choices: RandomStream
  private var timer: Timeout?
  /// What they come for from now on.
  var mix: LoadMix
  private var isOpen = true
  /// Customers who wait for an answer.
  private(set) var waiting = 0
  private(set) var served: UInt64 = 0
  /// Orders that somebody sent by hand, the newest first.
  private(set) var sent: [SentOrder] = []
  private static let sentKept = 16
  private(set) lazy var accounts = Accounts(world: world)
  /// The transactions of the last orders that were accepted, oldest first.
  private var ordered: [String] = []
  private static let remembered = 64

  /// What each customer ordered last, and when.
  private var lastOrders = OrderedDictionary<String, (transaction: GTXID, time: Int64)>()
  /// For so long a customer looks for the last order in the history.
  private static let ownOrderIsNew: Int64 = 60_000_000_000

  static let names = [
    "kim", "lee", "park", "choi", "jung", "kang", "cho", "yoon", "jang", "lim", "han", "oh", "seo", "shin", "kwon",
    "hwang",
  ]
  /// How long they wait before they ask, and ask again.
  static let patience: [Int64] = [400, 800, 1600, 3200, 5000, 10_000, 20_000, 30_000, 60_000].map {
    $0 * 1_000_000
  }

  init(world: World) {
    self.world = world
    arrivals = ArrivalProcess(rate: world.settings.rate, seed: world.settings.seed)
    choices = world.random("load/choices")
    mix = world.settings.mix
  }

  func open() { scheduleNext() }

  func close() {
    isOpen = false
    timer?.cancel()
  }

  var rate: Double {
    get { arrivals.rate }
    set {
      arrivals.rate = newValue
      timer?.cancel()
      scheduleNext()
    }
  }

  private func scheduleNext() {
    guard isOpen, let next = arrivals.next(after: world.time.elapsed) else { return }
    timer = world.time.after(next - world.time.elapsed) { [self] in
      arrive()
      scheduleNext()
    }
  }

  private func arrive() {
    let product = Product.draw(&choices)
    let quantity = Int64(1 + choices.below(3))
    let user = Self.names[choices.below(Self.names.count)]
    // One in a hundred comes through a partner whose own tracer sends an id along.
    let foreign = choices.happens(0.01) ? GTXID(high: choices.next(), low: choices.next()) : nil
    let drawn = chosen(from: mix.journeys.map { ($0.journey, $0.weight) }) ?? .buy
    // Nobody asks what was paid before anybody has ordered.
    let journey = drawn == .receipt && ordered.isEmpty ? .browse : drawn
    switch journey {
    case .member:
      let plan = memberPlan(user, product.sku, &choices)
      return come { [self] in await useAccount(plan) }
    case .backOffice:
      let raises = choices.happens(0.2)
      return come { [self] in await runTheShop(product.sku, raises: raises) }
    case .clientPage:
      let key = Self.key(of: user, isPartner: false)
      return come { [self] in await composePage(of: product.sku, for: user, key: key) }
    case .buy, .follow, .giveBack, .browse, .search, .prices, .cart, .review, .message, .card, .receipt, .history: break
    }
    var request = request(for: journey, product, quantity: quantity, user: user)
    request.user = user
    request.headers = [Self.key(of: user, isPartner: foreign != nil)]
    if let foreign, let span = SpanID(foreign.low) {
      request.headers.append(Carrier.Header(Carrier.traceparent, "00-\(foreign.hex)-\(span.hex)-01"))
    }
    let wish = request
    come { [self] in
      switch journey {
      case .buy: await shop(wish)
      case .follow: await follow(wish)
      case .giveBack: await giveBack(wish)
      case .message: await sendMessage(wish)
      case .browse: await lookAtPage(wish)
      default: _ = try? await ask(wish)
      }
    }
  }

  func come(_ journey: @escaping @Sendable () async -> Void) {
    waiting += 1
    world.life.spawn { [self] in
      await journey()
      waiting -= 1
      served += 1
    }
  }

  // MARK: By hand

  /// Under whose name.
  static let byHand = names[0]

  /// Somebody at the cockpit orders, and asks what became of it as any customer does.
  func order(_ wish: OrderWish, _ product: Product, saga: SagaKind) {
    sent.insert(SentOrder(ticket: wish.ticket), at: 0)
    if sent.count > Self.sentKept { sent.removeLast() }
    let (user, quantity) = (Self.byHand, Int64(wish.quantity))
    var request = Request(
      "POST /orders",
      body: Payload(user: user, sku: product.sku, quantity: quantity, amount: product.price * quantity), user: user)
    if saga != .choreographed { request.body.saga = saga }
    request.ticket = wish.ticket
    waiting += 1
    let order = request
    world.life.spawn { [self] in
      await shop(order)
      waiting -= 1
      served += 1
    }
  }

  /// The gateway has begun a transaction for it.
  func takenIn(_ ticket: Int, as id: GTXID) {
    guard let place = sent.firstIndex(where: { $0.ticket == ticket }) else { return }
    sent[place].gtxid = id
  }

  private func notTakenIn(_ ticket: Int?, because reason: String) {
    guard let place = sent.firstIndex(where: { $0.ticket == ticket }), sent[place].gtxid == nil else { return }
    sent[place].problem = reason
  }

  // MARK: What they do

  /// False where there is nothing to wait for any more: time is over.
  func waits(_ duration: Int64) async -> Bool { (try? await world.time.sleep(for: duration)) != nil }

  private func request(for journey: Journey, _ product: Product, quantity: Int64, user: String) -> Request {
    switch journey {
    case .browse: return Request("GET /products/{sku}", argument: product.sku)
    case .search:
      var body = Payload()
      body.words = Product.nouns[choices.below(Product.nouns.count)]
      return Request("GET /search", body: body)
    case .prices:
      var body = Payload()
      body["ids"] = .texts((0..<3).map { _ in Product.draw(&choices).sku } + [product.sku])
      return Request("POST /products/info", body: body)
    case .giveBack:
      var body = Payload(user: user, sku: product.sku, quantity: quantity, amount: product.price * quantity)
      let returnable = mix.sagas.filter(\.saga.canBeReturned)
      // Where nothing can be given back they keep it.
      let saga = chosen(from: (returnable.isEmpty ? mix.sagas : returnable).map { ($0.saga, $0.weight) })
      body.saga = saga == .choreographed ? nil : saga
      return Request("POST /orders", body: body)
    case .cart: return Request("POST /carts", body: Payload(sku: product.sku, quantity: quantity))
    case .review, .message:
      var body = Payload(sku: product.sku)
      body.stars = Int64(max(1 + choices.below(5), 1 + choices.below(5)))
      body.words = "as \(["expected", "described", "good as new", "hoped"][choices.below(4)])"
      return Request(journey == .review ? "POST /reviews" : "POST /messages/reviews", body: body)
    case .card: return Request("POST /cards/check", body: Payload(user: user))
    case .receipt:
      return Request("GET /payments/{gtxid}", argument: ordered[choices.below(ordered.count)])
    case .history:
      var body = Payload()
      if let last = lastOrders[user], world.time.now - last.time < Self.ownOrderIsNew {
        body.transaction = last.transaction.hex
      }
      return Request("GET /history", body: body)
    case .buy, .follow, .clientPage, .member, .backOffice:
      var body = Payload(user: user, sku: product.sku, quantity: quantity, amount: product.price * quantity)
      let saga = chosen(from: mix.sagas.map { ($0.saga, $0.weight) })
      body.saga = saga == .choreographed ? nil : saga
      return Request("POST /orders", body: body)
    }
  }

  /// Nothing is drawn where there is no choice.
  private func chosen<Choice>(from choices: [(Choice, Double)]) -> Choice? {
    choices.count > 1 ? LoadMix.choose(choices, at: self.choices.unit()) : choices.first?.0
  }

  /// Orders.
  /// - Returns: the transaction to ask with; nil: the order was not accepted.
  func place(_ request: Request) async -> GTXID? {
    let answer: Response
    do {
      answer = try await ask(request)
    } catch {
      notTakenIn(request.ticket, because: error is TimedOut ? "the gateway does not answer" : "\(error)")
      return nil
    }
    guard let gtxid = answer.headers.first(where: { $0.name == Carrier.gtxid }).flatMap({ GTXID($0.value) }) else {
      return nil
    }
    guard answer.status == 202 else {
      // A shop that says no has answered: there is nothing to wait for.
      let isRefusal = (400..<500).contains(answer.status)
      if isRefusal { world.transactions.customerSaw(gtxid, "not taken: \(answer.body.reason ?? "\(answer.status)")") }
      return nil
    }
    if answer.body.state != LegacyTables.invoiced { remember(gtxid, of: request.user) }
    return gtxid
  }

  private func shop(_ request: Request) async {
    guard let gtxid = await place(request) else { return }
    _ = await outcome(of: gtxid, for: request)
  }

  /// Asks again and again what became of an order.
  /// - Returns: its last state; nil: the customer lost patience.
  func outcome(of gtxid: GTXID, for request: Request) async -> String? {
    if world.settings.omissions.contains(.question) { return nil }
    for pause in Self.patience {
      guard await waits(pause) else { return nil }
      var question = Request("GET /transactions/{gtxid}", argument: gtxid.hex, user: request.user)
      question.headers = request.headers.filter { $0.name == Self.keyHeader }
      guard let answer = try? await ask(question), answer.status == 200, let state = answer.body.state,
        let words = Self.words(for: answer.body)
      else {
        world.transactions.customerSaw(gtxid, "no answer")
        continue
      }
      world.transactions.customerSaw(gtxid, words)
      if !SagaKind.isUnderWay(state) { return state }
    }
    return nil
  }

  /// Payment has a receipt of it, and the history will have it: neither is so of what the legacy shop sells.
  private func remember(_ order: GTXID, of user: String) {
    if ordered.count >= Self.remembered { ordered.removeFirst() }
    ordered.append(order.hex)
    lastOrders[user] = (order, world.time.now)
  }

  static let keyHeader = "X-API-Key"

  /// The program through which somebody comes: a partner's, or one of the shop's own two.
  private static func key(of user: String, isPartner: Bool) -> Carrier.Header {
    let isOdd = user.utf8.count % 2 == 1
    return Carrier.Header(keyHeader, GatewayTable.key(of: isPartner ? "partner" : isOdd ? "web" : "mobile"))
  }

  /// Asks as somebody who is logged in. Who cannot log in asks nothing; whose token has just expired logs in again.
  func ask(_ request: Request) async throws -> Response {
    guard let token = await accounts.token(of: request.user) else { throw NotLoggedIn() }
    var known = request
    known.headers.append(Accounts.header(token))
    let isRevoked = accounts.isRevoked(token, of: request.user)
    let answer = try await send(known)
    if isRevoked { world.edge.usedRevoked(answer.status) }
    guard answer.status == 401 else { return answer }
    accounts.forget(token, of: request.user)
    guard let fresh = await accounts.token(of: request.user) else { return answer }
    known.headers = request.headers + [Accounts.header(fresh)]
    return try await send(known)
  }

  /// Sends a request as it is. A browser gives up after ten seconds.
  func send(_ request: Request, to gateway: String = ShopPlan.gateway) async throws -> Response {
    let reply = Reply<Response>()
    let timer = world.time.after(10_000_000_000) { reply.resolve(.failure(TimedOut())) }
    defer { timer.cancel() }
    return try await world.network.call(
      world.service(gateway).next(), request, caller: "", reply: reply)
  }

  /// What a customer makes of an answer; nil where that says no state.
  static func words(for answer: Payload) -> String? {
    guard let state = answer.state else { return nil }
    if state == TransactionState.stuck.rawValue { return "stuck: \(answer.reason ?? "")" }
    return SagaKind.isFirst(state) ? "in progress: \(answer.step ?? "")" : state.lowercased()
  }
}

/// Nobody gave a token.
struct NotLoggedIn: Error, CustomStringConvertible {
  var description: String { "logging in did not work" }
}
