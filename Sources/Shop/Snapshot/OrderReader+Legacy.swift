internal import Concurrency
internal import GRDB
internal import Operations
internal import TraceCollector
internal import TraceModel
internal import Transactions

/// Orders that the legacy shop has carried out itself.
extension OrderReader {
  /// `L7`, or just its number; else it is how an id begins.
  func legacyOrder(_ word: String) -> LegacyTables.Order? {
    guard world.hasLegacy else { return nil }
    let number = Int64(word.first == "l" ? word.dropFirst() : word[...])
    return try? world.disk(of: ShopPlan.legacy)?.database.read { database in
      if let number, let order = try LegacyTables.own(id: number, database) { return order }
      return try LegacyTables.own(prefix: word, database)
    }
  }

  func facts(of order: LegacyTables.Order) -> OrderAnswer {
    let name = OrderFacts.name(order.id, isLegacy: true)
    guard let gtxid = GTXID(order.gtxid) else { return .unknown("order \(name) has no transaction") }
    let copies = copies(of: order)
    return .found(
      OrderFacts(
        order: order.id, isLegacy: true, gtxid: gtxid, saga: "one local transaction", state: order.state,
        reason: order.reason, places: copies.map(\.place), fields: Self.fields(copies), courses: courses(of: order),
        events: events(of: gtxid)))
  }

  /// The legacy shop's own row, how it stands at order, and what inventory has taken out for it. What was not told yet is
  /// not judged; of what was not sold nobody is told.
  private func copies(of order: LegacyTables.Order) -> [Copy] {
    let state = try? world.disk(of: ShopPlan.order)?.database.read {
      try OrderTables.legacyState(of: order.gtxid, $0)
    }
    let taken = try? world.disk(of: ShopPlan.inventory)?.database.read {
      try StockTables.reservation(of: -order.id, $0)
    }
    return [
      Copy(
        place: ShopPlan.legacy, sku: order.sku, pieces: order.quantity, amount: order.amount, customer: order.user,
        state: order.state, holds: order.holds, shouldHold: order.state == LegacyTables.invoiced),
      Copy(place: ShopPlan.order, state: state ?? "none"),
      Copy(
        place: ShopPlan.inventory, sku: taken?.sku, pieces: taken?.quantity, state: taken?.state ?? "none",
        holds: taken?.state == StockTables.legacy, shouldHold: taken.map { _ in order.holds }),
    ]
  }

  // MARK: One way beside the other

  /// The order's course, and that of the newest which the legacy shop sold; none where there is no legacy shop.
  func courses(of order: OrderTables.Order) -> [OrderFacts.Course] {
    guard world.hasLegacy else { return [] }
    let seen = seen
    let other = try? world.disk(of: ShopPlan.legacy)?.database.read { try LegacyTables.newestOwn(soldBy: seen, $0) }
    return [course(of: order), other.flatMap { course(of: $0) }].compactMap(\.self)
  }

  /// The order's course, and that of the newest order which went through the new services.
  func courses(of order: LegacyTables.Order) -> [OrderFacts.Course] {
    let seen = seen
    let other = try? world.disk(of: ShopPlan.order)?.database.read { try OrderTables.newest(finishedBy: seen, $0) }
    return [course(of: order), other.flatMap { course(of: $0) }].compactMap(\.self)
  }

  /// Of what came after the last state that was shown not all spans have come in.
  private var seen: Int64 { world.publishedTime.withLock { $0 } }

  private func course(of order: LegacyTables.Order) -> OrderFacts.Course? {
    course(of: order.gtxid, OrderFacts.name(order.id, isLegacy: true), way: ShopPlan.legacy)
  }

  private func course(of order: OrderTables.Order) -> OrderFacts.Course? {
    course(of: order.gtxid, OrderFacts.name(order.id, isLegacy: false), way: order.saga.rawValue)
  }

  /// Those that make a view of what others have decided.
  private static let followers = Set(ShopPlan.miners.map(\.miner) + ShopPlan.documentStores)

  /// What comes after it was decided is no part of it, nor are views that follow.
  private func course(of transaction: String, _ name: String, way: String) -> OrderFacts.Course? {
    guard let id = GTXID(transaction), let entry = world.book.entry(id) else { return nil }
    let end = entry.state.hasEnded ? entry.start + entry.duration : .max
    let spans = world.traces.spans(of: id).filter { span in
      span.start < end && (span.kind == .server || !Self.followers.contains(span.service))
    }
    return OrderFacts.Course(
      order: name, way: way, commits: world.commits.count(id),
      hops: spans.compactMap { $0.ltxid.map { Int($0.number) } }.max() ?? 0,
      records: spans.count { $0.kind == .producer }, services: Set(spans.map(\.service)).count, spans: spans.count,
      duration: entry.state.hasEnded ? entry.duration : nil)
  }
}
