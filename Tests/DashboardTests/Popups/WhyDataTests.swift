import Drawing
import Operations
import Testing
import Widgets

@testable import Dashboard

/// Why, of what services keep and lean on.
@Suite struct WhyDataTests {
  private static func snapshot() -> SystemSnapshot {
    var snapshot = IncidentFixture.snapshot()
    snapshot.data = IncidentFixture.data()
    if let customer = snapshot.services.firstIndex(where: { $0.name == "order" }) {
      snapshot.services[customer].outboxDepth = 7
      snapshot.services[customer].outboxAge = 12_000_000_000
    }
    var strangler = StranglerSnapshot(legacy: "legacy-shop", topic: "legacy.events")
    var review = StranglerSnapshot.Capability(
      name: "review", service: "review", key: "strangler.review", share: 25, usesMessages: true)
    (review.handedBack, review.takenIn, review.compared, review.differing) = (120, 77, 40, 3)
    strangler.capabilities = [review]
    strangler.lags = [.init(group: "legacy-shop", records: 43, oldest: snapshot.time)]
    snapshot.strangler = strangler
    snapshot.databaseServers = [
      SharedDatabaseSnapshot(
        name: "shared-db", open: 30, maximum: 30, refused: 9,
        pools: [
          .init(name: "order-1", size: 20, inUse: 20, idle: 0, refused: 5),
          .init(name: "order-2", size: 20, inUse: 9, idle: 1, refused: 4),
        ])
    ]
    return snapshot
  }

  private static func text(_ subject: Subject, _ snapshot: SystemSnapshot = snapshot()) -> String? {
    Why.text(subject, snapshot)
  }

  @Test(arguments: [
    (
      Subject.store("order"),
      [
        "order keeps SQLite", "7, the oldest for 12.0 s", "relay order-1", "dead letters 2 records",
        "longer than 1.00 s", "shared-db 30/30 open: Too many connections", "refused here 9",
      ]
    ),
    (.store("catalog"), ["publishes nothing"]),
    (
      .keyValues("carts"),
      [
        "carts kept by cart", "entries 12, 3.1 KB", "begin with cart:", "next ends in 12m 04s", "expired 7",
        "reads 1,204, 93.1 % of them found one", "refused 0",
      ]
    ),
    (.keyValues("revoked tokens"), ["next ends none does", "reads 0"]),
    (.capture("item"), ["log of item", "mined by aggregate", "behind 3 changes", "the oldest 250 ms old"]),
    (
      .join("order-join"),
      ["stock with payments", "within 5.00 s", "held 41 records", "no newer record has closed its window"]
    ),
    (.view("search"), ["view search kept by search", "lacks 5 changes", "serves build 1"]),
    (
      .slider("review"),
      ["25 % by review", "120 by message, 77 taken in", "40 answers, 3 differed", "legacy-shop has 43 records to read"]
    ),
    (
      .sharedPool(server: "shared-db", instance: "order-1"),
      ["order-1 at shared-db", "30/30 open: Too many connections", "refused here 5", "all pools 40 if all were full"]
    ),
  ])
  func theFacts(_ subject: Subject, _ facts: [String]) throws {
    let text = try #require(Self.text(subject))
    for fact in facts { #expect(text.contains(fact), "\(text)") }
  }

  /// What tells a repetition is forgotten while a record may still come again.
  @Test(arguments: [nil, 3, 599, 600] as [Int64?]) func aWindowThatIsTooShortIsFailing(seconds: Int64?) throws {
    var snapshot = Self.snapshot()
    let index = try #require(snapshot.data.stores.firstIndex { $0.service == "item" })
    snapshot.data.stores[index].inboxWindow = 600_000_000_000
    snapshot.data.stores[index].unacknowledgedAge = seconds.map { $0 * 1_000_000_000 }
    let text = try #require(Self.text(.store("item"), snapshot))
    let age = seconds.map { "the oldest record for \(Figures.duration($0 * 1_000_000_000).text)" } ?? "nothing"
    #expect(text.contains("tells repetitions for \(Figures.duration(600_000_000_000).text)"), "\(text)")
    #expect(text.contains("unacknowledged \(age)"), "\(text)")
    #expect(text.hasPrefix(Mark.failing.glyph) == (seconds == 600), "\(text)")
  }

  @Test(arguments: [
    Subject.store("nobody"), .capture("nobody"), .join("nobody"), .view("nobody"), .slider("nobody"), .pools("nobody"),
    .sharedPool(server: "nobody", instance: "order-1"),
  ])
  func whatIsGoneHasNoWhy(_ subject: Subject) { #expect(Self.text(subject) == nil) }

  @Test func theRowUnderTheCursorIsExplained() {
    var cockpit = Cockpit(Self.snapshot())
    cockpit.press("8 w")
    #expect(cockpit.text.contains("keeps SQLite"))
    cockpit.press("Esc Tab Tab w")
    #expect(cockpit.text.contains("mined by"))
  }

  /// A fault on what is shown goes to the service that it belongs to.
  @Test func eachBelongsToAService() {
    let snapshot = Self.snapshot()
    let owners: [(Subject, String?)] = [
      (.store("order"), "order"), (.capture("item"), "aggregate"), (.join("order-join"), "order"),
      (.view("search"), "search"), (.slider("review"), "review"), (.pools("order"), "order"),
    ]
    for (subject, owner) in owners { #expect(subject.service(snapshot) == owner) }
  }
}
