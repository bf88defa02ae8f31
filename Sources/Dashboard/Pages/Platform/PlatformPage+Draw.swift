import Drawing
import Operations
import Widgets

extension PlatformPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    drawTabs(on: &canvas, in: area.inset(left: 2, right: 2), context)
    let body = Self.body(of: area)
    let places = places(in: area, context)
    if tab == .channel, !context.snapshot.topics.isEmpty { drawChannel(on: &canvas, in: body, context) }
    for (panel, rect) in places {
      switch panel {
      case .routes, .instances: view(panel, context)?.draw(on: &canvas, in: rect)
      case .topics: drawTopics(on: &canvas, in: rect, context)
      }
    }
    guard places.isEmpty, body.height > 0 else { return }
    canvas.put(endEllipsis(tab.absence, body.width), x: body.x, y: body.y, .muted)
  }

  // MARK: - The tabs

  /// The columns of each tab's name.
  func tabPlaces(in rect: Rect) -> [(tab: PlatformTab, text: String, x: Int)] {
    let isShort = rect.width < 64
    var x = rect.x
    return PlatformTab.allCases.map { tab in
      let text = isShort ? tab.short : tab.title
      defer { x += text.cellWidth + (isShort ? 2 : 3) }
      return (tab, text, x)
    }
  }

  private func drawTabs(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    guard rect.height > 0 else { return }
    var end = rect.x
    for (tab, text, x) in tabPlaces(in: rect) where x + text.cellWidth <= rect.right {
      let isCurrent = tab == self.tab
      end = canvas.put(text, x: x, y: rect.y, isCurrent ? .accent : .muted, bold: isCurrent)
    }
    let hint = [Run("← →", .accent, bold: true), .muted(" other tabs")]
    if rect.right - end > hint.cellWidth + 2 { canvas.rich(hint, x: rect.right - hint.cellWidth, y: rect.y) }
  }

  // MARK: - The event channel

  private func drawChannel(on canvas: inout Canvas, in body: Rect, _ context: PageContext) {
    let gap = FrameLayout(size: context.size).isTall ? 1 : 0
    let places = channelPlaces(in: body, gap: gap, context)
    let figures = ChannelFigures(context.snapshot)
    Rule("broker", figures: figures.state).draw(on: &canvas, x: places.facts.x, y: places.facts.y, width: body.width)
    if places.facts.height > 1 {
      canvas.rich(figures.line(width: body.width), x: places.facts.x, y: places.facts.y + 1)
    }
    guard let chart = places.chart else { return }
    Rule("records in and out", figures: figures.rates)
      .draw(on: &canvas, x: chart.x, y: chart.y, width: chart.width)
    let rest = chart.split(top: 1).rest
    guard !figures.written.isEmpty else {
      canvas.rich(endEllipsis([.muted("No second is measured yet.")], rest.width), x: rest.x, y: rest.y)
      return
    }
    InOutSeries(
      written: figures.written, read: figures.read,
      armed: context.snapshot.faults.armed.filter(\.isOn).map { context.since($0.armedAt) }
    ).draw(on: &canvas, in: rest)
  }

  private func drawTopics(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    let isFocused = focus == .topics
    Rule("topics", figures: [Run("↵", .accent, bold: true), .muted(" open")], isFocused: isFocused)
      .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    topicsView(context).draw(on: &canvas, in: rect.split(top: 1).rest)
  }

  func topicsView(_ context: PageContext) -> TableView {
    let topics = context.snapshot.topics
    let keys = keys(.topics, context)
    let longest = topics.map(\.name.cellWidth).max() ?? 8
    let columns = [
      TableColumn("topic", .share(minimum: min(max(longest, 8), 18), maximum: max(longest, 8) + 4)),
      TableColumn("parts", .fit(minimum: 5), align: .right, priority: 2),
      TableColumn("size", .fit(minimum: 7), align: .right, priority: 1),
      TableColumn("in/s", .fit(minimum: 5), align: .right), TableColumn("out/s", .fit(minimum: 5), align: .right),
      TableColumn("groups", .fit(minimum: 6), align: .right, priority: 4),
      TableColumn("kept", .fit(minimum: 5), align: .right, priority: 3),
      TableColumn("acknowledged", .share(minimum: 12, maximum: 18), priority: 5, gap: 3),
    ]
    return TableView(
      columns: columns, rowCount: topics.count, selected: cursor(.topics).index(in: keys),
      hovered: hoveredPanel == .topics ? hover.index(in: keys, clock: context.clock) : nil,
      offset: cursor(.topics).offset, isFocused: focus == .topics, empty: [.muted(tab.absence)]
    ) { index in
      let topic = topics[index]
      let row = TopicRow(topic: topic, topLag: 1)
      return [
        row.cell(.name), row.cell(.partitions), row.cell(.size), row.cell(.inRate), row.cell(.outRate),
        .figure(Figures.count(topic.groups.count), .muted), row.cell(.kept), .text(topic.acknowledgement.words, .muted),
      ]
    }
  }
}

