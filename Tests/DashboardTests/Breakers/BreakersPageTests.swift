import Operations
import Testing

@testable import Dashboard

/// Page 3 by its keys and its mouse.
@Suite struct BreakersPageTests {
  private static let open = "payment-1>payment-gateway"

  private func stage(_ keys: String = "") -> PageStage<BreakersPage> {
    var stage = PageStage(BreakersPage())
    stage.press(keys)
    return stage
  }

  @Test(arguments: [
    ("o", Command.forceBreaker(id: open, to: .forcedOpen)), ("c", .forceBreaker(id: open, to: .closed)),
    ("d", .forceBreaker(id: open, to: .disabled)), ("m", .forceBreaker(id: open, to: .metricsOnly)),
    ("r", .resetBreaker(id: open)), ("j c", .forceBreaker(id: "catalog-1>recommendation", to: .closed)),
    ("Enter o", .forceBreaker(id: open, to: .forcedOpen)), ("Tab r", .resetBreaker(id: open)),
  ])
  func aKeyCommandsTheBreaker(keys: String, command: Command) {
    var stage = stage()
    #expect(stage.press(keys).command == command)
  }

  @Test func whatCannotBeCommandedSaysWhy() {
    var stage = stage("j j")
    #expect(stage.press("c").sentence == "gateway-1 → catalog is CLOSED already")
    #expect(stage.press("BackTab c").sentence == "this is not about a breaker; Tab goes back to them")
    stage.press("Tab")
    stage.context.isFrozen = true
    #expect(stage.press("o").command == nil && stage.press("o").sentence == stage.context.refusalOfDeeds)
  }

  @Test func enterOpensTheCallsTransaction() {
    var stage = stage()
    let first = IncidentFixture.id("8f3a00000000000000000000000021c9")
    #expect(stage.press("Tab Enter").destination == .transaction(first, span: nil))
    #expect(stage.page.subject(stage.context) == .transaction(first))
    let second = IncidentFixture.id("02be00000000000000000000000021c9")
    #expect(stage.press("j Enter").destination == .transaction(second, span: nil))
  }

  @Test func aBreakersOwnPageListsEveryCallNewestFirst() {
    let stage = stage("Enter")
    let detail = stage.page.detail(stage.context)
    #expect(detail?.calls == IncidentFixture.trippingCalls.reversed())
    #expect(stage.picture().contains("slow calls ≥100 %"))
    var back = stage
    back.press("Esc")
    #expect(!back.page.isOpened)
    #expect(back.press("Esc") == nil)
  }

  /// The name by which an application.yml has it stands beside the edge, and is found.
  @Test func aBreakerSaysHowItIsConfigured() {
    var stage = stage()
    var snapshot = stage.context.snapshot
    for index in snapshot.breakers.indices where snapshot.breakers[index].id == Self.open {
      snapshot.breakers[index].configuredAs = "paymentGatewayService"
    }
    #expect(!stage.picture().contains("paymentGatewayService"))
    stage.show(snapshot)
    #expect(stage.picture().contains("payment-1 → payment-gateway  paymentGatewayService"))
    _ = stage.page.narrow(to: "gatewayservice", stage.context)
    #expect(stage.page.rows(stage.context).map(\.id) == [Self.open])
  }

  @Test func tabGoesToTheOtherGuards() {
    var stage = stage("BackTab")
    let picture = stage.picture()
    #expect(picture.contains("other guards by edge"))
    #expect(picture.contains("payment → payment-gateway     3×    1,822      574    1.00 s      118      2/25"))
    #expect(stage.press("Enter").destination == .service("payment"))
    stage.press("Tab")
    #expect(stage.page.focus == .breakers)
  }

  @Test(arguments: [
    ("", "payment-1>payment-gateway"), ("S", "gateway-1>catalog"), ("s", "catalog-1>item"),
    ("s s", "payment-1>payment-gateway"), ("s s S", "search-1>member"),
  ])
  func sortingPutsAnotherBreakerFirst(keys: String, id: String) {
    let stage = stage(keys)
    #expect(stage.page.rows(stage.context).first?.id == id)
  }

  @Test func theFilterNarrows() {
    var stage = stage()
    _ = stage.page.narrow(to: "gateway order", stage.context)
    #expect(stage.page.rows(stage.context).map(\.callee) == ["order", "order-history"])
    _ = stage.page.narrow(to: "nobody", stage.context)
    #expect(stage.picture().contains("No breaker matches nobody.  Esc clears"))
  }

