import Drawing
import Operations
import Widgets

extension PlatformBoard {
  /// What is bounded in each service: its database connections and its worker threads; and what several share.
  static func connections(_ context: PageContext) -> PlatformBoard {
    let services = context.snapshot.services.filter { !$0.isOutside && ($0.connections != nil || $0.workers != nil) }
    guard !services.isEmpty else { return PlatformBoard() }
    var board = PlatformBoard(
      columns: [
        [pools(services, context.snapshot)], context.snapshot.databaseServers.map { shared($0, context.snapshot) },
      ])
    board.alarm = alarm(context.snapshot)
    board.head = head(context.snapshot, services)
    return board
  }

  private static func alarm(_ snapshot: SystemSnapshot) -> [Run]? {
    let full = snapshot.databaseServers.filter { $0.open >= $0.maximum }
    guard let server = full.first else { return nil }
    return [
      Run("Too many connections", .failing, bold: true), Run("  "), Run(visible(server.name), .strong, bold: true),
      Run(" has all \(Figures.count(server.maximum).text) open, and refuses the next one, whoever asks"),
    ]
  }

  private static func head(_ snapshot: SystemSnapshot, _ services: [ServiceSnapshot]) -> PlatformHead {
    func sum(_ path: KeyPath<PoolUse, Int>) -> Int {
      services.compactMap { $0.connections?[keyPath: path] }.saturatingSum
    }
    let waiting = sum(\.waiting)
    let facts: [[Run]] = [
      PlatformHead.fact("connections in use", Figures.fraction(sum(\.used), of: sum(\.size)).text),
      PlatformHead.fact("waiting for one", Figures.count(waiting).text, waiting == 0 ? .faint : .degraded),
    ]
    let shared = snapshot.databaseServers.map { server in
      PlatformHead.fact(
        "open at \(visible(server.name))", Figures.fraction(server.open, of: server.maximum).text,
        server.open >= server.maximum ? .failing : .text)
    }
    let refused: [[Run]] = [
      snapshot.databaseServers.isEmpty
        ? [.muted("each service has a database of its own")]
        : PlatformHead.fact(
          "refused by a shared server",
          Figures.count(snapshot.databaseServers.map(\.refused).saturatingSum).text,
          snapshot.databaseServers.contains { $0.refused > 0 } ? .failing : .faint)
    ]
    return PlatformHead(title: "connections", facts: facts + shared + refused)
  }

  // MARK: - By service

  private static func pools(_ services: [ServiceSnapshot], _ snapshot: SystemSnapshot) -> PlatformTable {
    func load(_ service: ServiceSnapshot) -> Double {
      max(service.connections?.share ?? 0, service.workers?.share ?? 0)
    }
    func waiting(_ service: ServiceSnapshot) -> Int {
      max(service.connections?.waiting ?? 0, service.workers?.waiting ?? 0)
    }
    func isPressed(_ service: ServiceSnapshot) -> Bool {
      waiting(service) > 0 || load(service) >= Severity.saturation.warning || snapshot.refusalRate(of: service) > 0
    }
    // In a fixed order, so that rows do not jump: those under pressure first, then by name.
    let sorted = services.sorted { one, other in
      let pressed = (isPressed(one), isPressed(other))
      return pressed.0 != pressed.1 ? pressed.0 : one.name < other.name
    }
    let longest = services.map(\.name.cellWidth).max() ?? 8
    let isShared = !snapshot.databaseServers.isEmpty
    let refused = TableColumn("refused/s", .fit(minimum: 9), align: .right)
    let columns =
      [
        TableColumn("service", .share(minimum: min(max(longest, 8), 16) + 2, maximum: max(longest, 8) + 2)),
        TableColumn("database pool", .share(minimum: 8, maximum: 20), priority: 2),
        TableColumn("in use", .fit(minimum: 6), align: .right), TableColumn("waiting", .fit(minimum: 7), align: .right),
      ] + (isShared ? [refused] : []) + [
        TableColumn("worker threads", .share(minimum: 8, maximum: 20), priority: 3, gap: 3),
        TableColumn("busy", .fit(minimum: 6), align: .right, priority: 1),
        TableColumn("waiting", .fit(minimum: 7), align: .right, priority: 1),
        TableColumn("cache", .fit(minimum: 6), align: .right, priority: 4),
        TableColumn("hits", .fit(minimum: 7), align: .right, priority: 5, gap: 1),
      ]
    let rows = sorted.map { service in
      PlatformRow(service.name, .pools(service.name), opens: .service(service.name)) {
        let mark = !isPressed(service) ? Mark.healthy : load(service) >= Severity.saturation.bad ? .failing : .degraded
        let name: [Run] = [
          Run(mark.glyph + " ", mark.ink, bold: true), Run(visible(service.name), isPressed(service) ? .strong : .text),
        ]
        let refused = isShared ? [refusals(service, snapshot)] : []
        return [.runs(name)] + cells(service.connections) + refused + cells(service.workers) + cells(service.cache)
      }
    }
    return PlatformTable(
      panel: .pools, title: "pools", columns: columns, rows: rows, empty: PlatformTab.connections.absence)
  }

