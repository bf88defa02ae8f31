import Drawing
import Operations
import Testing

@testable import Dashboard

/// What one can do on the map.
@Suite struct MapPageTests {
  private func stage(columns: Int = 200, rows: Int = 60) -> PageStage<MapPage> {
    PageStage(MapPage(), MapFixture.snapshot(), columns: columns, rows: rows)
  }

  private func name(_ stage: PageStage<MapPage>) -> String { stage.page.breadcrumb(stage.context).last ?? "" }

  @Test func theCursorBeginsOnTheWorst() {
    #expect(name(stage()) == "payment")
    var calm = MapFixture.snapshot()
    for index in calm.services.indices { calm.services[index].health = .up }
    for index in calm.topics.indices { calm.topics[index].verdict = .ok }
    #expect(name(PageStage(MapPage(), calm, columns: 200, rows: 60)) == "gateway")
  }

  @Test func ofSeveralWaysInItIsTheOneFromWhichMostGoesOn() {
    var snapshot = MapFixture.snapshot()
    for index in snapshot.services.indices { snapshot.services[index].health = .up }
    for index in snapshot.topics.indices { snapshot.topics[index].verdict = .ok }
    // Its name is the first of all, and one call is all that it does.
    var job = ServiceSnapshot(name: "aaa")
    job.health = .up
    job.calls = [CallSnapshot(callee: "order")]
    snapshot.services.insert(job, at: 0)
    #expect(name(PageStage(MapPage(), snapshot, columns: 200, rows: 60)) == "gateway")
  }

  @Test func itIsWhereAnIncidentBegan() {
    var snapshot = MapFixture.snapshot()
    snapshot.incident = [.service(name: "payment-gateway", health: .down, what: "times out")]
    #expect(name(PageStage(MapPage(), snapshot, columns: 200, rows: 60)) == "payment-gateway")
  }

  @Test(arguments: [
    ("h", "payment"), ("h h", "inventory"), ("h h h", "inventory"), ("h h h h", "order"), ("h h h h h", "gateway"),
    ("h h h h h h", "gateway"), ("h h h h k", "catalog"), ("h h h h k k j", "catalog"), ("g", "gateway"),
  ])
  func walking(keys: String, expected: String) {
    var stage = stage()
    stage.press(keys)
    #expect(name(stage) == expected)
  }

  @Test func inTheTreeLeftIsWhoCalls() {
    var stage = stage(columns: 80, rows: 24)
    stage.press("h")
    #expect(stage.page.subject(stage.context) == .topic("payment"))
    stage.press("h h h")
    #expect(name(stage) == "order")
    stage.press("j")
    #expect(stage.page.subject(stage.context) == .topic("inventory"))
    stage.press("k k")
    #expect(name(stage) == "review")
    stage.press("g l")
    #expect(name(stage) == "cart")
  }

