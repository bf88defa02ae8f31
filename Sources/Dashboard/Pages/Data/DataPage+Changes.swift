import Drawing
import Operations
import TraceModel
import Widgets

/// The rows of one store that were changed last, before and after, with what a miner makes of each.
extension DataPage {
  func changeContent(_ context: PageContext) -> Content {
    let changes = detail(context)?.changes ?? []
    let longest = changes.map { "\($0.table) \($0.key)".cellWidth }.max() ?? 8
    let columns = [
      TableColumn("time", .fixed(12), priority: 5),
      TableColumn("position", .fit(minimum: 8), align: .right, priority: 4),
      TableColumn("row", .share(minimum: max(8, min(longest, 18)), maximum: max(8, min(longest, 24)))),
      TableColumn("", .fixed(1), gap: 1), TableColumn("before → after", .share(minimum: 30)),
      TableColumn("event", .share(minimum: 12, maximum: 16), priority: 1),
      TableColumn("GTXID", .fixed(9), priority: 2),
    ]
    return Content(columns: columns, count: changes.count, empty: "No row has changed yet.") { index in
      let change = changes[index]
      return [
        .text(context.clock(change.time, .milliseconds), .faint),
        .figure(Figures.count(Int(clamping: change.position)), .faint),
        .runs([Run(visible(change.table), .muted), Run(" \(visible(change.key))", .text)]),
        .text(Self.glyph(change.operation), .muted), .runs(Self.images(change)),
        change.events.isEmpty ? .text("–", .faint) : .text(change.events.joined(separator: " "), .event),
        change.gtxid.map { .text($0.short, .accent) } ?? .unknown,
      ]
    }
  }

  private static func glyph(_ operation: String) -> String {
    switch operation {
    case "insert": "+"
    case "delete": "−"
    default: "~"
    }
  }

  /// `state PLACED → PAID  reason – → late`; of a row that came or went what it holds.
  private static func images(_ change: RowChangeSnapshot) -> [Run] {
    var runs: [Run] = []
    for column in change.columns {
      if !runs.isEmpty { runs.append(.muted("  ")) }
      runs.append(.muted("\(visible(column.name)) "))
      if change.operation == "update" {
        runs.append(Run("\(visible(column.before ?? "–")) → ", .faint))
      }
      let after = column.after ?? (change.operation == "delete" ? column.before : nil)
      runs.append(Run(visible(after ?? "–"), change.operation == "delete" ? .faint : .text))
    }
    return runs
  }
}
