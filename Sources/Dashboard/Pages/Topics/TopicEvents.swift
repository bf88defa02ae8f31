import Drawing
import Operations
import Widgets

extension TopicsPage {
  /// What happened to the topic, its groups and those who read it; the newest first.
  func topicEvents(_ context: PageContext) -> [OperationalEvent] {
    guard let topic = topic(context) else { return [] }
    let groups = Set(topic.groups.map(\.name))
    let readers = context.snapshot.services.filter { service in
      service.consumes.contains { $0.topic == topic.name }
    }
    let instances = Set(readers.flatMap { $0.instances.map(\.name) })
    let services = Set(readers.map(\.name))
    return context.snapshot.events.filter { event in
      switch event.kind {
      case .rebalance:
        // It is about all that the group reads, whichever topic is named.
        let group = event.subject.split(separator: "/").first.map(String.init) ?? ""
        return event.subject == topic.name || groups.contains(group)
      case .lag:
        let parts = event.subject.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1 else { return event.subject == topic.name || groups.contains(event.subject) }
        return parts.contains(topic.name) && parts.allSatisfy { $0 == topic.name || groups.contains($0) }
      case .breaker:
        let caller = event.subject.split(separator: " ").first.map(String.init) ?? ""
        return instances.contains(caller) || services.contains(caller)
      case .instance, .fault, .health:
        return services.contains(event.subject) || instances.contains(event.subject)
      case .command:
        // A move of offsets names the group and the topic, a dead letter its place.
        return event.subject.hasPrefix("\(topic.name).DLT[")
          || groups.contains { event.subject == "\($0)/\(topic.name)" } || instances.contains(event.subject)
      case .transaction: return false
      }
    }
  }

  func eventKeys(_ context: PageContext) -> [String] {
    unique(topicEvents(context).map { "\($0.time) \($0.kind.rawValue) \($0.subject)" })
  }

  func selectedEvent(_ context: PageContext) -> OperationalEvent? {
    let events = topicEvents(context)
    return self.events.index(in: eventKeys(context)).map { events[$0] }
  }

  func eventsList(_ context: PageContext) -> EntryList {
    let (keys, shown) = (eventKeys(context), topicEvents(context))
    let entries = zip(keys, shown).map { Entry($0, [Entry.Line(Self.runs(of: $1, context))]) }
    var list = EntryList(entries: entries, offset: events.offset)
    list.selected = focus == .events ? events.index(in: keys) : nil
    list.isFocused = focus == .events
    if hoveredPanel == .events { list.hovered = hover.index(in: keys, clock: context.clock) }
    list.empty = [.muted("Nothing has happened to it.")]
    return list
  }

  static func runs(of event: OperationalEvent, _ context: PageContext) -> [Run] {
    let (glyph, ink) = mark(of: event)
    let what =
      switch event.kind {
      case .lag, .rebalance: "group \(groupName(event.subject))"
      case .command: groupOfMove(event.subject).map { "group \($0)" } ?? event.subject
      default: event.subject
      }
    let reason = event.reason.isEmpty ? "" : ": \(event.reason)"
    return [
      .faint(context.clock(event.time, .tenths) + " "), Run(glyph, ink, bold: true),
      .muted(visible(" \(what) \(event.change)\(reason)")),
    ]
  }

  /// `payment/orders`: the group first, then the topic.
  private static func groupName(_ subject: String) -> String {
    subject.split(separator: "/").first.map(String.init) ?? subject
  }

  private static func groupOfMove(_ subject: String) -> String? {
    let parts = subject.split(separator: "/")
    return parts.count == 2 ? String(parts[0]) : nil
  }

  private static func mark(of event: OperationalEvent) -> (String, Ink) {
    if let state = BreakerState(rawValue: event.state) { return (state.mark.glyph, state.mark.ink) }
    if let verdict = LagVerdict(rawValue: event.state) { return (verdict.mark.glyph, verdict.mark.ink) }
    if let health = Health(rawValue: event.state) { return (health.mark.glyph, health.mark.ink) }
    if event.kind == .fault { return (Glyphs.fault, .fault) }
    switch event.severity {
    case .bad: return ("✗", .failing)
    case .warning: return ("▲", .degraded)
    case .good: return ("●", .healthy)
    case .info: return ("▸", .muted)
    }
  }
}
