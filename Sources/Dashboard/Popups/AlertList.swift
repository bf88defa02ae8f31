import Drawing
import Operations
import Widgets

/// The rules that do not hold: which, on what, since when, with which value, and whose it is.
struct AlertList: ListPopup {
  var selected = 0

  static let title = "alerts"
  static let width = 112
  static let empty = "No rule is broken."

  func rows(_ context: PageContext) -> [AlertItem] { context.snapshot.alerts }
  func note(_ count: Int) -> Run { Run("\(count)", count > 0 ? .failing : .muted, bold: count > 0) }

  /// What an alert is about has the room first: two of the same rule are told apart by it alone.
  func columns(_ alerts: [AlertItem], width: Int) -> [TableColumn] {
    func longest(_ path: KeyPath<AlertItem, String>) -> Int { Self.longest(path, alerts) }
    let (subject, rule) = (max(8, longest(\.subject)), longest(Self.isBrief(alerts, width) ? \.predicate : \.rule))
    return [
      TableColumn("", .fixed(1)),
      TableColumn("rule", .share(minimum: min(max(rule, 4), width / 3), maximum: max(10, rule)), gap: 1),
      TableColumn("on", .share(minimum: min(subject, max(8, width * 2 / 5)), maximum: subject)),
      TableColumn("value", .fit(minimum: 5), align: .right),
      TableColumn("since", .fit(minimum: 5), align: .right, priority: 1),
      TableColumn(
        "team", .share(minimum: max(6, min(longest(\.team), 12)), maximum: max(6, longest(\.team))), priority: 2),
    ]
  }

  /// Where there is no room for the whole rule, what an alert is about stands for its first words.
  private static func isBrief(_ alerts: [AlertItem], _ width: Int) -> Bool {
    let gaps = 1 + 1 + 2 + 2 + 2 + 5
    return gaps + longest(\.rule, alerts) + max(8, longest(\.subject, alerts)) + max(5, longest(\.value, alerts))
      > width
  }

  private static func longest(_ path: KeyPath<AlertItem, String>, _ alerts: [AlertItem]) -> Int {
    alerts.map { $0[keyPath: path].cellWidth }.max() ?? 0
  }

  func cells(_ alert: AlertItem, width: Int, _ context: PageContext) -> [TableCell] {
    let ink: Ink = alert.isSevere ? .failing : .degraded
    return [
      .runs([Run(alert.isSevere ? Mark.failing.glyph : Mark.degraded.glyph, ink, bold: true)]),
      .text(Self.isBrief(context.snapshot.alerts, width) ? alert.predicate : alert.rule, .strong), .text(alert.subject),
      .text(alert.value, ink, bold: true),
      .figure(Figures.age(context.since(alert.since)), .muted), .text(alert.team, .muted),
    ]
  }

  func open(_ alert: AlertItem, _ context: PageContext) -> [Action] {
    guard let place = context.snapshot.place(of: alert.subject) else {
      return [.dismiss, .say("\(alert.subject) is no longer there", isProblem: true)]
    }
    return [.dismiss, .open(place)]
  }

  func hints(_ context: PageContext) -> [KeyHint] { [KeyHint("↵", "open"), KeyHint("Esc", "close")] }
}

extension SystemSnapshot {
  /// Where a thing is shown that is named in an alert or an event; nil when nothing is called so.
  func place(of name: String) -> Destination? {
    if service(name) != nil { return .service(name) }
    if name == Self.busName { return .platform(.channel) }
    if let breaker = breakers.first(where: { $0.id == name || $0.label == name }) {
      return .breakers(selected: breaker.id)
    }
    if topic(name) != nil { return .topics(selected: name) }
    if let shortage = data.shortages.first(where: { $0.sku == name }) { return .store(shortage.service) }
    if let slash = name.firstIndex(of: "/") {
      let (head, tail) = (String(name[..<slash]), String(name[name.index(after: slash)...]))
      // A name may be that of a topic and that of a group: events say `group/topic`, alerts `topic/group`.
      for (group, name) in [(head, tail), (tail, head)] {
        if let topic = topic(name), topic.groups.contains(where: { $0.name == group }) {
          return .topics(selected: name)
        }
      }
      if topic(head) != nil { return .topics(selected: head) }
      if topic(tail) != nil { return .topics(selected: tail) }
    }
    return services.first { service in service.instances.contains { $0.name == name } }.map { .service($0.name) }
  }
}
