import Drawing
import Operations
import TraceModel
import Widgets

extension OverviewPanelView {
  // MARK: A breaker

  func drawBreaker(_ breaker: BreakerSnapshot, on canvas: inout Canvas, in area: Rect) {
    let mark = breaker.state.mark
    let name = isWide ? breaker.label : "\(breaker.instance)→\(breaker.callee)"
    let right = breakerFigures(breaker)
    // The words of the states end below each other.
    let column = max(8, mark.glyph.cellWidth + 1 + mark.word.cellWidth + 1)
    let room = area.width - column - right.cellWidth - 2
    canvas.rich(mark.long, x: area.x, y: area.y)
    let shown = middleEllipsis(name, room)
    canvas.put(shown, x: area.x + column, y: area.y, breaker.state == .open ? .strong : .text)
    guard column + right.cellWidth <= area.width else { return }
    canvas.rich(right, x: area.right - right.cellWidth, y: area.y)
  }

  private func breakerFigures(_ breaker: BreakerSnapshot) -> [Run] {
    let since = Self.countdown(context.since(breaker.since))
    switch breaker.state {
    case .open:
      let wait = breaker.trialFrom.map { max(0, -context.since($0)) }
      let next = wait.map { $0 == 0 ? "next call" : Self.countdown($0) } ?? since
      guard isWide else { return [Run(next, .strong)] }
      let rate = breaker.failureRate.map { Figures.percent($0 / 100, isWhole: true).text + "   " } ?? ""
      let word = wait.map { $0 == 0 ? "on the " : "in " } ?? "since "
      return [Run(rate, .failing, bold: true), Run(word, .muted), Run(next, .strong)]
    case .halfOpen:
      let trial = Figures.fraction(breaker.trial.count, of: max(breaker.settings.trialCalls, breaker.trial.count)).text
      guard isWide else { return [Run(trial, .halfOpen, bold: true)] }
      return [Run(trial, .halfOpen, bold: true), Run(" trial   \(since)", .muted)]
    case .closed, .forcedOpen, .disabled, .metricsOnly:
      return isWide ? [Run("since ", .muted), Run(since, .strong)] : [Run(since, .strong)]
    }
  }

  /// `3.8 s`: what runs is not shown to the hundredth.
  private static func countdown(_ nanoseconds: Int64) -> String {
    let tenths = max(0, nanoseconds) / 100_000_000
    return tenths < 600 ? "\(tenths / 10).\(tenths % 10) s" : Figures.duration(nanoseconds).text
  }

  // MARK: A topic

  /// The tallest lag among the topics: their lines are on one scale.
  private var lagTop: Double { Double(max(100, rows.topics.map { $0.lag ?? 0 }.max() ?? 0)) }

  func drawTopic(_ topic: TopicSnapshot, on canvas: inout Canvas, in area: Rect) {
    let (mark, isOK) = (topic.mark, !topic.isBad)
    let verdict = isOK ? mark.quiet : mark.long
    let lag = topic.lag.map { Figures.count(Int(clamping: $0)) } ?? .unknown
    let ink: Ink = topic.lag == nil ? .faint : isOK ? .text : mark.ink
    // From the right: verdict, trend, figure, line; the name has the rest. The trend goes first, then the line.
    let (verdictWidth, figureWidth, nameWidth) = (8, max(7, lag.cellWidth), 10)
    var spare = area.width - verdictWidth - 2 - figureWidth - 1 - nameWidth
    let lineWidth = area.width >= 60 ? 18 : isWide ? 9 : 8
    let hasLine = spare >= lineWidth + 1
    if hasLine { spare -= lineWidth + 1 }
    let trend = topic.trend.text
    let trendWidth = spare >= 10 ? 10 : 0
    canvas.rich(verdict, x: area.right - verdict.cellWidth, y: area.y)
    // Where there is much room it stays between the figures and the verdict, not between a name and its figures.
    let widest = 24 + 1 + (hasLine ? lineWidth + 1 : 0) + figureWidth + 2 + trendWidth
    var right = min(area.right - verdictWidth, area.x + widest) - trendWidth
    if trend.cellWidth < trendWidth { canvas.put(trend, x: right, y: area.y, isOK ? .muted : mark.ink) }
    right -= 2 + figureWidth
    guard right > area.x else { return }
    canvas.put(lag.text, x: right, y: area.y, ink, bold: !isOK, width: figureWidth, align: .right)
    if hasLine {
      right -= lineWidth + 1
      Sparkline(topic.lagSeries.doubles, top: lagTop).draw(on: &canvas, x: right, y: area.y, width: lineWidth)
    }
    canvas.put(middleEllipsis(topic.name, right - 1 - area.x), x: area.x, y: area.y, isOK ? .text : .strong)
  }

