import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

extension TransactionList {
  /// The table as it stands in `area`.
  func table(in area: Rect, hovered: Int?, marked: GTXID?, _ context: PageContext) -> TableView {
    let isWhole = area.width >= 150
    return TableView(
      columns: columns(isWhole: isWhole), rowCount: rows.count,
      sort: TableSort(column: order.column, isDescending: isDescending),
      selected: rows.isEmpty ? nil : cursor.line, hovered: hovered, offset: cursor.offset, empty: empty(context)
    ) { line in
      Self.cells(rows[line], isWhole: isWhole, isMarked: rows[line].gtxid == marked, context)
    }
  }

  private func columns(isWhole: Bool) -> [TableColumn] {
    [
      TableColumn("", .fixed(1)),
      TableColumn("state", .fixed(12), priority: 1, gap: 1),
      TableColumn("GTXID", .fixed(isWhole ? 32 : 9)),
      TableColumn("kind", .share(minimum: min(kindWidth, 16), maximum: max(min(kindWidth, 36), 18)), priority: 2),
      TableColumn("start", .fixed(10), priority: 5),
      TableColumn("took", .fit(minimum: 7), align: .right),
      TableColumn("hops", .fit(minimum: 4), align: .right, priority: 4),
      TableColumn("services", .share(minimum: 16, maximum: isWhole ? 44 : 26), priority: 6),
      TableColumn("first error", .share(minimum: 16), priority: 3),
    ]
  }

  private static func cells(
    _ row: TransactionSummary, isWhole: Bool, isMarked: Bool, _ context: PageContext
  ) -> [TableCell] {
    let mark = row.mark
    let isQuiet = row.state == .committed || row.state == .ok
    let needsEye = row.urgency <= 2
    return [
      .text(mark.glyph, mark.ink, bold: true),
      .text(mark.word, isQuiet ? .muted : mark.ink, bold: needsEye),
      .text(isWhole ? row.gtxid.hex : row.gtxid.short, isMarked ? .event : .accent, bold: isMarked),
      .text(row.kind, row.isExternal ? .text : .muted),
      .text(context.clock(row.start, .tenths), .faint),
      .figure(Figures.duration(row.duration), row.state.hasEnded ? .text : row.isOverdue ? .degraded : .strong),
      row.hops > 0 ? .figure(Figures.count(row.hops), .muted) : .unknown,
      names(row.services),
      .runs([Run(row.remark, needsEye || row.errors > 0 ? .text : .muted)]),
    ]
  }

  /// As many as fit whole, and how many more there are.
  private static func names(_ services: [String]) -> TableCell {
    let names = services.map { visible($0) }
    return .drawing { canvas, rect in
      let texts = stride(from: names.count, to: 0, by: -1).lazy.map { count in
        names.prefix(count).joined(separator: " ") + (count < names.count ? " +\(names.count - count)" : "")
      }
      let text = texts.first { $0.cellWidth <= rect.width } ?? endEllipsis(names.first ?? "", rect.width)
      canvas.put(text, x: rect.x, y: rect.y, .muted)
    }
  }

  private func empty(_ context: PageContext) -> [Run] {
    if !filter.isEmpty {
      if let unknown = found?.unknownAttributes.first { return Self.sentence(unknown) }
      let progress = found.flatMap { $0.isComplete ? nil : Self.progress($0) }
      let sentence =
        progress.map { "\($0), and none matches \(filter) so far.  " } ?? "No transaction matches \(filter).  "
      return [Run(sentence, .muted), Run("Esc", .accent, bold: true), Run(" clears", .muted)]
    }
    let receivers = context.snapshot.program.receivers
    let ears = receivers.isEmpty ? "" : " Listening: \(receivers.map(\.name).joined(separator: ", "))."
    return [Run("No transaction yet.\(ears)", .muted)]
  }

  /// What is said where nothing can match, as nothing is called so.
  private static func sentence(_ unknown: UnknownAttribute) -> [Run] {
    let near = unknown.nearest.map { visible($0) }
    let advice = near.isEmpty ? ".  " : "; do you mean \(near.joined(separator: " or "))?  "
    return [
      .muted("No span that is kept has an attribute "), Run(visible(unknown.name), .text), .muted(advice),
      Run("Esc", .accent, bold: true), .muted(" clears"),
    ]
  }

  /// `searched 40 % of 12,345`
  private static func progress(_ found: TransactionAnswer) -> String {
    let percent = found.held > 0 ? min(99, found.searched * 100 / found.held) : 0
    return "searched \(percent) % of \(Figures.count(found.held).text)"
  }

