import Drawing
import Operations
import TraceModel
import Widgets

extension TransactionComparison {
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
      Rule("by operation", figures: [Run("greatest difference first", .muted)]).draw(
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

  private var table: TableView {
    TableView(
      columns: [
        TableColumn("service and operation", .share(minimum: 12)),
        TableColumn("left", .fit(minimum: 8), align: .right),
        TableColumn("×", .fit(minimum: 2), align: .right, priority: 2, gap: 1),
        TableColumn("right", .fit(minimum: 8), align: .right),
        TableColumn("×", .fit(minimum: 2), align: .right, priority: 2, gap: 1),
        TableColumn("difference", .fit(minimum: 9), align: .right, priority: 1),
      ], rowCount: lines.count, selected: lines.isEmpty ? nil : cursor.line, offset: cursor.offset,
      empty: [Run("Neither has done anything yet.", .muted)]
    ) { index in
      let line = lines[index]
      let isOneSided = line.left.count == 0 || line.right.count == 0
      let ink: Ink = isOneSided ? .strong : .muted
      return [
        .runs([Run(line.service + " ", .text, bold: isOneSided), Run(line.operation, ink)]), Self.took(line.left),
        Self.times(line.left.count), Self.took(line.right), Self.times(line.right.count),
        line.difference == 0 ? .text("–", .faint) : .figure(Figures.offset(line.difference), .text),
      ]
    }
  }

  private static func took(_ side: (count: Int, duration: Int64)) -> TableCell {
    side.count == 0 ? .unknown : .figure(Figures.duration(side.duration), .text)
  }

  private static func times(_ count: Int) -> TableCell {
    count < 2 ? .blank : .figure(Figure("×\(count)"), .faint)
  }
}
