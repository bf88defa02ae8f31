import Drawing
import Operations
import TraceCollector
import Widgets

/// One panel of the overview: its rule and its rows.
struct OverviewPanelView {
  let panel: OverviewPanel
  let rows: OverviewRows
  let context: PageContext
  let isWide: Bool

  /// In a narrow page the events follow the transactions without a rule.
  private var hasRule: Bool { isWide || panel != .events }
  /// The services have headings where there is room.
  private var hasHeading: Bool { isWide && panel == .services }

  private func body(_ area: Rect) -> Rect { area.inset(top: (hasRule ? 1 : 0) + (hasHeading ? 1 : 0)) }

  /// The row that stands in a line of the screen.
  func row(at line: Int, in area: Rect, selected: Int?) -> Int? {
    let body = body(area)
    guard line >= body.y, line < body.bottom else { return nil }
    let count = rows.count(panel)
    let index = Scroll.offset(0, showing: selected, count: count, height: body.height) + line - body.y
    return index < count ? index : nil
  }

  func draw(on canvas: inout Canvas, in area: Rect, selected: Int?, isFocused: Bool, isNarrowed: Bool) {
    guard area.width > 12, area.height > 0 else { return }
    let body = body(area)
    let count = rows.count(panel)
    let first = Scroll.offset(0, showing: selected, count: count, height: body.height)
    if hasRule {
      var rule = Rule(title, figures: figures, isFocused: isFocused)
      rule.title += window
      if isGoneThrough { rule.title += Scroll.range(from: first, height: body.height, count: count) }
      rule.draw(on: &canvas, x: area.x, y: area.y, width: area.width)
    }
    guard count > 0 else {
      if body.height > 0 {
        let sentence = isNarrowed ? "Nothing matches the filter.  Esc clears" : empty
        canvas.put(endEllipsis(sentence, body.width), x: body.x, y: body.y, .muted)
      }
      return
    }
    if panel == .services {
      // The table's heading is the line above its rows; without headings that is the rule's, and stays untouched.
      let table = OverviewServices(
        services: rows.services, hasHeadings: hasHeading, areUntold: context.snapshot.system.isOnlyWatched)
      table.draw(
        on: &canvas, in: body.inset(top: -1), selected: isFocused ? selected : nil, isFocused: isFocused)
      return
    }
    for line in 0..<min(body.height, count - first) {
      let (index, y) = (first + line, body.y + line)
      if isFocused, index == selected {
        Selection.focused.draw(on: &canvas, x: body.x, y: y, width: body.width)
      }
      draw(row: index, on: &canvas, in: Rect(x: body.x, y: y, width: body.width, height: 1))
    }
  }

  private func draw(row index: Int, on canvas: inout Canvas, in area: Rect) {
    switch panel {
    case .services: break
    case .breakers: drawBreaker(rows.breakers[index], on: &canvas, in: area)
    case .topics: drawTopic(rows.topics[index], on: &canvas, in: area)
    case .slowest: drawOperation(rows.slowest[index], isSlow: true, on: &canvas, in: area)
    case .failing: drawOperation(rows.failing[index], isSlow: false, on: &canvas, in: area)
    case .transactions: drawTransaction(rows.transactions[index], isFirst: index == 0, on: &canvas, in: area)
    case .events: drawEvent(rows.events[index], isFirst: index == 0, on: &canvas, in: area)
    }
  }

  // MARK: The rule

  private var title: String {
    switch panel {
    case .services: "services"
    case .breakers: isWide ? "breakers not closed" : "breakers"
    case .topics: "topics by lag"
    case .slowest: isWide ? "slowest operations" : "slowest"
    case .failing: isWide ? "failing operations" : "failing"
    case .transactions: isWide ? "transactions that need you" : "need you"
    case .events: "what happened"
    }
  }

  /// Over how long a time the figures are; of services, as everywhere, of 10 s, which is said where others are not.
  private var window: [Run] {
    switch panel {
    case .slowest, .failing: context.snapshot.window.note
    case .services where context.snapshot.window != .tenSeconds: RedWindow.tenSeconds.note
    default: []
    }
  }

  /// Whether one wants to know how much more there is. What happened goes on into the past, and what needs somebody is
  /// counted at the right.
  private var isGoneThrough: Bool { panel != .events && panel != .transactions }

  private var figures: [Run] {
    switch panel {
    case .services:
      let up = rows.services.reduce(0) { $0 + $1.instancesUp }
      let all = rows.services.reduce(0) { $0 + $1.instancesAll }
      let rest = isWide ? "  by severity" : ""
      return all == 0 ? [] : [Run("\(Figures.fraction(up, of: all).text) up", .muted), Run(rest, .faint)]
    case .breakers:
      let closed = context.snapshot.breakers.count { $0.state == .closed }
      return context.snapshot.breakers.isEmpty ? [] : [Run("\(closed) closed", .muted)]
    case .topics: return isWide ? [Run("verdict", .faint)] : []
    case .slowest: return [Run(isWide ? "req/s      p99" : "p99", .faint)]
    case .failing: return [Run(isWide ? "req/s      err" : "err", .faint)]
    case .transactions:
      // They need nobody, and are no errors; how many there are is worth knowing all the same.
      let rejected = isWide ? context.snapshot.tally.rejected : 0
      let note = rejected > 0 ? [Run("\(Figures.count(rejected).text) rejected   ", .muted)] : []
      return note + [Run(Figures.count(rows.transactions.count).text, .strong, bold: true)]
    case .events: return [Run("newest first", .faint)]
    }
  }

  private var empty: String {
    switch panel {
    case .services: "No service yet."
    case .breakers where context.snapshot.breakers.isEmpty: context.absence(of: "breakers", "No breaker yet.")
    case .breakers: "No breaker is open."
    case .topics: context.absence(of: "topics", "No topic yet.")
    case .slowest: "No call in the last \(context.snapshot.window.words)."
    case .failing: "Nothing failed in the last \(context.snapshot.window.words)."
    case .transactions: "No transaction needs you."
    case .events: "Nothing happened yet."
    }
  }
}
