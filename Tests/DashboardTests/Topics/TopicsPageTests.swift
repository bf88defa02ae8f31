import Operations
import Testing

@testable import Dashboard

/// Page 4 by its keys and its mouse.
@Suite struct TopicsPageTests {
  private func stage(_ keys: String = "") -> PageStage<TopicsPage> {
    var stage = PageStage(TopicsPage())
    stage.press(keys)
    return stage
  }

  @Test(arguments: [
    ("", "payment"), ("S", "audit"), ("s", "payment"), ("s s", "__operations"), ("s s S", "shipping"),
    ("s s s", "metering"),
  ])
  func sortingPutsAnotherTopicFirst(keys: String, topic: String) {
    let stage = stage(keys)
    #expect(stage.page.rows(stage.context).first?.name == topic)
  }

  @Test func theFilterKnowsNamesGroupsAndVerdicts() {
    var stage = stage()
    _ = stage.page.narrow(to: "warn", stage.context)
    #expect(stage.page.rows(stage.context).map(\.name) == ["payment"])
    _ = stage.page.narrow(to: "order-history", stage.context)
    #expect(stage.page.rows(stage.context).map(\.name) == ["orders"])
    _ = stage.page.narrow(to: "nobody", stage.context)
    #expect(stage.picture().contains("No topic matches nobody.  Esc clears"))
    stage.press("Esc")
    #expect(stage.page.rows(stage.context).count == 9)
  }

  @Test func thePastIsNotMoved() {
    var stage = stage()
    stage.context.isFrozen = true
    #expect(stage.press("R").sentence?.hasPrefix("this is the past") == true)
  }

  @Test func anotherGroupComesFirst() {
    var stage = stage("Tab")
    #expect(stage.page.subject(stage.context) == .group(topic: "payment", name: "payment"))
    stage.press("Right")
    #expect(stage.page.subject(stage.context) == .group(topic: "payment", name: "audit"))
    #expect(stage.picture().contains("payment: verdict of audit ─"))
    #expect(stage.press("Enter").sentence == "no service is known to read as audit")
    #expect(stage.press("Left Enter").destination == .service("payment"))
    stage.press("Esc j")
    #expect(stage.page.group == nil)
  }

  @Test func aTopicsOwnPage() {
    var stage = stage("Enter")
    #expect(stage.page.isOpened)
    let picture = stage.picture()
    #expect(picture.contains("14:03:08.3 ▲ group payment OK → WARN: lag never fell in 10 samples"))
    #expect(picture.contains("2 h ago: payment-2 joined"))
    #expect(stage.press("Tab Enter").destination == .breakers(selected: "payment-1>payment-gateway"))
    stage.press("Esc")
    #expect(!stage.page.isOpened)
  }

  @Test func aGroupThatHasReadNothingHasNoFigures() {
    let stage = stage("G")
    let picture = stage.picture()
    #expect(picture.contains("? –      audit"))
    #expect(picture.contains("unknown: it has committed nothing"))
  }

  @Test func recordsThatWillGoUnreadAreABadSign() {
    var snapshot = IncidentFixture.snapshot()
    snapshot.topics[8].retention = 40 * IncidentFixture.second
    let stage = PageStage(TopicsPage(), snapshot)
    #expect(stage.picture().contains("unread records are deleted in 14 s"))
  }

  @Test func theChosenTopicStaysWhenTheOrderChanges() {
    var stage = stage("j")
    #expect(stage.page.subject(stage.context) == .topic("inventory"))
    var snapshot = IncidentFixture.snapshot()
    snapshot.topics[6].lag = 9
    stage.show(snapshot)
    #expect(stage.page.subject(stage.context) == .topic("inventory"))
    #expect(stage.barLine?.contains("inventory") == true)
  }

  @Test func theMouse() throws {
    var stage = stage()
    let row = try #require(stage.line(of: "item-cdc"))
    stage.point(.press, column: 20, row: row)
    #expect(stage.page.subject(stage.context) == .topic("item-cdc"))
    stage.point(.press, column: 12, row: 4)
    #expect(stage.page.sort == TopicSort(column: .name, isDescending: false))
    stage.point(.doubleClick, column: 20, row: 5)
    #expect(stage.page.isOpened)
  }
}
