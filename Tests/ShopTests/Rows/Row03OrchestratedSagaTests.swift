import Testing
import TraceModel

@testable import Shop

/// Row 3: an orchestrator sends the commands, keeps each saga's state, and sends the compensations itself.
@Suite struct Row03OrchestratedSagaTests {
  /// Steps of one line are asked for at the same time.
  private static let steps = [
    ["CreateOrder"], ["ReserveCredit", "ReserveStock"], ["Charge"], ["Ship"], ["ApproveOrder"],
  ]
  private static let undo = [
    "CreateOrder": "CancelOrder", "ReserveCredit": "ReleaseCredit", "ReserveStock": "ReleaseStock",
  ]

  private static func findings(_ shop: ShopRemains) -> [String] {
    let orders = Dictionary(uniqueKeysWithValues: shop.orders(of: "orchestrated").map { ($0.gtxid, $0) })
    return shop.sagas.flatMap { saga -> [String] in
      let (name, order) = ("saga \(saga.gtxid.short)", orders[saga.gtxid])
      switch (saga.state, order?.state) {
      case ("COMPLETED", "APPROVED"): return forward(order, shop).map { "\(name): \($0)" }
      case ("ROLLED_BACK", "CANCELLED"): return backward(order, shop).map { "\(name): \($0)" }
      case (let state, let its): return ["\(name) is \(state), and its order \(its ?? "not there")"]
      }
    } + lonely(orders, shop)
  }

  /// Orders of which the orchestrator knows nothing.
  private static func lonely(_ orders: [GTXID: ShopRemains.Order], _ shop: ShopRemains) -> [String] {
    let known = Set(shop.sagas.map(\.gtxid))
    return orders.values.filter { !known.contains($0.gtxid) }.map { "order \($0.id) belongs to no saga" }.sorted()
  }

  private static func commands(_ order: ShopRemains.Order, _ shop: ShopRemains) -> [String] {
    (shop.messages[order.gtxid] ?? []).filter { $0.topic.hasPrefix("commands.") && $0.type != "UNLOCK" }.map(\.type)
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func replies(_ order: ShopRemains.Order, _ shop: ShopRemains) -> Set<String> {
    Set((shop.messages[order.gtxid] ?? []).filter { $0.topic == "replies" }.map(\.type))
  }

  private static func forward(_ order: ShopRemains.Order?, _ shop: ShopRemains) -> [String] {
    guard let order else { return [] }
    var (flaws, rest) = ([String](), commands(order, shop)[...])
    for step in steps {
      if Set(rest.prefix(step.count)) != Set(step) { flaws.append("\(step) was not asked for in its turn: \(rest)") }
      rest = rest.dropFirst(step.count)
    }
    if !rest.isEmpty { flaws.append("\(rest) was asked for, too") }
    let missing = steps.joined().filter { !replies(order, shop).contains("\($0):ok") }
    if !missing.isEmpty { flaws.append("nobody answered \(missing)") }
    let wanted = ["inventory": order.quantity, "money": order.amount, "credit": order.amount]
    if shop.holdings(of: order) != wanted { flaws.append("it is approved, and holds \(shop.holdings(of: order))") }
    return flaws + strangers(order, shop)
  }

  private static func backward(_ order: ShopRemains.Order?, _ shop: ShopRemains) -> [String] {
    guard let order else { return [] }
    var flaws: [String] = []
    let (commands, replies) = (commands(order, shop), replies(order, shop))
    for step in steps.joined() where replies.contains("\(step):ok") {
      guard let undo = undo[step] else { continue }
      if !commands.contains(undo) { flaws.append("\(step) was done, and never undone") }
    }
    if !shop.holdings(of: order).isEmpty { flaws.append("it is cancelled, and holds \(shop.holdings(of: order))") }
    if commands.last != "CancelOrder" { flaws.append("the order was not cancelled last: \(commands)") }
    return flaws + strangers(order, shop)
  }

  /// Nobody but the orchestrator tells anybody to do anything.
  private static func strangers(_ order: ShopRemains.Order, _ shop: ShopRemains) -> [String] {
    shop.story(of: order.gtxid).filter { !$0.contains("→ commands.") && !$0.hasSuffix("→ replies") }.map {
      "somebody else said \($0)"
    }
  }

  @Test func everySagaIsCarriedOutOrUndone() async throws {
    let shop = try await TenMinutes.sound.value
    #expect(shop.sagas.filter { $0.state == "COMPLETED" }.count > 100)
    #expect(shop.sagas.filter { $0.state == "ROLLED_BACK" }.count > 10)
    #expect(Self.findings(shop) == [])
  }

  @Test func aCommandBesideItsStateIsLost() async throws {
    let findings = Self.findings(try await TenMinutes.dualWrite.value)
    // The saga waits for the answer to a command that was never sent.
    #expect(findings.contains { $0.contains(" is RUNNING, and its order ") }, "\(findings)")
  }
}
