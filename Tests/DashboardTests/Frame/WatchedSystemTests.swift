import Drawing
import Operations
import Testing
import TraceCollector
import TraceModel

@testable import Dashboard

/// A real system, known by its spans alone: what they do not tell is said to be unknown, and nothing is offered that cannot
/// be done.
struct WatchedSystemTests {
  private static var snapshot: SystemSnapshot {
    var snapshot = SystemSnapshot(
      system: SystemIdentity(name: "prod", kind: .attached), time: 1_760_000_100_000_000_000)
    var shop = ServiceSnapshot(name: "shop")
    shop.tellsTopics = false
    (shop.rate, shop.p99, shop.health) = (12, 40_000_000, .up)
    shop.calls = [CallSnapshot(callee: "bank")]
    var instance = InstanceSnapshot(name: "host-1", port: 0)
    instance.health = .up
    (shop.instances, shop.instancesUp, shop.instancesAll) = ([instance], 1, 1)
    var caller = ServiceSnapshot(name: "cron")
    caller.tellsTopics = false
    (caller.instances, caller.instancesUp, caller.instancesAll) = ([instance], 1, 1)
    (shop.since, caller.since) = (snapshot.time, snapshot.time)
    snapshot.services = [shop, caller]
    snapshot.program = program
    return snapshot
  }

  private static var program: ProgramSnapshot {
    var program = ProgramSnapshot()
    program.store.received = 1_240_000
    (program.store.accepted, program.store.duplicates, program.store.late) = (1_234_567, 5_000, 433)
    (program.store.spans, program.store.traces, program.store.orphans) = (1_034_567, 120_000, 17)
    (program.store.evictedSpans, program.store.evictedTraces) = (200_000, 25_000)
    (program.store.bytes, program.store.budget) = (135_528_000, 268_435_456)
    (program.spansDropped, program.spansEvicted, program.residentBytes) = (433, 200_000, 181_000_000)
    var http = ReceiverSnapshot(name: "otlp-http 127.0.0.1:4318", spans: 1_234_567, logs: 420, metrics: 36, rejected: 5)
    (http.requests, http.bytes, http.ingestTime, http.leftOut) = (1_250, 310_000_000, 2_600_000_000, 2)
    http.rejections = [.init(reason: "malformed body", requests: 3), .init(reason: "too large", requests: 2)]
    program.receivers = [http, ReceiverSnapshot(name: "zipkin 127.0.0.1:9411")]
    return program
  }

  private func cockpit(_ keys: String, columns: Int = 118, rows: Int = 36) -> Cockpit {
    var cockpit = Cockpit(Self.snapshot, columns: columns, rows: rows)
    cockpit.press(keys)
    if keys == "2" { cockpit.send(.metrics("cron", [])) }
    if keys == "L" { cockpit.send(.log(LogFilter(), [])) }
    return cockpit
  }

  @Test(arguments: [
    ("1", "Spans tell nothing of breakers."), ("1", "Spans tell nothing of topics."),
    ("3", "Spans tell nothing of breakers."), ("4", "Spans tell nothing of topics."),
    ("6", "Spans tell nothing of sagas."), ("8", "Spans tell nothing of what services keep."),
    ("9 Right", "Spans tell nothing of a gateway."), ("0", "This is a real system, and msatop only watches it."),
    ("L", "let the services export their logs by OTLP, too"),
    ("2", "No metric came in yet"),
  ]) func whatSpansDoNotTellIsSaid(_ keys: String, sentence: String) {
    #expect(cockpit(keys).text.contains(sentence), "\(cockpit(keys).text)")
  }

