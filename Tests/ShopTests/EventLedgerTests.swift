import Testing
import TraceModel
import Transactions

@testable import Shop

/// What was committed is compared with what was published, and the comparison finds what is wrong.
@Suite struct EventLedgerTests {
  private static func event(_ message: String, key: String = "7") throws -> Outbox.Entry {
    let (id, hop) = (try #require(GTXID(high: 1, low: 2)), LTXID.first)
    let span = try #require(SpanID(3))
    return Outbox.Entry(
      message: message, topic: "inventory", key: key, type: "T", payload: [], gtxid: id, ltxid: hop, span: span,
      parent: span, created: 0)
  }

  @Test func lossPhantomAndDisorderAreFound() throws {
    let ledger = EventLedger()
    ledger.committed(
      try [Self.event("a"), Self.event("b"), Self.event("c", key: "8")].map(Outbox.Mark.init), by: "order")
    for message in ["a", "b", "a"] { ledger.published(try Self.event(message), by: "order", at: 1) }
    #expect(ledger.problems == [] && ledger.lost == ["event c was committed, and never published"])
    ledger.published(try Self.event("c", key: "8"), by: "order", at: 2)
    #expect(ledger.lost == [])
    ledger.published(try Self.event("ghost"), by: "order", at: 3)
    #expect(ledger.problems == ["event ghost was published, and never committed"])
    ledger.committed(try [Self.event("d"), Self.event("e")].map(Outbox.Mark.init), by: "order")
    ledger.published(try Self.event("e"), by: "order", at: 4)
    #expect(ledger.problems.last == "event e was published before d")
  }
}
