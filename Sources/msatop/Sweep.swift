import ArgumentParser
import Concurrency
import Dispatch
import Foundation
import Operations
import Shop
import Widgets

/// Runs many seeds, says how far it is where somebody can see it, and what they came to.
struct Sweep {
  let sweep: ChaosSweep
  let count: Int
  let isJSON: Bool

  func run() throws {
    let interruption = watchForInterruption()
    defer { interruption.cancel() }
    let progress = Progress(count: count)
    let report = sweep.run { done, failed in progress.show(done: done, failed: failed) }
    progress.clear()
    if isJSON {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(SweepObject(report)), as: UTF8.self))
    } else {
      print(SweepText(report: report).text)
    }
    if report.exitStatus != 0 { throw ExitCode(report.exitStatus) }
  }

  /// The first Ctrl-C ends the sweep, and what was done is printed; the second ends the program.
  private func watchForInterruption() -> any DispatchSourceSignal {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler { [sweep] in
      sweep.cancel()
      signal(SIGINT, SIG_DFL)
    }
    source.resume()
    return source
  }
}

/// One line on the terminal, which is written over again and again; nothing where standard error is no terminal.
private final class Progress {
  private let count: Int
  private let isShown = isatty(STDERR_FILENO) == 1
  private let clock = ContinuousClock()
  private let began: ContinuousClock.Instant
  private var last: ContinuousClock.Instant?

  init(count: Int) {
    self.count = count
    began = clock.now
  }

  func show(done: Int, failed: Int) {
    let now = clock.now
    guard isShown, last.map({ now - $0 > .milliseconds(200) }) ?? true else { return }
    last = now
    let seconds = Double((now - began).components.seconds)
    let left = done > 0 && seconds > 0 ? "  \(Int(seconds / Double(done) * Double(count - done))) s left" : ""
    let failures = failed > 0 ? "  \(failed) failed" : ""
    StandardError.write("\r\u{1B}[K\(done) of \(count) seeds\(failures)\(left)")
  }

  func clear() {
    if isShown { StandardError.write("\r\u{1B}[K") }
  }
}

/// A sweep as JSON: the report, and what follows from it.
private struct SweepObject: Encodable {
  let report: SweepReport

  init(_ report: SweepReport) { self.report = report }

  private enum Key: String, CodingKey { case missing, succeeded }

  func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(report.missing, forKey: .missing)
    try container.encode(report.succeeded, forKey: .succeeded)
  }
}

/// A sweep's report for people.
struct SweepText {
  let report: SweepReport

  var text: String {
    var lines = [head, ""]
    lines += ReportText.block("put to the test by", report.counts.map { ($0.name, $0.count) })
    for failure in report.failures {
      lines.append("✗ seed \(failure.seed)")
      lines += failure.problems.prefix(5).map { "    \($0)" }
      if failure.problems.count > 5 { lines.append("    and \(failure.problems.count - 5) more") }
      lines.append("  again:    \(failure.replay)")
      if let prefix = failure.prefix { lines.append("  prefix:   \(prefix)") }
      if let shortest = failure.shortest { lines.append("  shortest: \(shortest)") }
      lines.append("")
    }
    if report.isComplete, report.failures.count > ChaosSweep.shrunk {
      lines += [
        "  (what is not needed was left out for the first \(ChaosSweep.shrunk) alone: it takes some thirty runs for each;",
        "  --seed N --chaos does it for any other)", "",
      ]
    }
    for name in report.missing { lines.append("✗ never happened, so nothing is proved about it: \(name)") }
    if !report.missing.isEmpty { lines.append("  (more seeds, or a longer --duration, may do)") }
    let failed = report.failures.count
    lines.append(
      failed == 0
        ? "✓ every invariant holds in \(Figures.count(report.done).text) runs"
        : "✗ \(failed) of \(Figures.count(report.done).text) runs broke an invariant")
    if !report.isComplete { lines.append("  ended early: the other seeds were not run") }
    lines += ["", "digest \(report.digest)"]
    return lines.joined(separator: "\n")
  }

  private var head: String {
    let mistakes = report.mistakes.map { ", with the mistake \($0.rawValue)" }.joined()
    return "seeds \(report.first) to \(report.last)\(mistakes): \(Figures.count(report.done).text) runs in "
      + "\(ReportText.seconds(report.wallSeconds)) s"
  }
}
