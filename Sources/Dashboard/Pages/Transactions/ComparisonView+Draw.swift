import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

extension ComparisonView {
  /// The lines of the facts above the table.
  private static let factCount = 6

  static func tableHeight(_ size: Size) -> Int {
    let page = FrameLayout(size: size).page
    return max(1, page.height - (page.height >= 14 ? factCount + 5 : 2))
  }

  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let content = area.inset(left: 2, right: 2)
    Rule(
      [
        Run(left.short, .accent, bold: true), Run("  against  ", .muted), Run(right.short, .accent, bold: true),
      ], figures: [Run("difference: ", .muted), Run("right − left", .text)], isFocused: true
    ).draw(on: &canvas, x: content.x, y: content.y, width: content.width)
    guard let leftDetail, let rightDetail else {
      canvas.put("reading…", x: content.x, y: content.y + 1, .muted)
      return
    }
    var y = content.y + 1
    if area.height >= 14 {
      let facts = factRows(leftDetail.summary, rightDetail.summary)
      Self.factTable(facts, left: left, right: right).draw(
        on: &canvas, in: Rect(x: content.x, y: y, width: content.width, height: facts.count + 1))
      y += facts.count + 2
      Rule("call by call", figures: explanation).draw(
        on: &canvas, x: content.x, y: y, width: content.width)
      y += 1
    }
    table.draw(on: &canvas, in: Rect(x: content.x, y: y, width: content.width, height: area.bottom - y))
  }

  private typealias Fact = (name: String, left: Run, right: Run, difference: Figure?)

  private func factRows(_ left: TransactionSummary, _ right: TransactionSummary) -> [Fact] {
    func count(_ value: Int) -> Run { Run(Figures.count(value).text, .text) }
    func difference(_ one: Int, _ other: Int) -> Figure? {
      one == other ? nil : Figure((other > one ? "+" : "−") + Figures.count(abs(other - one)).text)
    }
    func services(_ one: TransactionSummary, _ other: TransactionSummary) -> Run {
      let own = one.services.filter { !other.services.contains($0) }
      return own.isEmpty ? Run("the same", .faint) : Run("only " + own.joined(separator: " "), .strong)
    }
    let same = left.services.count == right.services.count
    return [
      ("state", left.mark.long[0], right.mark.long[0], nil),
      (
        "took", Run(Figures.duration(left.duration).text, .text), Run(Figures.duration(right.duration).text, .text),
        left.duration == right.duration ? nil : Figures.offset(right.duration &- left.duration)
      ),
      ("hops", count(left.hops), count(right.hops), difference(left.hops, right.hops)),
      ("errors", count(left.errors), count(right.errors), difference(left.errors, right.errors)),
      (
        "services", services(left, right), services(right, left),
        same ? nil : difference(left.services.count, right.services.count)
      ),
      ("first error", Run(left.remark, .muted), Run(right.remark, .muted), nil),
    ]
  }

  private static func factTable(_ facts: [Fact], left: GTXID, right: GTXID) -> TableView {
    TableView(
      columns: [
        TableColumn("", .fixed(11)), TableColumn(left.short, .share(minimum: 8)),
        TableColumn(right.short, .share(minimum: 8)),
        TableColumn("difference", .fit(minimum: 10), align: .right, priority: 1),
      ], rowCount: facts.count
    ) { index in
      let fact = facts[index]
      return [
        .text(fact.name, .muted), .runs([fact.left]), .runs([fact.right]),
        fact.difference.map { .figure($0, .strong, bold: true) } ?? .text("–", .faint),
      ]
    }
  }

  /// What the order is, and how much of the difference no call explains.
  private var explanation: [Run] {
    let order = [Run("failed in one first, then most difference", .muted)]
    guard unexplained != 0 else { return order }
    return [Run(Figures.offset(unexplained).text, .text), Run(" no call explains   ", .muted)] + order
  }

  private var table: TableView {
    TableView(
      columns: [
        TableColumn("service and operation", .share(minimum: 12)),
        TableColumn("left", .fit(minimum: 8), align: .right),
        TableColumn("right", .fit(minimum: 8), align: .right),
        TableColumn("itself", .fit(minimum: 9), align: .right, priority: 2),
        TableColumn("of the whole", .fit(minimum: 12), align: .right, priority: 1),
      ], rowCount: lines.count, selected: lines.isEmpty ? nil : cursor.line, offset: cursor.offset,
      empty: [Run("Neither has done anything yet.", .muted)]
    ) { index in
      let line = lines[index]
      let isOneSided = line.present != .both
      return [
        .runs(Self.name(line)), Self.took(line.leftDuration, failed: line.failed, on: .left),
        Self.took(line.rightDuration, failed: line.failed, on: .right),
        Self.difference(line.selfTimeDifference, isOneSided ? .muted : .text),
        Self.difference(line.contribution, .strong),
      ]
    }
  }

  /// What is in one of the two only says so.
  private static func name(_ line: TransactionComparison.Node) -> [Run] {
    let runs = [Run(visible(line.service) + " ", .text), Run(visible(line.operation).arrowed, .muted)]
    switch line.present {
    case .left: return runs + [Run("  only left", .degraded)]
    case .right: return runs + [Run("  only right", .degraded)]
    case .both, .neither: return runs
    }
  }

  private static func took(
    _ duration: Int64?, failed: TransactionComparison.Side, on side: TransactionComparison.Side
  ) -> TableCell {
    let hasFailed = failed == side || failed == .both
    guard let duration else { return .unknown }
    let time = Figures.duration(duration)
    return hasFailed ? .runs([Run("✗ ", .failing, bold: true), Run(time.text, .text)]) : .figure(time, .text)
  }

  private static func difference(_ difference: Int64?, _ ink: Ink) -> TableCell {
    guard let difference else { return .unknown }
    return difference == 0 ? .text("–", .faint) : .figure(Figures.offset(difference), ink)
  }
}
