internal import EventBus
internal import GRDB
internal import Operations
internal import OrderedCollections
internal import Simulation
internal import TraceModel
internal import Transactions

/// What must hold once a run has come to rest: counted in the databases, in the company's books and on the bus.
///
/// Transactions that are stuck or have not ended are left out of the sums, each with what it holds.
struct FinalJudgement {
  let world: World

  /// For each invariant what broke it; an empty list when it holds.
  func verdicts() -> [(invariant: Invariant, problems: [String])] {
    world.audit.judgeAll(now: world.time.now) { world.transactions.isOpen($0) }
    judgeOrders(finishedBefore: .max)
    judgeOffsets()
    return Invariant.allCases.map { invariant in
      let seen = world.audit.problems.filter { $0.invariant == invariant }.map(\.what)
      do {
        return (invariant, try seen + problems(of: invariant))
      } catch {
        return (invariant, seen + ["could not be checked: \(error)"])
      }
    }
  }

  private func problems(of invariant: Invariant) throws -> [String] {
    switch invariant {
    case .everySagaEnds: try unended()
    case .stockIsConserved: try stock()
    case .moneyIsConserved: try money()
    case .creditIsConserved: try credit()
    case .viewsAgree: try views()
    case .eventsFollowCommits: world.ledger.problems + world.ledger.lost
    case .bothShopsAgree: world.hasLegacy ? try bothShops() : []
    case .compensatedOrdersHoldNothing, .offsetsStayInTheLog, .effectsHappenOnce, .spansFormATree: []
    }
  }

  func disk(_ name: String) throws -> ServiceDatabase {
    guard let disk = world.disk(of: name) else { preconditionFailure("\(name) keeps a database") }
    return disk.database
  }

  // MARK: Sagas

  /// Every transaction has ended or is stuck, and its order stands where the transaction says.
  private func unended() throws -> [String] {
    let stuck = Set(world.transactions.stuck.map(\.id))
    var problems = world.transactions.openTransactions.filter { !stuck.contains($0) }.map { id in
      "transaction \(id) is \(world.book.entry(id).map { "\($0.state.rawValue) at \($0.step)" } ?? "unknown")"
    }
    for order in try disk(ShopPlan.order).read({ try OrderTables.unfinished($0) }) {
      if GTXID(order.gtxid).map(world.transactions.isOpen) != true {
        problems.append("transaction \(order.gtxid) has ended, but its order is \(order.state)")
      }
    }
    let good = try goodOrders { _ in true }.orders
    let committed = Int64(world.transactions.committedOrders)
    if committed != good { problems.append("\(committed) checkouts are COMMITTED, but \(good) orders went through") }
    return problems
  }

  // MARK: Sums

  /// What open and stuck transactions hold.
  private struct Unsettled {
    var stock: Int64 = 0
    var items: Int64 = 0
    var money: Int64 = 0
    var credit: Int64 = 0
    /// Those that stand as if they had gone through.
    var good: [OrderTables.Order] = []
  }

  private func unsettled() throws -> Unsettled {
    var sum = Unsettled()
    for id in world.transactions.openTransactions {
      sum.money += world.companyBooks.amount(under: PaymentService.key(id)) ?? 0
      guard let order = try disk(ShopPlan.order).read({ try OrderTables.order(gtxid: id.hex, $0) }) else { continue }
      if order.isGood { sum.good.append(order) }
      sum.stock += try stockHeld(by: order, at: ShopPlan.inventory)
      sum.items += try stockHeld(by: order, at: ShopPlan.item)
      sum.credit += try creditHeld(by: order)
    }
    return sum
  }

  private func stockHeld(by order: OrderTables.Order, at service: String) throws -> Int64 {
    let reservation = try disk(service).read { try StockTables.reservation(of: order.id, $0) }
    return reservation?.holdsStock == true ? reservation?.quantity ?? 0 : 0
  }

  private func creditHeld(by order: OrderTables.Order) throws -> Int64 {
    let reservation = try disk(ShopPlan.customer).read { try CustomerTables.reservation(of: order.id, $0) }
    return reservation?.holdsCredit == true ? reservation?.amount ?? 0 : 0
  }

  /// What the orders that went through come to, of those sagas for which `holds` is true.
  private func goodOrders(where holds: (SagaKind) -> Bool) throws -> OrderTotals {
    let unsettled = try unsettled()
    var sum = OrderTotals()
    for saga in SagaKind.allCases where holds(saga) {
      sum = sum + (try disk(ShopPlan.order).read { try OrderTables.goodTotals(of: saga, $0) })
      for order in unsettled.good where order.saga == saga {
        sum = sum + OrderTotals(orders: -1, amount: -order.amount, quantity: -order.quantity)
      }
    }
    return sum
  }

