import Drawing
import Operations
import Widgets

extension TopicsPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let layout = layout(context, in: area)
    if let rect = layout.table { drawTable(on: &canvas, in: rect, context) }
    guard let topic = topic(context) else { return }
    if let rect = layout.partitions { drawPartitions(of: topic, on: &canvas, in: rect, context) }
    if let rect = layout.chart { drawChart(of: topic, on: &canvas, in: rect, context) }
    if let rect = layout.verdict {
      if let verdict = verdict(context) {
        verdict.draw(on: &canvas, in: rect)
      } else {
        Rule("\(visible(topic.name)): verdict").draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
        if rect.height > 1 {
          canvas.rich(endEllipsis([.muted("No group reads it.")], rect.width), x: rect.x, y: rect.y + 1)
        }
      }
    }
    if let rect = layout.events { drawEvents(on: &canvas, in: rect, context) }
  }

  // MARK: - The table

  private func drawTable(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    tableView(context)
      .draw("topics", words: words, figures: { figures(context, width: $0) }, on: &canvas, in: rect)
  }

  private func figures(_ context: PageContext, width: Int) -> [Run] {
    let topics = context.snapshot.topics
    guard !topics.isEmpty else { return [] }
    let groups = topics.reduce(0) { $0 + $1.groups.count }
    let lag = topics.compactMap(\.lag).saturatingSum
    let worst = topics.compactMap(\.verdict).max() ?? .ok
    let ink: Ink = worst == .ok ? .text : worst.mark.ink
    let lagFigure =
      context.snapshot.isBusDown
      ? [Run("the bus does not answer", Mark.busDown.ink, bold: true)]
      : [.muted("lag "), Run(Figures.count(Int(lag)).text, ink, bold: worst != .ok)]
    let counts = [
      Run("\(topics.count)", .strong), .muted(topics.count == 1 ? " topic  " : " topics  "),
      Run("\(groups)", .strong), .muted(groups == 1 ? " group  " : " groups  "),
    ]
    return [counts + lagFigure, lagFigure].first { $0.cellWidth <= width } ?? []
  }

  func tableView(_ context: PageContext) -> TableView {
    let rows = rows(context)
    let keys = rows.map(\.name)
    let topics = context.snapshot.topics
    let longestName = topics.map(\.name.cellWidth).max() ?? 0
    let longestGroup = topics.map(\.worstGroup.cellWidth).max() ?? 0
    let hasDead = topics.contains { $0.deadLetters > 0 }
    // A lag of a few records is flat, whoever else has none.
    let topLag = max(100, topics.flatMap(\.lagSeries).map(Double.init).filter(\.isFinite).max() ?? 0)
    return TableView(
      columns: TopicColumn.allCases.map {
        $0.tableColumn(longestName: longestName, longestGroup: longestGroup, hasDead: hasDead)
      },
      rowCount: rows.count, sort: sort.tableSort,
      selected: table.index(in: keys),
      hovered: hoveredPanel == .topics ? hover.index(in: keys, clock: context.clock) : nil,
      offset: table.offset, isFocused: focus == .topics, empty: emptySentence(context)
    ) { index in
      let row = TopicRow(topic: rows[index], topLag: topLag)
      return TopicColumn.allCases.map(row.cell)
    }
  }

  private func emptySentence(_ context: PageContext) -> [Run] {
    words.isEmpty
      ? [.muted(context.absence(of: "topics", "No topic is known yet."))] : .nothingMatches(words, among: "topic")
  }

  /// The columns that there is room for.
  func visibleColumns(_ context: PageContext) -> [TopicColumn] {
    layout(context).table.map { tableView(context).columnsInSight(in: $0.split(top: 1).rest) } ?? []
  }

  // MARK: - The topic under the cursor

  private func drawPartitions(of topic: TopicSnapshot, on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let isFocused = focus == .partitions
    let (shown, body) = (grid(context), rect.split(top: 1).rest)
    let title =
      [
        Run(visible(topic.name), .strong, bold: true),
        Run("  partitions × groups", isFocused ? .strong : .title, bold: true),
      ] + (shown?.range(in: body) ?? [])
    Rule(
      title, figures: partitionFigures(topic).fitting(rect.width - title.cellWidth - 3, gap: 3), isFocused: isFocused
    )
    .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    shown?.draw(on: &canvas, in: body)
  }

  private func partitionFigures(_ topic: TopicSnapshot) -> [[Run]] {
    let index = groupIndex(of: topic)
    guard topic.isAvailable, topic.groups.indices.contains(index) else { return [] }
    let group = topic.groups[index]
    var groups: [[Run]] = []
    // One record more than elsewhere is on its way.
    if let hot = group.hottestPartition, group.partitions.first(where: { $0.partition == hot })?.lag ?? 0 > 1 {
      groups.append([.muted("hottest "), Run("\(hot)", .strong)])
    }
    switch group.trend {
    case .growing where (group.lag ?? 0) > 1:
      groups.append([.muted("grows  "), Run(group.trend.text, .degraded, bold: true)])
    case .draining: groups.append([.muted("drains  "), Run(group.trend.text, .healthy, bold: true)])
    case .steady, .growing: groups.append([.muted("steady")])
    }
    return groups
  }

  private func drawChart(of topic: TopicSnapshot, on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let isBehind = topic.verdict.map { $0 != .ok } ?? false
    func figures(_ reader: String) -> [[Run]] {
      guard topic.isAvailable else { return [topic.mark.long] }
      return [
        [.muted("in "), Run(Figures.rate(topic.inRate).text, .flow3, bold: true)],
        [.muted("out \(reader)"), Run(Figures.rate(topic.outRate).text, isBehind ? .degraded : .text, bold: isBehind)],
      ]
    }
    let title = "\(visible(topic.name)): records in and out"
    let room = rect.width - title.cellWidth - 3
    // The reader that is charted is the one that is behind most; others may keep up.
    let named = figures(topic.groups.count > 1 ? "to \(visible(topic.worstGroup)) " : "")
    let hasRoom = named.reduce(3) { $0 + $1.cellWidth } <= room
    Rule(title, figures: (hasRoom ? named : figures("")).fitting(room, gap: 3))
      .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    let count = min(topic.inSeries.count, topic.outSeries.count)
    let body = rect.split(top: 1).rest
    guard count > 0 else {
      if body.height > 0 {
        canvas.rich(endEllipsis([.muted("No second is measured yet.")], body.width), x: body.x, y: body.y)
      }
      return
    }
    // The newest samples of both belong to the same second.
    let rates = InOutSeries(
      written: topic.inSeries.doubles.suffix(count), read: topic.outSeries.doubles.suffix(count),
      armed: context.snapshot.faults.armed.filter(\.isOn).map { context.since($0.armedAt) },
      isPast: context.isFrozen)
    rates.draw(on: &canvas, in: body)
  }

  // MARK: - What happened

  private func drawEvents(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    if isOpened {
      Rule("what happened", isFocused: focus == .events).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
      eventsList(context).draw(on: &canvas, in: rect.split(top: 1).rest)
      return
    }
    guard focus != .events else {
      eventsList(context).draw(on: &canvas, in: rect)
      return
    }
    let line = topicEvents(context).map { Self.runs(of: $0, context) }.fitting(rect.width, gap: 4)
    let first = topicEvents(context).first.map { endEllipsis(Self.runs(of: $0, context), rect.width) } ?? []
    canvas.rich(line.isEmpty ? first : line, x: rect.x, y: rect.y)
  }
}
