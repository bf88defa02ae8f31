import Drawing
import Operations
import Testing

@testable import Dashboard

struct OverviewTests {
  @Test(arguments: [
    (
      118,
      "✗ F payment-gateway times out  ▸  ○ OPEN payment→payment-gateway  ▸  lag payment 1,204 ↑  ▸  ↺ 119 compensated"
    ),
    (100, "✗ F payment-gateway times out ▸ ○ OPEN ▸ lag payment 1,204 ↑ ▸ ↺ 119 compensated"),
    (80, "✗ F payment-gateway ▸ ○ OPEN ▸ lag payment 1,204 ↑ ▸ ↺ 119 compensated"),
    (72, "✗ F payment-gateway ▸ ○ OPEN ▸ lag payment 1,204 ↑ ▸ ↺ 119"),
    (60, "✗ F payment-gateway ▸ ○ OPEN ▸ lag payment 1,204 ↑"), (40, "✗ F payment-gateway ▸ ○ OPEN"),
  ])
  func theCauseGivesWay(columns: Int, sentence: String) {
    let cockpit = Cockpit(columns: columns, rows: 24)
    #expect(cockpit.lines[2] == " ▌ " + sentence)
    #expect(cockpit.canvas().ground(x: 3, y: 2) == .alarm)
  }

  @Test func aReasonThatBeginsWithTheServiceNamesItOnce() {
    var snapshot = ShopFixture.snapshot
    snapshot.incident = [.service(name: "order", health: .degraded, what: "order answered 503: Too many connections")]
    #expect(Cockpit(snapshot).lines.contains(" ▌ ▲ D order answered 503: Too many connections"))
    snapshot.incident = [.service(name: "order", health: .degraded, what: "order-1 is drained")]
    #expect(Cockpit(snapshot).lines.contains(" ▌ ▲ D order-1 is drained"))
  }