  /// What was delivered is in stock or held by an order; what is held belongs to orders that went through.
  private func stock() throws -> [String] {
    let unsettled = try unsettled()
    // What the legacy shop sold is no order of the new one.
    let soldByLegacy = try disk(ShopPlan.inventory).read { try StockTables.soldByLegacy($0) }.covered
    return try stock(of: ShopPlan.inventory, unsettled: unsettled.stock + soldByLegacy, where: \.holdsStock)
      + stock(of: ShopPlan.item, unsettled: unsettled.items, where: \.holdsItems)
  }

  private func stock(of service: String, unsettled: Int64, where holds: (SagaKind) -> Bool) throws -> [String] {
    let (delivered, stock, held) = try disk(service).read { try StockTables.totals($0) }
    var problems: [String] = []
    if delivered != stock + held {
      problems.append(
        "\(service): \(delivered) pieces were delivered, but \(stock) are in stock and \(held) held by orders")
    }
    let (settled, sold) = (held - unsettled, try goodOrders(where: holds).quantity)
    if settled != sold {
      problems.append(
        "\(service): orders that have ended hold \(settled) pieces, but those that went through come to \(sold)")
    }
    return problems
  }

  private func money() throws -> [String] {
    let (paid, kept) = (try goodOrders(where: \.holdsMoney).amount, world.companyBooks.kept - (try unsettled().money))
    return paid == kept ? [] : ["paid orders come to \(paid) KRW, but the company has charged \(kept) KRW"]
  }

  private func credit() throws -> [String] {
    var problems: [String] = []
    let sums = try disk(ShopPlan.customer).read { try CustomerTables.reservedSums($0) }
    if sums.byCustomer != sums.byOrder {
      problems.append("customers have reserved \(sums.byCustomer) KRW, but their orders \(sums.byOrder) KRW")
    }
    let held = try disk(ShopPlan.customer).read { try CustomerTables.totalHeld($0) } - unsettled().credit
    let open = try goodOrders(where: \.holdsCredit).amount
    if held != open { problems.append("orders on credit come to \(open) KRW, but \(held) KRW of credit are taken") }
    return problems
  }

  // MARK: Views

  /// What views say is what the rows, or the events, say that they are made of.
  private func views() throws -> [String] {
    try products() + options() + history() + customers() + orders() + rebuilt() + scores() + recommendations()
  }

  /// What the table of orders says of each is what its events add up to, where order keeps events.
  private func orders() throws -> [String] {
    guard world.settings.orderStore == .events else { return [] }
    return try disk(ShopPlan.order).read { database in
      let rows = try OrderTables.all(database)
      return try rows.compactMap { row in
        let folded = try OrderStreams.folded(row.id, database)
        return folded == row ? nil : "order \(row.id) is \(row.state), but its events say \(folded?.state ?? "nothing")"
      }
    }
  }

  /// What the order history says of each order is what order has, of those that both have yet to forget.
  private func history() throws -> [String] {
    guard let log = try disk(ShopPlan.order).changeLog else { preconditionFailure("order captures its rows") }
    let oldest = oldestKept
    let isKept = { (document: Payload) in (document.number("finished") ?? .max) >= oldest }
    let words = { (document: Payload?) -> String in
      guard var document else { return "nothing" }
      document.position = nil
      return String(decoding: document.json, as: UTF8.self)
    }
    let rows = try log.snapshot(of: ["orders"]).rows.compactMap(\.after).compactMap {
      OrderChange.document($0, position: 0)
    }
    let documents = try HistoryView.plan.view.all(HistoryView.orders, world.documents(of: ShopPlan.historyUpdater))
    var problems: [String] = []
    let known = OrderedDictionary(uniqueKeysWithValues: documents.map { ($0.order ?? 0, $0) })
    let letters = deadLetters(of: TopicName.orderChanges)
    for row in rows where isKept(row) && !letters.contains("\(row.order ?? 0)") {
      let (here, there) = (words(row), words(known[row.order ?? 0]))
      if here != there { problems.append("order has \(here), but its history says \(there)") }
    }
    let orders = Set(rows.map(\.order))
    problems += documents.filter { isKept($0) && !orders.contains($0.order) }.map {
      "the history has order \($0.order ?? 0), which order does not know"
    }
    return Array(problems.prefix(20))
  }

  /// What the order history says of each customer is what customer has.
  private func customers() throws -> [String] {
    guard let log = try disk(ShopPlan.customer).changeLog else { preconditionFailure("customer captures its rows") }
    let view = HistoryView.plan.view
    let documents = try view.all(HistoryView.customers, world.documents(of: ShopPlan.historyUpdater))
    let known = OrderedDictionary(uniqueKeysWithValues: documents.map { ($0.user ?? "", $0.withoutPositions) })
    let letters = deadLetters(of: TopicName.customerChanges)
    return try log.snapshot(of: CustomerTables.captured).rows.compactMap(\.after).compactMap { row in
      guard let here = CustomerSegment.payload(row, position: 0)?.withoutPositions, let user = here.user,
        !letters.contains(user), known[user] != here
      else { return nil }
      return "customer has \(here.text), but the order history says \(known[user]?.text ?? "nothing")"
    }
  }

