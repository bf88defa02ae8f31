import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

struct FaultMenuTests {
  /// A menu on its own screen.
  struct Stage {
    var menu: FaultMenu
    var context: PageContext

    init?(_ subject: Subject, _ snapshot: SystemSnapshot = FaultsFixture.incident, columns: Int = 118, rows: Int = 36) {
      context = FaultsFixture.context(columns, rows, snapshot)
      guard case .show(let popup) = FaultMenu.open(for: subject, context), let menu = popup.content as? FaultMenu else {
        return nil
      }
      self.menu = menu
    }

    @discardableResult
    mutating func press(_ keys: String) -> [Action] {
      var actions: [Action] = []
      for key in Keys.parse(keys) { actions = menu.press(key, context) }
      return actions
    }

    func canvas(_ glyphs: GlyphSet = .utf8) -> Canvas {
      var canvas = Canvas(size: context.size, glyphSet: glyphs, isStrict: true)
      menu.draw(on: &canvas, in: canvas.bounds, context)
      return canvas
    }
  }

  private func commands(_ actions: [Action]) -> [Command] {
    actions.compactMap { if case .effect(.perform(let command)) = $0 { command } else { nil } }
  }

  @Test(arguments: [
    ("Enter", "payment:latency=2s,ttl=30s"), ("j Enter", "payment:errors=100%,ttl=30s"),
    ("j j Enter", "payment:crash,ttl=30s"), ("j j j Enter", "payment:slow=500ms,ttl=30s"),
    ("Right Enter", "payment:latency=3s,ttl=30s"), ("Left Left Enter", "payment:latency=500ms,ttl=30s"),
    ("Tab Right Enter", "payment/1:latency=2s,ttl=30s"),
    ("Tab Right Right Right Enter", "payment/2:latency=2s,ttl=30s"),
    ("Tab Tab Right Enter", "payment:latency=3s,ttl=30s"),
    ("Tab Tab Tab Left Left Enter", "payment:latency=2s,share=80%,ttl=30s"),
    ("BackTab Right Enter", "payment:latency=2s,ttl=2m"),
    ("BackTab Right Right Right Right Enter", "payment:latency=2s"),
    ("j Left Left Left Enter", "payment:errors=70%,ttl=30s"), ("Tab j k Right Enter", "payment/1:latency=2s,ttl=30s"),
    // A crash has neither strength nor share: Tab goes from the scope to the time.
    ("j j Tab Tab Right Enter", "payment:crash,ttl=2m"),
  ]) func keysSetItUp(_ keys: String, expected: String) throws {
    var stage = try #require(Stage(.service("payment")))
    guard case .arm(let spec)? = commands(stage.press(keys)).first else {
      Issue.record("\(keys) arms nothing")
      return
    }
    #expect(spec.description == expected)
  }

  @Test func whatCannotBeDoneSaysWhy() throws {
    var stage = try #require(Stage(.service("payment")))
    #expect(stage.canvas().text.contains("database down        keeps no database"))
    let actions = stage.press("j j j j j j j Enter")
    #expect(commands(actions).isEmpty)
    #expect(Optional(actions).sentence == "database down does not apply to payment: keeps no database")
  }

  @Test(arguments: [
    (Subject.breaker("payment-1>payment-gateway"), "payment-gateway"), (.service("order"), "order"),
    (.instance(service: "payment", name: "payment-2"), "payment"),
    (.group(topic: "payment", name: "payment"), "payment"),
    (.fault(1), "payment-gateway"),
  ]) func itOpensOnWhatIsUnderTheCursor(_ subject: Subject, service: String) throws {
    let stage = try #require(Stage(subject))
    #expect(stage.menu.settings.service == service)
  }

  /// Records are on a topic, and the bus is there for all: no instance can be chosen.
  @Test(arguments: [
    ("poison", "topic:payment:poison=2,ttl=30s"), ("duplicate", "topic:payment:duplicate=10%,ttl=30s"),
    ("broker-down", "broker:broker-down,ttl=30s"), ("skew", "payment:skew=+10s,ttl=30s"),
    ("leak", "payment:leak=20MB/s,ttl=30s"), ("partition", "payment:partition,ttl=30s"),
    ("lose-before-outbox", "payment:lose-before-outbox,ttl=30s"),
  ]) func eachKindKnowsItsTarget(_ name: String, expected: String) throws {
    let kind = try #require(FaultKind.Name(rawValue: name))
    var stage = try #require(Stage(.service("payment"), FaultsFixture.withBus))
    while stage.menu.settings.kind != kind { stage.press("j") }
    guard case .arm(let spec)? = commands(stage.press("Right Enter")).first else {
      Issue.record("\(name) arms nothing")
      return
    }
    #expect(spec.description == expected)
    #expect(try FaultParser(catalogue: FaultsFixture.withBus.faults.catalogue).parse(expected) == spec)
  }

  @Test func aTopicUnderTheCursorIsWhatIsMeant() throws {
    var stage = try #require(Stage(.group(topic: "order", name: "order"), FaultsFixture.withBus))
    while stage.menu.settings.kind != .duplicate { stage.press("j") }
    #expect(stage.menu.settings.target == .topic("order"))
    #expect(stage.canvas().text.contains("topic order"))
  }

