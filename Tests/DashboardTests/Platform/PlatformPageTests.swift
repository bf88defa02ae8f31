import Drawing
import Operations
import Testing

@testable import Dashboard

/// Page 9 by its keys.
@Suite struct PlatformPageTests {
  /// Keys and values stay whole as long as there is room beside them.
  @Test func settingsAreNotCut() throws {
    var snapshot = IncidentFixture.platform()
    let breaker = "gateway-internal>member.breaker"
    let name = "wait-duration-in-open-state"
    snapshot.configuration?.entries.append(.init(key: "\(breaker).\(name)", value: "10s"))
    snapshot.configuration?.changes = []
    var stage = PageStage(PlatformPage(), snapshot)
    stage.press("Right Right Right")
    #expect(stage.page.tab == .configuration)
    let lines = stage.picture().split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.hasSuffix("  round-robin") }, "\(stage.picture())")
    // The settings of a breaker stand indented below its name.
    let header = try #require(lines.firstIndex { $0.hasSuffix(breaker) }, "\(stage.picture())")
    let setting = try #require(lines.dropFirst(header + 1).first)
    let indent = lines[header].prefix { $0 == " " }
    #expect(setting.hasPrefix("\(indent)  \(name) ") && setting.hasSuffix("  10s"), "\(stage.picture())")
  }

  @Test func settingsAreFoundByWords() {
    var snapshot = IncidentFixture.platform()
    let breaker = "order>payment.breaker"
    for (name, value) in [("failure-rate-threshold", "50"), ("wait-duration-in-open-state", "10s")] {
      snapshot.configuration?.entries.append(.init(key: "\(breaker).\(name)", value: value))
    }
    var stage = PageStage(PlatformPage(), snapshot)
    #expect(stage.page.filter == nil)
    stage.press("Right Right Right")
    #expect(stage.page.filter?.isEmpty == true)
    #expect(stage.page.narrow(to: "Payment 10S", stage.context) == nil)
    // A setting stands below the name of its breaker, as without words.
    #expect(stage.picture().contains("settings · Payment 10S"), "\(stage.picture())")
    #expect(stage.picture().contains(breaker) && stage.picture().contains("  wait-duration-in-open-state"))
    #expect(!stage.picture().contains("failure-rate-threshold") && !stage.picture().contains("round-robin"))
    #expect(stage.page.row(stage.context)?.key.hasPrefix(breaker) == true)
    _ = stage.page.narrow(to: "nowhere", stage.context)
    #expect(stage.picture().contains("No setting matches nowhere.  Esc clears"), "\(stage.picture())")
    stage.press("Esc")
    #expect(stage.picture().contains("failure-rate-threshold") && stage.picture().contains("round-robin"))
  }

  private func stage(_ keys: String = "") -> PageStage<PlatformPage> {
    var stage = PageStage(PlatformPage())
    stage.press(keys)
    return stage
  }

  @Test func arrowsGoThroughTheTabs() {
    var stage = stage()
    #expect(stage.page.tab == .gateway)
    stage.press("Left")
    #expect(stage.page.tab == .collector)
    stage.press("Left")
    #expect(stage.page.tab == .channel)
    stage.press("Left Left Left Left")
    #expect(stage.page.tab == .configuration)
    #expect(stage.picture().contains("This system tells nothing of its configuration."))
    stage.press("Right Right Right Right Right Right")
    #expect(stage.page.tab == .gateway)
  }

  @Test func whoHasChosenNothingFindsWhatIsIll() {
    var stage = stage()
    stage.show(IncidentFixture.empty())
    _ = stage.go(to: .platform(nil))
    #expect(stage.page.tab == .gateway)
    var snapshot = IncidentFixture.empty()
    snapshot.registry = RegistrySnapshot()
    snapshot.registry?.isSelfPreserving = true
    var gateway = ServiceSnapshot(name: "gateway")
    gateway.health = .degraded
    snapshot.services = [gateway]
    stage.show(snapshot)
    _ = stage.go(to: .platform(nil))
    #expect(stage.page.tab == .registry)
    snapshot.services[0].health = .down
    stage.show(snapshot)
    _ = stage.go(to: .platform(nil))
    #expect(stage.page.tab == .gateway)
    stage.press("Left")
    _ = stage.go(to: .platform(nil))
    #expect(stage.page.tab == .collector, "somebody has chosen it")
  }

  @Test func enterOpensWhatIsUnderTheCursor() {
    var stage = stage()
    #expect(stage.press("Enter").destination == .service("gateway"))
    stage.press("Left Left")
    #expect(stage.press("Enter").destination == .topics(selected: "audit"))
    #expect(stage.page.subject(stage.context) == .topic("audit"))
  }

  @Test func gatewaysStandSideBySide() {
    var snapshot = IncidentFixture.snapshot()
    var inner = IncidentFixture.services()[0]
    inner.name = "gateway-internal"
    snapshot.services.append(inner)
    let wide = PageStage(PlatformPage(), snapshot, columns: 200, rows: 60)
    let line = wide.picture().split(separator: "\n").first { $0.contains("gateway: instances") } ?? ""
    #expect(line.contains("gateway-internal: instances"))
    let narrow = PageStage(PlatformPage(), snapshot, columns: 80, rows: 24)
    #expect(narrow.page.panels(narrow.context).contains(.instances("gateway-internal")))
  }

  /// Which version of the configuration a gateway routes by, and whether one of its instances is late.
  @Test func gatewaysSayWhatTheyRouteBy() {
    func title(_ versions: [(version: Int, isUp: Bool)]) -> String {
      var snapshot = IncidentFixture.platform()
      snapshot.edge.gateways[0].versions = versions.enumerated().map { index, one in
        .init(instance: "gateway-\(index + 1)", version: one.version, isUp: one.isUp)
      }
      let lines = PageStage(PlatformPage(), snapshot).picture().split(separator: "\n").map(String.init)
      return lines.first { $0.contains("gateway: routes") } ?? ""
    }
    #expect(title([]).hasSuffix("3 routes"))
    #expect(title([(7, true), (7, true)]).hasSuffix("3 routes   v7"))
    #expect(title([(7, true), (6, true)]).hasSuffix("3 routes   v7   1 behind"))
    #expect(title([(7, true), (6, false)]).hasSuffix("3 routes   v7"))
  }

  /// A route that makes records of what comes leads to their topic.
  @Test func aRouteMayLeadToATopic() {
    var snapshot = IncidentFixture.platform()
    var route = EdgeRoute(id: "review.message", pattern: "POST /messages/reviews", service: "")
    (route.topic, route.rate) = ("reviews", 900)
    snapshot.edge.gateways[0].routes.append(route)
    var stage = PageStage(PlatformPage(), snapshot)
    let line = stage.picture().split(separator: "\n").first { $0.contains("POST /messages/reviews") }
    #expect(line?.contains("topic reviews") == true)
    stage.press("Tab g")
    #expect(stage.page.subject(stage.context) == .route(gateway: "gateway", id: "review.message"))
    #expect(stage.press("Enter").destination == .topics(selected: "reviews"))
  }

  /// Whatever took it away: the tab, its mark, the mark of the page, and the list of alerts, which leads there.
  @Test(arguments: [(118, 36), (80, 24)]) func aBrokerThatIsDownSaysSo(columns: Int, rows: Int) {
    var snapshot = IncidentFixture.snapshot()
    #expect(ChannelFigures(snapshot).state.text.contains("it answers"))
    for index in snapshot.topics.indices { snapshot.topics[index].isAvailable = false }
    snapshot.busDownSince = snapshot.time - 12 * 1_000_000_000
    snapshot.judge()
    #expect(ChannelFigures(snapshot).state.text.contains("it refuses all writers and readers"))
    #expect(snapshot.alarm(of: .platform) == .failing && snapshot.illTabs.first == .channel)
    var stage = PageStage(PlatformPage(), snapshot, columns: columns, rows: rows)
    _ = stage.go(to: .platform(nil))
    #expect(stage.page.tab == .channel)
    let lines = stage.picture().split(separator: "\n")
    #expect(lines[0].contains(columns < 100 ? "events•" : "event channel•"), "\(lines[0])")
    #expect(stage.picture().contains("▌THE EVENT BUS IS DOWN  nothing is written or read, for 12 s"))
    #expect(snapshot.alerts.contains { $0.rule == "event bus is down" })
    #expect(snapshot.place(of: SystemSnapshot.busName) == .platform(.channel))
  }

  @Test func theChannelAddsUpItsTopics() {
    var snapshot = IncidentFixture.empty()
    var (one, two) = (TopicSnapshot(name: "a"), TopicSnapshot(name: "b"))
    (one.inSeries, one.outSeries) = ([1, 2, 3], [1, 1, 1])
    (two.inSeries, two.outSeries) = ([10, 20], [5, 5])
    snapshot.topics = [one, two]
    #expect(ChannelFigures(snapshot).written == [1, 12, 23] && ChannelFigures(snapshot).read == [1, 6, 6])
  }

  /// What is said of an instance is what its callers have of it, and what is offered is what can be done.
  @Test func aDeploymentSaysWhatIsTrue() throws {
    var snapshot = IncidentFixture.platform()
    var scaling = DeploymentSnapshot(service: "order", phase: "scaled")
    (scaling.target, scaling.version, scaling.ended) = (2, "1.4.2", snapshot.time)
    scaling.members = [1, 2].map {
      DeploymentSnapshot.Member(instance: "order-\($0)", version: "1.4.2", takesCalls: true)
    }
    snapshot.deployments = [scaling]
    let order = try #require(snapshot.services.firstIndex { $0.name == "order" })
    func shares(_ one: Double, _ two: Double) {
      for (place, share) in [one, two].enumerated() {
        (snapshot.services[order].instances[place].rate, snapshot.services[order].instances[place].errorShare) = (
          9, share
        )
      }
    }
    func lines() -> [String] {
      var stage = PageStage(PlatformPage(), snapshot)
      _ = stage.go(to: .platform(.deployments))
      return stage.picture().split(separator: "\n").map(String.init)
    }
    shares(0, 1)
    let rows = lines().filter { $0.contains("order-") }
    #expect(rows[0].contains("● takes calls") && rows[0].contains("0.0 %"), "\(rows)")
    #expect(rows[1].contains("✗ fails all") && rows[1].contains("100 %") && !rows[1].contains("takes calls"), "\(rows)")
    shares(0.2, 0)
    #expect(lines().contains { $0.contains("▲ takes calls") })
    func offer() -> String { lines().first { $0.contains("instance by instance") } ?? "" }
    #expect(!offer().contains(":deploy"), "\(offer())")
    for (phase, words) in [
      ("canary", ":deploy order promote, or back"), ("rolling", "──── :deploy order back"),
      ("completed", "──── :deploy order back"),
      ("rolling back", "────"), ("rolled back", "────"),
    ] {
      (snapshot.deployments[0].phase, snapshot.deployments[0].target) = (phase, nil)
      #expect(offer().hasSuffix(words), "\(offer())")
    }
  }

  @Test func thePaletteOpensATab() {
    var cockpit = Cockpit(IncidentFixture.snapshot())
    cockpit.press(":")
    cockpit.send(.paste("platform channel"))
    cockpit.press("Enter")
    #expect(cockpit.text.contains("records in and out"))
    cockpit.press("1 9")
    #expect(cockpit.lastLine.contains("event channel"))
  }
}
