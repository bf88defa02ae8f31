import Testing
import TraceModel

@testable import Shop

/// Row 4: item and payment work on an order independently, and order joins what they answer within five seconds.
@Suite struct Row04JoinSagaTests {
  private static let window: Int64 = 5_000_000_000
  private static let verdicts = ["CONFIRMED", "ROLLBACK", "REJECTED"]

  private static func findings(_ shop: ShopRemains) -> [String] {
    shop.orders(of: "join").flatMap { order in flaws(of: order, shop).map { "order \(order.id): \($0)" } }
  }

  private static func flaws(of order: ShopRemains.Order, _ shop: ShopRemains) -> [String] {
    let messages = shop.messages[order.gtxid] ?? []
    guard let verdict = messages.first(where: { $0.topic == "orders" && verdicts.contains($0.type) })?.type else {
      return ["it has no verdict, and stays \(order.state)"]
    }
    guard verdict == order.state else { return ["the verdict is \(verdict), and its row says \(order.state)"] }
    var flaws: [String] = []
    let (stock, payment) = (messages.first { $0.topic == "stock" }, messages.first { $0.topic == "payments" })
    if let stock, let payment, abs(stock.time - payment.time) <= window {
      let wanted = Self.verdict(stock.type, payment.type)
      if verdict != wanted { flaws.append("\(stock.type) and \(payment.type) make \(wanted), not \(verdict)") }
    } else if verdict == "CONFIRMED" {
      flaws.append("it is confirmed, and the two answers are not within the window")
    }
    let wanted = verdict == "CONFIRMED" ? ["item": order.quantity, "money": order.amount] : [:]
    let held = shop.holdings(of: order)
    if held != wanted { flaws.append("it is \(verdict), and holds \(held)") }
    return flaws
  }

  private static func verdict(_ stock: String, _ payment: String) -> String {
    switch (stock, payment) {
    case ("ACCEPTED", "ACCEPTED"): "CONFIRMED"
    case ("REJECTED", "REJECTED"): "REJECTED"
    default: "ROLLBACK"
    }
  }

  @Test func everyOrderHasTheVerdictThatItsAnswersMake() async throws {
    let shop = try await TenMinutes.sound.value
    let orders = shop.orders(of: "join")
    #expect(
      orders.filter { $0.state == "CONFIRMED" }.count > 100 && orders.filter { $0.state == "ROLLBACK" }.count > 10)
    // Payment was away for longer than the window: some answers came after it.
    let late = orders.filter { order in
      let messages = shop.messages[order.gtxid] ?? []
      guard let verdict = messages.firstIndex(where: { $0.topic == "orders" && $0.type == "ROLLBACK" }) else {
        return false
      }
      return messages[verdict...].contains { $0.topic == "payments" }
    }
    #expect(!late.isEmpty)
    #expect(Self.findings(shop) == [])
  }

  @Test func anInnerJoinLetsOrdersHang() async throws {
    let findings = Self.findings(try await TenMinutes.innerJoinAndMuteLog.value)
    #expect(findings.contains { $0.hasSuffix("it has no verdict, and stays PLACED") }, "\(findings)")
  }
}
