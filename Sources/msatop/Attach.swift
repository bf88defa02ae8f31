import ArgumentParser
import Connectors
import Foundation
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

      What the command line does not say of these is looked for in the environment (MSATOP_OTLP, MSATOP_OTLP_HTTP, \
      MSATOP_OTLP_GRPC, MSATOP_ZIPKIN, MSATOP_ORIGIN, MSATOP_MEMORY), and then in ~/.config/msatop/config.yaml (otlp-http: 4318).
      """)

  @OptionGroup var ears: ReceiverOption
  @OptionGroup var options: AttachedOptions

  @Option(help: ArgumentHelp("What the screen calls the system.", valueName: "name"))
  var name = "attached"

  @Flag(help: "No screen: take spans until Ctrl-C, then print one line of JSON that says what came in.")
  var headless = false

  @Option(
    help: ArgumentHelp(
      "Settings in YAML, in place of ~/.config/msatop/config.yaml: otlp, otlp-http, otlp-grpc, zipkin, origin and memory.",
      valueName: "file"))
  var config: String?

  /// The command line over the environment over the file.
  private func settings() throws -> AttachSettings {
    let others = try AttachSettings.read(file: config, environment: ProcessInfo.processInfo.environment)
    var settings = AttachSettings()
    (settings.receivers, settings.memory) = (ears.choice, options.memory)
    settings = settings.or(others)
    guard ears.origin == nil || settings.receivers.hearsHTTP else {
      throw ValidationError(ReceiverOption.originNeedsHTTP)
    }
    guard settings.receivers.isOpen else {
      throw ValidationError("say what to listen for, such as --otlp, --otlp-http 4318 or --zipkin 9411")
    }
    return settings
  }

  func run() throws {
    let settings = try settings()
    if headless { return try take(settings) }
    try AttachedOptions.requireTerminal()
    let system = AttachedSystem(
      name: name, budget: settings.memory ?? AttachedOptions.usualMemory, memory: { ProcessMemory.residentBytes },
      now: { WallClock.nanoseconds })
    let receivers = try open(settings.receivers, for: system)
    defer {
      receivers.stop()
      Screen.endBySignal()
    }
    try options.show(system) { changed in system.start(onChange: changed) }
    system.stop()
  }

  private func open(_ choice: ReceiverChoice, for system: AttachedSystem) throws -> OpenReceivers {
    let sinks = OTLPSinks(
      spans: { system.receive($0) }, logs: { entries in for entry in entries { system.receive(LogLine(entry)) } },
      metrics: { system.receive($0) })
    let receivers = try choice.open(now: { WallClock.nanoseconds }, sinks: sinks)
    for figures in receivers.figures { system.opened(receiver: figures) }
    return receivers
  }

  /// Without a screen.
  private func take(_ settings: AttachSettings) throws {
    let signals = EndSignals()
    let system = AttachedSystem(
      name: name, budget: settings.memory ?? AttachedOptions.usualMemory, now: { WallClock.nanoseconds })
    let receivers = try open(settings.receivers, for: system)
    for name in receivers.names { StandardError.write("msatop: listens as \(name)\n") }
    signals.wait()
    receivers.stop()
    let counters = AttachedCounters(
      receivers: receivers.counts.map { AttachedCounters.Received(name: $0.name, counts: $0.counts) },
      store: system.traces.statistics, metrics: system.metricStatistics, log: system.logStatistics)
    try counters.write()
  }
}
