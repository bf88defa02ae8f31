import Operations
import Testing
import TraceModel

@testable import Shop

/// Row 19: every line of the central log carries its transaction, whose call tree has the work that the line tells of.
@Suite struct Row19CentralLogTests {
  private static func findings(_ shop: ShopRemains) -> [String] {
    shop.lines.compactMap { line -> String? in
      guard let id = line.gtxid else { return "\(line.instance) says of nobody: \(line.message)" }
      guard let spans = shop.spans[id], !spans.isEmpty else { return "no call tree of \(id.short): \(line.message)" }
      return spans.contains { $0.service == line.service && $0.start <= line.time }
        ? nil : "\(line.service) has no work in \(id.short), and says: \(line.message)"
    } + silent(shop)
  }

  /// Orders that went through without a word of those who worked on them.
  private static func silent(_ shop: ShopRemains) -> [String] {
    let said = Set(shop.lines.compactMap { line in line.gtxid.map { "\($0.hex) \(line.service)" } })
    return shop.orders(of: "choreographed").filter { $0.state == "PAID" }.flatMap { order in
      ["order", "inventory", "payment"].filter { !said.contains("\(order.gtxid.hex) \($0)") }.map {
        "\($0) says nothing of order \(order.id)"
      }
    }
  }

  @Test func everyLineLeadsToItsCallTree() async throws {
    let shop = try await TenMinutes.sound.value
    #expect(shop.lines.count > 3_000)
    #expect(Set(shop.lines.map(\.level)).isSuperset(of: [.info, .warn, .error]))
    #expect(Self.findings(shop) == [])
  }

  @Test func aLogWithoutTransactionsLeadsNowhere() async throws {
    let findings = Self.findings(try await TenMinutes.innerJoinAndMuteLog.value)
    #expect(findings.contains { $0.contains("says of nobody") } && findings.contains { $0.contains("says nothing of") })
  }
}