  // MARK: A transaction

  func drawTransaction(_ item: AttentionItem, isFirst: Bool, on canvas: inout Canvas, in area: Rect) {
    let mark = item.state.overdueMark
    canvas.rich(endEllipsis(mark.long, area.width), x: area.x, y: area.y)
    // One blank after the longest word.
    var x = area.x + 1 + (rows.transactions.map(\.state.mark.long.cellWidth) + [13]).reduce(0, max)
    guard x + 9 <= area.right else { return }
    canvas.put(item.gtxid.short, x: x, y: area.y, .accent)
    x += 10
    let duration = rows.transactions.map { Figures.duration($0.duration).cellWidth }.reduce(7, max)
    guard x + duration <= area.right else { return }
    canvas.put(Figures.duration(item.duration).text, x: x, y: area.y, width: duration, align: .right)
    x += duration + 2
    let count = item.count > 1 ? "×" + Figures.count(item.count).text + (item.isAtLeast ? "+" : "") : ""
    let room = area.right - x - (count.isEmpty ? 0 : count.cellWidth + 1)
    guard room > 3 else { return }
    canvas.put(endEllipsis(item.reason, room), x: x, y: area.y, isFirst ? .text : .muted)
    canvas.put(count, x: area.right - count.cellWidth, y: area.y, .strong)
  }

  // MARK: An event

  func drawEvent(_ event: OperationalEvent, isFirst: Bool, on canvas: inout Canvas, in area: Rect) {
    let mark = event.mark
    canvas.put(context.clock(event.time, .tenths), x: area.x, y: area.y, .faint)
    guard area.width > 20 else { return }
    let isToCome = event.time > context.snapshot.time
    let ink = isToCome ? mark.ink.mixed(toward: .background, 0.5) : mark.ink
    canvas.put(mark.glyph, x: area.x + 11, y: area.y, ink, bold: true)
    let note = isToCome ? "  (to come)" : ""
    let text = sentence(event, area.width - 13 - note.cellWidth) + note
    canvas.put(
      endEllipsis(text, area.width - 13), x: area.x + 13, y: area.y, isToCome ? .faint : isFirst ? .text : .muted)
  }

  /// What happened to what, and why as far as that fits whole.
  private func sentence(_ event: OperationalEvent, _ room: Int) -> String {
    let what = [event.subject, event.change].filter { !$0.isEmpty }.joined(separator: "  ")
    let whole = event.reason.isEmpty ? what : what + "  " + event.reason
    if whole.cellWidth <= room || what.cellWidth > room { return endEllipsis(whole, room) }
    // A reason that is cut too short says nothing.
    return whole.cellWidth - room > event.reason.cellWidth - 16 ? what : endEllipsis(whole, room)
  }
}

extension OperationalEvent {
  /// The glyph and the colour that stand before it.
  var mark: Mark {
    switch kind {
    case .fault: return Mark(Glyphs.fault, "", "", severity == .good ? .muted : .fault)
    case .breaker: if let state = BreakerState(rawValue: state) { return state.mark }
    case .health, .instance: if let health = Health(rawValue: state) { return health.mark }
    case .transaction: if let state = TransactionState(rawValue: state) { return state.mark }
    case .lag: if let verdict = LagVerdict(rawValue: state) { return verdict.mark }
    case .rebalance, .command: break
    }
    switch severity {
    case .info: return Mark("·", "", "", .faint)
    case .good: return .healthy
    case .warning: return .degraded
    case .bad: return .failing
    }
  }
}
