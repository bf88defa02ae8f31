import Drawing
import Operations
import Widgets

/// The rules that do not hold: which, on what, since when, with which value, and whose it is.
struct AlertList: PopupContent {
  private var selected = 0

  /// What an alert is about has the room first: two of the same rule are told apart by it alone.
  private static func columns(_ alerts: [AlertItem], width: Int) -> [TableColumn] {
    func longest(_ path: KeyPath<AlertItem, String>) -> Int { alerts.map { $0[keyPath: path].cellWidth }.max() ?? 0 }
    let subject = max(8, longest(\.subject))
    return [
      TableColumn("", .fixed(1)),
      TableColumn("rule", .share(minimum: 10, maximum: max(10, longest(\.rule))), gap: 1),
      TableColumn("on", .share(minimum: min(subject, max(8, width * 2 / 5)), maximum: subject)),
      TableColumn("value", .fit(minimum: 5), align: .right),
      TableColumn("since", .fit(minimum: 5), align: .right, priority: 1),
      TableColumn("team", .share(minimum: 6, maximum: max(6, longest(\.team))), priority: 2),
    ]
  }

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    let last = max(0, context.snapshot.alerts.count - 1)
    selected = min(selected, last)
    switch key.key {
    case .down, .character("j"): selected = min(last, selected + 1)
    case .up, .character("k"): selected = max(0, selected - 1)
    case .home, .character("g"): selected = 0
    case .end, .character("G"): selected = last
    case .enter: return open(context)
    case .escape, .character("q"): return [.dismiss]
    default: break
    }
    return []
  }

  private func open(_ context: PageContext) -> [Action] {
    guard context.snapshot.alerts.indices.contains(selected) else { return [.dismiss] }
    let alert = context.snapshot.alerts[selected]
    guard let place = context.snapshot.place(of: alert.subject) else {
      return [.dismiss, .say("\(alert.subject) is no longer there", isProblem: true)]
    }
    return [.dismiss, .open(place)]
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let frame = box(context).frame(in: context.size)
    guard frame.contains(x: event.column, y: event.row) else { return event.action == .press ? [.dismiss] : [] }
    switch event.action {
    case .wheelDown: return press(KeyPress(.down), context)
    case .wheelUp: return press(KeyPress(.up), context)
    case .press, .doubleClick:
      let area = frame.inset(left: 3, top: 1, right: 3, bottom: 1)
      guard case .row(let row)? = table(context).hit(x: event.column, y: event.row, in: area) else { return [] }
      selected = row
      return event.action == .doubleClick ? open(context) : []
    case .move, .release: return []
    }
  }

  private func box(_ context: PageContext) -> Widgets.Popup {
    let count = context.snapshot.alerts.count
    return Widgets.Popup(
      [Run("alerts", .title, bold: true)], note: [Run("\(count)", count > 0 ? .failing : .muted, bold: count > 0)],
      width: 96, height: max(1, count) + 3)
  }

  private func table(_ context: PageContext) -> TableView {
    let alerts = context.snapshot.alerts
    return TableView(
      columns: Self.columns(alerts, width: box(context).frame(in: context.size).width - 6), rowCount: alerts.count,
      selected: alerts.isEmpty ? nil : min(selected, alerts.count - 1),
      empty: [Run("No rule is broken.", .muted)]
    ) { row in
      let alert = alerts[row]
      let ink: Ink = alert.isSevere ? .failing : .degraded
      return [
        .runs([Run(alert.isSevere ? Mark.failing.glyph : Mark.degraded.glyph, ink, bold: true)]),
        .text(alert.rule, .strong), .text(alert.subject), .text(alert.value, ink, bold: true),
        .figure(Figures.age(context.since(alert.since)), .muted), .text(alert.team, .muted),
      ]
    }
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box(context).draw(on: &canvas).inset(left: 1, right: 1)
    table(context).draw(on: &canvas, in: inside)
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["alerts"] }
  func hints(_ context: PageContext) -> [KeyHint] { [KeyHint("↵", "open"), KeyHint("Esc", "close")] }
}

extension SystemSnapshot {
  /// Where a thing is shown that is named in an alert or an event; nil when nothing is called so.
  func place(of name: String) -> Destination? {
    if service(name) != nil { return .service(name) }
    if let breaker = breakers.first(where: { $0.id == name || $0.label == name }) {
      return .breakers(selected: breaker.id)
    }
    if topic(name) != nil { return .topics(selected: name) }
    if let shortage = data.shortages.first(where: { $0.sku == name }) { return .store(shortage.service) }
    if let slash = name.firstIndex(of: "/") {
      let (head, tail) = (String(name[..<slash]), String(name[name.index(after: slash)...]))
      if topic(head) != nil { return .topics(selected: head) }
      if topic(tail) != nil { return .topics(selected: tail) }
    }
    return services.first { service in service.instances.contains { $0.name == name } }.map { .service($0.name) }
  }
}
