import ArgumentParser
import Connectors
import Operations
import Shop
import Terminal
import TraceCollector

/// Shows a real system by what its services report.
struct Attach: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a real system by the spans and log lines that its services report.",
    discussion: """
      Point the exporters of your services here: OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 for OpenTelemetry, port \
      9411 for Zipkin. Nothing is sent to your system, and nothing of it is changed.

      EXAMPLES
        msatop attach --otlp
        msatop attach --otlp --zipkin 9411 --memory 1GB
        msatop attach --otlp-http 0.0.0.0:4318           spans from other machines, too
        msatop attach --otlp --headless | jq             no screen: what came in, when it ends
      """)

  @OptionGroup var ears: ReceiverOption
  @OptionGroup var options: AttachedOptions

  @Option(help: ArgumentHelp("What the screen calls the system.", valueName: "name"))
  var name = "attached"

  @Flag(help: "No screen: take spans until Ctrl-C, then print one line of JSON that says what came in.")
  var headless = false

  func validate() throws {
    guard ears.isOpen else {
      throw ValidationError("say what to listen for, such as --otlp, --otlp-http 4318 or --zipkin 9411")
    }
  }

  func run() throws {
    if headless { return try take() }
    try AttachedOptions.requireTerminal()
    let system = AttachedSystem(
      name: name, budget: options.memory, memory: { ProcessMemory.residentBytes }, now: { WallClock.nanoseconds })
    let receivers = try open(for: system)
    defer {
      receivers.stop()
      Screen.endBySignal()
    }
    try options.show(system) { changed in system.start(onChange: changed) }
    system.stop()
  }

  private func open(for system: AttachedSystem) throws -> OpenReceivers {
    let sinks = OTLPSinks(
      spans: { system.receive($0) }, logs: { entries in for entry in entries { system.receive(LogLine(entry)) } },
      metrics: { system.receive($0) })
    let receivers = try ears.open(now: { WallClock.nanoseconds }, sinks: sinks)
    for figures in receivers.figures { system.opened(receiver: figures) }
    return receivers
  }

  /// Without a screen.
  private func take() throws {
    let signals = EndSignals()
    let system = AttachedSystem(name: name, budget: options.memory, now: { WallClock.nanoseconds })
    let receivers = try open(for: system)
    for name in receivers.names { StandardError.write("msatop: listens as \(name)\n") }
    signals.wait()
    receivers.stop()
    let counters = AttachedCounters(
      receivers: receivers.counts.map { AttachedCounters.Received(name: $0.name, counts: $0.counts) },
      store: system.traces.statistics)
    try counters.write()
  }
}
