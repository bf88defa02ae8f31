import Drawing
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

  /// The newest second that is shown is then not of now.
  @Test func recordsInAndOutOfThePastDoNotEndNow() {
    var stage = stage()
    let isNow = { (line: Substring) in line.contains("−") && line.contains(" now") }
    #expect(stage.picture().split(separator: "\n").contains(where: isNow), "\(stage.picture())")
    stage.context.isFrozen = true
    #expect(!stage.picture().split(separator: "\n").contains(where: isNow))
  }

  @Test func thePastIsNotMoved() {
    var stage = stage()
    stage.context.isFrozen = true
    #expect(stage.press("R").sentence == stage.context.refusalOfDeeds)
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

  /// A name that is a topic's as well as a group's leads to the topic that the group reads.
  @Test func whatHappenedToAGroupNamesItAndLeadsToItsTopic() {
    var stage = stage("Enter")
    stage.context.snapshot.events = [
      OperationalEvent(
        time: IncidentFixture.at(14, 3, 9), kind: .lag, severity: .bad, subject: "audit/payment",
        change: "lag OK → STOP"),
      OperationalEvent(
        time: IncidentFixture.at(14, 3, 8), kind: .lag, severity: .bad, subject: "payment/orders",
        change: "lag OK → WARN"),
      OperationalEvent(
        time: IncidentFixture.at(14, 3, 7), kind: .rebalance, severity: .info, subject: "payment/orders",
        change: "generation 15"),
    ]
    let picture = stage.picture()
    #expect(picture.contains("group audit lag OK → STOP") && picture.contains("group payment generation 15"))
    #expect(!picture.contains("OK → WARN"), "it is about another topic")
    var topics = stage.context.snapshot.topics
    for index in topics.indices { topics[index].groups.removeAll { $0.name == "payment" } }
    let orders = topics.firstIndex { $0.name == "orders" }
    if let orders { topics[orders].groups.append(GroupSnapshot(name: "payment")) }
    stage.context.snapshot.topics = topics
    #expect(stage.context.snapshot.place(of: "payment/orders") == .topics(selected: "orders"))
    #expect(stage.context.snapshot.place(of: "orders/payment") == .topics(selected: "orders"))
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
    // Where clean-up waits for readers nothing unread goes.
    snapshot.topics[8].retentionWaits = true
    let picture = PageStage(TopicsPage(), snapshot).picture()
    #expect(!picture.contains("deleted in") && picture.contains("or until it is read"))
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

  /// Lags that go up and down by themselves swap no rows, and a key acts on the row that was shown.
  @Test func noiseMovesNothing() {
    var stage = stage()
    let names = stage.page.rows(stage.context).map(\.name)
    for round in 0..<20 {
      var snapshot = IncidentFixture.snapshot()
      for index in snapshot.topics.indices where snapshot.topics[index].verdict == .ok {
        snapshot.topics[index].lag = Int64((index * 7 + round * 5) % 13)
      }
      stage.show(snapshot)
      #expect(stage.page.rows(stage.context).map(\.name) == names, "\(round)")
    }
  }

  @Test func theUntouchedCursorStaysOnItsTopic() {
    var stage = stage()
    #expect(stage.page.subject(stage.context) == .topic("payment"))
    var snapshot = IncidentFixture.snapshot()
    for index in snapshot.topics.indices where snapshot.topics[index].name == "orders" {
      (snapshot.topics[index].lag, snapshot.topics[index].verdict) = (9_000, .stop)
      snapshot.topics[index].groups[0].verdict = .stop
    }
    stage.show(snapshot)
    #expect(stage.page.rows(stage.context).first?.name == "orders")
    #expect(stage.page.subject(stage.context) == .topic("payment"))
    #expect(stage.barLine?.contains("payment") == true)
    let move = (stage.press("R") ?? []).compactMap { if case .effect(.preview(let move)) = $0 { move } else { nil } }
    #expect(move.map(\.topic) == ["payment"] && move.map(\.group) == ["payment"])
    #expect(stage.press("D").destination == .records(RecordFilter(topic: "payment.DLT")))
    #expect(stage.press("t").destination == .records(RecordFilter(topic: "payment")))
    // Whoever comes anew has chosen payment by then.
    _ = stage.go(to: .topics(selected: nil))
    #expect(stage.page.subject(stage.context) == .topic("payment"))
  }

  @Test func whoComesAnewAndHasChosenNothingFindsTheWorst() {
    var stage = stage()
    var snapshot = IncidentFixture.snapshot()
    for index in snapshot.topics.indices where snapshot.topics[index].name == "orders" {
      snapshot.topics[index].lag = 9_000
    }
    stage.show(snapshot)
    _ = stage.go(to: .topics(selected: nil))
    #expect(stage.page.subject(stage.context) == .topic("orders"))
  }

  @Test func aTopicThatIsClearlyWorseMovesUp() {
    var stage = stage()
    var snapshot = IncidentFixture.snapshot()
    for index in snapshot.topics.indices where snapshot.topics[index].name == "item-cdc" {
      snapshot.topics[index].lag = 200
    }
    stage.show(snapshot)
    #expect(stage.page.rows(stage.context).prefix(3).map(\.name) == ["payment", "item-cdc", "inventory"])
  }

  @Test func aMoveOfOffsetsIsPartOfWhatHappened() {
    var snapshot = IncidentFixture.snapshot()
    snapshot.events.insert(
      OperationalEvent(
        time: IncidentFixture.now, kind: .command, severity: .info, subject: "payment/payment",
        change: "offsets of payment moved to earliest by hand", reason: "3,038 records again, 0 never read"), at: 0)
    let picture = PageStage(TopicsPage(), snapshot).picture()
    #expect(
      picture.contains(
        "group payment offsets of payment moved to earliest by hand: 3,038 records again, 0 never read"), "\(picture)")
  }

  @Test func whyExplainsTheVerdictThatIsThere() {
    var snapshot = IncidentFixture.snapshot()
    let index = snapshot.topics.firstIndex { $0.name == "payment" } ?? 0
    snapshot.topics[index].groups[0].verdict = .rewind
    snapshot.topics[index].groups[0].members = ["payment-1"]
    snapshot.events.insert(
      OperationalEvent(
        time: IncidentFixture.now, kind: .command, severity: .info, subject: "payment/payment",
        change: "offsets of payment moved to earliest by hand", reason: "3,038 records again, 0 never read"), at: 0)
    let stage = PageStage(TopicsPage(), snapshot)
    let why = Why(.topic("payment"), stage.context)
    #expect(why?.rule.hasPrefix("REWIND: its offsets went back") == true)
    let facts = (why?.facts ?? []).map { $0.map(\.text).joined() }
    #expect(facts.contains { $0.hasSuffix("moved to earliest by hand: 3,038 records again, 0 never read") }, "\(facts)")
    // The panel and `w` say the same.
    #expect(
      facts.contains("group  Stable, 1 member") && facts.contains("reads  4.1/s, 4 partitions at about 1.0/s each"))
  }

  @Test func aLagOfOneIsNoneAndGrowsNowhere() {
    var snapshot = IncidentFixture.snapshot()
    for index in snapshot.topics.indices where snapshot.topics[index].name == "order" {
      snapshot.topics[index].groups[0].lag = 1
      snapshot.topics[index].groups[0].trend = .growing(0.7)
      snapshot.topics[index].groups[0].hottestPartition = 0
      snapshot.topics[index].groups[0].partitions[0].lag = 1
    }
    var stage = PageStage(TopicsPage(), snapshot)
    _ = stage.go(to: .topics(selected: "order"))
    let picture = stage.picture()
    #expect(!picture.contains("hottest") && !picture.contains("grows") && picture.contains("steady"))
    #expect(picture.contains("empty in   now: it is on its way"), "\(picture)")
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

  /// Nothing is said to be fine of a bus that nobody can ask.
  @Test(arguments: [(118, 36), (80, 24)]) func aBusThatDoesNotAnswer(columns: Int, rows: Int) {
    var snapshot = IncidentFixture.snapshot()
    #expect(!snapshot.isBusDown)
    snapshot.topics = snapshot.topics.map(IncidentFixture.unanswered)
    var stage = PageStage(TopicsPage(), snapshot, columns: columns, rows: rows)
    let picture = stage.picture()
    #expect(picture.contains("9 topics  10 groups  the bus does not answer"), "\(picture)")
    #expect(picture.contains("why        the bus does not answer"), "\(picture)")
    #expect(picture.contains("──── ✗ DOWN"), "\(picture)")
    #expect(picture.split(separator: "\n").count { $0.dropFirst(2).hasPrefix("✗ DOWN   ") } >= 7, "\(picture)")
    for word in ["OK", "everything", "lag 0", "behind  26", "steady", "stable"] {
      #expect(!picture.contains(word), "\(word)\n\(picture)")
    }
    _ = stage.page.narrow(to: "down", stage.context)
    #expect(stage.page.rows(stage.context).count == 9)
  }

  @Test func theTabHasAMarkWhileTheBusIsDown() {
    var snapshot = ShopFixture.quiet
    #expect(snapshot.alarm(of: .topics) == nil)
    snapshot.topics = snapshot.topics.map(IncidentFixture.unanswered)
    snapshot.traffic.lag = nil
    #expect(snapshot.alarm(of: .topics) == .failing)
    var cockpit = Cockpit(snapshot)
    #expect(cockpit.statusLine.contains("lag –") && cockpit.lines[1].contains("Topics•"), "\(cockpit.text)")
    cockpit.press("4 w")
    for words in ["DOWN: the bus refuses all writers and readers.", "the bus does not answer"] {
      #expect(cockpit.lines.contains { $0.contains("│ ") && $0.contains(words) }, "\(cockpit.text)")
    }
    #expect(!cockpit.text.contains("everything is read"))
  }
}
