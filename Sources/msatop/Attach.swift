import ArgumentParser
import Connectors
import Drawing
import Foundation
import Operations
import Terminal
import TraceCollector
import TraceModel
import Widgets

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

  @Option(
    help: ArgumentHelp("What spans may take of memory, from 1MB on; the oldest go first.", valueName: "size"),
    transform: Arguments.memory)
  var memory = 256 << 20

  @Option(help: ArgumentHelp("What the screen calls the system.", valueName: "name"))
  var name = "attached"

  @Option(help: ArgumentHelp("dark, light or nord.", valueName: "name"), transform: Arguments.theme)
  var theme = "dark"

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Flag(inversion: .prefixedNo, help: "Let things move by themselves.")
  var motion = true

  @Flag(help: "No screen: take spans until Ctrl-C, then print one line of JSON that says what came in.")
  var headless = false

  func validate() throws {
    guard ears.isOpen else {
      throw ValidationError("say what to listen for, such as --otlp, --otlp-http 4318 or --zipkin 9411")
    }
  }

  func run() throws {
    if headless { return try take() }
    guard let chosen = Theme.named(theme) else { preconditionFailure("a theme's name was checked with the arguments") }
    do {
      try Screen.requireTerminal()
    } catch { throw Failure(description: "\(error)") }
    let system = AttachedSystem(name: name, budget: memory, now: { WallClock.nanoseconds })
    let receivers = try open(for: system)
    defer {
      receivers.stop()
      Screen.endBySignal()
    }
    try show(system, theme: chosen)
    system.stop()
  }

  private func show(_ system: AttachedSystem, theme chosen: Theme) throws {
    let screen: Screen
    do {
      screen = try Screen(theme: chosen)
    } catch { throw Failure(description: "\(error)") }
    var cockpit = Cockpit(
      system: system, screen: screen, theme: chosen, themeName: theme, isASCII: ascii, motion: motion,
      zoneOffset: WallClock.zoneOffset)
    let waker = cockpit.waker
    system.start { waker.wake() }
    cockpit.run()
  }

  private func open(for system: AttachedSystem) throws -> OpenReceivers {
    let sinks = OTLPSinks(
      spans: { system.receive($0) }, logs: { entries in for entry in entries { system.receive(LogLine(entry)) } })
    let receivers = try ears.open(now: { WallClock.nanoseconds }, sinks: sinks)
    for figures in receivers.figures { system.opened(receiver: figures) }
    return receivers
  }

  // MARK: Without a screen

  /// What came in, and what became of it.
  private struct Counters: Encodable {
    var receivers: [Received]
    var store: TraceStoreStatistics

    struct Received: Encodable {
      var name: String
      var counts: ReceiverCounts
    }
  }

  private func take() throws {
    let signals = EndSignals()
    let system = AttachedSystem(name: name, budget: memory, now: { WallClock.nanoseconds })
    let receivers = try open(for: system)
    for name in receivers.names { StandardError.write("msatop: listens as \(name)\n") }
    signals.wait()
    receivers.stop()
    let counters = Counters(
      receivers: receivers.counts.map { Counters.Received(name: $0.name, counts: $0.counts) },
      store: system.traces.statistics)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(counters), as: UTF8.self))
  }
}
