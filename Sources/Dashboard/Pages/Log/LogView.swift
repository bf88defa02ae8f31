import Drawing
import Operations
import TraceModel
import Widgets

/// The log as it is drawn: how many lines came when, the lines, and the one under the cursor in full.
struct LogView {
  let page: LogPage
  /// Nil while they are being read.
  let lines: [LogLine]?
  let context: PageContext

  private struct Places {
    var counts: Rect?
    var rule: Rect
    /// The heading and the rows.
    var table: Rect
    var message: Rect?
  }

  private func places(_ area: Rect) -> Places {
    var content = area.inset(left: 2, right: 2)
    let gap = area.height >= 26 ? 1 : 0
    var counts: Rect?
    if area.height >= 17 {
      let (top, rest) = content.split(top: gap == 1 ? 6 : 4, gap: gap)
      counts = top
      content = rest
    }
    var message: Rect?
    if area.height >= 14 {
      let (rest, bottom) = content.split(bottom: gap == 1 ? 5 : 3, gap: gap)
      message = bottom.inset(bottom: gap)
      content = rest
    }
    let (rule, table) = content.split(top: 1)
    return Places(counts: counts, rule: rule, table: table, message: message)
  }

  func hit(_ event: MouseEvent, in area: Rect) -> TableHit? {
    let table = places(area).table
    return self.table.hit(x: event.column, y: event.row, in: table)
  }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let places = places(area)
    if let counts = places.counts { LogCounts(lines: lines ?? [], context: context).draw(on: &canvas, in: counts) }
    Rule(title, figures: figures, isFocused: true).draw(
      on: &canvas, x: places.rule.x, y: places.rule.y, width: places.rule.width)
    if places.table.height > 1 { table.draw(on: &canvas, in: places.table) }
    if let message = places.message { draw(messageIn: message, on: &canvas) }
  }

  // MARK: The lines

  private var title: [Run] {
    var runs = [Run("log", .strong, bold: true)]
    if let service = page.wanted.service { runs.append(Run("  " + middleEllipsis(service, 30), .accent)) }
    if let id = page.wanted.gtxid { runs.append(Run("  " + id.short, .accent)) }
    if !page.wanted.text.isEmpty { runs.append(Run("  /\(middleEllipsis(page.wanted.text, 40))", .accent)) }
    if page.isAround { runs.append(Run("  and around", .accent)) }
    return runs
  }

  private var figures: [Run] {
    let count = lines?.count ?? 0
    let level = page.wanted.atLeast == .debug ? "all levels" : "\(page.wanted.atLeast.rawValue) and worse"
    let shown = count >= LogPage.limit ? "newest \(Figures.count(count).text)" : Figures.count(count).text
    let progress = context.logProgress
    let searched: [Run] =
      lines == nil || progress.isComplete
      ? []
      : [Run("looked at \(Figures.count(progress.searched).text) of \(Figures.count(progress.kept).text)  ", .degraded)]
    return searched + [
      Run(level, .muted), Run("  \(shown) \(count == 1 ? "line" : "lines")", .muted),
      page.isFollowing ? Run("  following", .accent) : Run("  standing still", .degraded),
    ]
  }

  private static let columns = [
    TableColumn("time", .fixed(12)), TableColumn("level", .fixed(5)),
    TableColumn("instance", .share(minimum: 10, maximum: 20), priority: 2),
    TableColumn("GTXID", .fixed(9), priority: 3), TableColumn("hop", .fit(minimum: 3), priority: 4),
    TableColumn("message", .share(minimum: 30)),
  ]

  /// Why there is nothing.
  private var absence: String {
    let wanted = page.wanted
    let isAll = wanted.service == nil && wanted.gtxid == nil
    guard wanted.text.isEmpty, wanted.atLeast == .debug else { return "No line matches.  x all lines" }
    if context.snapshot.hasNoLog || wanted == LogFilter() {
      return context.snapshot.system.isOnlyWatched
        ? "No line yet: let the services export their logs by OTLP, too." : "No line yet."
    }
    guard !isAll else { return "No line is kept of that time." }
    let thing = wanted.service.map(visible) ?? "transaction \(wanted.gtxid?.short ?? "")"
    return "No line of \(thing) is kept."
  }

  private var table: TableView {
    let lines = lines ?? []
    let empty = self.lines == nil ? "reading…" : absence
    return TableView(
      columns: Self.columns, rowCount: lines.count, selected: lines.isEmpty ? nil : min(page.selected, lines.count - 1),
      empty: [Run(empty, .muted)]
    ) { cells(lines[$0]) }
  }

  private func cells(_ line: LogLine) -> [TableCell] {
    let isLoud = line.level >= .warn
    return [
      .text(context.clock(line.time, .milliseconds), .faint),
      .text(line.level.rawValue.uppercased(), line.level.ink, bold: line.level == .error),
      .text(line.place, .text), .text(line.gtxid?.short ?? "–", line.gtxid == nil ? .faint : .accent),
      .text(line.ltxid?.description ?? "–", .muted),
      .runs(message(of: line, isLoud ? .strong : line.level == .debug ? .muted : .text)),
    ]
  }

  /// The message, with what was looked for marked in it.
  private func message(of line: LogLine, _ ink: Ink) -> [Run] {
    let words = page.marked
    guard !words.isEmpty else { return [Run(line.message, ink)] }
    return line.message.marked(words, ink, .accent)
  }

  // MARK: The line under the cursor, in full

  private func draw(messageIn area: Rect, on canvas: inout Canvas) {
    guard let lines, lines.indices.contains(page.selected) else { return }
    let line = lines[page.selected]
    let id = line.gtxid.map { [Run($0.hex, .accent)] } ?? []
    Rule(line.place, figures: id).draw(on: &canvas, x: area.x, y: area.y, width: area.width)
    let body = area.inset(top: 1)
    let broken = wrapped(message(of: line, line.level >= .warn ? .strong : .text), width: body.width)
    for (row, runs) in broken.prefix(body.height).enumerated() {
      let isCut = row == body.height - 1 && broken.count > body.height
      canvas.rich(
        isCut ? endEllipsis(runs + [Run(" …")], body.width) : runs, x: body.x, y: body.y + row)
    }
  }
}