  private static func cells(_ pool: PoolUse?) -> [TableCell] {
    guard let pool else { return [.blank, .text("–", .faint), .text("–", .faint)] }
    return [
      .meter(pool.share, ink: .ramp(pool.share)), ServiceRow.use(pool),
      .figure(Figures.count(pool.waiting), pool.waiting == 0 ? .faint : .degraded, bold: pool.waiting > 0),
    ]
  }

  private static func refusals(_ service: ServiceSnapshot, _ snapshot: SystemSnapshot) -> TableCell {
    guard service.connections != nil else { return .text("–", .faint) }
    let rate = snapshot.refusalRate(of: service)
    return .figure(Figures.rate(rate, unit: ""), rate == 0 ? .faint : .failing, bold: rate > 0)
  }

  private static func cells(_ cache: CacheUse?) -> [TableCell] {
    guard let cache else { return [.text("–", .faint), .text("–", .faint)] }
    return [
      .figure(Figures.fraction(cache.entries, of: cache.capacity), .muted),
      cache.hitRate.map { .figure(Figures.percent($0), .text) } ?? .text("–", .faint),
    ]
  }

  // MARK: - What is shared

  private static func shared(_ server: SharedDatabaseSnapshot, _ snapshot: SystemSnapshot) -> PlatformTable {
    let share = server.maximum > 0 ? Double(server.open) / Double(server.maximum) : 1
    let columns = [
      TableColumn("instance", .share(minimum: 12, maximum: 28)), TableColumn("in use", .fit(minimum: 6), align: .right),
      TableColumn("idle", .fit(minimum: 4), align: .right, priority: 1),
      TableColumn("pool", .fit(minimum: 4), align: .right, priority: 2),
      TableColumn("refused", .fit(minimum: 7), align: .right),
    ]
    // Those first that were refused.
    let sorted = server.pools.filter { $0.refused > 0 } + server.pools.filter { $0.refused == 0 }
    let rows = sorted.map { pool in
      let owner = snapshot.owner(ofInstance: pool.name)
      return PlatformRow(
        pool.name, .sharedPool(server: server.name, instance: pool.name), opens: owner.map { .service($0) }
      ) {
        [
          .text(pool.name), .figure(Figures.count(pool.inUse), pool.inUse == 0 ? .faint : .text),
          .figure(Figures.count(pool.idle), .muted), .figure(Figures.count(pool.size), .muted),
          .figure(Figures.count(pool.refused), pool.refused == 0 ? .faint : .failing, bold: pool.refused > 0),
        ]
      }
    }
    let ink = Severity.saturation.ink(share)
    return PlatformTable(
      panel: .sharedPools(server.name), title: "database server \(visible(server.name))",
      figures: [
        .muted("refused "), Run(Figures.count(server.refused).text + "   ", server.refused > 0 ? .failing : .faint),
        Run(Figures.fraction(server.open, of: server.maximum).text, ink == .faint ? .text : ink, bold: true),
        .muted(" open"),
      ], columns: columns, rows: rows, empty: "Nobody is connected.")
  }
}
