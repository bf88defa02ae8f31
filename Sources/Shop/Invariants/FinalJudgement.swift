internal import EventBus
internal import GRDB
internal import Operations
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
    case .eventsFollowCommits: world.ledger.problems + world.ledger.lost
    case .compensatedOrdersHoldNothing, .offsetsStayInTheLog, .effectsHappenOnce, .spansFormATree: []
    }
  }

  private func disk(_ name: String) throws -> ServiceDatabase {
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
    let pending = try disk(ShopPlan.order).read { database in
      try database.all("SELECT gtxid FROM orders WHERE state = 'PENDING' ORDER BY id") { $0.value(0) as String }
    }
    for gtxid in pending {
      if GTXID(gtxid).map(world.transactions.isOpen) != true {
        problems.append("transaction \(gtxid) has ended, but its order is PENDING")
      }
    }
    let paid = try disk(ShopPlan.order).read { try OrderTables.paidTotals($0) }.orders - unsettled().paidOrders
    let committed = Int64(world.transactions.currentTally().committed)
    if committed != paid { problems.append("\(committed) transactions are COMMITTED, but \(paid) orders are paid") }
    return problems
  }

  // MARK: Sums

  /// What open and stuck transactions hold.
  private struct Unsettled {
    var held: Int64 = 0
    var charged: Int64 = 0
    var paidOrders: Int64 = 0
    var paidAmount: Int64 = 0
    var paidQuantity: Int64 = 0
  }

  private func unsettled() throws -> Unsettled {
    var sum = Unsettled()
    for id in world.transactions.openTransactions {
      sum.charged += world.companyBooks.amount(under: PaymentService.key(id)) ?? 0
      guard let order = try disk(ShopPlan.order).read({ try OrderTables.order(gtxid: id.hex, $0) }) else { continue }
      if order.state == OrderTables.paid {
        sum.paidOrders += 1
        sum.paidAmount += order.amount
        sum.paidQuantity += order.quantity
      }
      let reservation = try disk(ShopPlan.inventory).read { try InventoryTables.reservation(of: order.id, $0) }
      if let reservation, reservation.state == InventoryTables.reserved { sum.held += reservation.quantity }
    }
    return sum
  }

  /// What was delivered is in stock or held by an order; what is held belongs to paid orders.
  private func stock() throws -> [String] {
    let (delivered, stock, held) = try disk(ShopPlan.inventory).read { try InventoryTables.totals($0) }
    var problems: [String] = []
    if delivered != stock + held {
      problems.append("\(delivered) pieces were delivered, but \(stock) are in stock and \(held) held by orders")
    }
    let unsettled = try unsettled()
    let sold = try disk(ShopPlan.order).read { try OrderTables.paidTotals($0) }.quantity - unsettled.paidQuantity
    if held - unsettled.held != sold {
      problems.append("orders that have ended hold \(held - unsettled.held) pieces, but \(sold) are paid for")
    }
    return problems
  }

  private func money() throws -> [String] {
    let unsettled = try unsettled()
    let paid = try disk(ShopPlan.order).read { try OrderTables.paidTotals($0) }.amount - unsettled.paidAmount
    let kept = world.companyBooks.kept - unsettled.charged
    return paid == kept ? [] : ["paid orders come to \(paid) KRW, but the company has charged \(kept) KRW"]
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
    let reservation = try disk(ShopPlan.inventory).read { try InventoryTables.reservation(of: order.id, $0) }
    let stock = reservation?.state == InventoryTables.reserved ? reservation?.quantity ?? 0 : 0
    let money = GTXID(order.gtxid).flatMap { world.companyBooks.amount(under: PaymentService.key($0)) }
    let isPaid = order.state == OrderTables.paid
    // Reservations and charges may be forgotten a little earlier than their order; the sums count them.
    let isStockRight = isPaid ? reservation == nil || stock == order.quantity : stock == 0
    let isMoneyRight = money == nil || money == (isPaid ? order.amount : 0)
    if isStockRight, isMoneyRight { return nil }
    return "order \(order.id) of \(order.gtxid) is \(order.state), and holds \(stock) pieces and \(money ?? 0) KRW"
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