extension SystemSnapshot {
  /// Whether it is known that nobody has written a line that is kept.
  var hasNoLog: Bool { program.log.map { $0.lines == 0 } ?? false }
}

extension LogLine {
  /// The instance, with its service where the name does not say it.
  var place: String {
    if instance.isEmpty { return service }
    return instance.hasPrefix(service) ? instance : "\(service)/\(instance)"
  }
}

extension String {
  /// The text with each place of the words in another ink, compared without case.
  fileprivate func marked(_ words: [String], _ ink: Ink, _ other: Ink) -> [Run] {
    let characters = Array(self)
    let folded = characters.map { $0.lowercased() }
    var isMarked = [Bool](repeating: false, count: characters.count)
    for word in words {
      let wanted = word.map { $0.lowercased() }
      guard !wanted.isEmpty, wanted.count <= folded.count else { continue }
      for start in 0...folded.count - wanted.count where folded[start..<start + wanted.count].elementsEqual(wanted) {
        for index in start..<start + wanted.count { isMarked[index] = true }
      }
    }
    var runs: [Run] = []
    var start = 0
    while start < characters.count {
      var end = start
      while end < characters.count, isMarked[end] == isMarked[start] { end += 1 }
      runs.append(Run(String(characters[start..<end]), isMarked[start] ? other : ink, bold: isMarked[start]))
      start = end
    }
    return runs
  }
}

extension LogLine.Level {
  fileprivate var ink: Ink {
    switch self {
    case .debug: .faint
    case .info: .muted
    case .warn: .degraded
    case .error: .failing
    }
  }
}
