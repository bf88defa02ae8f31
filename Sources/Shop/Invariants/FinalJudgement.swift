internal import EventBus
internal import GRDB
internal import Operations
internal import TraceModel
internal import Transactions

/// What must hold once a run has come to rest: counted in the databases, in the company's books and on the bus.
struct FinalJudgement {
  let world: World

  /// For each invariant what broke it; an empty list when it holds.
  func verdicts() -> [(invariant: Invariant, problems: [String])] {
    world.audit.judgeAll()
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
    case .everySagaEnds: unended()
    case .stockIsConserved: try stock()
    case .moneyIsConserved: try money()
    case .compensatedOrdersHoldNothing: try compensated()
    case .offsetsStayInTheLog: try offsets()
    case .effectsHappenOnce, .spansFormATree: []
    }
  }

  private func unended() -> [String] {
    let stuck = world.transactions.stuck.map(\.id)
    return world.transactions.openTransactions.filter { !stuck.contains($0) }.map { id in
      "transaction \(id) is \(world.book.entry(id).map { "\($0.state.rawValue) at \($0.step)" } ?? "unknown")"
    }
  }

  private func disk(_ name: String) throws -> ServiceDatabase {
    guard let disk = world.disk(of: name) else { preconditionFailure("\(name) keeps a database") }
    return disk.database
  }

  /// What was delivered is in stock or held by an order; what is held belongs to paid orders, or to stuck ones.
  private func stock() throws -> [String] {
    let (delivered, stock, held) = try disk(ShopPlan.inventory).read { try InventoryTables.totals($0) }
    var problems: [String] = []
    if delivered != stock + held {
      problems.append("\(delivered) pieces were delivered, but \(stock) are in stock and \(held) held by orders")
    }
    let sold = try disk(ShopPlan.order).read { try OrderTables.paidTotals($0) }.quantity
    if held != sold, world.transactions.allHaveEnded, world.transactions.stuck.isEmpty {
      problems.append("orders hold \(held) pieces, but \(sold) are paid for")
    }
    return problems
  }

  private func money() throws -> [String] {
    guard world.transactions.allHaveEnded, world.transactions.stuck.isEmpty else { return [] }
    let paid = try disk(ShopPlan.order).read { try OrderTables.paidTotals($0) }.amount
    let kept = world.companyBooks.kept
    return paid == kept ? [] : ["paid orders come to \(paid) KRW, but the company has charged \(kept) KRW"]
  }

  private func compensated() throws -> [String] {
    let rows = try disk(ShopPlan.order).read { database in
      try database.rows("SELECT id, gtxid, state FROM orders WHERE state <> 'PENDING' ORDER BY id")
    }
    let open = world.transactions.openTransactions
    var problems: [String] = []
    for row in rows {
      let (order, gtxid, state): (Int64, String, String) = (row["id"], row["gtxid"], row["state"])
      if let id = GTXID(gtxid), open.contains(id) { continue }
      let reservation = try disk(ShopPlan.inventory).read { try InventoryTables.reservation(of: order, $0) }
      let holdsStock = reservation?.state == InventoryTables.reserved
      let holdsMoney = world.companyBooks.holds("\(gtxid)/charge")
      if state == OrderTables.cancelled, holdsStock || holdsMoney {
        problems.append("order \(order) of \(gtxid) is cancelled, but holds \(holdsStock ? "stock" : "money")")
      }
    }
    return problems
  }

  private func offsets() throws -> [String] {
    var problems: [String] = []
    for group in world.broker.groups.names {
      for place in try world.broker.groups.lag(of: group) {
        if let lag = place.lag, lag < 0 {
          problems.append("group \(group) committed \(place.partition) beyond its end, by \(-lag)")
        }
      }
    }
    return problems
  }
}
