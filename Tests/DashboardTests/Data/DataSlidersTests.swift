import Drawing
import Operations
import Testing

@testable import Dashboard

/// What stands on page 8 beside databases: caches, connections, key-value stores, and the sliders of a strangler.
@Suite struct DataSlidersTests {
  private static func snapshot() -> SystemSnapshot {
    var snapshot = IncidentFixture.snapshot()
    if let index = snapshot.services.firstIndex(where: { $0.name == "catalog" }) {
      snapshot.services[index].cache = CacheUse(entries: 70, capacity: 1_000, hits: 691, misses: 309, loads: 309)
    }
    var strangler = StranglerSnapshot(legacy: "legacy-shop", topic: "legacy.events")
    strangler.capabilities = [("review", 25), ("order", 0)].map { name, share in
      StranglerSnapshot.Capability(
        name: name, service: name, key: "strangler.\(name)", share: share, usesMessages: true)
    }
    (strangler.capabilities[0].handedBack, strangler.capabilities[0].takenIn) = (120, 77)
    strangler.capabilities[0].differing = 3
    snapshot.strangler = strangler
    snapshot.databaseServers = [
      SharedDatabaseSnapshot(name: "shared-db", open: 18, maximum: 151, refused: 0, pools: [])
    ]
    return snapshot
  }

  /// On a slider, which comes after the three ways that data take.
  private static func atSlider(_ name: String) -> PageStage<DataPage> {
    var stage = PageStage(DataPage(), snapshot())
    stage.press("Tab Tab j j j")
    if name == "order" { stage.press("j") }
    return stage
  }

  @Test func arrowsMoveTheSliderUnderTheCursor() {
    var stage = Self.atSlider("review")
    #expect(stage.page.subject(stage.context) == .slider("review"))
    #expect(stage.press("Right").command == .configure(key: "strangler.review", value: "30"))
    #expect(stage.press("Left").command == .configure(key: "strangler.review", value: "20"))
    #expect(stage.page.hints(stage.context).first == KeyHint("← →", "slide", isDeed: true))
    stage = Self.atSlider("order")
    #expect(stage.press("Left").sentence == "order has not moved at all")
    #expect(stage.press("Right").command == .configure(key: "strangler.order", value: "5"))
    #expect(stage.press("Enter").destination == .service("order"))
  }

  /// Elsewhere they mean nothing, and are not offered.
  @Test func arrowsMoveNothingElse() {
    var stage = PageStage(DataPage(), Self.snapshot())
    for keys in ["Right", "Tab Right", "Tab Right"] {
      #expect(stage.press(keys) == nil)
      #expect(!stage.page.hints(stage.context).contains { $0.key == "← →" })
    }
  }

  @Test func slidersKeysCachesAndConnectionsAreSeen() {
    let lines = Self.atSlider("review").picture().split(separator: "\n").map(String.init)
    func line(_ word: String) -> String { lines.first { $0.contains(word) } ?? "" }
    #expect(line("what services keep").contains("shared-db 18/151 open"))
    #expect(line(" catalog ").contains(" 69 % "), "\(line(" catalog "))")
    #expect(line("customers of review").contains("━━●─────── 25 % by the service review"))
    #expect(line("customers of review").contains("differ 3   handed back 120   taken in 77"))
    #expect(line("customers of order").contains(" ●───────── 0 %"))
    #expect(line("on its way").contains("← → move by 5 %"))
    #expect(line("carts").contains("kept by cart, 12 entries") && line("carts").contains("found 93.1 %"))
  }

  @Test func aKeyValueStoreThatFailsIsSaid() throws {
    var snapshot = Self.snapshot()
    var store = KeyValueFigures()
    (store.keys, store.bytes, store.byteLimit) = (12, 3_100, 4 << 20)
    snapshot.edge.keyValueStore = store
    var stage = PageStage(DataPage(), snapshot)
    #expect(stage.picture().contains("3.1 KB of 4.2 MB"))
    store.ailment = "key-value store refuses the connection"
    snapshot.edge.keyValueStore = store
    stage.show(snapshot)
    stage.press("Tab")
    #expect(stage.page.subject(stage.context) == .keyValues("carts"))
    #expect(stage.picture().contains("key-value store refuses the connection"))
    #expect(stage.barLine?.contains("✗ carts kept by cart") == true)
    #expect(Why.text(.keyValues("carts"), snapshot)?.contains("store key-value store refuses the connection") == true)
  }

  /// Where the lists do not fit below the stores, they are left out whole, those of keys first.
  @Test func whatDoesNotFitIsLeftOut() {
    func panels(_ rows: Int) -> [DataPanel] {
      let stage = PageStage(DataPage(), Self.snapshot(), columns: 80, rows: rows)
      _ = stage.picture()
      return stage.page.panels(stage.context)
    }
    #expect(panels(24) == [.stores, .keys, .flows])
    #expect(panels(17) == [.stores, .flows])
    #expect(panels(12) == [.stores, .keys])
    #expect(panels(9) == [.stores])
  }
}
