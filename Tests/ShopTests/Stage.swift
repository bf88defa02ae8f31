import EventBus
import GRDB
import Operations
import Platform
import Simulation
import TraceCollector
import TraceModel
import Transactions

@testable import Shop

/// A shop without customers of its own: a test comes in through the gateway, and looks into every corner.
final class Stage: @unchecked Sendable {
  let world: World
  private(set) var answers: [Response] = []

  /// Nobody is declined, nothing gets lost, every parcel arrives, and an order costs what its customer says, unless `change`
  /// says so. Two seconds have passed.
  init(seed: UInt64 = 1, rate: Double = 0, faults: [String] = [], _ change: (inout ShopSettings) -> Void = { _ in }) {
    var settings = ShopSettings(seed: seed, rate: rate)
    settings.declined = 0
    settings.unanswered = 0
    settings.undeliverable = 0
    settings.productsInfo.form = .off
    change(&settings)
    world = World(settings)
    world.begin()
    run(2)
    for fault in faults { arm(fault) }
  }

  deinit { world.end() }

  /// Lets time pass until no change is on its way to a view: item changes a price every few seconds.
  func letChangesArrive() {
    for _ in 0..<200 where world.oldestUnmined != nil || world.oldestUnreadRecord() != nil { run(0.1) }
  }

  /// One order as page Data looks it up.
  var orderReader: OrderReader { OrderReader(world: world, now: world.time.now) }

  func run(_ seconds: Double) { world.time.run(until: world.time.now + Int64(seconds * 1e9)) }

  @discardableResult
  func arm(_ text: String) -> ArmedFault {
    var catalogue = SimulatedShop.catalogue
    // A test may have customers of its own.
    catalogue.users = []
    do {
      return world.faults.arm(try FaultParser(catalogue: catalogue).parse(text))
    } catch {
      fatalError("\(error)")
    }
  }

  /// Sends a request to the gateway; its answer stands in `answers` when it has come.
  /// Whoever says nothing of a token comes with a good one of its user, unless it is to come without.
  func send(_ request: Request, to service: String = ShopPlan.gateway, isAnonymous: Bool = false) {
    var request = request
    if !isAnonymous, !request.headers.contains(where: { $0.name == "Authorization" }) {
      request.headers.append(Accounts.header(token(of: request.user.isEmpty ? "kim" : request.user)))
    }
    let wish = request
    world.time.spawn { [self] in
      let reply = Reply<Response>()
      let target = world.service(service).next()
      do {
        answers.append(try await world.network.call(target, wish, caller: "", reply: reply))
      } catch {
        guard case CallFailure.serverError(_, _, _, let answer?) = error else { return answers.append(Response(0)) }
        answers.append(answer)
      }
    }
  }

  private var tokens = 0

  func token(of user: String, roles: [String] = [MemberRole.customer]) -> String {
    tokens += 1
    return world.tokens.issue(subject: user, roles: roles, id: "stage-\(tokens)", now: world.time.now).text
  }

  /// Orders, and lets half a second pass.
  @discardableResult
  func order(
    _ sku: String = "sku-01", quantity: Int64 = 2, user: String = "kim", saga: SagaKind? = nil,
    headers: [Carrier.Header] = []
  ) -> GTXID? {
    let count = answers.count
    var request = Request(
      "POST /orders", body: Payload(user: user, sku: sku, quantity: quantity, amount: 1000 * quantity), user: user)
    request.headers = headers
    request.body.saga = saga
    send(request)
    run(0.5)
    guard answers.count > count else { return nil }
    return answers[count].headers.first { $0.name == Carrier.gtxid }.flatMap { GTXID($0.value) }
  }

  func spans(_ id: GTXID?) -> [TraceSpan] {
    world.flushSpans()
    return id.map { world.traces.spans(of: $0) } ?? []
  }

  /// Names of the crossings, in the order of their numbers: `POST /orders`, `ORDER_CREATE`, …
  func crossings(_ id: GTXID?) -> [String] {
    spans(id).filter { $0.kind == .client || $0.kind == .producer || $0.parent == nil }
      .filter { $0.operation != EventType.orderChanged }
      .sorted { ($0.ltxid?.number ?? 0, $0.start) < ($1.ltxid?.number ?? 0, $1.start) }
      .map { "#\($0.ltxid?.number ?? 0) \($0.operation)" }
  }