  /// The panel's head: what it is narrowed to, how many ended how, and where the cursor is.
  func rule(width: Int, marked: GTXID?, _ context: PageContext) -> Rule {
    var title = [Run("transactions", .strong, bold: true)]
    if !filter.isEmpty { title += [Run("  \(filter)", .accent)] }
    let receivers = context.snapshot.program.receivers
    title = endEllipsis(title, max(12, width - (receivers.isEmpty ? 20 : 34)))
    let room = width - title.cellWidth - 3
    let each = Self.receivers(receivers)
    var shown = figures(each, marked: marked, context).runs(in: room)
    if !each.allSatisfy({ shown.text.contains($0.text) }) {
      shown = figures([Self.listening(receivers)], marked: marked, context).runs(in: room)
    }
    return Rule(title, figures: shown, isFocused: true)
  }

  /// - Parameter receivers: what is said of each.
  private func figures(_ receivers: [[Run]], marked: GTXID?, _ context: PageContext) -> FactLine {
    var figures = FactLine()
    if let marked {
      let note = [Run(marked.short, .event, bold: true), Run(" marked, ", .muted), Run("m", .accent, bold: true)]
      figures.add(note + [Run(" on another compares", .muted)], priority: 2)
    }
    let tally = context.snapshot.tally
    let counts: [(Int, String, Ink)] = [
      (tally.running, "running", .text), (tally.compensating, "compensating", .compensation),
      (tally.stuck, "stuck", .failing), (tally.rejected, "rejected", .text),
    ]
    for (index, count) in counts.enumerated() where count.0 > 0 {
      let figure = Run(Figures.short(count.0).text, count.2, bold: count.2 != .text)
      figures.add([figure, Run(" \(count.1)", .muted)], priority: 5 - index, gap: index == 0 ? 3 : 2)
    }
    for (index, runs) in receivers.enumerated() { figures.add(runs, priority: 1, gap: index == 0 ? 3 : 2) }
    let arrow = isDescending ? Glyphs.descending : Glyphs.ascending
    let isNewest = isFollowing && order == .start && isDescending
    figures.add([Run(isNewest ? "newest \(arrow)" : "by \(order.heading) \(arrow)", .accent)], priority: 2)
    if !filter.isEmpty, let found, !found.isComplete { figures.add([Run(Self.progress(found), .muted)], priority: 2) }
    let place = rows.isEmpty ? "0" : Figures.count(cursor.line + 1).text
    var total = Figures.count(rows.count).text + (isFull ? "+" : "")
    // A state of a watched system has the newest alone; a filter looks through all.
    let held = context.snapshot.system.isOnlyWatched ? max(all, context.snapshot.program.store.traces) : all
    if rows.count < held { total += " of \(Figures.count(held).text)" }
    // Those that ended well go first when there are too many to keep all.
    if all < tally.started { total += " kept" }
    figures.add([Run("\(place)/\(total)", .muted)])
    return figures
  }

  /// That anything is listened for, where there is no room to say more.
  private static func listening(_ receivers: [ReceiverSnapshot]) -> [Run] {
    let refused = receivers.contains { $0.rejected > 0 }
    return [Run("\(receivers.count) listening", refused ? .degraded : .muted)]
  }

  /// What came in by each receiver: a single one with its address, several with their protocols alone, or they would not fit.
  private static func receivers(_ receivers: [ReceiverSnapshot]) -> [[Run]] {
    receivers.enumerated().map { index, receiver in
      let spans = Run(Figures.short(Int(clamping: receiver.spans)).text, .text)
      let protocolName = receiver.name.prefix { $0 != " " }
      var runs =
        receivers.count == 1
        ? [Run("\(receiver.name)  ", .muted), spans, Run(" spans", .muted)]
        : [Run(index == 0 ? "spans from \(protocolName) " : "\(protocolName) ", .muted), spans]
      if receiver.rejected > 0 {
        runs += [Run("  \(Figures.short(Int(clamping: receiver.rejected)).text) refused", .degraded)]
      }
      return runs
    }
  }
}

extension TransactionList.Order {
  /// The column's place in the table.
  var column: Int {
    switch self {
    case .state: 1
    case .kind: 3
    case .start: 4
    case .duration: 5
    case .hops: 6
    case .error: 8
    }
  }

  var heading: String {
    switch self {
    case .duration: "duration"
    case .error: "errors"
    default: rawValue
    }
  }

  /// The order that a click on a column's heading means.
  static func at(column: Int) -> Self? { column == 0 ? .state : allCases.first { $0.column == column } }
}

extension TransactionSummary {
  /// Its state as it is shown; one that takes longer than it may says so in the word.
  var mark: Mark {
    isOverdue ? state.overdueMark : state.mark
  }
}