  @Test(arguments: ["1", "2", "2 Enter", "3", "4", "5", "6", "7", "8", "9", "0"])
  func nothingIsOfferedThatCannotBeDone(_ keys: String) {
    let line = cockpit(keys, columns: 200, rows: 60).lastLine
    for word in ["f fault", "kill", "force open", "disable", "offsets", "arm"] {
      #expect(!line.contains(word), "\(line)")
    }
    let help = cockpit(keys + " ?", columns: 200, rows: 60).text
    for words in [
      "break the thing", "end all faults", "kills", "sets up a fault", "arms it", "ends every fault", "STUCK saga",
      "moves where the group", "sliders", "forces the breaker",
    ] { #expect(!help.contains(words), "\(words)") }
    #expect(!cockpit(keys).text.contains("arms what is under the cursor"))
  }

  @Test(arguments: ["2", "7"]) func beforeAnybodyReportsNoKeyIsOffered(_ keys: String) {
    var snapshot = Self.snapshot
    snapshot.services = []
    var cockpit = Cockpit(snapshot, columns: 200, rows: 60)
    cockpit.press(keys)
    for key in ["↵", "Tab", "sort", "filter", "walk", "window", "why"] {
      #expect(!cockpit.lastLine.contains(key), "\(cockpit.lastLine)")
    }
  }

  /// Nobody tells of topics, sagas, stores and faults: no key would do anything there.
  @Test(arguments: ["4", "6", "8", "0"]) func whereThereIsNothingNoKeyIsOffered(_ keys: String) {
    let line = cockpit(keys, columns: 200, rows: 60).lastLine
    for key in ["↵", "Tab", "sort", "filter", "why", "order", "mismatches", "tail", "call tree"] {
      #expect(!line.contains(key), "\(line)")
    }
    #expect(line.contains("Space freeze"))
    let help = cockpit(keys + " ?", columns: 200, rows: 60).text
    for words in ["next panel", "into the thing", "filter;", "why the thing", "copy the name", "sort by", "one order"] {
      #expect(!help.contains(words), "\(words) in\n\(help)")
    }
    #expect(help.contains("the whole log") && help.contains("go to a transaction"))
  }

  /// There are calls, and so there are edges that one can go to.
  @Test func withoutBreakersOnlyTheGuardsAreOffered() {
    let line = cockpit("3", columns: 200, rows: 60).lastLine
    #expect(line.contains("Tab guards") && !line.contains("↵") && !line.contains("sort"), "\(line)")
  }

  /// One that was read from files takes nothing in, and has no options for it.
  @Test func whatIsReadFromFilesListensForNothing() {
    var snapshot = Self.snapshot
    (snapshot.program.receivers, snapshot.system.isStill) = ([], true)
    var cockpit = Cockpit(snapshot)
    cockpit.press("9")
    #expect(cockpit.text.contains("Nothing is listened for: what is shown came from files."))
    #expect(!cockpit.text.contains("--otlp"))
  }

  /// A filter that is long takes the room of figures, but not of that.
  @Test(arguments: [(80, 24), (118, 36)]) func thatSomethingListensIsSaidBesideAFilter(columns: Int, rows: Int) {
    let text = cockpit("5 / text:dur>500ms_svc=shop_err_op~charge Enter", columns: columns, rows: rows).text
    #expect(text.contains("2 listening") || text.contains("spans from otlp-http"), "\(text)")
  }

  @Test func whatIsWrongWithAFilterIsReadWhole() {
    let lines = cockpit("5 / text:status=nosuch", columns: 80, rows: 24).lines
    let problem = lines.suffix(5).joined(separator: " ")
    #expect(problem.contains("COMMITTED".lowercased()) || problem.contains("COMMITTED"), "\(problem)")
    #expect(!problem.contains("…"), "\(problem)")
  }

  @Test func theLogOfOneThatWritesNoneSaysSo() {
    var cockpit = cockpit("2 l")
    cockpit.send(.log(LogFilter(service: "cron"), []))
    #expect(cockpit.text.contains("No line of cron is kept.") && !cockpit.text.contains("No line matches"))
    var snapshot = Self.snapshot
    snapshot.program.log = LogStatistics()
    cockpit.send(.snapshot(snapshot))
    #expect(cockpit.text.contains("No line yet: let the services export their logs by OTLP, too."))
    #expect(!cockpit.lastLine.contains("all lines"), "\(cockpit.lastLine)")
  }

  @Test func whoWantsToBreakSomethingIsToldWhyNot() {
    #expect(cockpit("2 f").lastLine.contains("this is a real system, and msatop only watches it"))
    #expect(cockpit("2 f").model.popups.isEmpty)
  }

  @Test func aServiceThatOnlyCallsHasNoRateOfItsOwn() {
    let lines = cockpit("2").lines
    let row = lines.first { $0.contains("cron") } ?? ""
    #expect(!row.contains("  0  ") && row.contains("–"), "\(row)")
    let detail = cockpit("2 / text:shop Enter Enter").text
    #expect(detail.contains("bank") && !detail.contains("no breaker") && !detail.contains("no retry"))
    #expect(!detail.contains("restarts 0") && !detail.contains("9999"))
  }

  @Test func thePlatformBeginsWithWhatBecameOfSpans() {
    let text = cockpit("9").text
    #expect(text.contains("span store   gateway   clients") || text.contains("spans  gateway  clients"), "\(text)")
    for part in [
      "136 MB of 268 MB  50.5 %", "1,034,567 spans held", "120,000 transactions", "130 B a span", "1,240,000 received",
      "5,000 duplicates", "17 without their parent", "200,000 evicted", "433 too late", "otlp-http 127.0.0.1:4318",
      "310 MB", "2.60 s", "malformed body", "too large",
    ] { #expect(text.contains(part), "\(part) is not in\n\(text)") }
    #expect(cockpit("9").lastLine.contains("1.0M held  5 refused  433 dropped  200k evicted  181 MB"))
  }

  @Test func aSimulatedSystemHasTheStoreBehindItsOtherTabs() {
    var snapshot = ShopFixture.snapshot
    snapshot.program.store = Self.program.store
    var cockpit = Cockpit(snapshot)
    cockpit.press("9 Left")
    #expect(cockpit.text.contains("1,034,567 spans held"))
    #expect(cockpit.text.contains("Nothing is listened for: --otlp and --zipkin take spans from outside."))
  }

  @Test(arguments: [(80, 24), (40, 12), (200, 60), (118, 36)]) func theStoreFitsEverywhere(columns: Int, rows: Int) {
    let lines = cockpit("9", columns: columns, rows: rows).lines
    #expect(lines.allSatisfy { $0.cellWidth <= columns })
    #expect(lines.joined().contains("otlp-http"))
    if columns >= 80 { #expect(lines.joined().contains("otlp-http 127.0.0.1:4318")) }
  }
}

/// What takes the place of breakers, topics and guards where spans are all that is known.
struct WatchedFiguresTests {
  private func snapshot() -> SystemSnapshot {
    var snapshot = SystemSnapshot(
      system: SystemIdentity(name: "prod", kind: .attached), time: 1_760_000_100_000_000_000)
    var shop = ServiceSnapshot(name: "shop")
    (shop.rate, shop.p99, shop.health, shop.tellsTopics) = (12, 40_000_000, .up, false)
    var bank = CallSnapshot(callee: "bank")
    (bank.rate, bank.p99, bank.answerP99) = (3, 20_000_000, 8_000_000)
    var database = CallSnapshot(callee: "orders")
    (database.rate, database.p99, database.isDatabase) = (9, 3_000_000, true)
    shop.calls = [bank, database]
    snapshot.services = [shop]
    var board = OperationBoard()
    board.slowest = [
      OperationSnapshot(
        service: "shop", operation: "GET /slow page", rate: 2, errors: 0, errorShare: 0, p50: 900_000_000,
        p99: 2_400_000_000)
    ]
    board.failing = [
      OperationSnapshot(
        service: "shop", operation: "POST /orders", rate: 12, errors: 70, errorShare: 0.1, p50: 9_000_000,
        p99: 40_000_000)
    ]
    snapshot.operations = board
    return snapshot
  }

  @Test(arguments: [(118, 36), (200, 60), (80, 24)]) func operationsStandOut(columns: Int, rows: Int) {
    let text = Cockpit(snapshot(), columns: columns, rows: rows).text
    #expect(text.contains("failing") && text.contains("slowest") && !text.contains("breakers not closed"))
    #expect(text.contains("shop POST /orders") && text.contains("10.0 %") && text.contains("2.40 s"), "\(text)")
  }

  @Test func enterOnAnOperationShowsItsTransactions() {
    var cockpit = Cockpit(snapshot())
    cockpit.press("Tab Enter")
    #expect(cockpit.text.contains("svc=shop op=\"POST /orders\" err"), "\(cockpit.text)")
    cockpit = Cockpit(snapshot())
    cockpit.press("Tab Tab Enter")
    #expect(cockpit.text.contains("svc=shop op=\"GET /slow page\" dur>=900ms"), "\(cockpit.text)")
  }

  @Test func callsAreSeenFromBothSides() {
    var cockpit = Cockpit(snapshot())
    cockpit.press("2 Enter")
    #expect(cockpit.text.contains("p99 20 ms, 8 ms where it is answered"), "\(cockpit.text)")
    #expect(cockpit.text.contains("a database, p99 3 ms"))
  }

  /// Of a distribution: measurements a second, how many there were, and how they spread.
  private static var durations: MetricSnapshot {
    var durations = MetricSnapshot(
      name: "durations", unit: "s", value: 2.5, isRate: true, series: [2, 2.5])
    (durations.isCount, durations.total, durations.p50, durations.p99) = (true, 1_234, 0.012, 0.04)
    return durations
  }

  @Test func metricsStandOnTheServicesPage() {
    var cockpit = Cockpit(snapshot(), rows: 50)
    cockpit.press("2 Enter")
    #expect(
      cockpit.effects.contains { if case .loadMetrics(of: "shop", _) = $0 { true } else { false } })
    let metrics = [
      MetricSnapshot(
        name: "pool.used", attributes: [SpanAttribute("pool", "orders")], unit: "{connection}", value: 4, isRate: false,
        series: [1, 4]),
      MetricSnapshot(name: "requests", unit: "1", value: 31.25, isRate: true, series: [30, 31.25]),
      Self.durations,
      MetricSnapshot(name: "heap", unit: "By", value: 12_345_678, isRate: false, series: []),
      MetricSnapshot(name: "gone", unit: "", value: nil, isRate: false, series: []),
    ]
    cockpit.send(.metrics("shop", metrics))
    let parts = [
      "shop: metrics", "pool.used  pool=orders", "4 {connection}", "31.3/s", "12 MB", "durations",
      "p99", "40 ms", "2.5/s",
    ]
    for part in parts {
      #expect(cockpit.text.contains(part), "\(part) is not in\n\(cockpit.text)")
    }
    var wide = Cockpit(snapshot(), columns: 200, rows: 50)
    wide.press("2 Enter")
    wide.send(.metrics("shop", metrics))
    for part in ["p50", "12 ms", "40 ms", "1.2k"] {
      #expect(wide.text.contains(part), "\(part) is not in\n\(wide.text)")
    }
    cockpit.send(.metrics("bank", metrics))
    #expect(!cockpit.text.contains("pool.used"), "those of another service")
  }

  /// What tells a series from its neighbours stands first; all of it is a key away, and goes on with the series.
  @Test func aSeriesIsToldFromItsNeighbours() {
    func series(_ route: String, value: Double) -> MetricSnapshot {
      let sdk = SpanAttribute("sdk.language", "a word that all of them share and that takes the place of what matters")
      return MetricSnapshot(
        name: "http.server.requests", attributes: [sdk, SpanAttribute("http.route", .text(route))], unit: "1",
        value: value, isRate: false, series: [])
    }
    var cockpit = Cockpit(snapshot(), columns: 80, rows: 50)
    cockpit.press("2 Enter Tab Tab Tab")
    cockpit.send(.metrics("shop", [series("/cart", value: 4), series("/orders", value: 7)]))
    // The name stands once, so that there is room for what differs.
    #expect(cockpit.text.contains("http.server.requests  htt…"), "\(cockpit.text)")
    #expect(cockpit.text.contains("http.route=/orders"), "\(cockpit.text)")
    cockpit.press("j Enter")
    for part in ["http.route", "/orders", "sdk.language", "takes the place of", "7"] {
      #expect(cockpit.text.contains(part), "\(part) is not in\n\(cockpit.text)")
    }
    cockpit.send(.metrics("shop", [series("/orders", value: 1_000_007)]))
    #expect(cockpit.text.contains("1,000,007") || cockpit.text.contains("1.0M"), "\(cockpit.text)")
  }
}
