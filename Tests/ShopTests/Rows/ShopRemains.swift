import EventBus
import GRDB
import Operations
import Platform
import Simulation
import TraceCollector
import TraceModel
import Transactions

@testable import Shop

/// What a run of the shop leaves behind, as somebody finds it who knows nothing of its code: rows of its databases, records
/// of its topics, the company's books, spans, and lines of the log.
struct ShopRemains: Sendable {
  struct Order: Sendable {
    var id: Int64
    var gtxid: GTXID
    var saga: String
    var user: String
    var quantity: Int64
    var amount: Int64
    var state: String
  }

  /// A row in which a service notes what an order holds there.
  struct Holding: Sendable, Equatable {
    var state: String
    /// Pieces, or won.
    var amount: Int64
  }

  struct Message: Sendable {
    var topic: String
    var type: String
    var id: String
    /// The record's own time, in nanoseconds.
    var time: Int64

    var text: String { "\(type) → \(topic)" }
  }

  struct Sums: Sendable, Equatable {
    var delivered: Int64 = 0
    var stock: Int64 = 0
  }

  var orders: [Order] = []
  /// By service, then by order.
  var stock: [String: [Int64: Holding]] = [:]
  var credit: [Int64: Holding] = [:]
  /// All products together, by service.
  var sums: [String: Sums] = [:]
  /// What stands against each customer's limit, and the limit.
  var limits: [(customer: String, reserved: Int64, limit: Int64)] = []
  /// What the orchestrator says of its sagas.
  var sagas: [(gtxid: GTXID, state: String)] = []
  /// What the company has charged and not given back.
  var money: [GTXID: Int64] = [:]
  /// In the order in which they were appended.
  var messages: [GTXID: [Message]] = [:]
  var letters: [(topic: String, reason: String)] = []
  /// Records that a group has yet to read, by topic.
  var unread: [String: Int64] = [:]
  var spans: [GTXID: [TraceSpan]] = [:]
  var lines: [LogLine] = []
  /// What each customer was told last.
  var told: [GTXID: String] = [:]
  /// What somebody is answered who asks with a transaction's id: every tenth order.
  var answers: [(order: Order, state: String)] = []

  func orders(of saga: String) -> [Order] { orders.filter { $0.saga == saga } }

  /// Each kind of message once, in the order of their first appearance; facts mined from a database's log stand beside.
  func story(of id: GTXID) -> [String] {
    (messages[id] ?? []).filter { $0.topic != "item.changes" && $0.topic != "order.changes" }.map(\.text)
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// How many different messages say the same.
  func copies(of text: String, _ id: GTXID) -> Int {
    Set((messages[id] ?? []).filter { $0.text == text }.map(\.id)).count
  }

  /// What an order holds, all services together: stock, items, money, credit.
  func holdings(of order: Order) -> [String: Int64] {
    var held: [String: Int64] = [:]
    for service in ["inventory", "item"] {
      if let row = stock[service]?[order.id], ["RESERVED", "CONFIRMED"].contains(row.state) {
        held[service] = row.amount
      }
    }
    if let won = money[order.gtxid], won != 0 { held["money"] = won }
    if let row = credit[order.id], ["RESERVED", "SETTLED"].contains(row.state) { held["credit"] = row.amount }
    return held
  }
}

// MARK: Looking

extension ShopRemains {
  /// - Parameter messages: what was seen on the topics while it ran.
  init(_ stage: Stage, messages: [GTXID: [Message]]) throws {
    let world = stage.world
    self.messages = messages
    orders = try Self.rows(
      "order", world, "SELECT id, gtxid, saga, user, quantity, amount, state FROM orders ORDER BY id"
    ) { row in
      Order(
        id: row.value(0), gtxid: try Self.id(row.value(1)), saga: row.value(2), user: row.value(3),
        quantity: row.value(4), amount: row.value(5), state: row.value(6))
    }
    for service in ["inventory", "item"] {
      stock[service] = try Self.holdings(service, world, "SELECT order_id, state, quantity FROM reservation")
      sums[service] = try Self.rows(service, world, "SELECT sum(delivered), sum(stock) FROM product") {
        Sums(delivered: $0.value(0), stock: $0.value(1))
      }.first
    }
    credit = try Self.holdings("customer", world, "SELECT order_id, state, amount FROM reservation")
    limits = try Self.rows("customer", world, "SELECT name, reserved, credit_limit FROM customer ORDER BY name") {
      (customer: $0.value(0), reserved: $0.value(1), limit: $0.value(2))
    }
    sagas = try Self.rows("orchestrator", world, "SELECT gtxid, state FROM saga ORDER BY created, id") {
      (gtxid: try Self.id($0.value(0)), state: $0.value(1))
    }
    try lookAround(world)
    ask(stage)
  }

  private struct NoID: Error {}

  private static func id(_ text: String) throws -> GTXID {
    guard let id = GTXID(text) else { throw NoID() }
    return id
  }

  private static func rows<Row>(
    _ service: String, _ world: World, _ query: String, _ row: (borrowing Columns) throws -> Row
  ) throws -> [Row] {
    try world.disk(of: service)?.database.read { try $0.all(query, [], row) } ?? []
  }

  private static func holdings(_ service: String, _ world: World, _ query: String) throws -> [Int64: Holding] {
    let rows = try rows(service, world, query) { row in
      (order: row.value(0) as Int64, holding: Holding(state: row.value(1), amount: row.value(2)))
    }
    return Dictionary(uniqueKeysWithValues: rows.map { ($0.order, $0.holding) })
  }

  private mutating func lookAround(_ world: World) throws {
    world.flushSpans()
    lines = world.logBook.lines(LogFilter(), limit: .max)
    for id in Set(orders.map(\.gtxid)).union(lines.compactMap(\.gtxid)) { spans[id] = world.traces.spans(of: id) }
    for order in orders {
      money[order.gtxid] = world.companyBooks.amount(under: "\(order.gtxid.hex)/charge")
      told[order.gtxid] = world.book.entry(order.gtxid)?.customerSees
    }
    for name in ShopPlan.topics {
      let letters = try? world.broker.topic(Broker.deadLetterTopic(of: name))
      for partition in 0..<ShopPlan.partitions {
        for letter in (try? letters?.peek(partition: partition, from: 0).records) ?? [] {
          self.letters.append((topic: name, reason: letter.headerText(DeadLetterHeader.reason) ?? ""))
        }
      }
    }
    for (group, _) in ShopPlan.readings {
      for place in try world.broker.groups.lag(of: group) {
        unread[place.partition.topic, default: 0] += place.lag ?? 0
      }
    }
  }

  /// The customer comes back with the transaction's id, through the gateway.
  private mutating func ask(_ stage: Stage) {
    for (index, order) in orders.enumerated() where index % 10 == 0 {
      let answer = stage.ask(
        Request("GET /transactions/{gtxid}", argument: order.gtxid.hex), by: order.user, seconds: 0.1)
      answers.append((order: order, state: answer.body.state ?? "\(answer.status)"))
    }
  }
}
