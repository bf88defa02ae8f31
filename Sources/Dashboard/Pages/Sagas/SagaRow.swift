import Drawing
import Operations
import TraceModel
import Widgets

/// The columns of the table of sagas, from left to right.
enum SagaColumn: Int, Sendable, CaseIterable {
  case state, id, time, strip, definition, waits, locks, stash

  /// - Parameter leastStrip: columns that the steps keep, where they need as many.
  func tableColumn(isNarrow: Bool, longestDefinition: Int, longestStrip: Int, leastStrip: Int) -> TableColumn {
    switch self {
    case .state: TableColumn(isNarrow ? "" : "state", .fixed(isNarrow ? 1 : 14))
    case .id: TableColumn("GTXID", .fixed(9), gap: 1)
    case .time: TableColumn("in state", .fit(minimum: 8), align: .right, priority: 1, gap: 1)
    case .strip: TableColumn("steps", .share(minimum: min(max(longestStrip, 16), leastStrip), maximum: 70))
    case .definition:
      TableColumn(
        "definition", .share(minimum: min(longestDefinition, 13), maximum: max(longestDefinition, 10)), priority: 2)
    case .waits: TableColumn("waits for", .share(minimum: 14), priority: 5)
    case .locks: TableColumn("locks", .fit(minimum: 5), align: .right, priority: 3)
    case .stash: TableColumn("stash", .fit(minimum: 5), align: .right, priority: 4)
    }
  }
}

/// One saga as a row of the table.
struct SagaRow {
  let saga: SagaSnapshot
  let context: PageContext
  var isNarrow = false
  /// Ordered by hand.
  var isOwn = false

  func cell(_ column: SagaColumn) -> TableCell {
    switch column {
    case .state: .runs(saga.stateRuns(isShort: isNarrow))
    case .id: .text(saga.gtxid.short, .accent, bold: isOwn)
    case .time: time
    case .strip:
      .drawing { [saga] canvas, rect in canvas.rich(saga.stripRuns(fitting: rect.width), x: rect.x, y: rect.y) }
    case .definition: .text(saga.definition, .muted)
    case .waits: .runs(saga.wait.isEmpty ? [.faint("–")] : saga.wait)
    case .locks: .figure(Figures.count(saga.locks.count), saga.locks.isEmpty ? .faint : .text)
    case .stash: .figure(Figures.count(saga.stash), saga.stash == 0 ? .faint : .degraded, bold: saga.stash > 0)
    }
  }

  private var time: TableCell {
    let figure = Figures.duration(max(0, context.since(saga.since)))
    if saga.state.hasEnded { return .figure(figure, .faint) }
    return .figure(figure, saga.state == .stuck ? .failing : saga.isOverdue ? .degraded : .text)
  }
}

extension SagaSnapshot {
  /// Its state as it is shown; one that takes longer than it may says so in the word.
  var mark: Mark {
    isOverdue ? state.overdueMark : state.mark
  }

  /// What keeps it where it is: who has to act next, or that nobody was told to. Empty when nothing is known of it.
  var wait: [Run] {
    if !unpublished.isEmpty { return [Run("no \(visible(unpublished)) was published", .degraded)] }
    return waitsFor.isEmpty ? [] : [Run(visible(waitsFor), state == .stuck ? .failing : .text)]
  }

  func stateRuns(isShort: Bool) -> [Run] {
    if isShort { return [Run(mark.glyph, mark.ink, bold: true)] }
    return state == .committed || state == .rejected ? mark.quiet : mark.long
  }

  /// `✓ credit ✓ stock ✗ charge ↺ stock`; what was inferred stands in brackets.
  var stripRuns: [Run] { runs(of: strip) }

  /// Where there is no room for all of them the first that were done are counted, and then the first that were undone:
  /// `✓ 3 steps ✗ charge ↺ 2 steps ↺ order`. How it ended, or where it is, stands at the end.
  func stripRuns(fitting width: Int) -> [Run] {
    var marks = strip
    for kind in [SagaMark.Kind.done, .undone] {
      guard let first = marks.firstIndex(where: { $0.kind == kind }) else { continue }
      let count = marks[first...].prefix { $0.kind == kind }.count
      for counted in [0] + (2..<max(2, count + 1)) {
        var shorter = marks
        if counted > 0 {
          shorter.replaceSubrange(first..<first + counted, with: [SagaMark(kind, "\(counted) steps")])
        }
        let runs = runs(of: shorter)
        if runs.cellWidth <= width { return runs }
        if counted == count { marks = shorter }
      }
    }
    return endEllipsis(runs(of: marks), width)
  }

  private func runs(of marks: [SagaMark]) -> [Run] {
    guard !marks.isEmpty else { return [.faint("–")] }
    let runs = Array(marks.map(\.runs).joined(separator: [Run(" ")]))
    return isInferred ? [.faint("(")] + runs + [.faint(")")] : runs
  }
}

extension SagaMark {
  var runs: [Run] {
    let (glyph, ink, word): (String, Ink, Ink) =
      switch kind {
      case .done: ("✓", .healthy, .muted)
      case .failed: ("✗", .failing, .strong)
      case .unknown: ("?", .unknown, .text)
      case .underWay: ("…", .text, .text)
      case .undone: ("↺", .compensation, .muted)
      case .undoUnderWay: ("↺…", .compensation, .text)
      case .undoFailed: ("↺✗", .failing, .strong)
      }
    return [Run(glyph, ink, bold: true), Run(" " + visible(label), word, bold: word == .strong)]
  }
}
