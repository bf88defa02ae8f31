import EventBus
import Testing
import TraceModel
import Transactions

@Suite struct OutboxTests {
  private struct Abandoned: Error {}

  private func entry(_ message: String) throws -> Outbox.Entry {
    Outbox.Entry(
      message: message, topic: "inventory", key: "7", type: "ORDER_CREATE", payload: Array("{}".utf8),
      gtxid: try #require(GTXID("8f3a91c07b5e44d2a6f0c3d91e7721c9")), ltxid: LTXID.first.next,
      span: try #require(SpanID(9)), parent: try #require(SpanID(8)), created: 5)
  }

  private func database() throws -> ServiceDatabase {
    try ServiceDatabase(name: "order", schema: Outbox.schema + Inbox.schema)
  }

  @Test func anEventOfARolledBackTransactionIsNeverSeen() throws {
    let database = try database()
    let entry = try entry("a")
    #expect(throws: Abandoned.self) {
      try database.write {
        try Outbox.write(entry, $0)
        throw Abandoned()
      }
    }
    #expect(try database.read { try Outbox.unpublished(after: 0, limit: 10, $0) }.isEmpty)
  }

  @Test func eventsComeInTheOrderOfCommitsUntilTheyAreMarked() throws {
    let database = try database()
    for message in ["a", "b", "c"] {
      let entry = try entry(message)
      try database.write { try Outbox.write(entry, $0) }
    }
    let entries = try database.read { try Outbox.unpublished(after: 0, limit: 2, $0) }
    #expect(entries.map(\.message) == ["a", "b"])
    try database.write { try Outbox.mark(entries.map(\.id), publishedAt: 9, $0) }
    #expect(try database.read { try Outbox.unpublished(after: 0, limit: 2, $0) }.map(\.message) == ["c"])
    #expect(try database.read { try Outbox.depth($0) }.count == 1)
    try database.write { try Outbox.prune(publishedBefore: 10, $0) }
    #expect(try database.read { try $0.number("SELECT count(*) FROM event") } == 1)
  }

  @Test func theRecordCarriesTheTransaction() throws {
    let record = try entry("a").record
    let headers = record.headers.map { Carrier.Header($0.name, $0.text) }
    let position = Carrier.Position(
      gtxid: try #require(GTXID("8f3a91c07b5e44d2a6f0c3d91e7721c9")), ltxid: LTXID.first.next, span: SpanID(9))
    #expect(Carrier.extract(headers) == .found(position))
    #expect(headers.contains(Carrier.Header("message-id", "a")))
  }

  @Test func oneRelayHasTheLeaseUntilItRunsOut() throws {
    let database = try database()
    func lease(_ owner: String, _ now: Int64) throws -> Bool {
      try database.write { try Outbox.lease(to: owner, now: now, until: now + 10, $0) }
    }
    #expect(try lease("order-1", 0))
    #expect(try !lease("order-2", 9))
    #expect(try lease("order-1", 9))
    #expect(try !lease("order-2", 18))
    #expect(try lease("order-2", 19))
  }

  @Test func aMessageIsAcceptedOnce() throws {
    let database = try database()
    func accept(_ consumer: String, _ message: String) throws -> Bool {
      try database.write { try Inbox.accept(message, by: consumer, at: 5, $0) }
    }
    #expect(try accept("order", "a"))
    #expect(try !accept("order", "a"))
    #expect(try accept("order", "b"))
    #expect(try accept("other", "a"))
    #expect(throws: Abandoned.self) {
      try database.write {
        _ = try Inbox.accept("c", by: "order", at: 5, $0)
        throw Abandoned()
      }
    }
    #expect(try accept("order", "c"))
  }
}
