import ArgumentParser
import Foundation
import Operations
import Shop
import TraceModel

struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the shop without a screen, as fast as it can, and tell what happened.",
    discussion: """
      After --duration the load stops and all faults end; the run goes on until nothing is in flight. Exit status 1 says
      that an invariant broke, or that something did not come true that a scenario expects. The same seed gives the same digest: SHA-256 over the lines that --events writes.

      EXAMPLES
        msatop simulate --duration 60s --seed 7
        msatop simulate --duration 10m --fault payment-gateway:latency=2s,ttl=30s --transaction last-failed
        msatop simulate --scenario retry-storm               a script with what is expected of it
        msatop simulate --duration 1m --json | jq .transactions
        msatop simulate --duration 1m --events run.txt && sha256sum run.txt
        msatop simulate --seeds 1..1000 --chaos         many runs, in each of which something else breaks
        msatop simulate --seeds 1..50 --chaos --mistake dual-write
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Time under load (default: 60s); a scenario says itself how long it plays.", valueName: "duration"),
    transform: Arguments.duration)
  var duration: Int64?

  @Option(
    parsing: .unconditional, help: "The run: the same seed gives the same run (default: 1, or the scenario's).",
    transform: Arguments.seed)
  var seed: UInt64?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Many runs, two side by side; what they came to is summed up.", valueName: "first..last"),
    transform: Arguments.seeds)
  var seeds: ClosedRange<UInt64>?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Transactions a second: 50, or 20 with --seeds, unless given.", valueName: "tx/s"),
    transform: Arguments.rate)
  var rate: Double?

  @Option(
    help: ArgumentHelp(
      "Something that is broken, from the start or, with @12s at its end, from then on; may be given again.",
      valueName: "spec"),
    transform: Arguments.timedFault)
  var fault: [ChaosPlan.Fault] = []

  @Option(
    help: ArgumentHelp(
      "An instance that crashes at a point of its work: order:P4,nth=3,down=2s@12s; may be given again.",
      valueName: "spec"),
    transform: Arguments.crash)
  var crash: [ChaosPlan.Crash] = []

  @Flag(
    help: ArgumentHelp(
      "Break at random what can break, drawn from the seed; so are order store, strangler, topology and mix, unless they are given."
    ))
  var chaos = false

  @Option(
    help: ArgumentHelp(
      "Build something wrong: dual-write, no-idempotency, no-breaker, inner-join, view-without-versions or no-hand-back; may be given again.",
      valueName: "name"),
    transform: Arguments.mistake)
  var mistake: [Mistake] = []

  @Option(
    help: ArgumentHelp("How order keeps and publishes its orders: outbox, log-mining or events.", valueName: "store"),
    transform: Arguments.orderStore)
  var orderStore: OrderStore?

  @Option(
    help: ArgumentHelp(
      "Put the legacy shop beside the new services, which serve that percentage of the customers.",
      valueName: "review=25,order=50"),
    transform: Arguments.strangler)
  var strangler: StranglerSettings?

  @OptionGroup var guards: ResilienceOption

  @OptionGroup var place: TopologyOption

  @OptionGroup var products: ProductsInfoOption

  @OptionGroup var script: ScenarioOption

  @Option(
    help: ArgumentHelp(
      "What customers come for, by weight: \(Arguments.names(Journey.self)).",
      valueName: "buy=3,browse=1"),
    transform: Arguments.journeys)
  var journeys: [(journey: Journey, weight: Double)]?

  @Option(
    help: ArgumentHelp(
      "How orders are carried out, by weight: \(Arguments.names(SagaKind.self)).",
      valueName: "join=1"),
    transform: Arguments.sagas)
  var sagas: [(saga: SagaKind, weight: Double)]?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: ArgumentHelp("Write what happened, one line each, to a file.", valueName: "file"))
  var events: String?

  @Option(
    help: ArgumentHelp("Keep the bus's log in a directory, which msatop log then shows.", valueName: "directory"))
  var dataDir: String?

  @Option(
    help: ArgumentHelp(
      "Also print one transaction's call tree: last-failed, for a technical reason if there was one, or a GTXID or the beginning of one.",
      valueName: "which"))
  var transaction: String?

  @Flag(help: "Draw the call tree with ASCII characters only.")
  var ascii = false

  func validate() throws {
    var settings = ShopSettings(faults: fault.map { (at: $0.at, spec: $0.spec) })
    settings.mistakes = Set(mistake)
    settings.orderStore = orderStore ?? .outbox
    settings.strangler = strangler ?? StranglerSettings()
    if let obstacle = settings.obstacle { throw ValidationError(obstacle) }
    if seeds != nil {
      let single = [
        ("--seed", seed != nil), ("--events", events != nil), ("--data-dir", dataDir != nil),
        ("--transaction", transaction != nil), ("--fault", !fault.isEmpty), ("--crash", !crash.isEmpty),
      ]
      if let option = single.first(where: \.1)?.0 {
        throw ValidationError("\(option) belongs to one run: leave it out, or say --seed in place of --seeds")
      }
    }
    try place.check(fault.map(\.spec))
    if chaos || seeds != nil, guards.resilience != nil {
      throw ValidationError("--resilience belongs to one run whose faults are named: leave out --chaos and --seeds")
    }
    if chaos || seeds != nil, script.scenario != nil {
      throw ValidationError("a scenario is one run, in which nothing else breaks: leave out --chaos and --seeds")
    }
    if script.scenario != nil, duration != nil {
      throw ValidationError("--duration does not go with --scenario, which says itself how long it plays")
    }
    try script.check(rate: rate)
    guard let transaction, transaction != "last-failed" else { return }
    guard !transaction.isEmpty, transaction.count <= 32, transaction.allSatisfy(\.isHexDigit) else {
      throw ValidationError("--transaction \(transaction): say last-failed, or up to 32 hexadecimal digits")
    }
  }

  func run() throws {
    if script.wantsList { return print(ScenarioOption.listText) }
    if let seeds {
      let sweep = ChaosSweep(
        seeds: seeds, duration: duration ?? Self.usualDuration, rate: rate ?? 20, mistakes: Set(mistake), shop: shop,
        isChaos: chaos)
      return try Sweep(sweep: sweep, count: seeds.count, isJSON: json).run()
    }
    let scenario = try script.chosen()
    try place.check(scenario)
    let plan = plan(for: scenario)
    var settings = plan.settings
    settings.scenario = scenario
    settings.resilience = try guards.settings()
    if let obstacle = settings.obstacle { throw ValidationError(obstacle) }
    let file = try openEvents()
    let directory = try BusDirectory.open(dataDir)
    let run = SimulationRun(
      settings, duration: plan.duration, events: file, bus: directory?.bus)
    let report = run.run()
    try? file?.close()
    if json {
      try printJSON(report)
    } else {
      print(ReportText(report: report).text)
    }
    noteUnstruck(report)
    try printTree(run)
    if chaos, !report.allHold { printShortest(of: plan) }
    if let events, let error = run.eventsError {
      throw Failure(description: "\(events) is not complete: \(error.localizedDescription)")
    }
    try directory?.close()
    if !report.allHold { throw ExitCode(EXIT_FAILURE) }
  }

  private static let usualDuration: Int64 = 60_000_000_000

  private func plan(for scenario: Scenario?) -> ChaosPlan {
    let (seed, rate) = (seed ?? scenario?.seed ?? 1, rate ?? scenario?.rate ?? 50)
    let duration = duration ?? scenario?.duration ?? Self.usualDuration
    var plan =
      chaos
      ? ChaosPlan.drawn(seed: seed, rate: rate, duration: duration, mistakes: Set(mistake), shop: shop)
      : ChaosPlan(seed: seed, rate: rate, duration: duration, mistakes: Set(mistake), shop: shop)
    plan.faults += fault
    plan.crashes += crash
    return plan
  }

  /// The shop as far as the options say what it is like.
  private var shop: ChaosShop {
    var shop = ChaosShop(
      orderStore: orderStore, strangler: strangler, topology: place.given, productsInfo: products.settings)
    (shop.journeys, shop.sagas) = (journeys, sagas)
    // What is built wrong for a while alone is to be what breaks, as what is built wrong from the start.
    return fault.contains { $0.spec.kind.name.mistake != nil } ? shop.usual : shop
  }

  /// What somebody ordered and did not get; of what was drawn by lot, some always comes too late.
  private func noteUnstruck(_ report: SimulationReport) {
    let ordered = Dictionary(
      fault.map { ("\($0.spec)", "--fault") } + crash.map { ("\($0.spec)", "--crash") },
      uniquingKeysWith: { one, _ in one })
    for unstruck in report.neverStruck {
      guard let option = ordered[unstruck.spec] else { continue }
      StandardError.write("msatop: warning: \(option) \(unstruck.spec) never struck: \(unstruck.reason)\n")
    }
  }

  /// Beside JSON it goes to standard error, so that what is piped stays JSON.
  private func printShortest(of plan: ChaosPlan) {
    guard let shortest = ChaosSweep.smallest(of: plan) else { return }
    let text = "\nthe shortest that still fails:\n  \(shortest.command)"
    if json { StandardError.write(text + "\n") } else { print(text) }
  }

  private func openEvents() throws -> FileHandle? {
    guard let events else { return nil }
    guard FileManager.default.createFile(atPath: events, contents: nil), let file = FileHandle(forWritingAtPath: events)
    else {
      throw Failure(description: "\(events) cannot be written: choose a file in a directory that you may write to")
    }
    return file
  }

  private func printJSON(_ report: SimulationReport) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(report), as: UTF8.self))
  }

  /// The tree goes to standard error beside JSON, so that what is piped stays JSON.
  private func printTree(_ run: SimulationRun) throws {
    guard let transaction else { return }
    let found =
      transaction == "last-failed" ? run.lastFailed.map { [$0] } ?? [] : run.transactions(withPrefix: transaction)
    guard let id = found.first else {
      throw Failure(
        description: transaction == "last-failed"
          ? "no transaction failed in this run"
          : "no transaction begins with \(transaction) in this run, or it is no longer kept")
    }
    guard found.count == 1 else {
      let count = found.count < SimulationRun.mostFound ? "\(found.count)" : "\(found.count) or more"
      throw Failure(description: "\(count) transactions begin with \(transaction): give more digits")
    }
    guard let tree = run.callTree(of: id, ascii: ascii) else {
      throw Failure(description: "the spans of \(id) are no longer kept")
    }
    if json { StandardError.write(tree + "\n") } else { print("\n" + tree) }
  }
}
