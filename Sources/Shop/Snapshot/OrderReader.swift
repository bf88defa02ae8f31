internal import EventBus
internal import GRDB
internal import Operations
internal import TraceCollector
internal import TraceModel
internal import Transactions

/// One order in all the places that keep something of it, side by side. From any thread.
struct OrderReader {
  let world: World
  /// Nanoseconds since the Unix epoch.
  let now: Int64

  private typealias Cell = OrderFacts.Cell

  /// One place's view of the order.
  struct Copy {
    var place: String
    var sku: String?
    var pieces: Int64?
    var amount: Int64?
    var customer: String?
    var state: String
    /// Whether it keeps something back for the order; nil where it keeps nothing of that kind.
    var holds: Bool?
    /// Whether it should; nil while the order is on its way.
    var shouldHold: Bool?
    /// The state of which its own is to be a picture; nil where it has one of its own, and while the order is on its way.
    var isOf: String?
  }

  /// - Parameter key: the number of an order, `L` and one of the legacy shop's, a GTXID, or how one begins.
  func answer(_ key: String) -> OrderAnswer {
    let word = key.lowercased().filter { !" #-…".contains($0) }
    guard !word.isEmpty else { return .unknown("type the number of an order, or the id of its transaction") }
    if let order = order(word) { return facts(of: order) }
    if let order = legacyOrder(word) { return facts(of: order) }
    return .unknown("no order \(key) is known: it never was, or ended long ago and was forgotten")
  }

  private func facts(of order: OrderTables.Order) -> OrderAnswer {
    guard let gtxid = GTXID(order.gtxid) else { return .unknown("order \(order.id) has no transaction") }
    let copies = copies(of: order, gtxid)
    return .found(
      OrderFacts(
        order: order.id, gtxid: gtxid, saga: order.saga.rawValue, state: order.state, reason: order.reason,
        places: copies.map(\.place), fields: Self.fields(copies), courses: courses(of: order),
        events: events(of: gtxid),
        history: history(of: order.id)))
  }

  /// A number that is an order's is taken for that; else it is how an id begins.
  private func order(_ word: String) -> OrderTables.Order? {
    try? world.disk(of: ShopPlan.order)?.database.read { database in
      if let id = Int64(word) {
        if let order = try OrderTables.order(id: id, database) { return order }
        // Rows are forgotten, events are not.
        if keepsEvents, let order = try OrderStreams.folded(id, database) { return order }
      }
      return try OrderTables.order(prefix: word, database)
    }
  }

  private var keepsEvents: Bool { world.settings.orderStore == .events }

  /// Its stored events, each with what they add up to so far; nil where an order is a row.
  private func history(of order: Int64) -> [OrderFacts.Step]? {
    guard keepsEvents else { return nil }
    return try? world.disk(of: ShopPlan.order)?.database.read { database in
      try OrderStreams.repository(database).history(OrderStreams.stream(order)).map { event, order in
        OrderFacts.Step(
          version: event.version, time: event.recorded, type: event.type, hop: event.origin.ltxid,
          span: event.origin.span, state: order?.state ?? "", step: order?.step ?? "", reason: order?.reason ?? "")
      }
    }
  }

  // MARK: Side by side

  private func copies(of order: OrderTables.Order, _ gtxid: GTXID) -> [Copy] {
    let isOver = world.book.entry(gtxid)?.state.hasEnded ?? (order.state != order.saga.first)
    func should(_ holds: Bool) -> Bool? { isOver ? holds && order.isGood : nil }
    var copies = [
      Copy(
        place: ShopPlan.order, sku: order.sku, pieces: order.quantity, amount: order.amount, customer: order.user,
        state: order.state)
    ]
    if order.saga.holdsStock { copies.append(stock(of: order, at: ShopPlan.inventory, should(true))) }
    if order.saga.holdsItems { copies.append(stock(of: order, at: ShopPlan.item, should(true))) }
    if order.saga.holdsCredit { copies.append(credit(of: order, should(true))) }
    if order.saga.holdsMoney {
      let amount = world.companyBooks.amount(under: PaymentService.key(gtxid))
      copies.append(
        Copy(
          place: ShopPlan.company, amount: amount == 0 ? nil : amount,
          state: amount.map { $0 > 0 ? "CHARGED" : "NOT CHARGED" } ?? "unknown", holds: amount.map { $0 > 0 } ?? false,
          shouldHold: should(true)))
    }
    if let shown = shown(order, isOver: isOver) { copies.append(shown) }
    if world.hasLegacy { copies.append(legacy(of: order, should(order.saga.holdsStock || order.saga.holdsItems))) }
    return copies
  }