  /// What was finished since then is forgotten by nobody.
  var oldestKept: Int64 { world.horizon() - Observatory.memory + HistoryView.margin }

  /// The keys of records that were put aside, where somebody finds them.
  /// - Parameter group: whose they are; nil for all.
  func deadLetters(of topic: String, by group: String? = nil) -> Set<String> {
    let topic = try? world.broker.topic(Broker.deadLetterTopic(of: topic))
    let records = (0..<ShopPlan.partitions).flatMap { (try? topic?.retained(partition: $0)) ?? [] }
    return Set(records.filter { group == nil || $0.headerText(DeadLetterHeader.group) == group }.compactMap(\.keyText))
  }

  /// What search says of each product is what item has; what search was told and has put aside it need not show.
  private func products() throws -> [String] {
    let items = try disk(ShopPlan.item).read { database in
      try database.all(
        "SELECT offer.sku, price, stock FROM offer JOIN product ON product.sku = offer.sku ORDER BY offer.sku", []
      ) { ($0.value(0) as String, "\($0.value(1) as Int64) KRW, \($0.value(2) as Int64) pieces") }
    }
    let documents = try SearchView.plan.view.all(SearchView.products, world.documents(of: ShopPlan.search))
    let known = OrderedDictionary(
      uniqueKeysWithValues: documents.map {
        ($0.sku ?? "", "\($0.price ?? -1) KRW, \($0.quantity ?? -1) pieces")
      })
    let letters = deadLetters(of: TopicName.itemChanges, by: ShopPlan.search)
    return items.filter { !letters.contains($0.0) && known[$0.0] != $0.1 }.map { sku, here in
      "item has \(sku): \(here), but search says \(known[sku] ?? "nothing")"
    }
  }

  /// What catalog asks for options goes with the price that it shows; what it was told and has put aside it need not show.
  private func options() throws -> [String] {
    let letters = deadLetters(of: TopicName.itemChanges, by: ShopPlan.catalog)
    let documents = world.documents(of: ShopPlan.catalog)
    let shown = try CatalogDocuments.options(documents)
    return try CatalogDocuments.shownPrices(documents).flatMap { sku, price -> [String] in
      guard !letters.contains(sku) else { return [] }
      let options = shown.filter { $0.sku == sku }
      return Product.options(at: price).compactMap { title, wanted in
        let asked = options.first { $0.title == title }?.asked
        guard asked != wanted else { return nil }
        let found = asked.map { "\(title) for \($0) KRW" } ?? "no option \(title)"
        return "catalog shows \(sku) for \(price) KRW, and \(found): it should be \(wanted) KRW"
      }
    }
  }

  // MARK: While it runs

  /// Looks at each order that was finished before `time`: a cancelled one holds nothing, a paid one what was paid for.
  /// Called before such orders are forgotten, too.
  func judgeOrders(finishedBefore time: Int64) {
    do {
      let orders = try disk(ShopPlan.order).read { try OrderTables.finished(before: time, $0) }
      for order in orders {
        if let id = GTXID(order.gtxid), world.transactions.isOpen(id) { continue }
        if let what = try flaw(of: order) {
          world.audit.add(AuditProblem(invariant: .compensatedOrdersHoldNothing, what: what))
        }
      }
    } catch {
      world.audit.add(AuditProblem(invariant: .compensatedOrdersHoldNothing, what: "could not be checked: \(error)"))
    }
  }

  private func flaw(of order: OrderTables.Order) throws -> String? {
    let stock = try stockHeld(by: order, at: ShopPlan.inventory)
    let items = try stockHeld(by: order, at: ShopPlan.item)
    let credit = try creditHeld(by: order)
    let money = GTXID(order.gtxid).flatMap { world.companyBooks.amount(under: PaymentService.key($0)) } ?? 0
    // Reservations and charges may be forgotten a little earlier than their order; the sums count them.
    let isRight = { (held: Int64, wanted: Int64, holds: Bool) in
      held == (order.isGood && holds ? wanted : 0) || order.isGood && held == 0
    }
    let saga = order.saga
    if isRight(stock, order.quantity, saga.holdsStock), isRight(items, order.quantity, saga.holdsItems),
      isRight(money, order.amount, saga.holdsMoney),
      isRight(credit, order.amount, saga.holdsCredit)
    {
      return nil
    }
    return "order \(order.id) of \(order.gtxid) is \(order.state), and holds \(stock + items) pieces, \(money) KRW and "
      + "\(credit) KRW of credit"
  }

  /// No group has committed an offset beyond the end of its partition.
  func judgeOffsets() {
    for group in world.broker.groups.names {
      for place in (try? world.broker.groups.lag(of: group)) ?? [] {
        guard let lag = place.lag, lag < 0 else { continue }
        world.audit.add(
          AuditProblem(
            invariant: .offsetsStayInTheLog,
            what: "group \(group) committed \(place.partition) beyond its end, by \(-lag)"))
      }
    }
  }
}
