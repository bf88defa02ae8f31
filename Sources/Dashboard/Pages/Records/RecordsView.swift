import Drawing
import EventBus
import Operations
import TraceModel
import Widgets

/// Records as they are drawn: the table, and the one under the cursor in full.
struct RecordsView {
  let page: RecordsPage
  /// Nil while they are being read.
  let lines: [RecordLine]?
  let context: PageContext

  private var isLetters: Bool { page.wanted.lettersOf != nil }

  private func places(_ area: Rect) -> (rule: Rect, table: Rect, record: Rect?) {
    let content = area.inset(left: 2, right: 2)
    let gap = area.height >= 26 ? 1 : 0
    guard area.height >= 14 else {
      let (rule, table) = content.split(top: 1)
      return (rule, table, nil)
    }
    let (list, record) = content.split(bottom: area.height >= 26 ? 10 : 5, gap: gap)
    let (rule, table) = list.split(top: 1)
    return (rule, table, record.inset(bottom: gap))
  }

  func hit(_ event: MouseEvent, in area: Rect) -> TableHit? {
    table.hit(x: event.column, y: event.row, in: places(area).table)
  }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let places = places(area)
    let title = title
    Rule(title, figures: figures.runs(in: places.rule.width - title.cellWidth - 3), isFocused: true)
      .draw(on: &canvas, x: places.rule.x, y: places.rule.y, width: places.rule.width)
    if places.table.height > 1 { table.draw(on: &canvas, in: places.table) }
    if let record = places.record { draw(recordIn: record, on: &canvas) }
  }

  // MARK: The table

  private var title: [Run] {
    var runs = [Run(middleEllipsis(visible(page.wanted.topic), 40), .strong, bold: true)]
    if let partition = page.wanted.partition { runs.append(Run("[\(partition)]", .strong, bold: true)) }
    runs.append(Run(isLetters ? "  dead letters" : "  records", .title, bold: true))
    if !page.wanted.text.isEmpty { runs.append(Run("  “\(middleEllipsis(visible(page.wanted.text), 24))”", .accent)) }
    return runs
  }

  private var figures: FactLine {
    var figures = FactLine()
    let count = lines?.count ?? 0
    if isLetters {
      let open = (lines ?? []).count { $0.letter?.state == .open }
      figures.add(
        [Run("\(open)", open > 0 ? .degraded : .text, bold: open > 0), Run(" open", .muted)], priority: 1)
    }
    if lines != nil, let searched { figures.add(searched, priority: 3) }
    let shown = count >= RecordsPage.limit ? "newest \(Figures.count(count).text)" : Figures.count(count).text
    figures.add([Run("\(shown) \(count == 1 ? "record" : "records")", .muted)], priority: 2)
    figures.add([page.tail.isFollowing ? Run("following", .accent) : Run("standing still", .degraded)])
    return figures
  }

  /// How much of what is kept was looked through for the words; nil where nothing is looked for.
  private var searched: [Run]? {
    let answer = context.records
    let (part, all) = (Count.grouped(answer.searched), Count.grouped(answer.kept))
    if !answer.isComplete { return [Run("looked through \(part) of \(all)", .degraded)] }
    guard !page.wanted.text.isEmpty, answer.kept > 0 else { return nil }
    return [
      Run(answer.searched >= answer.kept ? "all \(all) looked through" : "\(part) of \(all) looked through", .muted)
    ]
  }

  private static let common = [
    TableColumn("time", .fixed(12)), TableColumn("part", .fit(minimum: 4), align: .right, priority: 2),
    TableColumn("offset", .fit(minimum: 6), align: .right),
    TableColumn("key", .fit(minimum: 3), priority: 4),
    TableColumn("transaction", .fit(minimum: 11), priority: 3),
  ]
  private static let columns =
    common + [
      TableColumn("event", .share(minimum: 10, maximum: 22), priority: 1),
      TableColumn("payload", .share(minimum: 10), priority: 5),
    ]
  private static let letterColumns =
    common + [
      TableColumn("event", .share(minimum: 10, maximum: 18), priority: 6),
      TableColumn("state", .fixed(9)), TableColumn("tries", .fit(minimum: 5), align: .right, priority: 5),
      TableColumn("reason", .share(minimum: 10), priority: 1),
    ]

  private var table: TableView {
    let lines = lines ?? []
    return TableView(
      columns: isLetters ? Self.letterColumns : Self.columns, rowCount: lines.count,
      selected: lines.isEmpty ? nil : min(page.tail.line, lines.count - 1), empty: empty
    ) { isLetters ? letterCells(lines[$0]) : cells(lines[$0]) }
  }

  private var empty: [Run] {
    if lines == nil { return [.muted("reading…")] }
    let answer = context.records
    guard answer.isComplete else {
      let (part, all) = (Count.grouped(answer.searched), Count.grouped(answer.kept))
      return [.muted("None found yet: looked through \(part) of \(all) records.")]
    }
    if !page.wanted.text.isEmpty { return [.muted("No record has these words.  Esc clears")] }
    return isLetters ? noLetters : [.muted("No record is kept.")]
  }

  /// Nothing was put aside here: what is about to be, and who has some.
  private var noLetters: [Run] {
    var runs: [Run] = [.muted("Nothing was put aside.")]
    let topic = page.wanted.lettersOf.flatMap { context.snapshot.topic($0) }
    let places = topic?.groups.flatMap(\.partitions) ?? []
    if let place = places.max(by: { $0.trial?.failures ?? 0 < $1.trial?.failures ?? 0 }), let trial = place.trial,
      let limit = trial.limit
    {
      runs.append(.muted("  Partition \(place.partition) is at delivery \(trial.failures) of \(limit)."))
    }
    let others = page.othersWithLetters(context)
    guard !others.isEmpty else { return runs }
    let names = others.map { "\(visible($0.name)) \(Count.grouped($0.deadLetters))" }.joined(separator: ", ")
    return runs + [.muted("  Others have some: \(names).  "), Run("D", .accent, bold: true), .muted(" goes there")]
  }

  private func commonCells(_ line: RecordLine) -> [TableCell] {
    [
      .text(context.clock(line.time, .milliseconds), .faint), .figure(Figures.count(line.partition), .muted),
      .figure(Figures.count(Int(clamping: line.offset))), .text(visible(line.key), .muted),
      .text(line.gtxid?.short ?? "–", line.gtxid == nil ? .faint : .accent),
    ]
  }

  private func cells(_ line: RecordLine) -> [TableCell] {
    commonCells(line) + [
      .runs([Run(visible(line.type.isEmpty ? "–" : line.type), line.type.isEmpty ? .faint : .event)]),
      .drawing { Self.drawPayload(line.payload, on: &$0, in: $1) },
    ]
  }

  /// What does not fit is cut in front of a number, never within it: half a number is another number.
  private static func drawPayload(_ payload: String, on canvas: inout Canvas, in rect: Rect) {
    canvas.put(wholeNumbers(visible(payload), rect.width), x: rect.x, y: rect.y, .text)
  }

  static func wholeNumbers(_ text: String, _ width: Int) -> String {
    guard text.cellWidth > width, width > 1 else { return endEllipsis(text, width) }
    let cut = String(endEllipsis(text, width).dropLast())
    let rest = text.dropFirst(cut.count)
    guard rest.first?.isNumber ?? false, cut.last?.isNumber ?? false else { return cut + "…" }
    var kept = cut[...]
    while let last = kept.last, last.isNumber || last == "." || last == "," || last == "-" { kept.removeLast() }
    return kept + "…"
  }

  private func letterCells(_ line: RecordLine) -> [TableCell] {
    let isOpen = line.letter?.state == .open
    return commonCells(line) + [
      .runs([Run(visible(line.type.isEmpty ? "–" : line.type), line.type.isEmpty ? .faint : .event)]),
      .text(line.letter?.state.rawValue ?? "–", isOpen ? .degraded : .muted, bold: isOpen),
      line.letter.map { .figure(Figures.count($0.deliveries), .muted) } ?? .unknown,
      .runs([Run(visible(line.letter?.reason ?? ""), .text)]),
    ]
  }

  // MARK: The record under the cursor

  private func draw(recordIn area: Rect, on canvas: inout Canvas) {
    guard let lines, lines.indices.contains(page.tail.line) else { return }
    let line = lines[page.tail.line]
    let size = Figures.size(bytes: line.bytes).text
    let id = line.gtxid.map { [Run($0.hex, .accent), Run("  \(size)", .muted)] } ?? [Run(size, .muted)]
    let place = "\(visible(page.wanted.topic))[\(line.partition)] @\(Figures.count(Int(clamping: line.offset)).text)"
    Rule(place, figures: id).draw(on: &canvas, x: area.x, y: area.y, width: area.width)
    let body = area.inset(top: 1)
    var rows: [[Run]] = []
    if let letter = line.letter {
      let by = letter.group.isEmpty ? "" : " by \(visible(letter.group))"
      rows += wrapped(
        [
          Run("✗ ", .failing, bold: true), Run(visible(letter.reason), .strong),
          Run(
            "  tried \(letter.deliveries)×\(by), from offset \(Figures.count(Int(clamping: letter.offset)).text)",
            .muted),
        ], width: body.width)
    }
    rows += wrapped([Run(visible(line.payload.isEmpty ? "no payload" : line.payload), .text)], width: body.width)
    rows += headers(line, width: body.width)
    for (row, runs) in rows.prefix(max(0, body.height)).enumerated() {
      let isCut = row == body.height - 1 && rows.count > body.height
      canvas.rich(isCut ? endEllipsis(runs + [Run(" …")], body.width) : runs, x: body.x, y: body.y + row)
    }
  }

  /// Name and value beside each other, and as many as fit on a line.
  private func headers(_ line: RecordLine, width: Int) -> [[Run]] {
    var rows: [[Run]] = [[]]
    for header in line.headers {
      let pair = [Run(visible(header.name) + " ", .muted), Run(visible(header.value) + "   ", .text)]
      if !rows[rows.count - 1].isEmpty, rows[rows.count - 1].cellWidth + pair.cellWidth - 3 > width { rows.append([]) }
      rows[rows.count - 1] += pair
    }
    return rows.flatMap { $0.cellWidth - 3 <= width ? [$0] : wrapped($0, width: width) }
  }
}
