import Drawing
import Operations
import Widgets

extension TopicsPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard !key.alt else { return nil }
    switch key.key {
    case .tab, .backTab, .enter, .character("t"), .character("D"), .character("R"): stay(context)
    default: break
    }
    switch key.key {
    case .tab: focus = focusable(context).following(focus, by: 1)
    case .backTab: focus = focusable(context).following(focus, by: -1)
    case .enter: return openRow(context)
    case .escape: return escape(context)
    case .left where focus == .partitions: chooseGroup(by: -1, context)
    case .right where focus == .partitions: chooseGroup(by: 1, context)
    case .character("t"): return tail(context)
    case .character("D"):
      return topic(context).map { [.open(.records(RecordFilter(topic: $0.name + ".DLT")))] } ?? []
    case .character("R"): return moveOffsets(context)
    case .character("s") where !isOpened:
      sort.advance(among: visibleColumns(context))
      table.settle(keys(context), height: tableHeight(context))
    case .character("S") where !isOpened:
      sort.isDescending.toggle()
      table.settle(keys(context), height: tableHeight(context))
    default: return move(key, context) ? [] : nil
    }
    return []
  }

  /// What somebody has chosen to look at stays under the cursor, whatever becomes of the order.
  private mutating func stay(_ context: PageContext) {
    guard let topic = topic(context) else { return }
    select(topic.name, context)
    if topic.groups.indices.contains(groupIndex(of: topic)) { group = topic.groups[groupIndex(of: topic)].name }
  }

  private mutating func move(_ key: KeyPress, _ context: PageContext) -> Bool {
    let layout = layout(context)
    switch focus {
    case .topics:
      var moved = table
      guard moved.press(key, keys(context), height: tableHeight(context)) else { return false }
      if let key = moved.key, key != table.key { select(key, context) }
      table = moved
      return true
    case .partitions:
      let keys = grid(context)?.partitions.map(String.init) ?? []
      let rows = layout.partitions.map { PartitionGrid.rows(in: $0.split(top: 1).rest) } ?? 1
      return partitions.press(key, keys, height: rows)
    case .events: return events.press(key, eventKeys(context), height: eventRows(layout))
    }
  }

  func eventRows(_ layout: TopicsLayout) -> Int {
    let height = layout.events?.height ?? 1
    return max(1, isOpened ? height - 1 : height)
  }

  /// Puts another group first.
  private mutating func chooseGroup(by step: Int, _ context: PageContext) {
    guard let topic = topic(context), !topic.groups.isEmpty else { return }
    let index = (groupIndex(of: topic) + step + topic.groups.count) % topic.groups.count
    group = topic.groups[index].name
  }

  private mutating func escape(_ context: PageContext) -> [Action]? {
    if isOpened {
      (isOpened, focus) = (false, .topics)
      table.settle(keys(context), height: tableHeight(context))
      return []
    }
    if focus != .topics {
      focus = .topics
      return []
    }
    guard !words.isEmpty else { return nil }
    _ = narrow(to: "", context)
    return []
  }

  /// What Enter, or a double click, opens.
  mutating func openRow(_ context: PageContext) -> [Action] {
    switch focus {
    case .topics:
      guard topic(context) != nil else { return [] }
      (isOpened, focus) = (true, .partitions)
      return []
    case .partitions:
      guard let topic = topic(context), topic.groups.indices.contains(groupIndex(of: topic)) else { return [] }
      let name = topic.groups[groupIndex(of: topic)].name
      guard let reader = reader(of: name, topic.name, context) else {
        return [.say("no service is known to read as \(visible(name))")]
      }
      return [.open(.service(reader))]
    case .events:
      guard let event = selectedEvent(context) else { return [] }
      if let id = event.gtxid { return [.open(.transaction(id, span: nil))] }
      guard event.kind == .breaker else { return [] }
      let breaker = context.snapshot.breakers.first { $0.label == event.subject }
      return breaker.map { [.open(.breakers(selected: $0.id))] } ?? []
    }
  }

  /// The newest records of the topic, or of the partition under the cursor.
  private func tail(_ context: PageContext) -> [Action] {
    guard let topic = topic(context) else { return [] }
    let partition = focus == .partitions ? partitions.key.flatMap { Int($0) } : nil
    return [.open(.records(RecordFilter(topic: topic.name, partition: partition)))]
  }

  private func moveOffsets(_ context: PageContext) -> [Action] {
    if let refusal = context.refusalOfDeeds { return [.say(refusal, isProblem: true)] }
    guard let topic = topic(context) else { return [] }
    let index = groupIndex(of: topic)
    guard topic.groups.indices.contains(index) else {
      return [.say("no group reads \(visible(topic.name))", isProblem: true)]
    }
    let group = topic.groups[index]
    guard group.state != "reader" else {
      return [.say("the cockpit keeps its own position; there is nothing to move", isProblem: true)]
    }
    let partition = focus == .partitions ? partitions.key.flatMap { Int($0) } : nil
    let form = OffsetMoveForm(group: group.name, topic: topic.name, partition: partition)
    return [.show(Popup(form)), .effect(.preview(form.move))]
  }

  /// The service that reads a topic as a group.
  private func reader(of group: String, _ topic: String, _ context: PageContext) -> String? {
    context.snapshot.services.first { service in
      service.consumes.contains { $0.topic == topic && $0.group == group }
    }?.name
  }

  // MARK: - Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    switch focus {
    case .topics:
      return [
        KeyHint("↵", "open"), KeyHint("t", "tail"), KeyHint("f", "fault", isDeed: true),
        KeyHint("R", "offsets", isDeed: true),
        KeyHint("D", "dead letters"), KeyHint("Tab", "partitions"), KeyHint("s", "sort"), KeyHint("w", "why"),
        KeyHint("/", "filter"),
      ]
    case .partitions:
      return [
        KeyHint("↵", "reader"), KeyHint("t", "tail"), KeyHint("← →", "group"), KeyHint("R", "offsets", isDeed: true),
        KeyHint("f", "fault", isDeed: true), KeyHint("Tab", "panel"),
      ]
    case .events: return [KeyHint("↵", "open"), KeyHint("Tab", "panel")]
    }
  }

  var help: [KeyHint] {
    [
      KeyHint("Enter", "gives the topic the whole page; on a partition it opens the service that reads it"),
      KeyHint("Tab", "goes to the partitions, and to what happened"),
      KeyHint("t", "the newest records, of the topic or of the partition under the cursor, as they come"),
      KeyHint("D", "its dead letters, to retry or to discard: records that have failed 10 times", isDeed: true),
      KeyHint("R", "moves where the group reads on, after a preview", isDeed: true),
      KeyHint("← →", "among the partitions: puts another group first"),
      KeyHint("s S", "sort by the next column, or the other way round"),
      KeyHint("/", "shows only topics whose name, groups or verdict has these words"),
      KeyHint("Esc", "clears the filter, or goes back to the table"),
    ]
  }
}
