import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// One panel about one service: its rows, how they are drawn, and what is at a cell of the screen.
struct ServicePanelView {
  let panel: ServicePanel
  let service: ServiceSnapshot
  let context: PageContext
  var cursor = RowCursor()
  var isFocused = false
  var hover = Hover()
  /// On the service's own page there is room for more about each row.
  var isDetailed = false

  /// What the rows are known by.
  var keys: [String] {
    switch panel {
    case .services: []
    case .instances: unique(service.instances.map(\.name))
    case .calls: unique(service.calls.map(\.callee))
    case .endpoints: unique(service.endpoints.map(\.operation))
    case .consumes: unique(service.consumes.map { "\($0.topic)/\($0.group)" })
    case .metrics: unique(metrics.map { "\($0.name) \($0.instance) \($0.attributes)" })
    case .errors: unique(service.latestErrors.map { "\($0.time) \($0.gtxid.hex)" })
    case .log: unique((logLines ?? []).map { "\($0.time) \($0.instance) \($0.message)" })
    }
  }

  /// The row under the cursor.
  var selected: Int? { cursor.index(in: keys) }

  /// The newest lines first; nil while they are being read.
  var logLines: [LogLine]? {
    context.logFilter == Self.logFilter(of: service.name, context) ? context.log.reversed() : nil
  }

  /// What of the log is about a service, up to the moment that is shown.
  static func logFilter(of service: String, _ context: PageContext) -> LogFilter {
    LogFilter(service: service, until: context.isFrozen ? context.snapshot.time : nil)
  }

  /// What the service's metrics stand at, as far as they have been read.
  var metrics: [MetricSnapshot] {
    guard !context.isFrozen, let loaded = context.metrics, loaded.service == service.name else { return [] }
    return loaded.series
  }

  private var hovered: Int? { hover.index(in: keys, clock: context.clock) }

  /// How many rows are in sight.
  func height(in rect: Rect) -> Int {
    switch panel {
    case .instances, .endpoints, .metrics: max(0, rect.height - 2)
    default: list.visibleCount(max(0, rect.height - 1))
    }
  }

  func draw(on canvas: inout Canvas, in rect: Rect) {
    let body = rect.split(top: 1).rest
    var rule = Rule("\(visible(service.name)): \(panel.title)", figures: figures, isFocused: isFocused)
    rule.title += window + range(in: body)
    rule.draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    switch panel {
    case .services: break
    case .instances, .endpoints, .metrics:
      let view = tableView
      // Without rows there is nothing for headings to be about.
      if view.rowCount > 0 { view.draw(on: &canvas, in: body) } else { list.draw(on: &canvas, in: body) }
    case .calls, .consumes, .errors, .log: list.draw(on: &canvas, in: body)
    }
  }

  /// Over how long a time the figures are that the rows have.
  private var window: [Run] {
    switch panel {
    case .endpoints where !service.endpoints.isEmpty: service.endpointWindow.note
    case .calls where !service.calls.isEmpty: service.callWindow.note
    // They are of 10 s always, which goes without saying where all else is.
    case .instances where context.snapshot.window != .tenSeconds:
      RedWindow.tenSeconds.note
    default: []
    }
  }

  /// Which rows are in sight, of those that one goes through.
  private func range(in body: Rect) -> [Run] {
    switch panel {
    case .instances, .endpoints, .metrics: tableView.range(in: body)
    case .calls, .consumes: list.range(in: body)
    // What comes newest first goes on into the past.
    case .services, .errors, .log: []
    }
  }

  /// The row at a cell of the screen; nil for none.
  func hit(x: Int, y: Int, in rect: Rect) -> Int? {
    let body = rect.split(top: 1).rest
    switch panel {
    case .services: return nil
    case .instances, .endpoints, .metrics:
      if case .row(let index) = tableView.hit(x: x, y: y, in: body) { return index }
      return nil
    case .calls, .consumes, .errors, .log:
      return y >= body.y ? list.hit(y: y, in: body) : nil
    }
  }

  private var figures: [Run] {
    switch panel {
    case .instances:
      guard service.instancesAll > 0 else { return [] }
      let text = "\(Figures.fraction(service.instancesUp, of: service.instancesAll).text) up"
      return [Run(text, service.lacksInstances ? .degraded : .muted)]
    case .endpoints: return service.endpoints.count > 1 ? [.faint("by rate")] : []
    case .log: return [Run("l", .accent, bold: true), .muted(" all of it")]
    case .errors where isFocused: return [Run("↵", .accent, bold: true), .muted(" open it")]
    case .errors: return [Run("l", .accent, bold: true), .muted(" log")]
    default: return []
    }
  }

  var emptySentence: String {
    switch panel {
    case .services: ""
    case .instances: service.isOutside ? "Not our machines: none can be seen." : "No instance is known."
    case .calls: "Calls nobody."
    case .endpoints: "No call has come yet."
    case .consumes: "Reads no topic."
    case .metrics where context.isFrozen: "What they stood at then is not kept."
    case .metrics:
      context.metrics?.service == service.name ? "No metric came in yet: OTLP takes them, too." : "reading…"
    case .errors:
      context.snapshot.system.isOnlyWatched
        ? "None of its spans failed in the newest transactions." : "No error is remembered."
    case .log: logLines == nil ? "reading…" : "No line is kept."
    }
  }

  private var tableView: TableView {
    let table = panel == .instances ? instancesTable : panel == .metrics ? metricsTable : endpointsTable
    return TableView(
      columns: table.columns, rowCount: table.rows.count, selected: isFocused ? selected : nil, hovered: hovered,
      offset: cursor.offset, isFocused: isFocused
    ) { table.rows[$0] }
  }

  private var list: EntryList {
    var list = EntryList(entries: entries, selected: selected, hovered: hovered, offset: cursor.offset)
    (list.isFocused, list.empty) = (isFocused, [.muted(emptySentence)])
    return list
  }

  private var entries: [Entry] {
    switch panel {
    case .calls: zip(keys, service.calls).map { Entry($0, lines(of: $1)) }
    case .consumes: zip(keys, service.consumes).map { Entry($0, lines(of: $1)) }
    case .errors: zip(keys, service.latestErrors).map { Entry($0, [line(of: $1)]) }
    case .log: zip(keys, logLines ?? []).map { Entry($0, [line(of: $1)]) }
    default: []
    }
  }
}

/// The keys, each told apart from the same ones before it.
func unique(_ keys: [String]) -> [String] {
  var seen: [String: Int] = [:]
  return keys.map { key in
    seen[key, default: 0] += 1
    let count = seen[key] ?? 1
    return count == 1 ? key : "\(key) (\(count))"
  }
}
