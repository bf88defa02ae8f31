internal import OrderedCollections
internal import Simulation
internal import TraceModel

/// The people who buy: they come whether the shop keeps up or not, order one thing each, and ask with their transaction
/// id what became of it.
final class Customers: @unchecked Sendable {
  private let world: World
  private var arrivals: ArrivalProcess
  private var choices: RandomStream
  private var timer: Timeout?
  /// What they come for from now on.
  var mix: LoadMix
  private var isOpen = true
  /// Customers who wait for an answer.
  private(set) var waiting = 0
  private(set) var served: UInt64 = 0
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
  private static let patience: [Int64] = [400, 800, 1600, 3200, 5000, 10_000, 20_000, 30_000, 60_000].map {
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
    let journey = chosen(from: mix.journeys.map { ($0.journey, $0.weight) }) ?? .buy
    var request = request(for: journey, product, quantity: quantity, user: user)
    request.user = user
    if let foreign, let span = SpanID(foreign.low) {
      request.headers = [Carrier.Header(Carrier.traceparent, "00-\(foreign.hex)-\(span.hex)-01")]
    }
    waiting += 1
    let wish = request
    world.time.spawn { [self] in
      if journey == .buy { await shop(wish) } else { _ = try? await ask(wish) }
      waiting -= 1
      served += 1
    }
  }

  private func request(for journey: Journey, _ product: Product, quantity: Int64, user: String) -> Request {
    switch journey {
    case .browse: return Request("GET /products/{sku}", argument: product.sku)
    case .search:
      var body = Payload()
      body.words = Product.nouns[choices.below(Product.nouns.count)]
      return Request("GET /search", body: body)
    case .cart: return Request("POST /carts", body: Payload(sku: product.sku, quantity: quantity))
    case .review:
      var body = Payload(sku: product.sku)
      body.stars = Int64(max(1 + choices.below(5), 1 + choices.below(5)))
      body.words = "as \(["expected", "described", "good as new", "hoped"][choices.below(4)])"
      return Request("POST /reviews", body: body)
    case .card: return Request("POST /cards/check", body: Payload(user: user))
    case .receipt:
      return Request("GET /payments/{gtxid}", argument: ordered.isEmpty ? "" : ordered[choices.below(ordered.count)])
    case .history:
      var body = Payload()
      if let last = lastOrders[user], world.time.now - last.time < Self.ownOrderIsNew {
        body.transaction = last.transaction.hex
      }
      return Request("GET /history", body: body)
    case .buy:
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

  private func shop(_ request: Request) async {
    guard let response = try? await ask(request), response.status == 202,
      let gtxid = response.headers.first(where: { $0.name == Carrier.gtxid }).flatMap({ GTXID($0.value) })
    else { return }
    if ordered.count >= Self.remembered { ordered.removeFirst() }
    ordered.append(gtxid.hex)
    lastOrders[request.user] = (gtxid, world.time.now)
    for pause in Self.patience {
      try? await world.time.sleep(for: pause)
      let question = Request("GET /transactions/{gtxid}", argument: gtxid.hex, user: request.user)
      guard let answer = try? await ask(question), answer.status == 200, let state = answer.body.state else {
        world.transactions.customerSaw(gtxid, "no answer")
        continue
      }
      world.transactions.customerSaw(gtxid, Self.words(for: state, step: answer.body.step ?? ""))
      if !SagaKind.allCases.contains(where: { $0.first == state }) { return }
    }
  }

  /// A browser gives up after ten seconds.
  private func ask(_ request: Request) async throws -> Response {
    let reply = Reply<Response>()
    let timer = world.time.after(10_000_000_000) { reply.resolve(.failure(TimedOut())) }
    defer { timer.cancel() }
    return try await world.network.call(
      world.service(ShopPlan.gateway).next(), request, caller: "", reply: reply)
  }

  private static func words(for state: String, step: String) -> String {
    let isFirst = SagaKind.allCases.contains { $0.first == state }
    return isFirst ? "in progress: \(step)" : state.lowercased()
  }
}
