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

  @Test func whatIsOnItsWayLeadsToItsService() {
    var stage = stage("Tab")
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