/// The event channel as a whole.
struct ChannelFigures {
  let snapshot: SystemSnapshot
  /// A second each, the oldest first, as many of each.
  let written: [Double]
  let read: [Double]

  init(_ snapshot: SystemSnapshot) {
    self.snapshot = snapshot
    let all = snapshot.topics.filter { !$0.inSeries.isEmpty && !$0.outSeries.isEmpty }
    let seconds = all.map { min($0.inSeries.count, $0.outSeries.count) }.max() ?? 0
    written = Self.sum(all.map(\.inSeries), seconds: seconds)
    read = Self.sum(all.map(\.outSeries), seconds: seconds)
  }

  /// The newest samples of all belong to the same second.
  private static func sum(_ series: [[Float]], seconds: Int) -> [Double] {
    (0..<seconds).map { index in
      series.reduce(0) { sum, one in
        let place = one.count - seconds + index
        return place >= 0 ? sum + Double(one[place]) : sum
      }
    }
  }

  private var isDown: Bool {
    snapshot.faults.armed.contains { fault in
      fault.isOn && fault.spec.target == .broker && fault.spec.kind.name == .brokerDown
    }
  }

  var state: [Run] {
    isDown
      ? Mark.failing.short + [Run(" it refuses all writers and readers", .failing)]
      : Mark.healthy.short + [.muted(" it answers")]
  }

  func line(width: Int) -> [Run] {
    let topics = snapshot.topics
    func fact(_ name: String, _ text: String, _ ink: Ink = .strong) -> [Run] { [Run(text, ink), .muted(" \(name)")] }
    var facts = FactLine()
    facts.add(fact("topics", Figures.count(topics.count).text))
    facts.add(fact("partitions", Figures.count(topics.map(\.partitions).saturatingSum).text), priority: 2)
    facts.add(fact("groups", Figures.count(topics.map(\.groups.count).saturatingSum).text), priority: 3)
    facts.add(fact("held", Figures.size(bytes: topics.map(\.bytes).saturatingSum).text), priority: 1)
    let dead = topics.map(\.deadLetters).saturatingSum
    facts.add(fact("dead letters", Figures.count(dead).text, dead > 0 ? .degraded : .faint), priority: 4)
    let rebalance = topics.flatMap(\.groups).compactMap(\.lastRebalance).max()
    if let rebalance, snapshot.time > rebalance {
      let (age, overflows) = snapshot.time.subtractingReportingOverflow(rebalance)
      if !overflows { facts.add([.muted("last rebalance \(Figures.age(age).text) ago")], priority: 5) }
    }
    return facts.runs(in: width)
  }

  var rates: [Run] {
    let topics = snapshot.topics
    let (into, out) = (topics.reduce(0) { $0 + $1.inRate }, topics.reduce(0) { $0 + $1.outRate })
    return [
      .muted("in "), Run(Figures.rate(into).text + "   ", .flow3, bold: true), .muted("out "),
      Run(Figures.rate(out).text, .text),
    ]
  }
}
