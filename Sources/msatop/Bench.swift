import ArgumentParser
import EventBus
import Foundation

/// Measures parts of the program on this machine.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure parts of msatop on this machine.",
    discussion: """
      EXAMPLES
        msatop bench bus
        msatop bench simulation --hour
        msatop bench screen
        msatop bench messages
        msatop bench collector
        msatop bench bus --rounds 15 --json | jq '.results[] | {name, median}'
      """,
    subcommands: [
      Bus.self, Simulation.self, Screen.self, Messages.self, Collector.self, ChildProcess.self,
    ])

  struct Bus: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The event bus, in memory and on disk.",
      discussion:
        "Nothing crosses a socket. Values have 200 bytes. Each figure says when a record counts as acknowledged.")

    @Option(
      parsing: .unconditional, help: ArgumentHelp("Each figure is measured so often.", valueName: "n"),
      transform: Arguments.rounds)
    var rounds = 9

    @Option(
      help: ArgumentHelp(
        "Where the log on disk goes; it is removed again. Default: the system's temporary folder.", valueName: "path"))
    var directory = FileManager.default.temporaryDirectory.path

    @Option(
      help: ArgumentHelp(
        "Also how long a log of so many GB takes to open after a crash, and what 12,000 idle partitions cost.",
        valueName: "gb"), transform: Arguments.gigabytes)
    var large: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      var results = try BusBenchmarks(rounds: rounds).run()
      let disk = DiskBenchmarks(rounds: rounds, parent: directory)
      results += try waited { try await disk.run() }
      if let large { results += try LargeBenchmarks(rounds: rounds, parent: directory, gigabytes: large).run() }
      try BenchReport(rounds: rounds, results: results).show(asJSON: json)
    }
  }

  struct Simulation: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The simulated shop, as fast as it can.",
      discussion: "Spans are counted as they are reported; everything that a run does is done, its judgement included.")

    @Option(
      parsing: .unconditional, help: ArgumentHelp("Each figure is measured so often.", valueName: "n"),
      transform: Arguments.rounds)
    var rounds = 5

    @Flag(help: "Also one virtual hour, which takes a minute or two.")
    var hour = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let results = SimulationBenchmarks(rounds: rounds).run(withHour: hour)
      try BenchReport(rounds: rounds, results: results).show(asJSON: json)
    }
  }
}

extension Bench {
  struct Screen: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Taking a state of the shop, and drawing each page of it.",
      discussion: "Each figure is the mean of 20. The thread of the simulation takes the state, the main thread draws.")

    @Option(
      parsing: .unconditional, help: ArgumentHelp("Each figure is measured so often.", valueName: "n"),
      transform: Arguments.rounds)
    var rounds = 5

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      try BenchReport(rounds: rounds, results: try ScreenBenchmarks(rounds: rounds).run()).show(asJSON: json)
    }
  }
}

extension Bench {
  struct Messages: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "What JSON and protobuf cost to write and to read.",
      discussion: "What the simulated shop takes for messages goes by these figures, see SerialisationModel.")

    @Option(
      parsing: .unconditional, help: ArgumentHelp("Each figure is measured so often.", valueName: "n"),
      transform: Arguments.rounds)
    var rounds = 9

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      try BenchReport(rounds: rounds, results: try MessageBenchmarks(rounds: rounds).run()).show(asJSON: json)
    }
  }
}

extension Bench {
  struct Collector: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "The span store: what it takes in, what that takes of memory, and how fast it answers.",
      discussion: "Nothing crosses a socket. Values are 20 characters long.")

    @Option(
      parsing: .unconditional, help: ArgumentHelp("Each figure is measured so often.", valueName: "n"),
      transform: Arguments.rounds)
    var rounds = 5

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      try BenchReport(
        rounds: rounds, results: CollectorBenchmarks(rounds: rounds).run() + [KeyBenchmarks(rounds: rounds).run()]
      ).show(asJSON: json)
    }
  }
}

struct BenchReport: Encodable {
  var rounds: Int
  var results: [BenchResult]

  func show(asJSON: Bool) throws {
    guard asJSON else { return print(results.map(\.line).joined(separator: "\n")) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(self), as: UTF8.self))
  }
}

/// One figure, measured several times.
struct BenchResult: Encodable, Sendable {
  var name: String
  /// `records/s`, `spans/s`, `bytes/span`, `ms` or `µs`.
  var unit: String
  var median: Double
  var least: Double
  var most: Double
  /// When a record counts as done: in memory, written or synced. Nil where nothing is written.
  var acknowledged: Acknowledgement?
  /// What it goes through, and what not.
  var note: String

  init(_ name: String, unit: String, of values: [Double], acknowledged: Acknowledgement? = nil, note: String) {
    precondition(!values.isEmpty, "a figure is measured once at least")
    let sorted = values.sorted()
    self.name = name
    self.unit = unit
    self.acknowledged = acknowledged
    self.note = note
    median = sorted[sorted.count / 2]
    (least, most) = (sorted[0], sorted[sorted.count - 1])
  }

  var line: String {
    let label = name + String(repeating: " ", count: max(1, 42 - name.count))
    return "\(label)\(text(median)) \(unit)   (\(text(least)) … \(text(most)))   \(note)"
  }

  private func text(_ value: Double) -> String {
    guard value >= 1_000 else { return String(format: "%.2f", value) }
    var digits = String(Int(value.rounded()))
    for place in stride(from: digits.count - 3, to: 0, by: -3) {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
    }
    return digits
  }
}
