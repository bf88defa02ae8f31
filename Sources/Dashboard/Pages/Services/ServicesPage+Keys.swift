import Drawing
import Operations
import TraceCollector
import Widgets

extension ServicesPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard !key.alt else { return nil }
    switch key.key {
    case .tab: focus = focusable(context).following(focus, by: 1)
    case .backTab: focus = focusable(context).following(focus, by: -1)
    case .enter: return openRow(context)
    case .escape: return escape(context)
    case .character("s") where opened == nil:
      sort.advance(among: visibleColumns(context))
      refollow(context)
    case .character("S") where opened == nil:
      sort.isDescending.toggle()
      refollow(context)
    case .character("i"): return context.turnWindow()
    case .character("x"): return toggleInstance(context)
    default: return move(key, context) ? [] : nil
    }
    return []
  }

  /// After the rows were sorted anew the cursor is still on its row, and the row is in sight.
  private mutating func refollow(_ context: PageContext) {
    table.settle(rows(context).map(\.name), height: tableHeight(context))
  }

  private mutating func move(_ key: KeyPress, _ context: PageContext) -> Bool {
    if focus == .services {
      let before = table.key
      let isMove = table.press(key, rows(context).map(\.name), height: tableHeight(context))
      if table.key != before { cursors = [:] }
      return isMove
    }
    guard let view = view(of: focus, context), let rect = layout(context).rect(focus) else { return false }
    return cursors[focus, default: RowCursor()].press(key, view.keys, height: view.height(in: rect))
  }

  private func focusable(_ context: PageContext) -> [ServicePanel] {
    guard opened != nil else { return layout(context).focusable }
    // Topics stand where otherwise metrics do.
    let hidden: ServicePanel = service(context)?.tellsTopics ?? true ? .metrics : .consumes
    return ServicePanel.ofService.filter { $0 != hidden }
  }

  private mutating func escape(_ context: PageContext) -> [Action]? {
    if opened != nil { return [.back] }
    if focus != .services {
      focus = .services
      return []
    }
    guard filter?.isEmpty == false else { return nil }
    _ = narrow(to: "", context)
    return []
  }

  /// What Enter, or a double click, opens.
  func openRow(_ context: PageContext) -> [Action] {
    guard let service = service(context) else { return [] }
    if focus == .services { return [.open(.service(service.name))] }
    guard let index = view(of: focus, context)?.selected else { return [] }
    switch focus {
    case .services: return []
    case .instances:
      if opened == nil { return [.open(.service(service.name))] }
      let isOnlyWatched = context.snapshot.system.isOnlyWatched
      return isOnlyWatched ? [] : [.say("x kills or starts \(visible(service.instances[index].name))")]
    case .calls:
      let call = service.calls[index]
      if call.isDatabase { return [.say("\(visible(call.callee)) is a database: it reports nothing itself")] }
      if let breaker = worstBreaker(of: call, context) { return [.open(.breakers(selected: breaker))] }
      return [.open(.service(call.callee))]
    case .metrics: return openMetric(at: index, context)
    case .endpoints:
      return [.open(.transactions(filter: OverviewRows.filter(service.name, service.endpoints[index].operation)))]
    case .consumes: return [.open(.topics(selected: service.consumes[index].topic))]
    case .errors:
      let error = service.latestErrors[index]
      return [.open(.transaction(error.gtxid, span: error.span))]
    case .log:
      let line = view(of: .log, context)?.logLines?[index]
      return [.open(line?.gtxid.map { .transaction($0, span: nil) } ?? .log(LogFilter(service: service.name)))]
    }
  }

  /// All that is known of a series, as it goes on.
  private func openMetric(at index: Int, _ context: PageContext) -> [Action] {
    guard let view = view(of: .metrics, context), view.metrics.indices.contains(index) else { return [] }
    let shown = view.metrics[index]
    return [
      .show(
        Popup(
          FactsPopup("metric") { context in
            let series = context.metrics?.series ?? []
            return MetricFacts(metric: series.first { $0.isSameSeries(as: shown) } ?? shown).facts
          }))
    ]
  }

  /// Ends the instance under the cursor, or brings it back. From the table that is clear only where there is one.
  private mutating func toggleInstance(_ context: PageContext) -> [Action] {
    guard let service = service(context) else { return [] }
    if let refusal = context.refusalOfDeeds { return [.say(refusal, isProblem: true)] }
    if service.isOutside { return [.say("\(service.name) is not our machine; f can make it fail", isProblem: true)] }
    guard !service.instances.isEmpty else { return [.say("no instance of \(service.name) is known", isProblem: true)] }
    if focus == .instances, let index = view(of: .instances, context)?.selected {
      return [.effect(.perform(Self.toggle(service.instances[index], of: service.name)))]
    }
    if service.instances.count == 1 {
      return [.effect(.perform(Self.toggle(service.instances[0], of: service.name)))]
    }
    guard opened != nil || layout(context).focusable.contains(.instances) else {
      return [.open(.service(service.name)), .say("choose the instance, then x")]
    }
    focus = .instances
    return [.say("choose the instance, then x")]
  }

  private static func toggle(_ instance: InstanceSnapshot, of service: String) -> Command {
    instance.health == .down
      ? .startInstance(service: service, instance: instance.name)
      : .killInstance(service: service, instance: instance.name)
  }

  // MARK: - Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    let enter: [ServicePanel: String] = [
      .services: "open", .instances: "open", .calls: "breaker", .endpoints: "transactions", .consumes: "topic",
      .errors: "transaction", .log: "transaction", .metrics: "details",
    ]
    var hints: [KeyHint] = []
    if !(focus == .instances && opened != nil) { hints.append(KeyHint("↵", enter[focus] ?? "open")) }
    if focus == .services || focus == .instances {
      hints.append(KeyHint("f", "fault", isDeed: true))
      if service(context)?.isOutside != true { hints.append(KeyHint("x", "kill or start", isDeed: true)) }
    }
    if opened == nil { hints.append(KeyHint("s", "sort")) }
    hints.append(RedWindow.key)
    hints.append(KeyHint("l", "log"))
    if opened == nil { hints.append(KeyHint("/", "filter")) }
    hints.append(KeyHint("Tab", "panel"))
    return hints
  }

  var help: [KeyHint] {
    [
      KeyHint("Enter", "opens the service's own page, or what is under the cursor in a panel"),
      KeyHint("Tab", "goes to the next panel: instances, calls out, endpoints, topics or metrics, errors, log"),
      KeyHint("x", "kills the instance under the cursor, or starts it again", isDeed: true),
      RedWindow.help,
      KeyHint("s S", "sort by the next column, or the other way round"),
      KeyHint("/", "shows only services whose name, team, version or health has these words"),
      KeyHint("Esc", "clears the filter, goes back to the table, or back to where one came from"),
    ]
  }
}
