import Drawing
import Operations
import Testing

@testable import Dashboard

struct FaultsPageTests {
  private func stage(
    _ snapshot: SystemSnapshot = FaultsFixture.incident, columns: Int = 118, rows: Int = 36, glyphs: GlyphSet = .utf8
  ) -> PageStage<FaultsPage> {
    PageStage(FaultsPage(), snapshot, columns: columns, rows: rows, glyphs: glyphs)
  }

  private func press(_ keys: String, _ snapshot: SystemSnapshot = FaultsFixture.incident) -> [Action] {
    let stage = stage(snapshot)
    var page = stage.page
    var actions: [Action] = []
    for key in Keys.parse(keys) { actions = page.press(key, stage.context) ?? [] }
    return actions
  }

  private func commands(_ actions: [Action]) -> [Command] {
    actions.compactMap { if case .effect(.perform(let command)) = $0 { command } else { nil } }
  }

  @Test(arguments: [
    ("a", [Command.removeFault(id: 1)]), ("x", [.removeFault(id: 1)]), ("Enter", [.toggleFault(id: 1)]),
    ("Tab Enter", [.toggleFault(id: 1)]), ("Tab x", [.removeFault(id: 1)]), ("j x", []), ("j Enter", []),
  ]) func keysOnAnArmedFault(_ keys: String, expected: [Command]) {
    #expect(commands(press(keys)) == expected, "\(keys)")
  }

  @Test(arguments: [
    ("j a", "payment:latency=2s,ttl=30s"), ("j Right a", "payment:errors=100%,ttl=30s"),
    ("j Left a", "payment:crash,ttl=30s"), ("j j j Right Right a", "inventory:db-down,ttl=30s"),
    ("j Right Right a", "payment:slow=500ms,ttl=30s"), ("G Left Left Left a", "order:crash,ttl=30s"),
  ]) func oneKeyArmsWithTheUsualSettings(_ keys: String, expected: String) {
    guard case .arm(let spec)? = commands(press(keys)).first else {
      Issue.record("\(keys) arms nothing")
      return
    }
    #expect(spec.description == expected)
  }

  @Test func enterSetsUp() {
    guard case .show(let popup)? = press("j Right Enter").first, let menu = popup.content as? FaultMenu else {
      Issue.record("no menu")
      return
    }
    #expect(menu.settings.service == "payment" && menu.settings.kind == .errors)
  }

  @Test func whatDoesNotApplySaysWhy() {
    var stage = stage()
    stage.press("G Right Right")
    stage.press("k k")
    #expect(stage.picture().contains("It does not apply: keeps no database."))
    #expect(stage.press("Enter").sentence == "database down does not apply to gateway: keeps no database")
  }

  @Test func switchedOffItKeepsItsSettings() {
    var snapshot = FaultsFixture.incident
    snapshot.faults.armed[0].isOn = false
    let stage = stage(snapshot)
    #expect(stage.picture().contains("↯ off") && stage.page.hints(stage.context).first?.word == "switch on")
  }

  @Test func whatTheCursorIsAbout() {
    var stage = stage()
    #expect(stage.page.subject(stage.context) == .faultKind(.latency, on: .service("payment-gateway")))
    #expect(stage.page.breadcrumb(stage.context) == ["faults", "payment-gateway", "latency"])
    stage.press("Tab")
    #expect(stage.page.subject(stage.context) == .fault(1))
    stage.show(FaultsFixture.quiet)
    #expect(
      stage.page.subject(stage.context) == .faultKind(.latency, on: .service("payment-gateway")),
      "nothing is armed any more")
    _ = stage.go(to: .faults(selected: "order"))
    #expect(stage.page.subject(stage.context)?.service(stage.context.snapshot) == "order")
    stage.show(SystemSnapshot(system: FaultsFixture.quiet.system, time: 0))
    #expect(stage.page.subject(stage.context) == nil && stage.picture().contains("Nothing here can be broken."))
  }

  @Test func theKindUnderTheCursorIsExplained() throws {
    var stage = stage()
    stage.context.snapshot.faults.catalogue.services = stage.context.snapshot.faults.catalogue.services.map { service in
      var service = service
      if service.name == "order" { service.crashPoints = [.init(name: "P2", explanation: "after the commit")] }
      return service
    }
    func text(_ kind: FaultKind.Name, _ name: String) throws -> String {
      let why = try #require(Why(.faultKind(kind, on: .service(name)), stage.context))
      return ([why.title] + why.facts).map { $0.map(\.text).joined() }.joined(separator: "\n")
    }
    let crash = try text(.crash, "order")
    #expect(crash.contains("typed  :fault order:crash,ttl=30s") && crash.contains("simulate --crash order:P2 strikes"))
    #expect(crash.contains("P2  after the commit"))
    #expect(try !text(.latency, "order").contains("P2"))
    #expect(try text(.crash, "payment-gateway").contains("not here  not our machine"))
    #expect(try text(.latency, "payment-gateway").contains("armed  payment-gateway:latency=2s"))
  }

  @Test(arguments: ["", "Tab", "Tab Tab"]) func onlyThePanelWithTheKeysHasACursor(keys: String) {
    var stage = stage()
    stage.press(keys)
    #expect(stage.picture().count { $0 == "▌" } == 1, "\(keys)")
  }

  @Test func theMouse() {
    var stage = stage()
    stage.point(.press, column: 5, row: stage.line(of: "inventory") ?? 0)
    #expect(stage.page.service == "inventory")
    stage.point(.press, column: 5, row: stage.line(of: "14:02:57") ?? 0)
    #expect(stage.page.panel == .armed)
    stage.point(.wheelDown, column: 5, row: stage.line(of: "inventory") ?? 0)
    #expect(stage.page.service == "order")
  }

  @Test(arguments: TransactionsSpaceTests.sizes, [GlyphSet.utf8, .ascii])
  func itFits(_ size: (Int, Int), glyphs: GlyphSet) {
    var many = FaultsFixture.incident
    for (index, name) in ExtremeFixture.names.enumerated() {
      many.faults.catalogue.services.append(
        FaultCatalogue.Service(name: name, instances: 100_000, hasDatabase: true, consumes: true, isOutside: false))
      many.faults.catalogue.edges.append(FaultCatalogue.Edge(from: name, to: "payment"))
      var service = ServiceSnapshot(name: name)
      (service.rate, service.lag, service.errorShare) = (.infinity, .max, 0.5)
      many.services.append(service)
      for kind in [FaultKind.crash, .latency(123_456_789), .errors(0.333), .databaseDown] {
        var fault = FaultsFixture.fault(index * 9 + 10, .service(name), kind, ttl: index == 0 ? nil : 86_400 * 365)
        (fault.hits, fault.touches, fault.compensatedSince) = (.max, 9e12, .max)
        if index == 1 { (fault.endsAt, fault.armedAt) = (.max, .min) }
        many.faults.armed.append(fault)
      }
    }
    (many.traffic.lag, many.traffic.lagGrowth) = (.max, .infinity)
    for snapshot in [
      FaultsFixture.incident, FaultsFixture.quiet, many, SystemSnapshot(system: many.system, time: 0),
    ] {
      var stage = stage(snapshot, columns: size.0, rows: size.1, glyphs: glyphs)
      for keys in ["", "G Right", "Tab G"] {
        stage.press(keys)
        _ = stage.picture()
      }
    }
  }
}
