import Drawing
import Operations
import TraceModel
import Widgets

/// The batch jobs: when each is due, how far a run is, and what the last one came to.
struct JobList: PopupContent {
  private var selected = 0

  private static let columns = [
    TableColumn("", .fixed(1)), TableColumn("job", .share(minimum: 12, maximum: 26), gap: 1),
    TableColumn("due in", .fit(minimum: 6), align: .right),
    TableColumn("runs", .fit(minimum: 4), align: .right, priority: 2),
    TableColumn("failed", .fit(minimum: 6), align: .right, priority: 3),
    TableColumn("done", .fit(minimum: 5), align: .right, priority: 1),
    TableColumn("last result", .share(minimum: 16, maximum: 60)),
  ]

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    let jobs = context.snapshot.jobs
    let last = max(0, jobs.count - 1)
    selected = min(selected, last)
    switch key.key {
    case .down, .character("j"): selected = min(last, selected + 1)
    case .up, .character("k"): selected = max(0, selected - 1)
    case .home, .character("g"): selected = 0
    case .end, .character("G"): selected = last
    case .character("r") where !jobs.isEmpty: return [.effect(.perform(.runJob(name: jobs[selected].name)))]
    case .enter: return open(context)
    case .escape, .character("q"): return [.dismiss]
    default: break
    }
    return []
  }

  /// The transaction of the run that goes on, or of the last one.
  private func open(_ context: PageContext) -> [Action] {
    guard context.snapshot.jobs.indices.contains(selected) else { return [.dismiss] }
    let job = context.snapshot.jobs[selected]
    guard let id = (job.current ?? job.last).flatMap({ GTXID($0.gtxid) }) else {
      return [.say("\(job.name) has not run yet", isProblem: true)]
    }
    return [.dismiss, .open(.transaction(id, span: nil))]
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let frame = box(context).frame(in: context.size)
    guard frame.contains(x: event.column, y: event.row) else { return event.action == .press ? [.dismiss] : [] }
    switch event.action {
    case .wheelDown: return press(KeyPress(.down), context)
    case .wheelUp: return press(KeyPress(.up), context)
    case .press, .doubleClick:
      let area = frame.inset(left: 3, top: 1, right: 3, bottom: 1)
      guard case .row(let row)? = table(context).hit(x: event.column, y: event.row, in: area) else { return [] }
      selected = row
      return event.action == .doubleClick ? open(context) : []
    case .move, .release: return []
    }
  }

  private func box(_ context: PageContext) -> Widgets.Popup {
    let jobs = context.snapshot.jobs
    return Widgets.Popup(
      [Run("batch jobs", .title, bold: true)], note: [.muted("\(jobs.count)")], width: 110,
      height: max(1, jobs.count) + 3)
  }

  private func table(_ context: PageContext) -> TableView {
    let jobs = context.snapshot.jobs
    return TableView(
      columns: Self.columns, rowCount: jobs.count, selected: jobs.isEmpty ? nil : min(selected, jobs.count - 1),
      empty: [.muted("This system has no batch jobs.")]
    ) { row in Self.cells(jobs[row], context) }
  }

  private static func cells(_ job: JobSnapshot, _ context: PageContext) -> [TableCell] {
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
      .text(result ?? "has not run yet", result == nil ? .muted : .text),
    ]
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box(context).draw(on: &canvas).inset(left: 1, right: 1)
    table(context).draw(on: &canvas, in: inside)
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["jobs"] }
  func hints(_ context: PageContext) -> [KeyHint] {
    [KeyHint("r", "run now"), KeyHint("↵", "its transaction"), KeyHint("Esc", "close")]
  }
}
