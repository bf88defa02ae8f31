import Drawing
import Operations
import Testing
import TraceCollector
import TraceModel
import Widgets

@testable import Dashboard

/// Page 2 by its keys and its mouse.
@Suite struct ServicesPageTests {
  private func stage(_ keys: String = "") -> PageStage<ServicesPage> {
    var stage = PageStage(ServicesPage())
    stage.press(keys)
    return stage
  }

  @Test(arguments: [
    ("", "payment-gateway"), ("j", "payment"), ("j j k", "payment"), ("G", "shipping"), ("G g", "payment-gateway"),
    ("PgDn", "shipping"), ("End k", "aggregate"),
  ])
  func theCursorMoves(keys: String, service: String) {
    let stage = stage(keys)
    #expect(stage.page.breadcrumb(stage.context) == ["services", service])
    #expect(stage.barLine?.contains(service) == true)
  }

  @Test(arguments: [
    ("s", "aggregate"), ("s S", "shipping"), ("s s", "gateway"), ("s s S", "shipping"), ("s s s", "payment-gateway"),
  ])
  func sortingPutsAnotherServiceFirst(keys: String, service: String) {
    let stage = stage(keys)
    #expect(stage.page.rows(stage.context).first?.name == service)
  }

  /// What is set is the pool of an instance; what is shown are all of them together.
  @Test(arguments: [([10, 10], "2 × 10"), ([10, 20], "10 + 20"), ([10], nil), ([], nil)])
  func aPoolIsMadeUpOfThoseOfItsInstances(sizes: [Int], words: String?) {
    var service = ServiceSnapshot(name: "order")
    service.connections = PoolUse(used: 0, size: sizes.reduce(0, +), waiting: 0)
    service.instances = sizes.enumerated().map { number, size in
      var instance = InstanceSnapshot(name: "order-\(number + 1)", port: 1)
      instance.connections = PoolUse(used: 0, size: size, waiting: 0)
      return instance
    }
    #expect(service.poolShares == words)
    var snapshot = IncidentFixture.empty()
    snapshot.services = [service]
    var stage = PageStage(ServicesPage(), snapshot)
    _ = stage.go(to: .service("order"))
    #expect(stage.picture().contains("database pool 0/\(sizes.reduce(0, +))\(words.map { " = \($0)" } ?? "")"))
  }

  /// A company outside has no figures over the time that the title names.
  @Test func aRowWithFiguresOverAnotherTimeSaysSo() throws {
    var snapshot = IncidentFixture.snapshot()
    func picture() -> String { PageStage(ServicesPage(), snapshot).picture() }
    #expect(picture().contains("✗ F payment-gateway  1/1    0.3"))
    snapshot.window = .quarterHour
    for index in snapshot.services.indices where !snapshot.services[index].isOutside {
      snapshot.services[index].windowed = RedFigures(
        window: .quarterHour, calls: 6_300, errors: 0, rate: 7, p50: 1_000_000, p95: 2_000_000, p99: 3_000_000,
        totalCalls: 6_300, totalErrors: 0)
    }
    #expect(picture().contains("services  last 15 min"))
    #expect(picture().contains("✗ F payment-gateway 10 s  1/1    0.3"), "\(picture())")
    #expect(picture().contains("✗ F payment               2/2    7.0"), "\(picture())")
    let stage = PageStage(ServicesPage(), snapshot)
    func ink(of name: String) throws -> Ink? {
      let service = try #require(snapshot.service(name))
      var row = ServiceRow(service: service, context: stage.context)
      row.window = snapshot.window
      guard case .figure(_, let ink, bold: _) = row.cell(.rate) else { return nil }
      return ink
    }
    let (outside, own) = (try ink(of: "payment-gateway"), try ink(of: "payment"))
    #expect(outside == .faint && own == .text)
  }

  @Test func sortingKeepsTheCursorOnItsService() {
    var stage = stage("j")
    stage.press("s")
    #expect(stage.page.breadcrumb(stage.context) == ["services", "payment"])
  }

  @Test func theFilterNarrowsAndEscapeClears() {
    var stage = stage()
    #expect(stage.page.narrow(to: "pay FAILING", stage.context) == nil)
    #expect(stage.page.rows(stage.context).map(\.name) == ["payment-gateway", "payment"])
    _ = stage.page.narrow(to: "nobody", stage.context)
    #expect(stage.picture().contains("No service matches nobody.  Esc clears"))
    stage.press("Esc")
    #expect(stage.page.rows(stage.context).count == 16)
    #expect(stage.press("Esc") == nil)
  }

  @Test(arguments: [
    ("j Enter", Destination.service("payment")),
    ("j Tab Tab Enter", .breakers(selected: "payment-1>payment-gateway")),
    ("j Tab Tab Tab Enter", .transactions(filter: "svc=payment op=\"on ITEM_RESERVED\"")),
    ("j Tab Tab Tab Tab Enter", .topics(selected: "payment")),
    ("j BackTab Enter", .transaction(IncidentFixture.notPermitted, span: nil)),
    ("j BackTab j Enter", .transaction(IncidentFixture.timeOut, span: nil)),
  ])
  func enterLeads(keys: String, to destination: Destination) {
    var stage = stage()
    #expect(stage.press(keys).destination == destination)
  }

