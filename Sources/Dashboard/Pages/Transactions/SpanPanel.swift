import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// Everything that is known of the row under the cursor: its times, what its service said of it, and its lines of the log.
struct SpanPanel {
  let detail: TransactionDetail
  let layout: CallTreeLayout
  let number: Int
  let row: CallTreeRow
  let path: CriticalPath?
  private let node: CallTree.Node

  init(detail: TransactionDetail, layout: CallTreeLayout, row number: Int, path: CriticalPath?) {
    self.detail = detail
    self.layout = layout
    self.number = number
    row = layout.tree.rows[number]
    self.path = path
    node = layout.tree.nodes[layout.tree.rows[number].node]
  }

  func draw(on canvas: inout Canvas, in area: Rect, isTall: Bool, _ context: PageContext) {
    drawRule(on: &canvas, area)
    var y = area.y + 1
    if let problem {
      canvas.rich(endEllipsis(problem, area.width), x: area.x, y: y)
      y += 1
    }
    if isTall, problem != nil, area.height >= 8 { y += 1 }
    let log = logLines
    let facts =
      FactFlow.lines([timeFacts].flatMap { $0 }, width: area.width) + FactFlow.lines(attributes, width: area.width)
    let room = area.bottom - y
    let gap = isTall && !log.isEmpty ? 1 : 0
    // The log gets at least a third of what is left, the facts what they need of the rest.
    let forLog = min(log.count, max(room / 3, room - gap - facts.count))
    for line in facts.prefix(max(0, room - (forLog > 0 ? forLog + gap : 0))) {
      canvas.rich(line, x: area.x, y: y)
      y += 1
    }
    if forLog > 0 { y += gap }
    drawLog(log, on: &canvas, Rect(x: area.x, y: y, width: area.width, height: area.bottom - y), context)
  }

  // MARK: The head

  private func drawRule(on canvas: inout Canvas, _ area: Rect) {
    let service = row.isCall && !row.service.isEmpty ? row.service : node.span.service
    let name = [row.ltxid?.description, service.isEmpty ? "unknown service" : service].compactMap { $0 }
    let operation = row.isCall || row.operation.isEmpty ? node.span.operation : row.operation
    let note = [Run("\(kindWord)  ", .faint), Run(node.span.id.hex, .muted)]
    let room = area.width - (area.width >= 76 ? note.cellWidth + 4 : 0)
    let title = [
      Run(name.joined(separator: " "), .strong, bold: true), Run("  " + operation.arrowed, .title, bold: true),
    ]
    Rule(endEllipsis(title, room), figures: area.width >= 76 ? note : []).draw(
      on: &canvas, x: area.x, y: area.y, width: area.width)
  }

  private var kindWord: String {
    switch row.content {
    case .backOff: "back-off in"
    case .refused: "refused in"
    case .breaker: "breaker's change in"
    case .duplicate: "duplicate in"
    case .hop, .span, .record:
      node.isSynthetic
        ? "not reported" : node.span.kind == .internal ? "internal span" : "\(node.span.kind) span"
    }
  }

  /// What went wrong, in the service's words.
  private var problem: [Run]? {
    guard row.isCall else { return nil }
    let type = node.span[attribute: AttributeName.errorType]?.description ?? ""
    guard node.span.status == .error || row.isError else { return nil }
    var runs = [Run("✗ \(type.isEmpty ? "error" : type)", .failing, bold: true)]
    let message = node.span.message.isEmpty ? clientMessage : node.span.message
    if !message.isEmpty, message != type { runs.append(Run("  " + message, .strong)) }
    return runs
  }

  /// Where the server said nothing, the caller may have.
  private var clientMessage: String {
    guard case .hop(let client?, _) = row.content else { return "" }
    return layout.tree.nodes[client].span.message
  }

  // MARK: Facts

