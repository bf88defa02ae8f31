import Drawing
import Operations
import Widgets

extension PlatformBoard {
  /// The gateways side by side: their instances, and their routes with what each has seen.
  static func gateway(_ context: PageContext) -> PlatformBoard {
    let gateways = context.snapshot.gateways
    guard !gateways.isEmpty else { return PlatformBoard() }
    var board = PlatformBoard(
      columns: gateways.map { [instances(of: $0, context), routes(of: $0, context)] }, wideFrom: 70 * gateways.count)
    board.alarm = lost(gateways)
    board.head = head(context.snapshot.edge)
    return board
  }

  /// Losing one instance is none; losing all of them is losing the shop.
  private static func lost(_ gateways: [ServiceSnapshot]) -> [Run]? {
    let lost = gateways.filter { $0.instancesAll > 0 && $0.instancesUp == 0 }
    guard !lost.isEmpty else { return nil }
    let names = lost.map { visible($0.name) }.joined(separator: " and ")
    return [
      Run("TOTAL LOSS ", .failing, bold: true), Run(names, .strong, bold: true),
      Run(": no instance is up, nobody comes in"),
    ]
  }

  private static func head(_ edge: EdgeSnapshot) -> PlatformHead? {
    guard let first = edge.gateways.first, !first.filters.isEmpty else { return nil }
    var facts: [[Run]] = []
    var phase = ""
    for filter in first.filters {
      let words = filter.split(separator: " ", maxSplits: 1).map(String.init)
      let name = visible(words.last ?? filter)
      let isNew = words.count == 2 && words[0] != phase
      if isNew { phase = words[0] }
      facts.append((isNew ? [Run(visible(phase) + " ", .label)] : []) + [Run(name, .text)])
    }
    let fails = edge.gateways.contains(where: \.failsOpen)
    let policy: [Run] =
      fails
      ? [Run("fails open", .degraded, bold: true), .muted(": unchecked tokens pass")]
      : [.muted("fails closed: an unchecked token is refused")]
    // What a gateway does is always the same; what it has seen is looked for.
    return PlatformHead(title: "filters", figures: policy, facts: facts, share: 9)
  }

  private static func instances(of service: ServiceSnapshot, _ context: PageContext) -> PlatformTable {
    var table = ServicePanelView(panel: .instances, service: service, context: context).instancesTable
    // The figures of all gateways stand below each other.
    let all = context.snapshot.gateways.flatMap(\.instances)
    let longest = all.map { ($0.port > 0 ? "\($0.name):\($0.port)" : $0.name).cellWidth }.max() ?? 8
    table.columns[0].width = .share(minimum: min(longest, 24) + 2, maximum: longest + 2)
    let isMissing = service.instancesUp < service.instancesAll
    let up = "\(Figures.fraction(service.instancesUp, of: service.instancesAll).text) up"
    let rows = zip(service.instances, table.rows).map { instance, cells in
      PlatformRow(
        instance.name, .instance(service: service.name, name: instance.name), opens: .service(service.name)
      ) { cells }
    }
    return PlatformTable(
      panel: .instances(service.name), title: "\(visible(service.name)): instances",
      figures: service.instancesAll > 0 ? [Run(up, isMissing ? .degraded : .muted, bold: isMissing)] : [],
      columns: table.columns, rows: rows, empty: "No instance is known.")
  }

