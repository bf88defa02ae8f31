import Operations
import TraceModel

extension IncidentFixture {
  static func data() -> DataBoard {
    var board = DataBoard()
    board.stores = [
      store("order", 1_840_000, 14_204, relay: "order-1", 41),
      store("inventory", 912_000, 9_120, relay: "inventory-2", 38),
      store("customer", 640_000, 5_011, relay: nil, 0), store("item", 731_000, 4_402, relay: "item-1", 12),
      store("catalog", 24_000, 120, relay: nil, nil),
    ]
    board.stores[0].deadLetters = 2
    var documents = store("search", 36_000, 40, relay: nil, nil)
    documents.kind = "documents"
    board.stores.append(documents)
    var carts = KeyValueSnapshot(name: "carts", prefix: "cart:", service: "cart")
    (carts.entries, carts.bytes, carts.nextEnd) = (12, 3_100, 724 * second)
    (carts.hits, carts.misses, carts.expired) = (1_121, 83, 7)
    board.keyValues = [carts, KeyValueSnapshot(name: "revoked tokens", prefix: "revoked:", service: "member")]
    board.captures = [
      CaptureSnapshot(source: "item", miner: "aggregate", topic: "item.changes", behind: 3, oldest: now - second / 4)
    ]
    board.joins = [
      JoinSnapshot(
        group: "order-join", left: "stock", right: "payments", output: "orders", window: 5 * second, held: 41,
        oldest: now - 14 * second, rollbacks: 2)
    ]
    var search = ViewSnapshot(name: "search", service: "search")
    (search.documents, search.behind, search.age) = (40, 5, second / 4)
    board.views = [search]
    return board
  }

  private static func store(
    _ name: String, _ bytes: Int, _ rows: Int, relay: String?, _ rate: Double?
  ) -> StoreSnapshot {
    var store = StoreSnapshot(service: name, kind: "SQLite", bytes: bytes)
    (store.rows, store.relay, store.relayRate) = (rows, relay, rate)
    return store
  }

  static func storeDetail() -> StoreDetail {
    StoreDetail(
      service: "customer",
      tables: [
        .init(name: "customer", rows: 16), .init(name: "event", rows: 4_210), .init(name: "inbox", rows: 602),
        .init(name: "lease", rows: 1), .init(name: "reservation", rows: 182),
      ],
      outbox: [
        .init(
          number: 4_208, type: "CreditReserved", topic: "credit", key: "1204", gtxid: timeOut,
          created: now - 41 * second),
        .init(
          number: 4_209, type: "CreditReserved", topic: "credit", key: "1207", gtxid: notPermitted,
          created: now - 3 * second),
        .init(number: 4_210, type: "ReserveCredit:ok", topic: "replies", key: "77b0", gtxid: stuckSaga, created: now),
      ],
      changes: [
        .init(
          position: 912, time: now, table: "reservation", key: "1207", operation: "update",
          columns: [.init("state", before: "RESERVED", after: "RELEASED"), .init("ended", before: nil, after: "77")],
          gtxid: notPermitted),
        .init(
          position: 911, time: now - second, table: "customer", key: "kim", operation: "update",
          columns: [.init("segment", before: "new", after: "regular")], events: ["CustomerChanged"]),
        .init(
          position: 910, time: now - 2 * second, table: "reservation", key: "1207", operation: "insert",
          columns: [.init("order", before: nil, after: "1207"), .init("amount", before: nil, after: "38000")],
          gtxid: notPermitted),
      ])
  }

  static func order() -> OrderFacts {
    OrderFacts(
      order: 1204, gtxid: stuckSaga, saga: "orchestrated", state: "CANCELLED", reason: "card declined",
      places: ["order", "inventory", "customer", "payment-gateway"],
      fields: [
        .init("sku", [.init("sku-18"), .init("sku-18"), nil, nil]),
        .init("pieces", [.init("2"), .init("3", differs: true), nil, nil]),
        .init("amount", [.init("38,000 KRW"), nil, .init("38,000 KRW"), nil]),
        .init("customer", [.init("kim"), nil, .init("kim"), nil]),
        .init(
          "state", [.init("CANCELLED"), .init("RELEASED"), .init("RESERVED", differs: true), .init("NOT CHARGED")]),
        .init("holds", [nil, .init("no"), .init("yes", differs: true), .init("no")]),
      ],
      events: [
        event(0, "CreateOrder", "commands.order", "orchestrator-1:41931", 2),
        event(0.012, "ReserveCredit", "commands.customer", "orchestrator-1:41931", 4),
        event(4.21, "ReleaseCredit", "commands.customer", "orchestrator-1:41931", 11),
      ])
  }

  /// An order of the legacy shop, beside one that went through a saga.
  static func legacyOrder() -> OrderFacts {
    OrderFacts(
      order: 7, isLegacy: true, gtxid: notPermitted, saga: "one local transaction", state: "INVOICED", reason: "",
      places: ["legacy-shop", "order", "inventory"],
      fields: [
        .init("sku", [.init("sku-18"), nil, .init("sku-18")]), .init("pieces", [.init("2"), nil, .init("2")]),
        .init("amount", [.init("38,000 KRW"), nil, nil]), .init("customer", [.init("kim"), nil, nil]),
        .init("state", [.init("INVOICED"), .init("INVOICED"), .init("LEGACY")]),
        .init("holds", [.init("yes"), nil, .init("yes")]),
      ],
      courses: [
        .init(
          order: "L7", way: "legacy-shop", commits: 1, hops: 2, records: 0, services: 2, spans: 3, duration: 4_200_000),
        .init(
          order: "1204", way: "orchestrated", commits: 17, hops: 14, records: 12, services: 7, spans: 27,
          duration: 81_000_000),
      ],
      events: [event(0.004, "LegacyOrderPlaced", "legacy.events", "legacy-shop-1:8080", 3)])
  }

  /// An order that is the sum of its events.
  static func storedOrder() -> OrderFacts {
    var order = order()
    (order.state, order.reason) = ("SHIPPED", "")
    order.fields = Array(order.fields.prefix(2))
    order.events = []
    order.history = [
      step(1, 0, "OrderCreated", 4, "PENDING", "orchestrator"),
      step(2, 0, "SagaReplyRequested", 5, "PENDING", "orchestrator"),
      step(3, 0.061, "OrderApproved", 16, "APPROVED", "done"), step(4, 0.061, "OrderShipped", 16, "SHIPPED", "done"),
    ]
    return order
  }

  private static func step(
    _ version: Int64, _ after: Double, _ type: String, _ hop: UInt32, _ state: String, _ step: String
  ) -> OrderFacts.Step {
    guard let span = SpanID(UInt64(hop)) else { preconditionFailure("a hop is not 0") }
    return OrderFacts.Step(
      version: version, time: now - 330 * second + Int64(after * 1e9), type: type, hop: LTXID(hop), span: span,
      state: state, step: step, reason: "")
  }

  private static func event(_ after: Double, _ type: String, _ topic: String, _ by: String, _ hop: UInt32)
    -> OrderFacts.Event
  {
    guard let span = SpanID(UInt64(hop)) else { preconditionFailure("a hop is not 0") }
    return OrderFacts.Event(
      time: now - 330 * second + Int64(after * 1e9), type: type, topic: topic, partition: 2, offset: 8_811 + Int64(hop),
      service: by, hop: LTXID(hop), span: span)
  }
}
