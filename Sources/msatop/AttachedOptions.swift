import ArgumentParser
import Connectors
import Drawing
import Foundation
import Operations
import Terminal
import TraceCollector
import Widgets

/// What `attach` and `import` have in common: how much is kept of the spans, and how they are shown.
struct AttachedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What spans may take of memory, from 1MB on (default: 256MB); the oldest go first.", valueName: "size"),
    transform: Arguments.memory)
  var memory: Int?

  /// Bytes, where nobody says anything else.
  static let usualMemory = 256_000_000

  @Option(help: ArgumentHelp("dark, light or nord.", valueName: "name"), transform: Arguments.theme)
  var theme = "dark"

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Flag(inversion: .prefixedNo, help: "Let things move by themselves.")
  var motion = true

  static func requireTerminal() throws {
    do {
      try Screen.requireTerminal()
    } catch { throw Failure(description: "\(error) --headless does without.") }
  }

  /// Shows the system until the person quits.
  /// - Parameters:
  ///   - warning: a sentence for the last line.
  ///   - begin: starts what changes the system; what it is given is to be called after each change.
  func show(_ system: AttachedSystem, warning: String? = nil, begin: (@escaping @Sendable () -> Void) -> Void) throws {
    guard let chosen = Theme.named(theme) else { preconditionFailure("a theme's name was checked with the arguments") }
    let screen: Screen
    do {
      screen = try Screen(theme: chosen)
    } catch { throw Failure(description: "\(error)") }
    var cockpit = Cockpit(
      system: system, screen: screen, theme: chosen, themeName: theme, isASCII: ascii, motion: motion,
      zoneOffset: WallClock.zoneOffset)
    let waker = cockpit.waker
    begin { waker.wake() }
    if let warning { cockpit.warn(warning) }
    cockpit.run()
  }
}

/// What came in, and what became of it: one line of JSON, with `--headless`.
struct AttachedCounters: Encodable {
  var receivers: [Received]?
  var files: [Imported]?
  var store: TraceStoreStatistics
  var metrics: MetricStoreStatistics?
  var log: LogStatistics?

  struct Received: Encodable {
    var name: String
    var counts: ReceiverCounts
  }

  struct Imported: Encodable {
    var name: String
    var spans: Int
    /// Left out, since they cannot be kept.
    var rejectedSpans: Int
  }

  func write() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(self), as: UTF8.self))
  }
}
