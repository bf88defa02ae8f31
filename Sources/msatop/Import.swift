import ArgumentParser
import Connectors
import Foundation
import Terminal
import TraceCollector
import TraceModel

/// Shows a system by spans that were written to files.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a system by the spans in files: OTLP JSON lines, or arrays of Zipkin v2.",
    discussion: """
      The files may be gzip, and - is the standard input. What they are their first bytes say. Time stands still where the \
      newest span ended. A file that cannot be read is named, with the line, and nothing is shown.

      EXAMPLES
        msatop import traces.jsonl                       what OpenTelemetry's collector wrote, or :save otlp
        msatop import monday.json.gz tuesday.json.gz --memory 1GB
        curl -s localhost:9411/api/v2/trace/8f3a21c9 | msatop import -
        msatop import traces.jsonl --headless | jq       no screen: how many spans there are
      """)

  @Argument(help: ArgumentHelp("Files with spans; - is the standard input.", valueName: "file"))
  var files: [String]

  @OptionGroup var options: AttachedOptions

  @Option(help: ArgumentHelp("What the screen calls the system; else the first file's name.", valueName: "name"))
  var name: String?

  @Flag(help: "No screen: print one line of JSON that says what the files hold.")
  var headless = false

  private static let standardInput = "-"

  func validate() throws {
    guard files.count(where: { $0 == Self.standardInput }) <= 1 else {
      throw ValidationError("the standard input can be read once: give - once")
    }
  }

  func run() throws {
    let readsInput = files.contains(Self.standardInput)
    let read = try files.map(Self.read)
    if !headless, !readsInput { try AttachedOptions.requireTerminal() }
    let system = AttachedSystem(
      name: name ?? title, budget: options.memory ?? AttachedOptions.usualMemory, recorded: read.flatMap(\.spans))
    let refused = read.reduce(0) { $0 + $1.refused }
    let reason = read.lazy.map(\.reason).first { !$0.isEmpty } ?? ""
    let warning = refused > 0 ? "\(refused) spans are left out, the first because of \(reason)" : nil
    if headless {
      if let warning { StandardError.write("msatop: \(warning)\n") }
      let imported = zip(files, read).map {
        AttachedCounters.Imported(name: $0, spans: $1.spans.count, rejectedSpans: $1.refused)
      }
      return try AttachedCounters(files: imported, store: system.traces.statistics).write()
    }
    if readsInput { Self.takeKeysFromTerminal() }
    try AttachedOptions.requireTerminal()
    defer { Screen.endBySignal() }
    try options.show(system, warning: warning) { _ in }
  }

  private var title: String {
    let first = files.first ?? Self.standardInput
    return first == Self.standardInput ? "imported" : URL(fileURLWithPath: first).lastPathComponent
  }

  private static func read(_ file: String) throws -> SpanFile {
    let isInput = file == standardInput
    let bytes: Data
    do {
      bytes =
        isInput
        ? try FileHandle.standardInput.readToEnd() ?? Data() : try Data(contentsOf: URL(fileURLWithPath: file))
    } catch {
      throw Failure(description: "\(file) cannot be read: \(reason(error))")
    }
    do {
      return try SpanFile.read([UInt8](bytes))
    } catch {
      throw Failure(description: "\(isInput ? "the standard input" : file): \(error)")
    }
  }

  /// The sentence of the system, without what Foundation puts around it.
  private static func reason(_ error: any Error) -> String {
    guard let error = (error as? CocoaError)?.underlying as? POSIXError else { return error.localizedDescription }
    return String(cString: strerror(error.code.rawValue))
  }

  /// The keys come from the standard input, which has been read to its end: from here on it is the terminal.
  private static func takeKeysFromTerminal() {
    let terminal = open("/dev/tty", O_RDWR)
    guard terminal >= 0 else { return }  // who asks for a terminal says so
    dup2(terminal, STDIN_FILENO)
    if terminal != STDIN_FILENO { close(terminal) }
  }
}