  /// A reason that has no room as a whole says how it begins.
  @Test func aLongReasonHasTheRoomThatIsLeft() {
    var snapshot = ShopFixture.snapshot
    snapshot.incident[0] = .service(
      name: "payment", health: .down, what: "no instance is up, payment-2 answered 503: no worker thread was free")
    #expect(
      Cockpit(snapshot, rows: 24).lines[2].hasPrefix(" ▌ ✗ F payment no instance is up, payment-2 answered 503"))
    #expect(Cockpit(snapshot, rows: 24).lines[2].hasSuffix("… ▸ ○ OPEN ▸ lag payment 1,204 ↑ ▸ ↺ 119 compensated"))
    #expect(
      Cockpit(snapshot, columns: 80, rows: 24).lines[2]
        == " ▌ ✗ F payment ▸ ○ OPEN ▸ lag payment 1,204 ↑ ▸ ↺ 119 compensated")
  }

  /// From the root to what customers have of it; where it is narrow reasons end with a whole word.
  @Test(arguments: [
    (118, "↯ event bus does not answer  ▸  outbox order 1,040  ▸  457 OVERDUE, no ORDER_CREATE was published"),
    (80, "↯ event bus does not answer ▸ outbox order 1,040 ▸ 457 OVERDUE"),
  ])
  func whatWaitsIsInTheCause(columns: Int, sentence: String) {
    var snapshot = ShopFixture.snapshot
    snapshot.incident = [
      .fault(place: "event bus", what: "does not answer"), .outbox(service: "order", events: 1_040),
      .overdue(457, reason: "no ORDER_CREATE was published"),
    ]
    let cockpit = Cockpit(snapshot, columns: columns, rows: 24)
    #expect(cockpit.lines[2] == " ▌ " + sentence)
    #expect(cockpit.canvas().style(x: 3, y: 2).foreground == .fault)
    snapshot.incident = [
      .service(name: "registry", health: .degraded, what: "is in SELF-PRESERVATION"),
      .service(name: "inventory", health: .degraded, what: "inventory-2 crashed"),
    ]
    #expect(
      Cockpit(snapshot, columns: columns, rows: 24).lines[2].replacing("  ▸  ", with: " ▸ ")
        == " ▌ ▲ D registry is in SELF-PRESERVATION ▸ ▲ D inventory-2 crashed")
  }

  @Test(arguments: [118, 80]) func aStormOfRetriesIsInTheCause(columns: Int) {
    var snapshot = ShopFixture.snapshot
    snapshot.incident = [.fault(place: "gateway→order", what: "fails 60 %"), .retries(88.6)]
    #expect(
      Cockpit(snapshot, columns: columns, rows: 24).lines[2] == " ▌ ↯ gateway→order fails 60 %  ▸  89 retries/s")
  }

  /// What the first line counts is in the sentence too.
  @Test func whatRunsLowNeedsSomebody() {
    var snapshot = ShopFixture.quiet
    let shortage = ShortageSnapshot(service: "inventory", sku: "sku-07", pieces: 0, since: 0)
    snapshot.data.shortages = [shortage]
    #expect(Cockpit(snapshot).lines[3].hasSuffix("healthy, 1 product low in stock needs you"))
    snapshot.data.shortages = [shortage, shortage, shortage]
    snapshot.topics[0].deadLetters = 9
    #expect(Cockpit(snapshot).lines[3].hasSuffix("healthy, 9 dead letters and 3 products low in stock need you"))
    #expect(
      Cockpit(snapshot, columns: 80, rows: 24).lines[2]
        == "  ● H all 16 services healthy, 9 dead letters and 3 low in stock need you")
  }

  /// Where there is no room for all, it is said of the first, and that there is more.
  @Test(arguments: [
    (100, "all 16 services healthy, 4 transactions, 9 dead letters and 3 products low in stock need you"),
    (85, "all 16 services healthy, 4 transactions, 9 dead letters and 3 low in stock need you"),
    (76, "all 16 services healthy, 4 transactions, 9 dead letters and more need you"),
    (66, "all 16 services healthy, 4 transactions and more need you"),
    (56, "4 transactions, 9 dead letters and more need you"), (32, "4 transactions and more need you"),
    (31, "all 16 services healthy"),
  ])
  func whatNeedsSomebodyIsSaidShorter(room: Int, sentence: String) {
    var snapshot = ShopFixture.quiet
    let shortage = ShortageSnapshot(service: "inventory", sku: "sku-07", pieces: 0, since: 0)
    snapshot.data.shortages = [shortage, shortage, shortage]
    snapshot.topics[0].deadLetters = 9
    snapshot.attention = [ShopFixture.snapshot.attention[0]]
    snapshot.attention[0].count = 4
    var canvas = Canvas(size: Size(columns: room + 8, rows: 1), isStrict: true)
    CauseLine(snapshot: snapshot).draw(on: &canvas, in: canvas.bounds)
    #expect(canvas.lines[0].hasPrefix("  ● H \(sentence)  "), "\(canvas.lines[0])")
  }

  @Test func thePlatformHasAMarkWhileItIsInTrouble() {
    var snapshot = ShopFixture.quiet
    #expect(snapshot.alarm(of: .platform) == nil)
    snapshot.registry = RegistrySnapshot()
    snapshot.registry?.isSelfPreserving = true
    #expect(snapshot.alarm(of: .platform) == .degraded)
    snapshot.registry = nil
    snapshot.deployments = [DeploymentSnapshot(service: "order", phase: "rolling back")]
    #expect(snapshot.alarm(of: .platform) == .degraded)
    (snapshot.deployments[0].phase, snapshot.deployments[0].ended) = ("rolled back", snapshot.time - 30_000_000_000)
    #expect(snapshot.alarm(of: .platform) == .degraded)
    snapshot.deployments[0].ended = snapshot.time - 90_000_000_000
    #expect(snapshot.alarm(of: .platform) == nil)
  }

  /// What was put aside hurts no service.
  @Test func deadLettersNeedSomebody() {
    var snapshot = ShopFixture.quiet
    snapshot.topics[0].deadLetters = 9
    #expect(Cockpit(snapshot).lines[3] == "  ● H all 16 services healthy, 9 dead letters need you")
    snapshot.attention = [ShopFixture.snapshot.attention[0]]
    snapshot.attention[0].count = 1
    #expect(Cockpit(snapshot).lines[3].hasSuffix("1 transaction and 9 dead letters need you"))
  }

  @Test(arguments: [
    (16, Health.up, 0, "● H all 16 services healthy, nothing needs you"),
    (16, .up, 3, "● H all 16 services healthy, 3 transactions need you"),
    (1, .up, 0, "● H the service is healthy, nothing needs you"),
    (2, .degraded, 0, "▲ D 1 of 2 services degraded, nothing needs you"), (0, .up, 0, "No service yet."),
  ])
  func withoutAnIncident(count: Int, worst: Health, needs: Int, sentence: String) {
    var snapshot = ShopFixture.quiet
    snapshot.services = Array(snapshot.services.prefix(count))
    if count > 0 { snapshot.services[0].health = worst }
    snapshot.attention = Array(ShopFixture.snapshot.attention.prefix(needs))
    for index in snapshot.attention.indices { snapshot.attention[index].count = 1 }
    let cockpit = Cockpit(snapshot)
    #expect(cockpit.lines[3] == "  " + sentence)
    #expect(cockpit.canvas().ground(x: 3, y: 3) == .background)
  }

  @Test func theWideOneIsThis() {
    let lines = Cockpit().lines
    #expect(
      lines[5].hasPrefix("  throughput ─────── 214 tx/s  errors ────────────── 1.9 %  latency ──────── p99 2.07 s"))
    #expect(
      lines[12]
        == "  −54 s       ↯           now  −54 s       ↯           now  −54 s       ↯ p95 p50   now  −54 s       ↯           now"
    )
    #expect(
      lines[14]
        == "  services ━━━━━━━━━━━━━━━━━━━━━━━━ 29/30 up  by severity   breakers not closed ────────────────────────── 11 closed"
    )
    #expect(lines[16].hasPrefix(" ▌✗ F payment-gateway 1/1  0.3/s "))
    #expect(lines[16].hasSuffix("◐ HALF  catalog → recommendation       1/3 trial   1.1 s"))
    #expect(lines[19].hasSuffix("payment            ▁▁▁▁▂▄▅▇█   1,204  ↑ 42/s      ▲ WARN"))
    #expect(lines[24].hasSuffix("■ STUCK       77b0…9e02  4m 12s  ReleaseStock failed 5×"))
    #expect(lines[25].hasSuffix("↺ COMPENSATED 8f3a…21c9  2.07 s  gateway time-out   ×119"))
    #expect(lines[29].hasSuffix("14:03:21.0 ○ payment → payment-gateway  HALF → OPEN"))
  }

  @Test func theSmallOneIsThis() {
    let picture = Cockpit(columns: 80, rows: 24).lines[7...22].joined(separator: "\n")
    let wanted = """
        services  1–5/16 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 29/30 up
       ▌✗ F payment-gateway            1/1  0.3/s ⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶  100 %  2.41 s
        ✗ F payment                    2/2  4.1/s ⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶ 97.6 %  2.03 s
        ▲ D gateway                    3/3  214/s ⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶  1.9 %  2.07 s
        ▲ D recommendation             1/2   71/s ⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶  1.2 %   148 ms
        ● H catalog                    2/2   88/s ⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶⣶⣷⣶⣾⣶  0.1 %    61 ms

        breakers ────────────────── 11 closed  topics by lag  1–2/3 ────────────────
        ○ OPEN  payment→pay…nt-gateway  3.8 s  payment    ▁▁▁▂▄▅▇█   1,204    ▲ WARN
        ◐ HALF  catalog→recommendation    1/3  inventory  ▁▁▁▁▁▁▁▁       5      ● OK

        need you ───────────────────────────────────────────────────────────────── 3
        ■ STUCK       77b0…9e02  4m 12s  ReleaseStock failed 5×
        ↺ COMPENSATED 8f3a…21c9  2.07 s  gateway time-out                       ×119
        ▸ OVERDUE     c41d…0b7f  26.1 s  waits for payment                    ×1,204
        14:03:21.0 ○ payment → payment-gateway  HALF → OPEN  3 of 3 trial calls fai…
      """
    #expect(picture == wanted)
  }

  /// Keys, and what is under the cursor then.
  @Test(arguments: [
    ("", "payment-gateway"), ("Down", "payment"), ("Down Down Up", "payment"), ("G", "shipping"),
    ("G g", "payment-gateway"),
    ("j j j", "recommendation"), ("Up", "payment-gateway"), ("Tab", "payment → payment-gateway"),
    ("Tab Down", "catalog → recommendation"), ("Tab Tab", "payment"), ("Tab Tab Tab", "77b0…9e02"),
    ("Tab Tab Tab Tab", "payment → payment-gateway"), ("Tab Tab Tab Tab Tab", "payment-gateway"),
    ("BackTab End", "payment-gateway"), ("Down Tab BackTab", "payment"), ("/ text:inv Enter", "inventory"),
    ("/ text:inv Enter Esc", "payment-gateway"), ("/ text:inv Esc", "payment-gateway"),
  ])
  func theCursor(keys: String, name: String) {
    var cockpit = Cockpit()
    cockpit.press(keys)
    #expect(cockpit.model.pages.overview.breadcrumb(cockpit.model.context).last == name)
  }

  @Test func theCursorStaysOnItsService() {
    var cockpit = Cockpit()
    cockpit.press("Down Down Down Down Down Down Down")
    let name = cockpit.model.pages.overview.breadcrumb(cockpit.model.context).last
    #expect(name == "inventory")
    cockpit.send(.snapshot(ShopFixture.quiet))
    #expect(cockpit.model.pages.overview.breadcrumb(cockpit.model.context).last == "inventory")
    var gone = ShopFixture.quiet
    gone.services.removeAll { $0.name == "inventory" }
    cockpit.send(.snapshot(gone))
    #expect(cockpit.model.pages.overview.breadcrumb(cockpit.model.context).last != "inventory")
    cockpit.send(.snapshot(SystemSnapshot(system: gone.system, time: 0)))
    #expect(cockpit.model.pages.overview.breadcrumb(cockpit.model.context) == ["overview"])
    #expect(cockpit.canvas().violations == [])
  }

  @Test func theMouse() {
    var cockpit = Cockpit()
    cockpit.send(.mouse(MouseEvent(.press, column: 70, row: 16)))
    #expect(cockpit.model.pages.overview.focus == .breakers)
    #expect(cockpit.model.pages.overview.breadcrumb(cockpit.model.context).last == "catalog → recommendation")
    cockpit.send(.mouse(MouseEvent(.wheelDown, column: 10, row: 20)))
    cockpit.send(.mouse(MouseEvent(.doubleClick, column: 10, row: 18)))
    #expect(cockpit.model.history.current == .service("gateway"))
  }

  @Test func aFilterIsTypedInTheLastLine() {
    var cockpit = Cockpit()
    cockpit.press("/")
    #expect(cockpit.lastLine.hasSuffix("part of a name"))
    cockpit.press("text:zzz")
    #expect(cockpit.lastLine.hasPrefix(" / zzz"))
    #expect(cockpit.text.contains("Nothing matches the filter.  Esc clears"))
    cockpit.press("Enter")
    #expect(cockpit.model.filterLine == nil)
    #expect(cockpit.model.pages.overview.filter == "zzz")
    cockpit.press("/ Up")
    #expect(cockpit.model.filterLine?.editor.text == "zzz")
    cockpit.press("Esc")
    #expect(cockpit.model.pages.overview.filter == "")
  }
}