  private static func routes(of service: ServiceSnapshot, _ context: PageContext) -> PlatformTable {
    guard let gateway = context.snapshot.edge.gateway(service.name), !gateway.routes.isEmpty else {
      return operations(of: service, context)
    }
    // Those that are used most first; the others in the order of the table.
    let routes = gateway.routes.enumerated().sorted { one, other in
      one.element.rate != other.element.rate ? one.element.rate > other.element.rate : one.offset < other.offset
    }.map(\.element)
    let longest = routes.map(\.pattern.cellWidth).max() ?? 9
    let longestName = routes.map { goal(of: $0).cellWidth }.max() ?? 8
    let columns = [
      TableColumn("route", .share(minimum: min(max(longest, 9), 28), maximum: max(longest, 9))),
      TableColumn("to", .share(minimum: min(max(longestName, 8), 15), maximum: 15), priority: 2),
      TableColumn("req/s", .fit(minimum: 5), align: .right, priority: 1),
      TableColumn("err", .fit(minimum: 7), align: .right, gap: 1),
      TableColumn("p50", .fit(minimum: 7), align: .right, priority: 8, gap: 1),
      TableColumn("p95", .fit(minimum: 7), align: .right, priority: 6, gap: 1),
      TableColumn("p99", .fit(minimum: 7), align: .right, priority: 3, gap: 1),
      TableColumn("refused", .fit(minimum: 7), align: .right, priority: 4),
      TableColumn("with", .share(minimum: 24, maximum: 24), priority: 7, gap: 3),
    ]
    let (hits, all) = (gateway.cacheHits, gateway.cacheHits.addingReportingOverflow(gateway.cacheMisses).partialValue)
    var figures: [Run] = [.muted("\(routes.count) routes")] + versions(of: gateway)
    if all > 0 { figures.insert(.muted("cache hits \(Figures.percent(Double(hits) / Double(all)).text)   "), at: 0) }
    return PlatformTable(
      panel: .routes(service.name), title: "\(visible(service.name)): routes", figures: figures, columns: columns,
      rows: routes.map { row($0, at: service.name, room: 24) }, empty: "It has no route.")
  }

  /// Which version of the configuration its instances route by.
  private static func versions(of gateway: EdgeGateway) -> [Run] {
    let up = gateway.versions.filter(\.isUp).map(\.version)
    guard let newest = up.max() else { return [] }
    let behind = up.count { $0 < newest }
    return [.muted("   v\(newest)")] + (behind > 0 ? [Run("   \(behind) behind", .degraded, bold: true)] : [])
  }

  /// As many of what a route has as fit whole.
  private static func features(of route: EdgeRoute, room: Int) -> String {
    let all = (route.conditions + route.settings).map(visible)
    for count in stride(from: all.count, to: 0, by: -1) {
      let text = all.prefix(count).joined(separator: " · ") + (count < all.count ? " …" : "")
      if text.cellWidth <= room { return text }
    }
    return all.isEmpty ? "" : "…"
  }

  /// A service, or `topic reviews`.
  private static func goal(of route: EdgeRoute) -> String { route.topic.map { "topic \($0)" } ?? route.service }

  private static func row(_ route: EdgeRoute, at gateway: String, room: Int) -> PlatformRow {
    PlatformRow(
      "\(route.pattern) \(route.id)", .route(gateway: gateway, id: route.id),
      opens: route.topic.map { .topics(selected: $0) } ?? .service(route.service)
    ) {
      let isQuiet = route.rate == 0
      return [
        .text(route.pattern, isQuiet ? .muted : .text), .text(goal(of: route), .muted),
        .figure(Figures.rate(route.rate, unit: ""), isQuiet ? .faint : .text),
        route.calls == 0 ? .text("–", .faint) : ServiceRow.errors(route.errorShare),
        ServiceRow.latency(route.p50, isTail: false), ServiceRow.latency(route.p95, isTail: false),
        ServiceRow.latency(route.p99, isTail: true),
        .figure(Figures.count(Int(clamping: route.refused)), route.refused == 0 ? .faint : .degraded),
        .runs([.muted(features(of: route, room: room))]),
      ]
    }
  }

  /// What is known of a gateway whose table nobody tells.
  private static func operations(of service: ServiceSnapshot, _ context: PageContext) -> PlatformTable {
    let table = ServicePanelView(panel: .endpoints, service: service, context: context).endpointsTable
    let rows = zip(service.endpoints, table.rows).map { endpoint, cells in
      PlatformRow(endpoint.operation, .service(service.name), opens: .service(service.name)) { cells }
    }
    return PlatformTable(
      panel: .routes(service.name), title: "\(visible(service.name)): endpoints, last \(service.endpointWindow.words)",
      figures: rows.count > 1 ? [.faint("by rate")] : [], columns: table.columns, rows: rows,
      empty: "No call has come yet.")
  }
}
