import Drawing
import Operations
import TraceModel
import Widgets

/// The batch jobs: when each is due, how far a run is, and what the last one came to.
struct JobList: ListPopup {
  var selected = 0

  static let title = "batch jobs"
  static let width = 110
  static let empty = "This system has no batch jobs."

  func rows(_ context: PageContext) -> [JobSnapshot] { context.snapshot.jobs }

  /// Names and results have the room before the counts.
  func columns(_ jobs: [JobSnapshot], width: Int) -> [TableColumn] {
    let name = jobs.map(\.name.cellWidth).max() ?? 0
    let result = jobs.map { max(Self.never.cellWidth, ($0.current ?? $0.last)?.result.cellWidth ?? 0) }.max() ?? 0
    return [
      TableColumn("", .fixed(1)),
      TableColumn("job", .share(minimum: min(max(name, 12), width / 3), maximum: max(name, 12)), gap: 1),
      TableColumn("due in", .fit(minimum: 6), align: .right),
      TableColumn("runs", .fit(minimum: 4), align: .right, priority: 2),
      TableColumn("failed", .fit(minimum: 6), align: .right, priority: 3),
      TableColumn("done", .fit(minimum: 5), align: .right, priority: 1),
      TableColumn("last result", .share(minimum: min(max(result, 16), width * 2 / 5), maximum: 60)),
    ]
  }

  /// The transaction of the run that goes on, or of the last one.
  func open(_ job: JobSnapshot, _ context: PageContext) -> [Action] {
    guard let id = (job.current ?? job.last).flatMap({ GTXID($0.gtxid) }) else {
      return [.say("\(job.name) has not run yet", isProblem: true)]
    }
    return [.dismiss, .open(.transaction(id, span: nil))]
  }

  func press(_ character: Character, on job: JobSnapshot, _ context: PageContext) -> [Action] {
    character == "r" ? [.effect(.perform(.runJob(name: job.name)))] : []
  }

  private static let never = "has not run yet"

  func cells(_ job: JobSnapshot, width: Int, _ context: PageContext) -> [TableCell] {
    let mark = job.current != nil ? Mark.degraded : job.last?.succeeded == false ? Mark.failing : Mark.healthy
    let due = job.nextDue.map {
      Figures.age(max(0, $0.subtractingReportingOverflow(context.snapshot.time).partialValue))
    }
    let run = job.current ?? job.last
    let result = job.current.map { $0.result.isEmpty ? "under way" : $0.result } ?? job.last?.result
    return [
      .runs([Run(mark.glyph, mark.ink, bold: true)]), .text(job.name, .strong),
      due.map { .figure($0, .muted) } ?? .text("by hand", .muted),
      .figure(Figures.count(Int(clamping: job.runs)), .text),
      .figure(Figures.count(Int(clamping: job.failedRuns)), job.failedRuns > 0 ? .failing : .faint),
      run.map { .figure(Figures.count(Int(clamping: $0.done)), .text) } ?? .text("", .muted),
      .text(result ?? Self.never, result == nil ? .muted : .text),
    ]
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["jobs"] }
  func hints(_ context: PageContext) -> [KeyHint] {
    [KeyHint("r", "run now", isDeed: true), KeyHint("↵", "its transaction"), KeyHint("Esc", "close")]
  }
}
