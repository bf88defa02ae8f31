import Drawing
import Operations
import TraceModel
import Widgets

extension SagasPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let layout = layout(context, in: area)
    if let rect = layout.definitions { drawDefinitions(on: &canvas, in: rect, context) }
    if let rect = layout.sagas { drawSagas(on: &canvas, in: rect, context) }
    if let rect = layout.facts { drawFacts(on: &canvas, in: rect, context) }
    if let rect = layout.timeline { drawTimeline(on: &canvas, in: rect, context) }
  }

  // MARK: - How many are in which state

  private func drawDefinitions(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let (view, body) = (definitionsView(context), rect.split(top: 1).rest)
    let range = view.range(in: body)
    var rule = Rule(
      "sagas", figures: totals(context, width: rect.width - 8 - range.cellWidth), isFocused: focus == .definitions)
    rule.title += range
    rule.draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    view.draw(on: &canvas, in: body)
  }

  private func totals(_ context: PageContext, width: Int) -> [Run] {
    let board = context.snapshot.sagas
    let stuck = board.definitions.map(\.stuck).saturatingSum
    var groups: [[Run]] = []
    if stuck > 0 { groups.append([Run(Figures.count(stuck).text, .failing, bold: true), .muted(" stuck")]) }
    let messages = board.stashed == 1 ? " message stashed" : " messages stashed"
    groups.append([
      Run(Figures.count(board.stashed).text, board.stashed > 0 ? .degraded : .faint), .muted(messages),
    ])
    return groups.fitting(width, gap: 3)
  }

  func definitionsView(_ context: PageContext) -> TableView {
    let keys = definitionKeys(context)
    let all = context.snapshot.sagas.definitions
    let longest = all.map(\.title.cellWidth).max() ?? 10
    let name = min(max(longest, 10), context.size.columns < 60 ? 14 : 22)
    // Where the states' names do not fit beside each other, they have shorter ones.
    let isTight = context.size.columns < name + Self.headings.reduce(4) { $0 + $1.word.cellWidth + 2 }
    let columns =
      [TableColumn("definition", .share(minimum: name, maximum: max(longest, 10)))]
      + Self.headings.map { heading in
        let word = isTight ? heading.short : heading.word
        return TableColumn(
          word, .fit(minimum: word.cellWidth), align: .right, priority: heading.priority, gap: isTight ? 1 : 2)
      }
      + [TableColumn("told by", .share(minimum: 12, maximum: 24), priority: 9, gap: 3)]
    return TableView(
      columns: columns, rowCount: keys.count, selected: definitions.index(in: keys),
      hovered: hoveredPanel == .definitions ? hover.index(in: keys, clock: context.clock) : nil,
      offset: definitions.offset, isFocused: focus == .definitions,
      empty: [.muted(context.absence(of: "sagas", "No saga is known."))]
    ) { index in
      let shown = index == 0 ? all : [all[index - 1]]
      let title = index == 0 ? "all" : all[index - 1].title
      let teller = index == 0 ? "" : all[index - 1].isCoordinated ? "orchestrator" : "(its events)"
      return [.text(title, index == 0 ? .strong : .text)] + Self.figures(of: shown) + [.text(teller, .faint)]
    }
  }

  private static let headings: [(word: String, short: String, priority: Int)] = [
    ("running", "running", 2), ("compensating", "undoing", 3), ("stuck", "stuck", 0), ("committed", "done", 4),
    ("rejected", "rejected", 6), ("compensated", "undone", 5), ("failed", "failed", 7),
  ]

  private static func figures(of definitions: [SagaDefinitionSnapshot]) -> [TableCell] {
    func cell(_ path: KeyPath<SagaDefinitionSnapshot, Int>, _ ink: Ink) -> TableCell {
      let sum = definitions.map { $0[keyPath: path] }.saturatingSum
      return .figure(Figures.count(sum), sum == 0 ? .faint : ink, bold: sum > 0 && ink == .failing)
    }
    return [
      cell(\.running, .text), cell(\.compensating, .compensation), cell(\.stuck, .failing), cell(\.committed, .muted),
      cell(\.rejected, .muted), cell(\.compensated, .muted), cell(\.failed, .muted),
    ]
  }

  // MARK: - The instances

  private func drawSagas(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let isFocused = focus == .sagas
    var title = [Run("instances", isFocused ? .strong : .title, bold: true)]
    if let definition = definition(context) { title.append(Run(" · \(visible(definition.title))", .accent)) }
    if !words.isEmpty { title.append(Run(" · \(visible(words))", .accent)) }
    title = endEllipsis(title, max(10, rect.width - 4))
    let rows = rows(context)
    let place = table.index(in: rows.map(\.gtxid.hex)).map { "\(Figures.count($0 + 1).text)/" } ?? ""
    let hasInferred = rows.contains(where: \.isInferred)
    // The first ones give way first.
    var figures: [Run] = hasInferred ? [.faint("( ) inferred from events   ")] : []
    let sorting = order.own.isEmpty ? "stalest first   " : "yours, then the stalest first   "
    figures += [Run(sorting, .accent), .muted(place + Figures.count(rows.count).text)]
    Rule(title, figures: figures, isFocused: isFocused).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    tableView(context).draw(on: &canvas, in: rect.split(top: 1).rest)
  }

  func tableView(_ context: PageContext) -> TableView {
    let rows = rows(context)
    let keys = rows.map(\.gtxid.hex)
    let longest = context.snapshot.sagas.definitions.map(\.name.cellWidth).max() ?? 10
    let inSight = rows.dropFirst(table.offset).prefix(tableHeight(context))
    let longestStrip = inSight.map(\.stripRuns.cellWidth).max() ?? 0
    let isNarrow = context.size.columns < 60
    return TableView(
      columns: SagaColumn.allCases.map {
        $0.tableColumn(
          isNarrow: isNarrow, longestDefinition: longest, longestStrip: longestStrip,
          leastStrip: isNarrow ? 16 : context.size.columns < FrameLayout.wide ? 38 : 53)
      },
      rowCount: rows.count, selected: table.index(in: keys),
      hovered: hoveredPanel == .sagas ? hover.index(in: keys, clock: context.clock) : nil, offset: table.offset,
      isFocused: focus == .sagas, empty: emptySentence(context)
    ) { index in
      let saga = rows[index]
      let isOwn = order.own.contains(saga.gtxid)
      let row = SagaRow(saga: saga, context: context, isNarrow: isNarrow, isOwn: isOwn)
      return SagaColumn.allCases.map(row.cell)
    }
  }

  private func emptySentence(_ context: PageContext) -> [Run] {
    if !words.isEmpty { return .nothingMatches(words, among: "saga") }
    if definition(context) != nil { return [.muted("No saga of this kind is on its way, or has ended lately.")] }
    return [.muted(context.absence(of: "sagas", "No saga is on its way."))]
  }

  // MARK: - One of them

  private func drawFacts(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    if let facts = facts(context) { return facts.draw(on: &canvas, in: rect, isOpened: opened != nil) }
    guard let opened else { return }
    Rule([Run(opened.short, .accent)]).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    guard rect.height > 1 else { return }
    let sentence = "It is no longer among the sagas that are shown: it ended, and newer ones took its place."
    canvas.put(endEllipsis(sentence, rect.width), x: rect.x, y: rect.y + 1, .muted)
  }

  private func drawTimeline(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let count = moments(context)?.count ?? 0
    let figures = count == 0 ? [] : [Run("↵", .accent, bold: true), .muted(" call tree")]
    let isInferred = context.saga?.isInferred ?? false
    let (view, body) = (timelineView(context), rect.split(top: 1).rest)
    var rule = Rule(
      isInferred ? "what happened, as its spans tell" : "what happened", figures: figures,
      isFocused: focus == .timeline)
    rule.title += view.range(in: body)
    rule.draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    view.draw(on: &canvas, in: body)
  }

  func timelineView(_ context: PageContext) -> TableView {
    let moments = moments(context)
    let keys = momentKeys(context)
    let shown = moments ?? []
    let begin = shown.first?.time ?? 0
    let hasService = shown.contains { !$0.service.isEmpty }
    let hasStep = shown.contains { !$0.step.isEmpty }
    var columns = [
      TableColumn("time", .fixed(12), priority: 3),
      TableColumn("after", .fit(minimum: 8), align: .right, priority: 2),
      TableColumn("what", .fixed(7)), TableColumn("hop", .fit(minimum: 3), align: .right, priority: 4),
    ]
    if hasService { columns.append(TableColumn("who", .share(minimum: 12, maximum: 22), priority: 1)) }
    if hasStep { columns.append(TableColumn("step", .share(minimum: 8, maximum: 18))) }
    columns.append(TableColumn("", .share(minimum: 12)))
    return TableView(
      columns: columns, rowCount: shown.count, selected: timeline.index(in: keys),
      hovered: hoveredPanel == .timeline ? hover.index(in: keys, clock: context.clock) : nil, offset: timeline.offset,
      isFocused: focus == .timeline, empty: [.muted(moments == nil ? "reading…" : "Nothing is known of it any more.")]
    ) { index in
      let moment = shown[index]
      var cells: [TableCell] = [
        .text(context.clock(moment.time, .milliseconds), .faint),
        .figure(Figures.offset(context.stretch(from: begin, to: moment.time)), .muted),
        .text(moment.kind.word, moment.kind.ink, bold: moment.kind == .byHand || moment.kind == .state),
        .text(moment.hop?.description ?? "–", .muted),
      ]
      if hasService { cells.append(.text(moment.service, .muted)) }
      if hasStep { cells.append(.text(moment.step, .text)) }
      cells.append(.runs([Run(visible(moment.text), moment.isBad ? .failing : .text)]))
      return cells
    }
  }
}

extension SagaMoment.Kind {
  /// Seven columns at most.
  var word: String {
    switch self {
    case .messageIn: "← in"
    case .messageOut: "→ out"
    case .state: "state"
    case .local: "local"
    case .timer: "timer"
    case .byHand: "by hand"
    }
  }

  var ink: Ink {
    switch self {
    case .messageIn, .messageOut: .event
    case .state, .byHand: .strong
    case .local: .muted
    case .timer: .degraded
    }
  }
}
