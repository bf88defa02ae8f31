import ArgumentParser
import Connectors
import Drawing
import Operations
import Shop
import Terminal
import Widgets

struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a simulated shop under load (this is what msatop does by itself).",
    discussion: """
      Keys: 1 to 9 and 0 for the pages, Enter and Esc in and out, f to break what is under the cursor, ! to heal everything,
      ? for help, q to quit.

      EXAMPLES
        msatop demo --rate 200
        msatop demo --fault inventory/1:crash,ttl=20s
        msatop demo --start-at 60s --frozen --seed 7     the same screen on every run
        msatop demo --zipkin 0.0.0.0:9411                spans from other machines, too
        msatop demo --otlp                               what OpenTelemetry's exporters send
      """)

  @Option(
    parsing: .unconditional, help: "The run to show: the same seed gives the same run (default: 1, or the scenario's).",
    transform: Arguments.seed)
  var seed: UInt64?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Transactions a second (default: 50); a scenario says it itself.", valueName: "tx/s"),
    transform: Arguments.rate)
  var rate: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How fast time goes by: 0.1 to 100, or max.", valueName: "factor"),
    transform: Arguments.speed)
  var speed = Speed.paced(1)

  @Option(help: ArgumentHelp("dark, light or nord.", valueName: "name"), transform: Arguments.theme)
  var theme = "dark"

  @Option(
    help: ArgumentHelp("Something that is broken from the start; may be given again.", valueName: "spec"),
    transform: Arguments.fault)
  var fault: [FaultSpec] = []

  @Option(
    help: ArgumentHelp(
      "Put the legacy shop beside the new services, which serve that percentage of the customers.",
      valueName: "review=25,order=50"),
    transform: Arguments.strangler)
  var strangler = StranglerSettings()

  @OptionGroup var guards: ResilienceOption

  @OptionGroup var place: TopologyOption

  @OptionGroup var products: ProductsInfoOption

  @OptionGroup var script: ScenarioOption

  @Option(
    help: ArgumentHelp(
      "What customers come for, by weight: \(Arguments.names(Journey.self)).",
      valueName: "buy=3,browse=1"),
    transform: Arguments.journeys)
  var journeys = LoadMix.ordinary.journeys

  @Option(
    help: ArgumentHelp(
      "How orders are carried out, by weight: \(Arguments.names(SagaKind.self)).",
      valueName: "join=1"),
    transform: Arguments.sagas)
  var sagas = LoadMix.ordinary.sagas

  @Option(
    help: ArgumentHelp(
      "Build something wrong: dual-write, no-idempotency, no-breaker, inner-join, view-without-versions or no-hand-back; may be given again.",
      valueName: "name"),
    transform: Arguments.mistake)
  var mistake: [Mistake] = []

  @Option(
    help: ArgumentHelp("How order keeps and publishes its orders: outbox, log-mining or events.", valueName: "store"),
    transform: Arguments.orderStore)
  var orderStore = OrderStore.outbox

  @OptionGroup var ears: ReceiverOption

  @Option(
    help: ArgumentHelp("Keep the bus's log in a directory, which msatop log then shows.", valueName: "directory"))
  var dataDir: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Let that much time go by at once, before the first frame.", valueName: "duration"),
    transform: Arguments.duration)
  var startAt: Int64 = 0

  @Flag(help: "Let time stand still after that: the screen is the same on every run with that seed.")
  var frozen = false

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Flag(inversion: .prefixedNo, help: "Let things move by themselves.")
  var motion = true

  func validate() throws {
    try place.check(fault)
    try script.check(rate: rate)
    guard ears.origin == nil || ears.choice.hearsHTTP else { throw ValidationError(ReceiverOption.originNeedsHTTP) }
  }

  func run() throws {
    if script.wantsList { return print(ScenarioOption.listText) }
    guard let chosen = Theme.named(theme) else { preconditionFailure("a theme's name was checked with the arguments") }
    do {
      try Screen.requireTerminal()
    } catch { throw Failure(description: "\(error) msatop simulate runs the shop without.") }
    let scenario = try script.chosen()
    try place.check(scenario)
    var settings = ShopSettings(
      seed: seed ?? scenario?.seed ?? 1, rate: rate ?? scenario?.rate ?? 50, faults: fault.map { (at: 0, spec: $0) })
    settings.scenario = scenario
    let guards = try guards.read()
    settings.resilience = guards.settings
    settings.warnings = guards.warnings
    settings.topology = place.settings
    settings.productsInfo = products.settings
    settings.mix = LoadMix(journeys: journeys, sagas: sagas)
    settings.mistakes = Set(mistake)
    settings.orderStore = orderStore
    settings.strangler = strangler
    if let obstacle = settings.obstacle { throw ValidationError(obstacle) }
    if !frozen { settings.epoch = WallClock.nanoseconds / 1_000_000_000 * 1_000_000_000 - startAt }
    let directory = try BusDirectory.open(dataDir)
    let shop = SimulatedShop(settings, bus: directory?.bus, startAt: startAt, speed: speed, isStill: frozen)
    let sinks = OTLPSinks(spans: { shop.receive($0) }, logs: { shop.receive($0.map { LogLine($0) }) })
    let receivers = try ears.choice.open(now: { WallClock.nanoseconds }, sinks: sinks)
    for figures in receivers.figures { shop.opened(receiver: figures) }
    defer {
      receivers.stop()
      // The screen hid what would have been said before it.
      SettingsFile.say(guards.warnings)
      Screen.endBySignal()
    }
    try show(shop, theme: chosen, warnings: guards.warnings)
    shop.stop()
    try directory?.close()
  }

  private func show(_ shop: SimulatedShop, theme chosen: Theme, warnings: [String]) throws {
    var cockpit = Cockpit(
      system: shop, screen: try openScreen(chosen), theme: chosen, themeName: theme, isASCII: ascii,
      motion: motion && !frozen,
      zoneOffset: frozen ? 0 : WallClock.zoneOffset)
    let waker = cockpit.waker
    shop.start { waker.wake() }
    if let first = warnings.first {
      cockpit.warn(warnings.count == 1 ? first : "\(Count.of(warnings.count, "warning")), L shows them: \(first)")
    }
    cockpit.run()
  }

  private func openScreen(_ theme: Theme) throws -> Screen {
    do {
      return try Screen(theme: theme)
    } catch { throw Failure(description: "\(error)") }
  }
}
