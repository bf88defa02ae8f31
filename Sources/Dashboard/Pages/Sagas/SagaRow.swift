import Drawing
import Operations
import TraceModel
import Widgets

/// The columns of the table of sagas, from left to right.
enum SagaColumn: Int, Sendable, CaseIterable {
  case state, id, time, strip, definition, waits, locks, stash

  func tableColumn(isNarrow: Bool, longestDefinition: Int, longestStrip: Int) -> TableColumn {
    switch self {
    case .state: TableColumn(isNarrow ? "" : "state", .fixed(isNarrow ? 1 : 14))
    case .id: TableColumn("GTXID", .fixed(9), gap: 1)
    case .time: TableColumn("in state", .fit(minimum: 8), align: .right, priority: 1, gap: 1)
    case .strip: TableColumn("steps", .share(minimum: min(max(longestStrip, 16), isNarrow ? 16 : 53), maximum: 70))
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
    case .strip: .runs(saga.stripRuns)
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
  var stripRuns: [Run] {
    guard !strip.isEmpty else { return [.faint("–")] }
    var runs: [Run] = isInferred ? [.faint("(")] : []
    for (index, mark) in strip.enumerated() {
      if index > 0 { runs.append(Run(" ")) }
      runs += mark.runs
    }
    return isInferred ? runs + [.faint(")")] : runs
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
