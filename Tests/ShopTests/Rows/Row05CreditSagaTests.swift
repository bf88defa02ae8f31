import Testing
import TraceModel

@testable import Shop

/// Row 5: a customer reserves credit for an order, which is OPEN then or REJECTED; in the larger form inventory reserves
/// its stock at the same time.
@Suite struct Row05CreditSagaTests {
  private static func orders(_ shop: ShopRemains) -> [ShopRemains.Order] {
    shop.orders(of: "credit") + shop.orders(of: "credit-large")
  }

  private static func findings(_ shop: ShopRemains) -> [String] {
    orders(shop).flatMap { order in flaws(of: order, shop).map { "order \(order.id): \($0)" } } + overdrawn(shop)
  }

  private static func flaws(of order: ShopRemains.Order, _ shop: ShopRemains) -> [String] {
    let held = shop.holdings(of: order)
    switch order.state {
    case "OPEN":
      let wanted = ["credit": order.amount].merging(order.saga == "credit-large" ? ["inventory": order.quantity] : [:])
      {
        $1
      }
      return held == wanted ? [] : ["it is OPEN, and holds \(held)"]
    case "REJECTED":
      let refusals = ["CreditLimitExceeded → credit", "OutOfStock → credit"]
      let isSaid = !Set(shop.story(of: order.gtxid)).isDisjoint(with: refusals)
      return (held.isEmpty ? [] : ["it is REJECTED, and holds \(held)"])
        + (isSaid ? [] : ["nobody said why it is REJECTED"])
    default: return ["it stays \(order.state) after \(shop.story(of: order.gtxid))"]
    }
  }

  /// Nobody owes more than the limit.
  private static func overdrawn(_ shop: ShopRemains) -> [String] {
    shop.limits.filter { !(0...$0.limit).contains($0.reserved) }.map {
      "\($0.customer) owes \($0.reserved), and may owe \($0.limit)"
    }
  }

  @Test func everyOrderIsOpenOrRejected() async throws {
    let shop = try await TenMinutes.sound.value
    let states = Self.orders(shop).map(\.state)
    #expect(states.filter { $0 == "OPEN" }.count > 80 && states.filter { $0 == "REJECTED" }.count > 3)
    #expect(Self.findings(shop) == [])
  }

  /// The twin: a saga in which nobody compares the credit with the limit. The table itself takes no more than that, and
  /// the order is never decided.
  @Test func withoutTheCheckNobodyIsRefused() async throws {
    let findings = Self.findings(try await TenMinutes.carefree.value)
    let story = #"stays NEW after ["OrderCreated → credit", "OrderCreated → credit.DLT"]"#
    let undecided = findings.filter { $0.contains(story) }
    #expect(undecided.count > 3, "\(findings)")
  }

  @Test func anAnswerBesideItsStateIsLost() async throws {
    let findings = Self.findings(try await TenMinutes.dualWrite.value)
    #expect(findings.contains { $0.contains("stays NEW") }, "\(findings)")
  }
}