  private var timeFacts: [[Run]] {
    func fact(_ name: String, _ value: String) -> [Run] { [Run(name + " ", .muted), Run(value, .text)] }
    var facts = [fact("start", Figures.offset(row.start &- layout.tree.start).text)]
    if row.isCall {
      facts.append(fact("self", node.selfTime.map { Figures.duration($0).text } ?? "–"))
      facts.append(fact("critical", share))
      facts.append(fact("skew", node.skew == 0 ? "–" : Figures.offset(node.skew).text))
      if !node.span.instance.isEmpty { facts.append(fact("instance", middleEllipsis(node.span.instance, 40))) }
    } else if let duration = row.duration {
      let word = if case .record = row.content { "waited" } else { "took" }
      facts.append(fact(word, Figures.duration(duration).text))
      facts.append(fact("critical", share))
    }
    if !node.span.peer.isEmpty { facts.append(fact("peer", middleEllipsis(node.span.peer, 40))) }
    return facts
  }

  private var share: String {
    guard let path else { return "–" }
    let share = layout.tree.criticalShare(of: row, on: path)
    return Figures.percent(share, isWhole: share == 0 || share >= 0.1).text
  }

  /// The attributes of the span, or of the event that the row is.
  private var attributes: [[Run]] {
    let event: Int? =
      switch row.content {
      case .backOff(_, let event), .refused(_, let event), .breaker(_, let event), .duplicate(_, let event): event
      case .hop, .span, .record: nil
      }
    let list = event.map { node.span.events[$0].attributes } ?? node.span.attributes
    // What the row itself says need not be said twice.
    let isSaid = [AttributeName.errorType, AttributeName.attempt, AttributeName.attempts, AttributeName.httpStatus]
    var facts = row.attemptText.isEmpty ? [] : [[Run("try ", .muted), Run(row.attemptText, .text)]]
    facts += list.filter { !isSaid.contains($0.name) }.map { attribute in
      [Run(middleEllipsis(attribute.name, 40) + " ", .muted), Run(middleEllipsis("\(attribute.value)", 48), .text)]
    }
    return facts
  }

  // MARK: The log

  /// The lines that its service wrote in this hop.
  private var logLines: [LogLine] {
    let hop = node.span.ltxid
    let service = node.span.service
    return detail.log.filter { line in
      guard line.service == service || line.service.isEmpty else { return false }
      return hop == nil || line.ltxid == nil || line.ltxid == hop
    }
  }

  private func drawLog(_ lines: [LogLine], on canvas: inout Canvas, _ area: Rect, _ context: PageContext) {
    let shown = lines.prefix(area.height)
    let left = lines.count - shown.count
    for (index, line) in shown.enumerated() {
      var runs = LogRuns.runs(of: line, width: area.width, context)
      if index == shown.count - 1, left > 0 {
        let note = [Run("  +\(Figures.count(left).text) more ", .muted), Run("l", .accent, bold: true)]
        runs = endEllipsis(runs, area.width - note.cellWidth) + note
      }
      canvas.rich(endEllipsis(runs, area.width), x: area.x, y: area.y + index)
    }
  }
}

/// How a line of the log is written beside a call tree.
enum LogRuns {
  static func runs(of line: LogLine, width: Int, _ context: PageContext) -> [Run] {
    let ink: Ink =
      switch line.level {
      case .error: .failing
      case .warn: .degraded
      case .info: .muted
      case .debug: .faint
      }
    let level = line.level.rawValue.uppercased()
    let padded = level + String(repeating: " ", count: max(0, 5 - level.count))
    var runs: [Run] = []
    if width >= 56 { runs.append(Run(context.clock(line.time, .milliseconds) + "  ", .faint)) }
    runs.append(Run(padded + "  ", ink, bold: line.level == .error))
    if width >= 70, !line.instance.isEmpty { runs.append(Run(middleEllipsis(line.instance, 24) + "  ", .muted)) }
    return runs + [Run(line.message, line.level == .debug ? .muted : .text)]
  }
}
