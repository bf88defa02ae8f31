import Drawing
import Operations
import Testing

@testable import Dashboard

/// Page 8 by its keys.
@Suite struct DataPageTests {
  private func stage(_ keys: String = "") -> PageStage<DataPage> {
    var stage = PageStage(DataPage())
    stage.press(keys)
    return stage
  }

  private func order() -> PageStage<DataPage> {
    var stage = stage()
    _ = stage.go(to: .order("1204"))
    (stage.context.orderKey, stage.context.order) = ("1204", .found(IncidentFixture.order()))
    _ = stage.page.refresh(stage.context)
    return stage
  }

  @Test func enterOpensAStore() {
    var stage = stage()
    #expect(stage.press("j j Enter").destination == .store("customer"))
    _ = stage.go(to: .store("customer"))
    #expect(stage.picture().contains("reading…"))
    stage.context.store = IncidentFixture.storeDetail()
    _ = stage.page.refresh(stage.context)
    let picture = stage.picture()
    #expect(picture.contains("reservation") && picture.contains("CreditReserved") && picture.contains("41.0 s"))
    #expect(stage.press("Enter").destination == .transaction(IncidentFixture.timeOut, span: nil))
    #expect(stage.press("t").destination == .records(RecordFilter(topic: "credit")))
    #expect(stage.press("Esc").leadsBack)
  }

  @Test func whoKeepsNothingIsSaid() {
    var stage = stage()
    let actions: [Action]? = stage.go(to: .store("payment"))
    #expect(actions.sentence == "payment keeps no database")
  }

  @Test func anOrderIsAskedFor() {
    var cockpit = Cockpit(IncidentFixture.snapshot())
    cockpit.press("8 o text:1204 Enter")
    #expect(cockpit.effects.contains { if case .findOrder("1204") = $0 { true } else { false } })
    cockpit.send(.order("1204", .unknown("no order 1204 is known")))
    #expect(cockpit.text.contains("no order 1204 is known"))
    cockpit.send(.order("1204", .found(IncidentFixture.order())))
    #expect(cockpit.text.contains("✗ 3 differences"))
    #expect(cockpit.lastLine.contains("order 1204"))
    cockpit.press("Esc")
    #expect(cockpit.text.contains("what services keep"))
  }

