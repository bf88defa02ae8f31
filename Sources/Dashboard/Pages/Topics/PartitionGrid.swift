import Drawing
import Operations
import Widgets

/// The partitions of a topic in rows, and how far each consumer group has read them side by side.
struct PartitionGrid {
  let topic: TopicSnapshot
  /// The group that stands first and has all its figures.
  let group: Int
  /// Instances that are gone: whoever owns a partition and is not there is marked.
  var down: Set<String> = []
  var selected: Int?
  var hovered: Int?
  var offset = 0
  var isFocused = false

  /// Lines for groups' names, headings, and the sum below.
  static let frameLines = 3

  /// The groups in the order in which they stand.
  private var groups: [GroupSnapshot] {
    guard topic.groups.indices.contains(group) else { return topic.groups }
    return [topic.groups[group]] + topic.groups.indices.filter { $0 != group }.map { topic.groups[$0] }
  }

  /// The partitions by number, as any of the groups sees them.
  var partitions: [Int] {
    var numbers = Set(0..<max(0, topic.partitions))
    for group in topic.groups { numbers.formUnion(group.partitions.map(\.partition)) }
    return numbers.sorted()
  }

  static func rows(in rect: Rect) -> Int { max(1, rect.height - frameLines) }

  private func first(in rect: Rect) -> Int {
    Scroll.offset(offset, showing: selected, count: partitions.count, height: Self.rows(in: rect))
  }

  /// Which partitions are in sight, to follow the panel's title.
  func range(in rect: Rect) -> [Run] {
    Scroll.range(from: first(in: rect), height: Self.rows(in: rect), count: partitions.count)
  }

  func hit(y: Int, in rect: Rect) -> Int? {
    let index = first(in: rect) + y - rect.y - 2
    return y >= rect.y + 2 && y < rect.bottom - 1 && index < partitions.count ? index : nil
  }

  /// - Parameter rect: below the rule.
  func draw(on canvas: inout Canvas, in rect: Rect) {
    guard rect.height > Self.frameLines else { return }
    let numbers = Array(partitions.dropFirst(first(in: rect)).prefix(Self.rows(in: rect)))
    for (line, _) in numbers.enumerated() {
      let index = first(in: rect) + line
      let y = rect.y + 2 + line
      if index == selected, isFocused {
        Selection.focused.draw(on: &canvas, x: rect.x, y: y, width: rect.width)
      } else if index == hovered {
        Selection.unfocused.draw(on: &canvas, x: rect.x, y: y, width: rect.width)
      }
    }
    let places = places(in: rect)
    drawTable(logTable(numbers, isWide: places.hasLog), on: &canvas, in: places.log, rows: numbers.count)
    for (group, place) in zip(groups, places.groups) {
      drawName(of: group, isFirst: group.name == groups.first?.name, on: &canvas, in: place)
      let isFull = place.width >= Self.fullWidth || group.name == groups.first?.name
      drawTable(groupTable(group, numbers, isFull: isFull), on: &canvas, in: place, rows: numbers.count)
    }
    if topic.groups.isEmpty {
      canvas.rich(endEllipsis([.muted("No group reads it.")], places.rest.width), x: places.rest.x, y: rect.y)
    }
  }

  // MARK: - Places

  private static let fullWidth = 57
  private static let brief = 28

  private struct Places {
    var log: Rect
    var hasLog: Bool
    var groups: [Rect]
    var rest: Rect
  }

  private func places(in rect: Rect) -> Places {
    let hasLog = rect.width >= 68
    let (log, rest) = rect.split(left: hasLog ? 21 : 4, gap: 3)
    guard !topic.groups.isEmpty else { return Places(log: log, hasLog: hasLog, groups: [], rest: rest) }
    // Further groups as long as the first keeps all its figures.
    let further = min(topic.groups.count - 1, max(0, (rest.width - Self.fullWidth) / (Self.brief + 4)))
    var places: [Rect] = []
    var free = rest
    for _ in 0..<further {
      let parts = free.split(right: Self.brief, gap: 4)
      places.insert(parts.right, at: 0)
      free = parts.rest
    }
    return Places(log: log, hasLog: hasLog, groups: [free] + places, rest: rest)
  }

  // MARK: - Parts

  private struct Part {
    var columns: [TableColumn]
    var rows: [[TableCell]]
    var sum: [TableCell]
  }

  /// Headings in the second line, rows below, the sum last.
  private func drawTable(_ part: Part, on canvas: inout Canvas, in rect: Rect, rows count: Int) {
    let all = part.rows + [part.sum]
    let view = TableView(columns: part.columns, rowCount: all.count) { all[$0] }
    let body = rect.split(top: 1).rest
    canvas.within(rect.inset(left: -1, right: -1).intersection(canvas.bounds)) {
      view.draw(on: &$0, in: body.split(top: count + 2).top)
    }
  }

