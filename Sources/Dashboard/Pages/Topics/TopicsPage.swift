import Drawing
import Operations
import Widgets

/// Page 4: every topic with its lag, who has read how far in which partition, and why that is judged as it is.
struct TopicsPage: Page {
  let id = PageID.topics
  var sort = TopicSort()
  private(set) var words = ""
  private(set) var order = TopicOrder()
  var table = RowCursor(holdsOn: true)
  var partitions = RowCursor()
  var events = RowCursor()
  /// The name of the group that stands first; nil for the worst.
  var group: String?
  var focus = TopicPanel.topics
  /// Whether the topic under the cursor has the whole page.
  var isOpened = false
  var hover = Hover()
  var hoveredPanel: TopicPanel?

  init() {}

  mutating func refresh(_ context: PageContext) -> [Action] {
    let hadOne = table.key
    order.settle(context.snapshot.topics, by: sort)
    table.settle(keys(context))
    if table.key != hadOne {
      (partitions, events, group) = (RowCursor(), RowCursor(), nil)
      if isOpened { (isOpened, focus) = (false, .topics) }
    }
    settle(context)
    if !focusable(context).contains(focus) { focus = isOpened ? .partitions : .topics }
    return []
  }

  private mutating func settle(_ context: PageContext) {
    if let grid = grid(context) { partitions.settle(grid.partitions.map(String.init)) }
    events.settle(eventKeys(context))
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    guard case .topics(let key) = destination else { return [] }
    (isOpened, focus) = (false, .topics)
    guard let key else {
      // Whoever comes anew and has chosen nothing yet finds the cursor on what matters most.
      table.letGo()
      return []
    }
    guard context.snapshot.topic(key) != nil else {
      return [.say("no topic is called \(visible(key))", isProblem: true)]
    }
    if !keys(context).contains(key) { words = "" }
    select(key, context)
    return []
  }

  /// Puts the cursor on a topic; what stands below begins at its top.
  mutating func select(_ key: String, _ context: PageContext) {
    if table.key != key { (partitions, events, group) = (RowCursor(), RowCursor(), nil) }
    table.select(key, keys(context), height: tableHeight(context))
    settle(context)
  }

  // MARK: - Filter

  var filter: String? { words }
  var filterExample: String { "payment warn" }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    words = text
    table.settle(keys(context), height: tableHeight(context))
    settle(context)
    return nil
  }

  // MARK: - What is shown

  /// The topics that the filter lets through, sorted.
  func rows(_ context: PageContext) -> [TopicSnapshot] {
    let wanted = words.lowercased().split(separator: " ")
    let topics = order.arranged(context.snapshot.topics, by: sort)
    guard !wanted.isEmpty else { return topics }
    return topics.filter { topic in
      let facts = [topic.name, topic.mark.word] + topic.groups.map(\.name)
      let text = facts.joined(separator: "\n").lowercased()
      return wanted.allSatisfy { text.contains($0) }
    }
  }

  func keys(_ context: PageContext) -> [String] { rows(context).map(\.name) }

  /// The topic under the cursor.
  func topic(_ context: PageContext) -> TopicSnapshot? {
    let rows = rows(context)
    return table.index(in: rows.map(\.name)).map { rows[$0] }
  }

  /// Which of the topic's groups stands first: the chosen one, or the worst.
  func groupIndex(of topic: TopicSnapshot) -> Int {
    topic.groups.firstIndex { $0.name == group } ?? topic.groups.firstIndex { $0.name == topic.worstGroup } ?? 0
  }

  func grid(_ context: PageContext) -> PartitionGrid? {
    guard let topic = topic(context) else { return nil }
    var grid = PartitionGrid(topic: topic, group: groupIndex(of: topic), down: context.instancesDown)
    let keys = grid.partitions.map(String.init)
    (grid.selected, grid.offset, grid.isFocused) = (partitions.index(in: keys), partitions.offset, focus == .partitions)
    if hoveredPanel == .partitions { grid.hovered = hover.index(in: keys, clock: context.clock) }
    return grid
  }

  func verdict(_ context: PageContext) -> GroupVerdict? {
    guard let topic = topic(context) else { return nil }
    let index = groupIndex(of: topic)
    guard topic.groups.indices.contains(index) else { return nil }
    return GroupVerdict(topic: topic, group: topic.groups[index], context: context)
  }

  func layout(_ context: PageContext, in area: Rect? = nil) -> TopicsLayout {
    let frame = FrameLayout(size: context.size)
    let topic = topic(context)
    let content = TopicsLayout.Content(
      rows: rows(context).count, partitions: topic.map { max(1, $0.partitions) } ?? 0,
      why: verdict(context)?.lines.count ?? 0, events: topicEvents(context).count, isOpened: isOpened && topic != nil)
    return TopicsLayout(content, area: area ?? frame.page, isTall: frame.isTall)
  }

  func tableHeight(_ context: PageContext) -> Int { max(1, (layout(context).table?.height ?? 3) - 2) }

  /// What Tab goes through.
  func focusable(_ context: PageContext) -> [TopicPanel] {
    let layout = layout(context)
    let places: [(TopicPanel, Rect?)] = [
      (.topics, layout.table), (.partitions, layout.partitions), (.events, layout.events),
    ]
    return places.filter { $0.1 != nil }.map(\.0)
  }

  // MARK: - The cursor, as the frame sees it

  func breadcrumb(_ context: PageContext) -> [String] {
    guard let topic = topic(context) else { return ["topics"] }
    guard focus == .partitions, topic.groups.indices.contains(groupIndex(of: topic)) else {
      return ["topics", topic.name]
    }
    return ["topics", topic.name, topic.groups[groupIndex(of: topic)].name]
  }

  func subject(_ context: PageContext) -> Subject? {
    guard let topic = topic(context) else { return nil }
    switch focus {
    case .topics: return .topic(topic.name)
    case .partitions:
      let index = groupIndex(of: topic)
      guard topic.groups.indices.contains(index) else { return .topic(topic.name) }
      return .group(topic: topic.name, name: topic.groups[index].name)
    case .events: return selectedEvent(context)?.gtxid.map { .transaction($0) } ?? .topic(topic.name)
    }
  }
}