  @Test func differencesAreMarked() {
    var stage = order()
    let picture = stage.picture()
    #expect(picture.contains("✗ 3") && picture.contains("✗ RESERVED") && picture.contains("✗ yes"))
    #expect(
      stage.press("Enter").destination
        == .transaction(IncidentFixture.stuckSaga, span: IncidentFixture.order().events[0].span))
    #expect(stage.page.subject(stage.context) == .transaction(IncidentFixture.stuckSaga))
  }

  /// A server that it shares refuses it connections: nothing in its own pool is in use, and that is no good sign.
  @Test func aStoreThatIsRefusedConnectionsIsNotWell() throws {
    var snapshot = IncidentFixture.snapshot()
    let order = try #require(snapshot.service("order"))
    #expect(!PageStage(DataPage(), snapshot).picture().contains("refused"))
    snapshot.databaseServers = [
      SharedDatabaseSnapshot(
        name: "shared-db", open: 20, maximum: 20, refused: 38,
        pools: order.instances.map { .init(name: $0.name, size: 10, inUse: 0, idle: 0, refused: 19, refusalRate: 14) })
    ]
    let stage = PageStage(DataPage(), snapshot)
    #expect(stage.picture().contains("refused  28/s by database server shared-db, 20/20 open"), "\(stage.picture())")
    let row = stage.picture().split(separator: "\n").first { $0.contains("▌") } ?? ""
    #expect(row.contains("▌▲ order") && row.contains("refused 28/s"), "\(row)")
    #expect(snapshot.alarm(of: .data) == .degraded)
  }

  private func storedOrder() -> PageStage<DataPage> {
    var stage = stage()
    _ = stage.go(to: .order("1204"))
    (stage.context.orderKey, stage.context.order) = ("1204", .found(IncidentFixture.storedOrder()))
    _ = stage.page.refresh(stage.context)
    return stage
  }

  /// The order stands as it was at the moment that is shown.
  @Test func aStoredOrderIsShownAsOfAMoment() {
    var stage = storedOrder()
    let steps = IncidentFixture.storedOrder().history ?? []
    #expect(stage.picture().contains("now  SHIPPED"))
    #expect(stage.press("j j Enter").destination == .transaction(IncidentFixture.stuckSaga, span: steps[2].span))
    #expect(stage.press("t").sentence == "nothing here is on a topic")
    var travelled: Int64?
    for case .travel(let time) in stage.press("a") ?? [] { travelled = time }
    #expect(travelled == steps[2].time)
    // Another event of the same moment is still to come.
    (stage.context.isFrozen, stage.context.moment) = (true, travelled)
    #expect(stage.picture().contains("as of 13:57:57.061  APPROVED"))
    // The same again leaves it, and the moment with it.
    var leaving = stage
    let left = leaving.press("a") ?? []
    #expect(left.count == 1 && left.contains { if case .goLive = $0 { true } else { false } })
    for (moment, words) in [
      (steps[0].time - 1, "as of 13:57:56.999  not created yet"),
      (steps[1].time, "as of 13:57:57.000  PENDING, waits for orchestrator"),
      (steps[2].time - 1, "as of 13:57:57.060  PENDING, waits for orchestrator"),
      (steps[3].time + 1_000_000, "as of 13:57:57.062  SHIPPED"),
    ] {
      stage.context.moment = moment
      #expect(stage.picture().contains(words), "\(words)")
    }
  }

  /// Of what was before the first state only the order is known: all else stays as it is.
  @Test func anOrderIsShownAsOfAMomentOfWhichNoStateIsKept() {
    var stage = storedOrder()
    stage.context.timeline.add(stage.context.snapshot)
    let wanted = "only the order is shown as of then: states are kept since 14:03:27"
    #expect(stage.press("j j a").sentence == wanted)
    #expect(stage.picture().contains("as of 13:57:57.061  APPROVED"))
    #expect(stage.press("g a").sentence == wanted)
    #expect(stage.picture().contains("as of 13:57:57.000  PENDING, waits for orchestrator"))
    #expect(stage.press("a")?.isEmpty == true)
    #expect(stage.picture().contains("now  SHIPPED"))
  }

  @Test func aMomentIsTyped() throws {
    let snapshot = IncidentFixture.snapshot()
    var cockpit = Cockpit(snapshot)
    cockpit.press(":")
    cockpit.send(.paste("at 13:57:57.061"))
    cockpit.press("Enter")
    let wanted = try #require(IncidentFixture.storedOrder().history?.last?.time)
    #expect(cockpit.effects.contains { if case .loadSnapshot(at: wanted) = $0 { true } else { false } })
    #expect(cockpit.model.context.moment == wanted && cockpit.model.isFrozen)
    let reader = PaletteReader(context: cockpit.model.context, themes: [])
    // What is later than now was yesterday.
    let midnight = try reader.moment("00:00:00")
    #expect(try reader.moment("23:59:59.999999999") == midnight - 1)
    #expect(try reader.moment("13:57:57.061000") == wanted)
    for wrong in [
      "", "12", "12:00", "24:00:00", "12:60:00", "12:00:60", "12:00:00.", "1:2:3:4", "-1:00:00", "12:00:0x",
    ] {
      #expect(throws: PaletteProblem.self, "\(wrong)") { try reader.moment(wrong) }
    }
  }

  @Test func anOutboxThatIsNotEmptiedIsAnAlarm() {
    var snapshot = IncidentFixture.snapshot()
    #expect(snapshot.alarm(of: .data) == .degraded)
    snapshot.data.stores[0].deadLetters = 0
    #expect(snapshot.alarm(of: .data) == nil)
    guard let place = snapshot.services.firstIndex(where: { $0.name == "customer" }) else { return }
    (snapshot.services[place].outboxDepth, snapshot.services[place].outboxAge) = (3, 2 * IncidentFixture.second)
    #expect(snapshot.alarm(of: .data) == .degraded)
    snapshot.services[place].outboxAge = 12 * IncidentFixture.second
    #expect(snapshot.alarm(of: .data) == .failing)
  }

  @Test(arguments: [
    (ViewSnapshot.Form.overBus, "view score, 40 documents"),
    (.singleDatabase, "view score, 40 rows, in one transaction with review's rows"),
    (.ofEvents, "view score, 40 rows, in one transaction with review's events"),
  ])
  func aViewTellsHowItIsKeptInStep(form: ViewSnapshot.Form, text: String) throws {
    let page = stage()
    var context = page.context
    var view = ViewSnapshot(name: "score", service: "review", form: form)
    (view.documents, view.behind) = (40, 0)
    context.snapshot.data.views = [view]
    let flow = try #require(DataFlow.all(context).first { $0.key == "view score" })
    #expect(flow.what.map(\.text).joined() == text && flow.service == "review")
    let why = try #require(Why(view: "score", context))
    #expect(why.rule.contains("same transaction") == (form == .singleDatabase))
  }

  /// The names stay whole, where fewer words make room for them.
  @Test func aMinedLogIsToldInFewerWordsWhereThereIsLittleRoom() throws {
    let page = stage()
    let flow = try #require(DataFlow.all(page.context).first { $0.key.hasPrefix("capture") })
    func text(_ width: Int) -> String { flow.entry(width: width).lines[0].left.map(\.text).joined() }
    #expect(text(200).contains(" mined by ") && text(200).contains(flow.service))
    #expect(flow.brief.map { $0.cellWidth < flow.what.cellWidth } == true)
    let room = (flow.brief?.cellWidth ?? 0) + 4 + (flow.figures.first?.cellWidth ?? 0)
    #expect(!text(room).contains("mined") && text(room).contains(" by \(flow.service) → "))
  }

  @Test func whatIsOnItsWayLeadsToItsService() {
    var stage = stage("Tab")
    #expect(stage.press("Enter").destination == .service("cart"))
    stage.press("Tab")
    #expect(stage.press("Enter").destination == .service("aggregate"))
    #expect(stage.press("j Enter").destination == .service("order"))
    #expect(stage.press("j Enter").destination == .service("search"))
    #expect(stage.press("Esc") != nil && stage.page.focus == .stores)
  }

  @Test func thePaletteOpensStoresAndOrders() {
    var cockpit = Cockpit(IncidentFixture.snapshot())
    cockpit.press(":")
    cockpit.send(.paste("data customer"))
    cockpit.press("Enter")
    #expect(cockpit.effects.contains { if case .loadStore("customer") = $0 { true } else { false } })
    cockpit.press(":")
    cockpit.send(.paste("data 77b0"))
    cockpit.press("Enter")
    #expect(cockpit.effects.contains { if case .findOrder("77b0") = $0 { true } else { false } })
  }
}
