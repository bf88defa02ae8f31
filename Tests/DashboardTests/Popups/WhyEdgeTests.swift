import Drawing
import Operations
import Testing

@testable import Dashboard

/// Why, of what comes in at the gateways, of what is pushed to instances, and of what is compared afterwards.
@Suite struct WhyEdgeTests {
  private static func text(_ subject: Subject, _ snapshot: SystemSnapshot = IncidentFixture.platform()) -> String? {
    Why.text(subject, snapshot)
  }

  @Test(arguments: [
    (
      Subject.refusal(gateway: "gateway", reason: "rate-limit"),
      ["429 rate limit at gateway", "times 311", "GET /reviews/sku-18 by partner: 429"]
    ),
    (.refusal(gateway: "gateway", reason: "revoked-token"), ["401 revoked token", "times 3", "none of the newest"]),
    (
      .configuration(of: "order"),
      ["1 of 2 run version 7", "order-1 version 7", "order-2 version 6", "order.pool 20"]
    ),
    (.configuration(of: "payment"), ["1 of 1 run version 7", "payment-2 down: crashed", "none of its own"]),
  ])
  func theFacts(_ subject: Subject, _ facts: [String]) throws {
    let text = try #require(Self.text(subject))
    for fact in facts { #expect(text.contains(fact), "\(text)") }
  }

  @Test func aRouteTellsItsFiltersAndWhatItHasSeen() throws {
    let route = try #require(IncidentFixture.platform().edge.gateways[0].routes.first { $0.pattern == "POST /orders" })
    let text = try #require(Self.text(.route(gateway: "gateway", id: route.id)))
    for fact in ["POST /orders → order", "with body ≤ 8192, 202", "PRE authentication", "refused 12"] {
      #expect(text.contains(fact), "\(text)")
    }
  }

  @Test func aReasonIsExplainedWhereItIsKnown() throws {
    var snapshot = IncidentFixture.platform()
    snapshot.edge.gateways[0].refusals[1].meaning = "The token's owner has logged out since it was made."
    let text = try #require(Self.text(.refusal(gateway: "gateway", reason: "revoked-token"), snapshot))
    #expect(text.contains("has logged out since"))
  }

  @Test func whatIsComparedTellsItsMismatches() throws {
    var snapshot = IncidentFixture.snapshot()
    snapshot.data = IncidentFixture.data()
    var found = ReconciliationSnapshot()
    (found.compared, found.waiting, found.count) = (311, 2, 1)
    found.mismatches = [
      MismatchSnapshot(
        gtxid: IncidentFixture.stuckSaga, order: 7, rule: "charged, not paid", sides: [], since: snapshot.time,
        remedy: "give it back")
    ]
    found.failures = ["payment-gateway did not answer"]
    snapshot.data.reconciliation = found
    let text = try #require(Self.text(.reconciliation, snapshot))
    let facts = [
      "mismatches 1 transaction", "charged, not paid: give it back", "compared 311 transactions",
      "could not read payment-gateway did not answer", "nothing yet: it has not run",
    ]
    for fact in facts { #expect(text.contains(fact), "\(text)") }
    snapshot.data.reconciliation = nil
    #expect(Self.text(.reconciliation, snapshot) == nil)
  }

  @Test(arguments: [
    Subject.route(gateway: "gateway", id: "none"), .route(gateway: "nobody", id: "order.create"),
    .refusal(gateway: "gateway", reason: "none"), .configuration(of: "nobody"),
  ])
  func whatIsGoneHasNoWhy(_ subject: Subject) { #expect(Self.text(subject) == nil) }

  /// The rows of the page are what is explained.
  @Test func theRowUnderTheCursorIsExplained() throws {
    var stage = PageStage(PlatformPage(), IncidentFixture.platform())
    stage.press("Tab g")
    let subject = try #require(stage.page.subject(stage.context))
    guard case .route(let gateway, let id) = subject else {
      Issue.record("the row is no route, but \(subject)")
      return
    }
    #expect(gateway == "gateway" && Self.text(subject)?.contains("takes the request") == true)
    #expect(subject.copyText(stage.context.snapshot) == id)
  }
}
