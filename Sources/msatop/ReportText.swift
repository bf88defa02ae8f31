import Operations
import Shop
import Widgets

/// A run's report for people.
struct ReportText {
  let report: SimulationReport

  var text: String {
    var lines = [
      "seed \(report.seed), \(Figures.count(Int(report.virtualSeconds.rounded())).text) s of virtual time in \(Self.seconds(report.wallSeconds)) s"
    ]
    if !report.mistakes.isEmpty { lines.append("built wrong on purpose: \(report.mistakes.joined(separator: ", "))") }
    lines.append("")
    lines += Self.block("transactions", transactions)
    lines += Self.block("work", work)
    lines += Self.block("put to the test by", trials)
    // There is something to compare only where both ways were gone.
    if report.pages.count > 1 { lines += Self.block("product pages", pages) }
    if let scenario = report.scenario { lines += ScenarioText(progress: scenario).lines + [""] }
    lines.append("invariants")
    for verdict in report.invariants {
      lines.append("  \(verdict.holds ? "✓" : "✗") \(verdict.name)")
      for problem in verdict.problems { lines.append("      \(problem)") }
    }
    for failure in report.reconciliation?.failures ?? [] { lines.append("  ✗ not reconciled: \(failure)") }
    for mismatch in report.unsettled { lines.append("  ✗ mismatch: \(Self.words(mismatch))") }
    for stuck in report.stuck { lines.append("  ■ stuck: \(stuck.gtxid)  \(stuck.reason)") }
    lines += ["", "digest \(report.digest)"]
    return lines.joined(separator: "\n")
  }

  private static func words(_ mismatch: MismatchSnapshot) -> String {
    let sides = mismatch.sides.map { "\($0.service) \($0.kind) \(Count.grouped($0.amount))" }.joined(separator: ", ")
    return "\(mismatch.gtxid)  order \(mismatch.order.map { "\($0)" } ?? "–")  \(sides)  \(mismatch.remedy)"
  }

  private var transactions: [(String, UInt64)] {
    let counts = report.transactions
    return [
      ("started", counts.started), ("committed", counts.committed), ("rejected", counts.rejected),
      ("compensated", counts.compensated), ("failed", counts.failed), ("stuck", counts.stuck), ("open", counts.open),
    ].map { ($0.0, UInt64($0.1)) }
  }

  private var work: [(String, UInt64)] {
    [
      ("spans", report.spans), ("records", report.records), ("database commits", report.commits),
      ("lines of events", report.events),
    ]
  }

  private var trials: [(String, UInt64)] {
    let trials = report.trials
    return [
      ("duplicates delivered", trials.duplicatesDelivered), ("duplicates suppressed", trials.duplicatesSuppressed),
      ("crashes between effect and offset commit", trials.crashesBeforeOffsetCommit),
      ("time-outs with unknown outcome", trials.timeOutsWithUnknownOutcome), ("late answers", trials.lateAnswers),
      ("rebalances", trials.rebalances),
      ("charges repeated under one key", trials.chargesRepeated), ("refunds", trials.refunds),
      ("dead letters", trials.deadLetters),
    ] + trials.compensations.map { ("compensations: \($0.step)", $0.count) }
      + trials.crashPoints.filter { $0.armed > 0 }.map { ("crashes at \($0.point), \($0.what)", $0.struck) }
  }

  private var pages: [(String, UInt64)] {
    report.pages.flatMap { way in
      [
        ("composed by \(way.composedBy)", way.pages), ("  calls for each", way.calls / way.pages),
        ("  bytes for each", way.bytes / way.pages),
        ("  microseconds for each", UInt64(way.nanoseconds) / way.pages / 1_000),
      ]
    }
  }

  static func block(_ title: String, _ rows: [(String, UInt64)]) -> [String] {
    let width = rows.map(\.0.count).max() ?? 0
    let digits = rows.map { Figures.count(Int($0.1)).text.count }.max() ?? 0
    return [title]
      + rows.map { name, value in
        let figure = Figures.count(Int(value)).text
        return "  \(name)\(String(repeating: " ", count: width - name.count + 2 + digits - figure.count))\(figure)"
      } + [""]
  }

  static func seconds(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
