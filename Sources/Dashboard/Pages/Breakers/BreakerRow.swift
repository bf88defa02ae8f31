import Drawing
import Operations
import Widgets

/// One breaker as a row of the table.
struct BreakerRow {
  let breaker: BreakerSnapshot
  let context: PageContext

  /// HALF_OPEN that waits for results which will never come.
  static let stuck = Mark("◐", "H", "STUCK", .failing)

  var mark: Mark { breaker.isStuck ? Self.stuck : breaker.state.mark }

  /// Whether somebody should look.
  var isHot: Bool { breaker.state != .closed }
  /// Whether calls are refused.
  var isOpen: Bool { breaker.state == .open || breaker.state == .forcedOpen || breaker.isStuck }

  func cell(_ column: BreakerColumn) -> TableCell {
    switch column {
    case .state: .runs(isHot ? mark.long : mark.quiet)
    case .label: .text(breaker.label, isOpen ? .strong : isHot ? .text : .muted, bold: isOpen || isNew)
    case .history: .history(breaker.history.map(\.strip))
    case .failure: .runs([failure])
    case .slow: .runs([slow])
    case .calls: .runs([Run(calls, isHot ? .text : .muted)])
    case .rejected:
      .figure(
        Figures.count(Int(clamping: breaker.rejected)), breaker.rejected == 0 ? .faint : .text,
        bold: breaker.rejected > 100)
    case .since: .runs([Run(Figures.duration(stayed).text, isHot ? .text : .faint)])
    case .next: .runs([next])
    case .last: .runs(last)
    }
  }

  private var stayed: Int64 { max(0, context.since(breaker.since)) }

  /// Whether the state has changed a moment ago.
  private var isNew: Bool { context.motion && context.since(breaker.since) < 1_000_000_000 }

  /// The rate, or, while it is not known, how many calls of those that it takes have been seen.
  var failure: Run {
    guard let rate = breaker.failureRate else { return notYet }
    let isOver = rate >= breaker.settings.failureRateThreshold && rate > 0
    let ink: Ink = isOver ? .failing : isHot ? .text : .muted
    return Run(Figures.percent(rate / 100, isWhole: true).text, ink, bold: isOver)
  }

  private var notYet: Run {
    switch breaker.state {
    case .disabled, .forcedOpen: Run(Figure.unknown.text, .faint)
    default: Run("\(breaker.buffered)/\(breaker.minimumCalls) calls", isHot ? .text : .muted)
    }
  }

  private var slow: Run {
    guard let rate = breaker.slowRate else { return Run(Figure.unknown.text, .faint) }
    let isOver = rate >= breaker.settings.slowRateThreshold && rate > 0
    return Run(
      Figures.percent(rate / 100, isWhole: true).text, isOver ? .failing : rate == 0 ? .faint : .text, bold: isOver)
  }

  /// How many calls the window holds of those it can.
  var calls: String {
    let settings = breaker.settings
    let isTrial = breaker.state == .halfOpen || (breaker.state == .open && breaker.transitions.first?.from == .halfOpen)
    if settings.isTimeBased, !isTrial { return Figures.count(breaker.buffered).text }
    let size = isTrial ? settings.trialCalls : settings.windowSize
    return Figures.fraction(breaker.buffered, of: max(size, breaker.buffered)).text
  }

  /// When the next trial may come.
  private var next: Run {
    guard breaker.state == .open, let from = breaker.trialFrom else { return Run(Figure.unknown.text, .faint) }
    let left = context.until(from)
    return left > 0 ? Run("in \(Figures.duration(left).text)") : Run("on next call", .halfOpen)
  }

  private var last: [Run] {
    guard let transition = breaker.transitions.first else { return [Run(Figure.unknown.text, .faint)] }
    let from = transition.from.map { "\($0.mark.letter)→" } ?? ""
    return [
      Run(from + transition.to.mark.letter, isHot ? .text : .muted), .faint(" " + context.clock(transition.time)),
    ]
  }
}

extension BreakerState {
  /// What it is on the strip of the last minute.
  var strip: HistoryStrip.State {
    switch self {
    case .closed, .disabled, .metricsOnly: .closed
    case .halfOpen: .halfOpen
    case .open, .forcedOpen: .open
    }
  }
}
