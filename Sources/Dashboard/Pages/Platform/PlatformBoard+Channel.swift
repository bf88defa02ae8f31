import Drawing
import Operations
import Widgets

extension PlatformBoard {
  /// The bus as a whole, a minute of records, and the topics.
  static func channel(_ context: PageContext) -> PlatformBoard {
    let topics = context.snapshot.topics
    guard !topics.isEmpty else { return PlatformBoard() }
    let figures = ChannelFigures(context.snapshot)
    var board = PlatformBoard(columns: [[topicTable(topics)]])
    board.alarm = figures.alarm(context)
    board.head = PlatformHead(title: "broker", figures: figures.state, facts: figures.facts)
    board.chart = PlatformChart(title: "records in and out", figures: figures.rates) { canvas, rect in
      guard !figures.written.isEmpty else {
        canvas.rich(endEllipsis([.muted("No second is measured yet.")], rect.width), x: rect.x, y: rect.y)
        return
      }
      InOutSeries(
        written: figures.written, read: figures.read,
        armed: context.snapshot.faults.armed.filter(\.isOn).map { context.since($0.armedAt) },
        isPast: context.isFrozen
      ).draw(on: &canvas, in: rect)
    }
    return board
  }

  private static func topicTable(_ topics: [TopicSnapshot]) -> PlatformTable {
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
    let rows = topics.map { topic in
      PlatformRow(topic.name, .topic(topic.name), opens: .topics(selected: topic.name)) {
        let row = TopicRow(topic: topic, topLag: 1)
        return [
          row.cell(.name), row.cell(.partitions), row.cell(.size), row.cell(.inRate), row.cell(.outRate),
          .figure(Figures.count(topic.groups.count), .muted), row.cell(.kept),
          .text(topic.acknowledgement.words, .muted),
        ]
      }
    }
    return PlatformTable(
      panel: .topics, title: "topics", figures: [Run("↵", .accent, bold: true), .muted(" open")], columns: columns,
      rows: rows, empty: PlatformTab.channel.absence)
  }
}