  /// All records of the shop's topics, by time.
  func records(_ id: GTXID?) -> [(topic: String, record: EventRecord)] {
    var found: [(topic: String, record: EventRecord)] = []
    for topic in ShopPlan.topics {
      for partition in 0..<ShopPlan.partitions {
        let start = (try? world.broker.topic(topic).bounds(partition: partition).lowerBound) ?? 0
        let batch = try? world.broker.read(topic, partition: partition, from: start)
        found += (batch?.records ?? []).filter { $0.headerText(Carrier.gtxid) == id?.hex }.map { (topic, $0) }
      }
    }
    return found.sorted { $0.record.timestamp < $1.record.timestamp }
  }

  /// `PLACED → orders`; what was mined from a log is left out, as it comes when it comes.
  func events(_ id: GTXID?) -> [String] {
    records(id).filter { $0.topic != TopicName.itemChanges && $0.topic != TopicName.orderChanges }.map {
      "\($0.record.headerText(RecordHeaderName.type) ?? "-") → \($0.topic)"
    }
  }

  func state(_ id: GTXID?) -> TransactionState? { id.flatMap { world.book.entry($0)?.state } }

  func book(_ id: GTXID?) -> TransactionSummary? { id.flatMap { world.book.entry($0) } }

  func orderState(_ id: GTXID?) -> String? {
    try? world.disk(of: ShopPlan.order)?.database.read { try OrderTables.order(gtxid: id?.hex ?? "", $0)?.state }
  }

  func stock(_ sku: String) -> Int64 {
    (try? world.disk(of: ShopPlan.inventory)?.database.read {
      try $0.number("SELECT stock FROM product WHERE sku = ?", [sku])
    }) ?? -1
  }

  /// What a customer has reserved of its credit, in won.
  func credit(of customer: String) -> Int64 {
    (try? world.disk(of: ShopPlan.customer)?.database.read {
      try $0.number("SELECT reserved FROM customer WHERE name = ?", [customer])
    }) ?? -1
  }

  /// Pieces that an order of the join saga holds.
  func items(_ id: GTXID?) -> Int64 {
    let order = try? world.disk(of: ShopPlan.order)?.database.read {
      try OrderTables.order(gtxid: id?.hex ?? "", $0)?.id
    }
    let reservation = try? world.disk(of: ShopPlan.item)?.database.read {
      try StockTables.reservation(of: order ?? 0, $0)
    }
    return reservation?.holdsStock == true ? reservation?.quantity ?? 0 : 0
  }

  /// Lets everything in flight come down.
  func rest() { run(12) }

  /// Pieces that an order holds; deliveries, which fill up the stock, leave it as it is.
  func held(_ id: GTXID?) -> Int64 {
    let order = try? world.disk(of: ShopPlan.order)?.database.read {
      try OrderTables.order(gtxid: id?.hex ?? "", $0)?.id
    }
    let reservation = try? world.disk(of: ShopPlan.inventory)?.database.read {
      try StockTables.reservation(of: order ?? 0, $0)
    }
    return reservation?.state == StockTables.reserved ? reservation?.quantity ?? 0 : 0
  }

  func money(_ id: GTXID?) -> Int64 { id.flatMap { world.companyBooks.amount(under: PaymentService.key($0)) } ?? 0 }

  func write(_ service: String, _ sql: String, _ arguments: Bindings = []) throws {
    try world.disk(of: service)?.database.write(at: world.time.now) { try $0.run(sql, arguments) }
  }

  func compensations(_ step: String) -> UInt64 {
    world.counters.compensations.first { $0.step == step }?.count ?? 0
  }

  /// Lets what is under way this very moment end.
  private func settle() {
    for _ in 0..<50 where world.audit.isUnderWay { run(0.01) }
  }

  /// What broke, one line each.
  func problems() -> [String] {
    settle()
    return FinalJudgement(world: world).verdicts().flatMap { verdict in
      verdict.problems.map { "\(verdict.invariant.rawValue): \($0)" }
    }
  }

  /// The invariants that do not hold.
  func broken() -> [Invariant] {
    settle()
    return FinalJudgement(world: world).verdicts().filter { !$0.problems.isEmpty }.map(\.invariant)
  }
}
