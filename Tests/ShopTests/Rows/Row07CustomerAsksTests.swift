import Testing
import TraceModel

@testable import Shop

/// Row 7: the customer asks with the transaction's id whether the order went through, and is told what is so.
@Suite struct Row07CustomerAsksTests {
  private static let underWay = ["PENDING", "PLACED", "NEW"]

  private static func findings(_ shop: ShopRemains) -> [String] {
    shop.orders.compactMap { order -> String? in
      let told = shop.told[order.gtxid] ?? ""
      if underWay.contains(order.state) { return "the customer of order \(order.id) is told for ever: \(told)" }
      return told == order.state.lowercased()
        ? nil : "order \(order.id) is \(order.state), and its customer was told: \(told)"
    }
      + shop.answers.filter { $0.state != $0.order.state }.map {
        "who asks for order \($0.order.id) is told \($0.state), and its row says \($0.order.state)"
      }
  }

  @Test func everyCustomerHearsHowItEnded() async throws {
    let shop = try await TenMinutes.sound.value
    #expect(shop.orders.count > 800 && shop.answers.count > 80)
    #expect(Set(shop.told.values).isSuperset(of: ["paid", "cancelled", "approved", "confirmed", "rollback", "open"]))
    #expect(Self.findings(shop) == [])
  }

  /// The twin: customers who take the first answer for the last.
  @Test func whoDoesNotAskHearsNothing() async throws {
    let shop = try await TenMinutes.carefree.value
    let findings = Self.findings(shop)
    let deaf = findings.filter { $0.hasPrefix("order ") && $0.contains(", and its customer was told: ") }
    #expect(deaf.count > shop.orders.count * 9 / 10, "\(findings.prefix(20))")
    // Whoever does ask is told what is so.
    #expect(!findings.contains { $0.hasPrefix("who asks for order") })
  }

  @Test func whatIsLostIsInProgressForEver() async throws {
    let findings = Self.findings(try await TenMinutes.dualWrite.value)
    #expect(findings.contains { $0.contains(" is told for ever: ") }, "\(findings)")
  }
}
