import Testing
import TraceModel

@testable import Shop

/// Row 2: what fails is announced, and the steps already done are undone in reverse order.
@Suite struct Row02ChoreographedRollbackTests {
  private static let failures = ["ITEM_REJECTED → order", "PAYMENT_FAILED → inventory", "ORDER_FAILED → payment"]
  /// The last thing done is undone first.
  private static let undoing = ["refund", "release", "cancel"]

  private static func failed(_ shop: ShopRemains) -> [ShopRemains.Order] {
    shop.orders(of: "choreographed").filter { order in
      order.state == "CANCELLED" || !Set(shop.story(of: order.gtxid)).isDisjoint(with: failures)
    }
  }

  private static func findings(_ shop: ShopRemains) -> [String] {
    failed(shop).flatMap { flaws(of: $0, shop) } + lostStock(shop)
  }

  private static func flaws(of order: ShopRemains.Order, _ shop: ShopRemains) -> [String] {
    var flaws: [String] = []
    let story = shop.story(of: order.gtxid)
    if order.state != "CANCELLED" { flaws.append("order \(order.id) stays \(order.state) after \(story)") }
    if Set(story).isDisjoint(with: failures) {
      flaws.append("order \(order.id) is cancelled, and nobody said why: \(story)")
    }
    let held = shop.holdings(of: order)
    if !held.isEmpty { flaws.append("order \(order.id) has failed, and holds \(held.sorted { $0.key < $1.key })") }
    // Whatever was reserved is given back before the order hears of it.
    if story.contains("ITEM_RESERVED → payment"), story.last != "ITEM_RELEASED → order" {
      flaws.append("order \(order.id) had reserved, and the last that was said is \(story.last ?? "nothing")")
    }
    let undone = undoings(order, shop)
    if undone != undoing.filter(undone.contains) { flaws.append("order \(order.id) was undone so: \(undone)") }
    return flaws
  }

  /// What was undone, each once, in the order in which it was begun first: an instance that crashes right after its commit
  /// has done it, too.
  private static func undoings(_ order: ShopRemains.Order, _ shop: ShopRemains) -> [String] {
    (shop.spans[order.gtxid] ?? [])
      .filter { $0.kind == .consumer && undoing.contains($0.operation) }
      .sorted { ($0.start, $0.ltxid?.number ?? 0) < ($1.start, $1.ltxid?.number ?? 0) }
      .map(\.operation).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// What was delivered to inventory is in its stock or held by an order that went through.
  private static func lostStock(_ shop: ShopRemains) -> [String] {
    let sold = shop.orders.filter {
      ["PAID", "APPROVED"].contains($0.state) || $0.saga == "credit-large" && $0.state == "OPEN"
    }
    let (sums, pieces) = (shop.sums["inventory"] ?? .init(), sold.reduce(0) { $0 + $1.quantity })
    return sums.delivered == sums.stock + pieces
      ? [] : ["\(sums.delivered) pieces were delivered; \(sums.stock) are in stock and \(pieces) sold"]
  }

  @Test func nothingStaysOfAnOrderThatFailed() async throws {
    let shop = try await TenMinutes.sound.value
    let reasons = Self.failed(shop).flatMap { shop.story(of: $0.gtxid) }
    #expect(reasons.filter { $0 == "PAYMENT_FAILED → inventory" }.count > 20)
    #expect(reasons.filter { $0 == "ORDER_FAILED → payment" }.count > 5)
    #expect(Self.findings(shop) == [])
  }

  /// The twin: whoever announces that it has undone its step, and has not.
  @Test func whatIsNotUndoneStays() async throws {
    let shop = try await TenMinutes.carefree.value
    let findings = Self.findings(shop)
    let kept = findings.filter { $0.contains("has failed, and holds [(key: \"inventory\"") }
    #expect(kept.count > 20, "\(findings)")
    #expect(findings.contains { $0.contains("pieces were delivered") }, "\(findings)")
    // All else went on as it should.
    #expect(Set(findings).subtracting(kept).count == 1, "\(findings)")
  }

  @Test func aFailureBesideItsStateIsLost() async throws {
    let shop = try await TenMinutes.dualWrite.value
    let findings = Self.findings(shop)
    // Pieces of orders that are no more are neither in stock nor sold.
    #expect(findings.contains { $0.contains("pieces were delivered") }, "\(findings)")
    // Where the undoing broke off in the middle, what came before it was not undone.
    #expect(findings.contains { $0.contains("had reserved, and the last that was said is") }, "\(findings)")
    #expect(findings.contains { $0.contains(" stays PENDING after ") }, "\(findings)")
  }
}