  @Test func aRateNotYetKnownIsCounted() {
    let stage = stage()
    let picture = stage.picture()
    #expect(picture.contains("1/3 calls      –    1/3        88"))
    #expect(picture.contains("4/10 calls      –   4/10"))
  }

  @Test func aStuckBreakerIsMarked() {
    var snapshot = IncidentFixture.snapshot()
    snapshot.breakers[11].isStuck = true
    var stage = PageStage(BreakersPage(), snapshot)
    #expect(stage.page.rows(stage.context).first?.id == "catalog-1>recommendation")
    stage.press("g")
    #expect(stage.picture().contains("◐ STUCK   catalog-1 → recommendation"))
    #expect(stage.picture().contains("waits    no result comes; r resets it"))
  }

  @Test func aTrialThatGoesOnTellsHowFarItIs() {
    let stage = stage("j")
    #expect(stage.picture().contains("the trial       1 of 3    ✓  ·  ·"))
  }

  /// Such a window keeps no calls: there are sums alone.
  @Test(arguments: [(118, 36), (80, 24)]) func aWindowOfSecondsIsCounted(columns: Int, rows: Int) throws {
    var snapshot = IncidentFixture.snapshot()
    let index = try #require(snapshot.breakers.firstIndex { $0.id == "gateway-1>catalog" })
    snapshot.breakers[index].window = []
    (snapshot.breakers[index].settings.isTimeBased, snapshot.breakers[index].settings.windowSize) = (true, 20)
    (snapshot.breakers[index].buffered, snapshot.breakers[index].failed, snapshot.breakers[index].slow) = (12, 3, 1)
    var stage = PageStage(BreakersPage(), snapshot, columns: columns, rows: rows)
    _ = stage.go(to: .breakers(selected: "gateway-1>catalog"))
    let picture = stage.picture()
    #expect(picture.contains("last 20 s       3 failed  1 slow of 12 calls"), "\(picture)")
    #expect(picture.contains("counted by the second: none is kept") && !picture.contains("0 of 0"), "\(picture)")
  }

  @Test func aTrialThatIsDueSaysSo() {
    var snapshot = IncidentFixture.snapshot()
    snapshot.breakers[12].trialFrom = snapshot.time
    let stage = PageStage(BreakersPage(), snapshot)
    #expect(stage.picture().contains("the next call is the trial"))
  }

  @Test func aDestinationPutsTheCursorThere() {
    var stage = stage()
    _ = stage.page.narrow(to: "payment", stage.context)
    #expect(stage.go(to: .breakers(selected: "order-1>customer")).isEmpty)
    #expect(stage.page.subject(stage.context) == .breaker("order-1>customer"))
    #expect(!stage.go(to: .breakers(selected: "nobody>nothing")).isEmpty)
  }

  @Test(arguments: ["", "j"]) func theCursorStaysOnABreakerThatCloses(keys: String) throws {
    var stage = stage(keys)
    let subject = try #require(stage.page.breaker(stage.context)?.id)
    var snapshot = stage.context.snapshot
    let index = try #require(snapshot.breakers.firstIndex { $0.id == subject })
    snapshot.breakers[index].state = .closed
    stage.show(snapshot)
    #expect(stage.page.breaker(stage.context)?.id == subject)
    #expect(stage.page.rows(stage.context).first?.id != subject)
    _ = stage.go(to: .breakers(selected: nil))
    let first = stage.page.rows(stage.context).first?.id
    #expect(stage.page.breaker(stage.context)?.id == (keys.isEmpty ? first : subject))
  }

  @Test func theMouse() throws {
    var stage = stage()
    let row = try #require(stage.line(of: "gateway-1 → cart"))
    stage.point(.press, column: 20, row: row)
    #expect(stage.page.subject(stage.context) == .breaker("gateway-1>cart"))
    stage.point(.doubleClick, column: 20, row: row)
    #expect(stage.page.isOpened)
    stage.press("Esc g")
    let call = try #require(stage.line(of: "02be…21c9"))
    let id = IncidentFixture.id("02be00000000000000000000000021c9")
    #expect(stage.point(.doubleClick, column: 22, row: call).destination == .transaction(id, span: nil))
    stage.point(.press, column: 20, row: 4)
    #expect(stage.page.sort.column == .label)
  }
}