  /// What spans tell of databases, and of messages whose topic nobody names.
  @Test func databasesAndReadersStandThere() throws {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "prod", kind: .attached), time: 1)
    var database = CallSnapshot(callee: "orders")
    (database.isDatabase, database.rate, database.errorShare, database.p99) = (true, 12, 0.2, 3_000_000)
    var mail = CallSnapshot(callee: "mail")
    (mail.isMessage, mail.rate) = (true, 4)
    var shop = ServiceSnapshot(name: "shop")
    shop.calls = [database, mail]
    snapshot.services = [shop, ServiceSnapshot(name: "mail")]
    let graph = MapGraph(snapshot)
    #expect(graph.things == [.service("mail"), .service("shop"), .database("orders")])
    #expect(graph.edges.map(\.flow) == [.call, .message] && graph.edges.map(\.rate) == [12, 4])
    let facts = MapFacts(.database("orders"), graph, snapshot)
    #expect(facts.rate == 12 && facts.p99 == 3_000_000 && facts.severity == 2)
    #expect(facts.errorShare.map { abs($0 - 0.2) < 1e-9 } == true)
    for (columns, rows) in [(118, 36), (80, 24)] {
      var stage = PageStage(MapPage(), snapshot, columns: columns, rows: rows)
      let text = stage.picture()
      #expect(text.contains("▤ orders") && text.contains("mail"), "\(text)")
      #expect(name(stage) == "orders", "it fails: the cursor begins there")
      #expect(stage.press("Enter").destination == nil && stage.page.subject(stage.context) == nil)
      #expect(stage.picture().contains("known by those who call it"))
    }
  }

  @Test func enterOpensWhatIsThere() {
    var stage = stage()
    #expect(stage.press("Enter").destination == .service("payment"))
    #expect(stage.press("h Enter").destination == .topics(selected: "payment"))
  }

  @Test func tabGoesThroughTheArrows() {
    var stage = stage()
    var seen: [String] = []
    for _ in 0..<5 {
      stage.press("Tab")
      seen.append(name(stage))
    }
    #expect(
      seen == [
        "payment → payment", "payment → payment-gateway", "payment → order", "payment → inventory", "payment",
      ])
    stage.press("Tab Tab")
    #expect(stage.press("Enter").destination == .breakers(selected: "payment-1>payment-gateway"))
    #expect(stage.page.subject(stage.context) == .breaker("payment-1>payment-gateway"))
    stage.press("l")
    #expect(name(stage) == "payment-gateway")
  }

  @Test func anArrowOfEventsIsItsTopic() {
    var stage = stage()
    stage.press("Tab")
    #expect(stage.page.subject(stage.context) == .topic("payment"))
    #expect(stage.press("Enter").destination == .topics(selected: "payment"))
    stage.press("Esc")
    #expect(name(stage) == "payment")
  }

  @Test func fOnCallsBeginsALineOfThePalette() {
    var snapshot = MapFixture.snapshot()
    snapshot.faults.catalogue.edges = [FaultCatalogue.Edge(from: "payment", to: "payment-gateway")]
    var cockpit = Cockpit(snapshot)
    cockpit.press("7 Tab Tab f")
    #expect(cockpit.text.contains("fault payment>payment-gateway latency=2s ttl=30s"))
    snapshot.faults.catalogue = ShopFixture.snapshot.faults.catalogue
    cockpit.press("Esc Esc")
    cockpit.send(.snapshot(snapshot))
    cockpit.press("f")
    #expect(cockpit.text.contains("break payment") || cockpit.model.popups.count == 1)
  }

  @Test func faultsAreMarked() {
    var stage = stage()
    #expect(stage.picture().contains("↯╮"))
    var board = stage.context.snapshot.faults
    let spec = FaultSpec(target: .edge(from: "gateway", to: "order"), kind: .errors(0.3))
    board.armed = [ArmedFault(id: 9, spec: spec, armedAt: 0, endsAt: nil)]
    stage.context.snapshot.faults = board
    stage.show(stage.context.snapshot)
    #expect(stage.picture().contains("↯▶"))
    #expect(!stage.picture().contains("↯╮"))
  }

  @Test func teams() {
    var stage = stage()
    stage.press("t")
    #expect(stage.picture().contains("products") && !stage.picture().contains(" recommendation "))
    let graph = stage.page.graph(stage.context)
    #expect(graph.members["products"]?.count == 6)
    #expect(!graph.edges.contains { $0.from == $0.to })
    while name(stage) != "products" { stage.press("n") }
    stage.press("Enter")
    #expect(stage.picture().contains("recommendation"))
    #expect(name(stage) == "recommendation")
    stage.press("t t")
    #expect(!stage.picture().contains(" recommendation "))
  }

  /// Together they have the rate of both, and the errors of both by their rates.
  @Test func aTeamsArrowsAreAddedUp() {
    var snapshot = IncidentFixture.empty()
    snapshot.services = ["a", "b", "c"].map(ServiceSnapshot.init)
    for (index, share) in [(0, 0.1), (1, 0.0)] {
      snapshot.services[index].team = "left"
      var call = CallSnapshot(callee: "c")
      (call.rate, call.errorShare) = (10, share)
      snapshot.services[index].calls = [call]
    }
    let graph = MapGraph(snapshot, folded: ["left"])
    #expect(graph.edges.count == 1)
    #expect(graph.edges.first?.rate == 20)
    #expect(graph.edges.first?.errorShare == 0.05)
  }

  @Test func theWorstIsFound() {
    var stage = stage()
    stage.press("g n")
    #expect(name(stage) == "recommendation")
    stage.press("n n")
    #expect(stage.page.subject(stage.context) == .service("payment"))
    stage.press("N")
    #expect(stage.page.subject(stage.context) == .topic("payment"))
  }

  @Test func mouse() {
    var stage = stage()
    guard let line = stage.line(of: "● catalog"),
      let column = stage.canvas().lines[line].distance(of: "catalog")
    else {
      Issue.record("catalog is not in sight")
      return
    }
    stage.point(.press, column: column, row: line)
    #expect(name(stage) == "catalog")
    #expect(stage.point(.doubleClick, column: column, row: line).destination == .service("catalog"))
  }

  // MARK: What moves

  private func at(_ clock: Int64, motion: Bool = true, isFrozen: Bool = false, isStill: Bool = false) -> String {
    var stage = stage()
    stage.context.clock = clock
    stage.context.motion = motion
    stage.context.isFrozen = isFrozen
    stage.context.snapshot.system.isStill = isStill
    return stage.picture()
  }

  @Test func trafficMovesFourTimesASecond() {
    #expect(at(0).contains("━╌"))
    #expect(at(0) == at(249_000_000))
    #expect(at(0) != at(250_000_000))
  }

  @Test func nothingMovesWhereItMustNot() {
    #expect(at(0, motion: false) == at(250_000_000, motion: false))
    #expect(at(0, isFrozen: true) == at(250_000_000, isFrozen: true))
    #expect(at(0, isStill: true) == at(250_000_000, isStill: true))
  }

  // MARK: Moving about

  @Test(arguments: [3, 4] as [UInt64])
  func theCursorStaysInSight(seed: UInt64) {
    let snapshot = MapFixture.random(services: 25, topics: 12, seed: seed)
    for size in [Size(columns: 118, rows: 36), Size(columns: 80, rows: 24), Size(columns: 40, rows: 12)] {
      var stage = PageStage(MapPage(), snapshot, columns: size.columns, rows: size.rows)
      for key in ["l", "l", "j", "l", "k", "l", "l", "j", "j", "h", "G", "g", "n", "Tab", "e", "t"] {
        stage.press(key)
        #expect(isInSight(stage), "seed \(seed) \(size) after \(key)")
      }
    }
  }

  private func isInSight(_ stage: PageStage<MapPage>) -> Bool {
    let (page, context) = (stage.page, stage.context)
    let (graph, layout) = (page.graph(context), page.layout(context))
    guard let place = page.place(in: graph, context) else { return false }
    if layout.isTree {
      let row = MapTree(page.layers(graph)).index(of: place)
      return row.map { (page.treeOffset..<page.treeOffset + layout.map.height).contains($0) } ?? false
    }
    let window = Rect(x: page.origin.x, y: page.origin.y, width: layout.map.width, height: layout.map.height)
    let box = page.plan(graph, layout.map.size).boxes[place]
    return box.intersection(window) == box
  }

  /// What is not in sight lies about space no more than what is.
  @Test(arguments: [1, 2] as [UInt64])
  func theWholeSheetIsClean(seed: UInt64) {
    let snapshots = [
      MapFixture.random(services: 25, topics: 12, seed: seed), MapFixture.snapshot(), ExtremeFixture.extreme(),
    ]
    for snapshot in snapshots {
      for size in [Size(columns: 118, rows: 36), Size(columns: 200, rows: 60)] {
        for glyphs in [GlyphSet.utf8, .ascii] {
          let stage = PageStage(MapPage(), snapshot, columns: size.columns, rows: size.rows)
          let (page, context) = (stage.page, stage.context)
          let graph = page.graph(context)
          let plan = page.plan(graph, page.layout(context).map.size)
          let sheet = page.sheet(graph, plan, glyphs, isStrict: true, context)
          #expect(sheet.violations.isEmpty, "seed \(seed) \(size): \(sheet.violations.prefix(3))")
        }
      }
    }
  }

  @Test func nothingKnown() {
    var stage = PageStage(MapPage(), IncidentFixture.empty())
    #expect(stage.picture().contains("No service yet."))
    stage.press("j l Tab Enter f e t n g")
    #expect(stage.page.subject(stage.context) == nil)
  }
}

extension String {
  /// How many characters stand before another text.
  fileprivate func distance(of text: String) -> Int? {
    range(of: text).map { distance(from: startIndex, to: $0.lowerBound) }
  }

  private func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }
}
