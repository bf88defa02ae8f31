import Testing
import TraceModel

@testable import Shop

/// Row 6: retries with back-off, time-outs of which nobody knows the outcome, records that come twice, and letters that
/// are put aside: in the end each order holds what it says, once, and nothing is left lying.
@Suite struct Row06RepetitionTests {
  /// What an order holds by its saga and state.
  static func wanted(_ order: ShopRemains.Order) -> [String: Int64] {
    let (pieces, won) = (order.quantity, order.amount)
    return switch (order.saga, order.state) {
    case ("choreographed", "PAID"): ["inventory": pieces, "money": won]
    case ("orchestrated", "APPROVED"): ["inventory": pieces, "money": won, "credit": won]
    case ("join", "CONFIRMED"): ["item": pieces, "money": won]
    case ("credit", "OPEN"): ["credit": won]
    case ("credit-large", "OPEN"): ["credit": won, "inventory": pieces]
    default: [:]
    }
  }

  private static func findings(_ shop: ShopRemains) -> [String] {
    let orders = shop.orders.filter { shop.holdings(of: $0) != wanted($0) }.map {
      "order \($0.id) is \($0.state), and holds \(shop.holdings(of: $0)) in place of \(wanted($0))"
    }
    let sums = ["inventory", "item"].compactMap { service -> String? in
      let held = shop.orders.reduce(0) { $0 + (wanted($1)[service] ?? 0) }
      let sums = shop.sums[service] ?? .init()
      return sums.delivered == sums.stock + held
        ? nil : "\(service): \(sums.delivered) pieces delivered, \(sums.stock) in stock, \(held) sold"
    }
    let unread = shop.unread.filter { $0.value != 0 }.map { "\($0.value) records of \($0.key) are unread" }.sorted()
    return orders + sums + unread + impatient(shop)
  }

  /// Attempts at one charge, all of which failed: the pause before the next one is longer than the one before.
  private static func pauses(_ id: GTXID, _ shop: ShopRemains) -> [Int64] {
    let attempts = (shop.spans[id] ?? []).filter { $0.kind == .client && $0.operation == "POST /charge" }
      .sorted { $0.start < $1.start }
    // A crash begins anew.
    guard Set(attempts.map(\.instance)).count == 1, Set(attempts.map(\.parent)).count == 1 else { return [] }
    return zip(attempts, attempts.dropFirst()).map { $1.start - $0.start - ($0.duration ?? 0) }
  }

  private static func impatient(_ shop: ShopRemains) -> [String] {
    shop.orders.compactMap { order in
      let pauses = pauses(order.gtxid, shop)
      let isGrowing = zip(pauses, pauses.dropFirst()).allSatisfy { $0 < $1 }
      return isGrowing && pauses.allSatisfy { $0 >= 500_000_000 }
        ? nil : "order \(order.id) was charged after \(pauses) ns"
    }
  }

  @Test func everythingHappensOnceWhateverComesTwice() async throws {
    let shop = try await TenMinutes.sound.value
    let messages = shop.messages.values.joined().map { "\($0.topic) \($0.id)" }
    #expect(messages.count > Set(messages).count + 20, "records came twice")
    #expect(shop.orders.contains { Self.pauses($0.gtxid, shop).count >= 2 }, "somebody tried three times")
    // The letter that nobody could read is aside, with the reason, and what came after it was read.
    #expect(shop.letters.count == 1 && shop.letters.first?.topic == "inventory")
    #expect(shop.letters.first?.reason.contains("readable payload") == true)
    #expect(Self.findings(shop) == [])
  }

  @Test func withoutIdempotencyItHappensAgain() async throws {
    let findings = Self.findings(try await TenMinutes.noIdempotency.value)
    #expect(findings.contains { $0.hasPrefix("inventory:") }, "\(findings)")
    #expect(findings.contains { $0.contains("money") }, "\(findings)")
  }
}
