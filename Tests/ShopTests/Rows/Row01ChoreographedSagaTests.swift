import Testing
import TraceModel

@testable import Shop

/// Row 1: order, inventory, payment and order again act on each other's events, and nobody coordinates.
@Suite struct Row01ChoreographedSagaTests {
  private static let story = ["ORDER_CREATE → inventory", "ITEM_RESERVED → payment", "PAYMENT_COMPLETE → order"]

  private static func findings(_ shop: ShopRemains) -> [String] {
    shop.orders(of: "choreographed").flatMap { order -> [String] in
      switch order.state {
      case "CANCELLED": []  // Row 2.
      case "PAID": flaws(of: order, shop)
      default: ["order \(order.id) stays \(order.state) after \(shop.story(of: order.gtxid))"]
      }
    }
  }

  private static func flaws(of order: ShopRemains.Order, _ shop: ShopRemains) -> [String] {
    var flaws: [String] = []
    let (id, story) = (order.gtxid, shop.story(of: order.gtxid))
    if story != Self.story { flaws.append("order \(order.id) is paid after \(story)") }
    for text in story where shop.copies(of: text, id) != 1 {
      flaws.append("order \(order.id) gave \(shop.copies(of: text, id)) different messages \(text)")
    }
    if shop.stock["inventory"]?[order.id] != .init(state: "RESERVED", amount: order.quantity) {
      flaws.append("order \(order.id) is paid, and inventory has not reserved \(order.quantity) for it")
    }
    if shop.money[id] != order.amount {
      flaws.append("order \(order.id) comes to \(order.amount), and the company charged \(shop.money[id] ?? 0)")
    }
    let work = (shop.spans[id] ?? []).filter { $0.kind == .consumer && $0.status == .ok }.map {
      "\($0.operation) at \($0.service)"
    }
    for step in ["reserve at inventory", "charge at payment", "confirm at order"] where !work.contains(step) {
      flaws.append("order \(order.id): nobody did \(step)")
    }
    if work.contains(where: { $0.hasSuffix("orchestrator") }) { flaws.append("order \(order.id) was coordinated") }
    return flaws
  }

  @Test func paidOrdersHaveGoneTheWholeWay() async throws {
    let shop = try await TenMinutes.sound.value
    #expect(shop.orders(of: "choreographed").filter { $0.state == "PAID" }.count > 200)
    #expect(Self.findings(shop) == [])
  }

  @Test func anEventBesideItsStateIsLost() async throws {
    let findings = Self.findings(try await TenMinutes.dualWrite.value)
    #expect(findings.contains { $0.contains(" stays PENDING after ") }, "\(findings)")
  }

  @Test func whoCannotTellARepetitionActsTwice() async throws {
    let findings = Self.findings(try await TenMinutes.noIdempotency.value)
    #expect(findings.contains { $0.contains(", and the company charged ") }, "\(findings)")
  }
}