  private func logTable(_ numbers: [Int], isWide: Bool) -> Part {
    let known = Dictionary(
      topic.groups.flatMap(\.partitions).map { ($0.partition, $0) }, uniquingKeysWith: { first, _ in first })
    let hot = topic.groups.indices.contains(group) ? topic.groups[group].hottestPartition : nil
    var columns = [TableColumn("part", .fixed(4))]
    if isWide {
      columns += [
        TableColumn("log end", .fit(minimum: 9), align: .right),
        TableColumn("in/s", .fit(minimum: 4), align: .right),
      ]
    }
    let rows = numbers.map { number in
      let isHot = number == hot
      let figures: [TableCell] = [
        known[number].map { .figure(Figures.count(Int($0.logEnd))) } ?? .unknown,
        known[number].map { .figure(Figures.rate($0.inRate, unit: ""), $0.inRate == 0 ? .faint : .muted) } ?? .unknown,
      ]
      return [.text("\(number)", isHot ? .strong : .text, bold: isHot)] + (isWide ? figures : [])
    }
    let rate = topic.isAvailable ? TableCell.figure(Figures.rate(topic.inRate, unit: "")) : .unknown
    let sum: [TableCell] = [.text("all", .faint), .blank, rate]
    return Part(columns: columns, rows: rows, sum: Array(sum.prefix(columns.count)))
  }

  private func drawName(of group: GroupSnapshot, isFirst: Bool, on canvas: inout Canvas, in rect: Rect) {
    var runs = [Run(visible(group.name), isFirst ? .strong : .title, bold: true)]
    if rect.width >= 24, topic.isAvailable { runs.append(.muted("  " + Self.state(group, isBrief: !isFirst))) }
    canvas.rich(endEllipsis(runs, rect.width), x: rect.x, y: rect.y)
  }

  /// `stable · generation 14 · 2 members`
  static func state(_ group: GroupSnapshot, isBrief: Bool = false) -> String {
    var words = group.state.isEmpty ? [] : [visible(stateWord(group.state))]
    if group.generation > 0 { words.append("\(isBrief ? "gen" : "generation") \(group.generation)") }
    if !isBrief, group.state != "reader" {
      words.append("\(group.members.count) \(group.members.count == 1 ? "member" : "members")")
    }
    return words.joined(separator: " · ")
  }

  /// `PreparingRebalance` in words.
  private static func stateWord(_ state: String) -> String {
    switch state {
    case "PreparingRebalance": "preparing a rebalance"
    case "CompletingRebalance": "completing a rebalance"
    default: state.lowercased()
    }
  }

  private func groupTable(_ group: GroupSnapshot, _ numbers: [Int], isFull: Bool) -> Part {
    let known = Dictionary(group.partitions.map { ($0.partition, $0) }, uniquingKeysWith: { first, _ in first })
    let most = max(group.partitions.compactMap(\.lag).max() ?? 0, 1)
    let owner = max(group.partitions.map { self.owner(of: $0).cellWidth }.max() ?? 5, 5)
    var columns = [
      TableColumn("committed", .fit(minimum: 9), align: .right, priority: 3),
      TableColumn("lag", .fit(minimum: 5), align: .right),
    ]
    if isFull {
      columns += [
        TableColumn("behind", .share(minimum: 12, maximum: 18), priority: 2),
        TableColumn("out/s", .fit(minimum: 5), align: .right, priority: 1),
      ]
    }
    columns.append(
      TableColumn("owner", .share(minimum: min(owner, isFull ? 12 : 8), maximum: owner), gap: isFull ? 3 : 2))
    let rows = numbers.map { number in
      known[number].map { row($0, most: most, isHot: number == group.hottestPartition, isFull: isFull) } ?? []
    }
    let isBad = group.verdict.map { $0 != .ok } ?? false
    let rate = group.partitions.reduce(0) { $0 + $1.outRate }
    var sum: [TableCell] = [.blank, TopicRow.lag(group.lag, group.verdict)]
    if isFull {
      let ink: Ink = isBad && rate < topic.inRate ? .degraded : .text
      sum += [
        .blank, topic.isAvailable ? .figure(Figures.rate(rate, unit: ""), ink, bold: isBad) : .unknown,
      ]
    }
    return Part(columns: columns, rows: rows, sum: sum)
  }

  private func row(_ partition: PartitionSnapshot, most: Int64, isHot: Bool, isFull: Bool) -> [TableCell] {
    let isBad = partition.verdict.map { $0 != .ok } ?? false
    var cells: [TableCell] = [
      partition.committed.map { .figure(Figures.count(Int($0)), .muted) } ?? .unknown,
      TopicRow.lag(partition.lag, partition.verdict),
    ]
    if isFull {
      let part = Double(partition.lag ?? 0) / (Double(most) * 1.08)
      let ink: Ink = !isBad ? .flow2 : isHot ? .failing : .ramp(0.5 + 0.3 * part)
      cells.append(partition.lag.map { $0 > 0 ? .meter(part, ink: ink) : .meter(0, ink: ink) } ?? .blank)
      let isSlow = isBad && partition.outRate < partition.inRate
      cells.append(
        .figure(
          Figures.rate(partition.outRate, unit: ""), isSlow ? .degraded : partition.outRate == 0 ? .faint : .text))
    }
    cells.append(.runs(owner(of: partition)))
    return cells
  }

  private func owner(of partition: PartitionSnapshot) -> [Run] {
    guard !partition.owner.isEmpty else { return [.muted("–")] }
    guard down.contains(partition.owner) else { return [.muted(visible(partition.owner))] }
    return [Run("✗ ", .failing, bold: true), Run(visible(partition.owner), .failing)]
  }
}