  @Test func whereThereIsLittleRoomTheListOfKindsMoves() throws {
    var stage = try #require(Stage(.service("payment"), FaultsFixture.withBus, columns: 80, rows: 24))
    #expect(stage.canvas().text.contains("latency"))
    #expect(stage.canvas().text.contains(" more"))
    for entry in stage.menu.entries {
      while stage.menu.settings.kind != entry.kind { stage.press("j") }
      #expect(stage.canvas().text.contains(entry.kind.title), "\(entry.kind)")
    }
    #expect(!stage.canvas().text.contains("latency"))
  }

  @Test func anInstanceIsItsScope() throws {
    let stage = try #require(Stage(.instance(service: "payment", name: "payment-2")))
    #expect(stage.menu.settings.target == .instance(service: "payment", number: 2))
    #expect(stage.canvas().text.contains("◂ payment-2 ▸"))
  }

  @Test func aHopIsItsService() {
    var context = FaultsFixture.context(118, 36)
    context.transaction = TransactionFixture.detail
    let subject = Subject.span(TransactionFixture.undoneID, SpanID(5)!)
    guard case .show(let popup) = FaultMenu.open(for: subject, context) else {
      Issue.record("no menu")
      return
    }
    #expect((popup.content as? FaultMenu)?.settings.service == "inventory")
  }

  @Test func thereIsNoMenuOnWhatCannotBeBroken() {
    let context = FaultsFixture.context(118, 36)
    for subject in [Subject.transaction(TransactionFixture.undoneID), .service("unknown"), .fault(99)] {
      guard case .say = FaultMenu.open(for: subject, context) else {
        Issue.record("a menu on \(subject)")
        continue
      }
    }
  }

  @Test func anArmedFaultIsChangedAndNotDoubled() throws {
    var stage = try #require(Stage(.fault(1)))
    #expect(stage.canvas().text.contains("↯ change payment-gateway"))
    let commands = commands(stage.press("Right Enter"))
    #expect(commands.first == .removeFault(id: 1))
    guard case .arm(let spec)? = commands.last else {
      Issue.record("nothing is armed")
      return
    }
    #expect(spec.description == "payment-gateway:latency=3s,ttl=1.5m" || spec.timeToLive == 90 * FaultsFixture.second)
  }

  @Test func thePanicKeyAsksOutsideASimulation() throws {
    var stage = try #require(Stage(.service("payment")))
    #expect(commands(stage.press("!")) == [.endAllFaults])
    var snapshot = FaultsFixture.incident
    snapshot.system.kind = .attached
    stage = try #require(Stage(.service("payment"), snapshot))
    let actions = stage.press("!")
    #expect(commands(actions).isEmpty && actions.count == 2)
    #expect(stage.canvas().text.contains(" attached "))
  }

  @Test func theMouseChoosesSlidesAndArms() throws {
    var stage = try #require(Stage(.service("payment")))
    let layout = stage.menu.layout(in: stage.canvas().bounds)
    func press(_ column: Int, _ row: Int) -> [Action] {
      stage.menu.point(
        MouseEvent(.press, column: column, row: row), in: stage.canvas().bounds, stage.context)
    }
    _ = press(layout.content.x + 2, layout.content.y + 1)
    #expect(stage.menu.settings.kind == .errors)
    _ = press(layout.valueColumn + layout.sliderWidth / 2, layout.line(of: .intensity))
    #expect(0.2...0.6 ~= stage.menu.settings.errors)
    #expect(commands(press(layout.content.x + 1, layout.buttons)).count == 1)
    guard case .dismiss? = press(0, 3).first else {
      Issue.record("a click beside it does not close it")
      return
    }
  }

  @Test func whatAllShareIsBrokenWhereItIsFelt() throws {
    var shop = FaultsFixture.incident
    shop.faults.catalogue.topics = [.init(name: "payment", partitions: 8)]
    shop.faults.catalogue.hasKeyValueStore = true
    let outside = try #require(Stage(.service("payment-gateway"), shop)).menu.entries
    #expect(outside.first { $0.kind == .brokerDown }?.obstacle == "it does not use the bus")
    #expect(outside.first { $0.kind == .down }?.obstacle == "it uses no key-value store")
    let payment = try #require(Stage(.service("payment"), shop)).menu.entries
    #expect(payment.first { $0.kind == .brokerDown }?.obstacle == nil)
  }

  @Test func theButtonNamesItsKey() throws {
    let stage = try #require(Stage(.service("payment")))
    #expect(stage.canvas().text.contains("  ↵ arm it  "))
    #expect(stage.canvas(.ascii).text.contains("  Enter arm it  "))
  }

  @Test(arguments: TransactionsSpaceTests.sizes, [GlyphSet.utf8, .ascii])
  func itFits(_ size: (Int, Int), glyphs: GlyphSet) throws {
    var extreme = FaultsFixture.incident
    for (index, name) in ExtremeFixture.names.enumerated() {
      extreme.faults.catalogue.services.append(
        FaultCatalogue.Service(
          name: name, instances: index * 100_000, hasDatabase: true, consumes: true, isOutside: index == 3))
      var service = ServiceSnapshot(name: name)
      (service.rate, service.lag, service.lagVerdict) = (9e12, .max, .stop)
      extreme.services.append(service)
    }
    for name in [ExtremeFixture.names[0], ExtremeFixture.names[1], ExtremeFixture.names[4], "payment-gateway"] {
      var stage = try #require(Stage(.service(name), extreme, columns: size.0, rows: size.1))
      for keys in ["", "Tab Right Right", "Tab Tab", "BackTab BackTab BackTab j j", "j j j"] {
        stage.press(keys)
        #expect(stage.canvas(glyphs).violations.isEmpty, "\(size) \(glyphs) \(name) \(keys)")
      }
    }
  }
}