  /// What customers are shown of it, which may be a moment behind; nil where that cannot be read.
  private func shown(_ order: OrderTables.Order, isOver: Bool) -> Copy? {
    let known: Payload?
    do {
      known = try HistoryView.order(order.id, world.documents(of: ShopPlan.historyUpdater))
    } catch { return nil }
    // The view forgets an order a little before its row goes, and its events never go.
    let isKept = (order.finished ?? .max) >= now - Observatory.memory + HistoryView.margin
    return Copy(
      place: ShopPlan.history, sku: known?.sku, pieces: known?.quantity, amount: known?.amount, customer: known?.user,
      state: known?.state ?? (isKept ? "none" : "forgotten"),
      isOf: isOver && (isKept || known != nil) ? order.state : nil)
  }

  /// What was handed back of it.
  private func legacy(of order: OrderTables.Order, _ shouldHold: Bool?) -> Copy {
    let known = try? world.disk(of: ShopPlan.legacy)?.database.read { try LegacyTables.order(order.gtxid, $0) }
    return Copy(
      place: ShopPlan.legacy, sku: known?.sku, pieces: known?.quantity, state: known?.state ?? "none",
      holds: known?.holds ?? false, shouldHold: shouldHold)
  }

  private func stock(of order: OrderTables.Order, at service: String, _ shouldHold: Bool?) -> Copy {
    let held = try? world.disk(of: service)?.database.read { try StockTables.reservation(of: order.id, $0) }
    return Copy(
      place: service, sku: held?.sku, pieces: held?.quantity, state: held?.state ?? "none",
      holds: held?.holdsStock ?? false, shouldHold: shouldHold)
  }

  private func credit(of order: OrderTables.Order, _ shouldHold: Bool?) -> Copy {
    let held = try? world.disk(of: ShopPlan.customer)?.database.read {
      try CustomerTables.reservation(of: order.id, $0)
    }
    return Copy(
      place: ShopPlan.customer, amount: held?.amount, customer: held?.customer, state: held?.state ?? "none",
      holds: held?.holdsCredit ?? false, shouldHold: shouldHold)
  }

  static func fields(_ copies: [Copy]) -> [OrderFacts.Field] {
    func row<Value: Equatable>(_ name: String, _ path: KeyPath<Copy, Value?>, _ words: (Value) -> String)
      -> OrderFacts.Field
    {
      let wanted = copies.first?[keyPath: path]
      return OrderFacts.Field(
        name,
        copies.map { copy in
          copy[keyPath: path].map { Cell(words($0), differs: $0 != wanted) }
        })
    }
    let states = copies.map { copy -> Cell? in
      Cell(copy.state, differs: copy.isOf.map { $0 != copy.state } ?? copy.shouldHold.map { $0 != copy.holds } ?? false)
    }
    let holds = copies.map { copy -> Cell? in
      copy.holds.map { holds in
        Cell(holds ? "yes" : "no", differs: copy.shouldHold.map { $0 != holds } ?? false)
      }
    }
    return [
      row("sku", \.sku) { $0 }, row("pieces", \.pieces) { "\($0)" },
      row("amount", \.amount) { PaymentService.won($0) }, row("customer", \.customer) { $0 },
      OrderFacts.Field("state", states), OrderFacts.Field("holds", holds),
    ]
  }

  // MARK: What was said of it

  func events(of id: GTXID) -> [OrderFacts.Event] {
    let spans = world.traces.spans(of: id).filter { $0.kind == .producer }
      .sorted { $0.start != $1.start ? $0.start < $1.start : $0.id < $1.id }
    return spans.map { span in
      OrderFacts.Event(
        time: span.start, type: span.operation, topic: span.peer, partition: span.number(AttributeName.partition),
        offset: span.number(AttributeName.offset), service: span.instance, hop: span.ltxid, span: span.id)
    }
  }
}

extension TraceSpan {
  fileprivate func number(_ name: String) -> Int64? {
    guard case .integer(let number) = self[attribute: name] else { return nil }
    return number
  }
}