  @Test func theServicesOwnPage() {
    var stage = stage()
    _ = stage.go(to: .service("payment"))
    let picture = stage.picture()
    #expect(picture.contains("breaker payment-gateway is OPEN"))
    #expect(picture.contains("outbox 3, oldest 40 ms"))
    #expect(picture.contains("(574 gave up)"))
    #expect(stage.page.subject(stage.context) == .instance(service: "payment", name: "payment-1"))
    #expect(stage.press("Esc").leadsBack)
    _ = stage.go(to: .services(selected: nil))
    #expect(stage.page.breadcrumb(stage.context) == ["services", "payment"])
  }

  @Test func itsLogIsLoadedAndShown() {
    var stage = stage()
    _ = stage.go(to: .service("payment"))
    #expect(stage.picture().contains("reading…"))
    let filter = LogFilter(service: "payment")
    let wants = stage.page.refresh(stage.context).contains { action in
      if case .effect(.loadLog(filter, _)) = action { true } else { false }
    }
    #expect(wants)
    stage.context.logFilter = filter
    stage.context.log = [
      LogLine(
        time: IncidentFixture.now, level: .warn, service: "payment", instance: "payment-2",
        gtxid: IncidentFixture.timeOut, message: "no answer in 1,000 ms")
    ]
    #expect(stage.picture().contains("14:03:27.000  WARN  payment-2  1be4…6f05  no answer in 1,000 ms"))
    #expect(stage.press("BackTab Enter").destination == .transaction(IncidentFixture.timeOut, span: nil))
  }

  /// On the page of one service there is nothing to narrow, and Tab goes through what can be seen.
  @Test func aServicesPageHasNoFilterAndNoHiddenPanels() {
    for tellsTopics in [true, false] {
      var snapshot = IncidentFixture.snapshot()
      for index in snapshot.services.indices { snapshot.services[index].tellsTopics = tellsTopics }
      var stage = PageStage(ServicesPage(), snapshot)
      #expect(stage.page.filter == "")
      _ = stage.go(to: .service("payment"))
      #expect(stage.page.filter == nil)
      var seen: [String] = []
      for _ in 0..<6 {
        seen.append(stage.page.breadcrumb(stage.context).last ?? "")
        stage.press("Tab")
      }
      #expect(
        Set(seen).count == 6 && seen.contains("metrics") != tellsTopics && seen.contains("consumes") == tellsTopics)
    }
  }

  @Test(arguments: [
    ("j Tab x", Command.killInstance(service: "payment", instance: "payment-1")),
    ("j Tab j x", .killInstance(service: "payment", instance: "payment-2")),
    ("j j j Tab j x", .startInstance(service: "recommendation", instance: "recommendation-2")),
    ("G k x", .killInstance(service: "aggregate", instance: "aggregate-1")),
  ])
  func theInstanceUnderTheCursorIsKilledOrStarted(keys: String, command: Command) {
    var stage = stage()
    #expect(stage.press(keys).command == command)
  }

  @Test func killingAsksWhichAndRefusesWhatItCannot() {
    var stage = stage()
    #expect(stage.press("x").sentence == "payment-gateway is not our machine; f can make it fail")
    #expect(stage.press("j x").sentence == "choose the instance, then x")
    #expect(stage.page.focus == .instances)
    stage.context.isFrozen = true
    #expect(stage.press("x").command == nil && stage.press("x").sentence == stage.context.refusalOfDeeds)
  }

  @Test func theMouse() throws {
    var stage = stage()
    let row = try #require(stage.line(of: "● H order "))
    stage.point(.press, column: 10, row: row)
    #expect(stage.page.breadcrumb(stage.context) == ["services", "order"])
    #expect(stage.point(.doubleClick, column: 10, row: row).destination == .service("order"))
    stage.point(.press, column: 8, row: 4)
    #expect(stage.page.rows(stage.context).first?.name == "aggregate")
    stage.point(.press, column: 8, row: 4)
    #expect(stage.page.rows(stage.context).first?.name == "shipping")
  }

  @Test func theMouseInPanels() throws {
    var stage = stage("j")
    let row = try #require(stage.line(of: "PaymentGatewayTimeout"))
    #expect(
      stage.point(.doubleClick, column: 20, row: row).destination == .transaction(IncidentFixture.timeOut, span: nil))
    #expect(stage.page.focus == .errors)
  }

  @Test func theWheelScrollsAndTheCursorStaysInSight() {
    var stage = PageStage(ServicesPage(), columns: 40, rows: 12)
    stage.point(.wheelDown, column: 5, row: 6)
    #expect(stage.page.table.offset == 3)
    #expect(stage.barLine?.contains("recommendation") == true)
    stage.point(.wheelUp, column: 5, row: 6)
    #expect(stage.page.table.offset == 0)
  }

  @Test func hoverFades() {
    var stage = stage()
    stage.point(.move, column: 10, row: 8)
    let hovered = stage.canvas().styleMap
    stage.context.clock += 1_000_000_000
    #expect(stage.canvas().styleMap != hovered)
  }

  @Test func aServiceThatIsGoneClosesItsPage() {
    var stage = stage()
    _ = stage.go(to: .service("payment"))
    var snapshot = IncidentFixture.snapshot()
    snapshot.services.removeAll { $0.name == "payment" }
    stage.show(snapshot)
    #expect(stage.page.opened == nil)
    #expect(stage.page.breadcrumb(stage.context).first == "services")
    #expect(stage.go(to: .service("nobody")).contains { if case .say = $0 { true } else { false } })
  }
}
