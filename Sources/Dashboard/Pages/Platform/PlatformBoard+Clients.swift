import Drawing
import Operations
import TraceModel
import Widgets

extension PlatformBoard {
  /// Who comes in, with what it has used and owes; who was turned away; and the tokens that are good no more.
  static func clients(_ context: PageContext) -> PlatformBoard {
    let edge = context.snapshot.edge
    guard !edge.gateways.isEmpty else { return PlatformBoard() }
    var board = PlatformBoard(columns: [
      [clientTable(edge), refusalTable(edge), tokenTable(edge)], [accessTable(edge, context)],
    ])
    board.head = PlatformHead(title: "members", figures: store(edge.keyValueStore), facts: facts(edge))
    return board
  }

  private static func store(_ store: KeyValueFigures?) -> [Run] {
    guard let store else { return [] }
    let name = Run.muted("key-value store  ")
    if !store.ailment.isEmpty {
      return [name] + Mark.failing.short + [Run(" \(visible(store.ailment))", .failing, bold: true)]
    }
    let held = "\(Figures.size(bytes: store.bytes).text) of \(Figures.size(bytes: store.byteLimit).text)"
    return [name] + Mark.healthy.short + [.muted(" \(held)")]
  }

  private static func facts(_ edge: EdgeSnapshot) -> [[Run]] {
    let members = edge.members
    func count(_ value: UInt64) -> String { Figures.count(Int(clamping: value)).text }
    func quiet(_ value: UInt64, _ name: String, _ ink: Ink = .degraded) -> [Run] {
      PlatformHead.fact(name, count(value), value == 0 ? .faint : ink)
    }
    let unchecked = edge.gateways.reduce(UInt64(0)) { $0.addingReportingOverflow($1.unchecked).partialValue }
    return [
      PlatformHead.fact("accounts", Figures.count(members.accounts).text), quiet(members.logIns, "log-ins", .strong),
      quiet(members.refusedLogIns, "refused"), quiet(members.logOuts, "log-outs", .strong),
      quiet(members.failedLogOuts, "log-outs failed", .failing),
      quiet(members.lateUsesRefused, "revoked tokens refused", .text),
      quiet(members.lateUsesPassed, "revoked tokens passed", .failing), quiet(unchecked, "unchecked tokens passed"),
      [.muted("a token is good for "), Run(Figures.duration(seconds(members.tokenLifetime)).text)],
    ]
  }

  private static func seconds(_ count: Int64) -> Int64 {
    let (product, overflows) = count.multipliedReportingOverflow(by: 1_000_000_000)
    return overflows ? .max : product
  }

  // MARK: - Clients

  private static func clientTable(_ edge: EdgeSnapshot) -> PlatformTable {
    let all = edge.gateways.flatMap { gateway in gateway.clients.map { (gateway: gateway.name, client: $0) } }
    let isOfMany = Set(all.map(\.gateway)).count > 1
    let longest = all.map(\.client.id.cellWidth).max() ?? 8
    var columns = [
      TableColumn("client", .share(minimum: min(max(longest, 8), 14), maximum: max(longest, 8))),
      TableColumn("plan", .fit(minimum: 4), priority: 5),
      TableColumn("calls", .fit(minimum: 6), align: .right),
      TableColumn("limit/s", .fit(minimum: 7), align: .right, priority: 6),
      TableColumn("quota today", .fit(minimum: 11), align: .right, priority: 1),
      TableColumn("refused", .fit(minimum: 7), align: .right, priority: 2),
      TableColumn("sandbox", .fit(minimum: 7), align: .right, priority: 8),
      TableColumn("in", .fit(minimum: 6), align: .right, priority: 7),
      TableColumn("out", .fit(minimum: 6), align: .right, priority: 6),
      TableColumn("charge KRW", .fit(minimum: 10), align: .right, priority: 3),
    ]
    if isOfMany { columns.insert(TableColumn("gateway", .fit(minimum: 7), priority: 4), at: 1) }
    let rows = all.map { gateway, client in
      PlatformRow(
        isOfMany ? "\(client.id) at \(gateway)" : client.id, .client(gateway: gateway, id: client.id),
        opens: .service(gateway)
      ) {
        var cells = cells(client)
        if isOfMany { cells.insert(.text(gateway, .muted), at: 1) }
        return cells
      }
    }
    return PlatformTable(
      panel: .clients, title: "clients", figures: [.muted("metered by call and by KB")], columns: columns, rows: rows,
      empty: "No client has called yet.")
  }

  private static func cells(_ client: EdgeClient) -> [TableCell] {
    func count(_ value: UInt64, _ ink: Ink = .text) -> TableCell {
      .figure(Figures.count(Int(clamping: value)), value == 0 ? .faint : ink, bold: value > 0 && ink == .degraded)
    }
    func size(_ value: UInt64) -> TableCell { .figure(Figures.size(bytes: Int(clamping: value)), .muted) }
    return [
      .text(client.id, .text), .text(client.plan.isEmpty ? "–" : client.plan, .muted), count(client.calls),
      client.rateLimit.map { .figure(Figures.short($0), .muted) } ?? .text("any", .faint), quota(client),
      count(client.refused, .degraded), count(client.sandboxCalls, .muted), size(client.requestBytes),
      size(client.responseBytes), .figure(Figures.count(Int(client.charge / 1_000_000)), .text),
    ]
  }

  static func quota(_ client: EdgeClient) -> TableCell {
    guard let quota = client.quota else { return .text("any number", .faint) }
    let share = quota > 0 ? Double(client.quotaUsed) / Double(quota) : 1
    let ink = Severity.saturation.ink(share)
    return .figure(
      Figures.fraction(client.quotaUsed, of: quota), ink == .faint ? .muted : ink,
      bold: Severity.saturation.isBad(share))
  }

  // MARK: - Who was turned away

  private static func refusalTable(_ edge: EdgeSnapshot) -> PlatformTable {
    let all = edge.gateways.flatMap { gateway in gateway.refusals.map { (gateway: gateway.name, refusal: $0) } }
      .enumerated().sorted { one, other in
        let (left, right) = (one.element.refusal.count, other.element.refusal.count)
        return left != right ? left > right : one.offset < other.offset
      }.map(\.element)
    let columns = [
      TableColumn("reason", .share(minimum: 16, maximum: 24)), TableColumn("answer", .fit(minimum: 6), align: .right),
      TableColumn("times", .fit(minimum: 6), align: .right), TableColumn("at", .share(minimum: 8), priority: 1, gap: 3),
    ]
    let rows = all.map { gateway, refusal in
      PlatformRow(
        "\(refusal.reason) at \(gateway)", .refusal(gateway: gateway, reason: refusal.reason), opens: .service(gateway)
      ) {
        [
          .text(refusal.reason.replacing("-", with: " "), .text), .text("\(refusal.status)", .muted),
          .figure(Figures.count(Int(clamping: refusal.count))), .text(gateway, .muted),
        ]
      }
    }
    let sum = all.map { Int(clamping: $0.refusal.count) }.saturatingSum
    return PlatformTable(
      panel: .refusals, title: "turned away", figures: all.isEmpty ? [] : [.muted(Figures.count(sum).text)],
      columns: columns, rows: rows, empty: "Nobody was turned away.")
  }

  private static func tokenTable(_ edge: EdgeSnapshot) -> PlatformTable {
    let columns = [
      TableColumn("token", .fixed(9)), TableColumn("of", .share(minimum: 8, maximum: 24)),
      TableColumn("forgotten in", .fit(minimum: 12), align: .right),
    ]
    let rows = edge.revoked.map { token in
      PlatformRow(token.id, .revokedToken(token.id)) {
        [
          .text(Figures.shortID(token.id), .accent), .text(token.user, .text),
          .figure(Figures.duration(token.timeLeft), .muted),
        ]
      }
    }
    return PlatformTable(
      panel: .revokedTokens, title: "revoked tokens", figures: [.muted(Figures.count(edge.revokedCount).text)],
      columns: columns, rows: rows, empty: "No token is revoked.")
  }

  // MARK: - The access log

  private static func accessTable(_ edge: EdgeSnapshot, _ context: PageContext) -> PlatformTable {
    let lines = edge.gateways.flatMap(\.accessLog).sorted { $0.time > $1.time }
    let columns = [
      TableColumn("time", .fixed(12), priority: 3),
      TableColumn("request", .share(minimum: 16, maximum: 36)),
      TableColumn("client", .fit(minimum: 6), priority: 2),
      TableColumn("answer", .fit(minimum: 6), align: .right),
      TableColumn("took", .fit(minimum: 7), align: .right, priority: 1, gap: 1),
      TableColumn("GTXID", .fixed(9), priority: 4, gap: 3),
      TableColumn("turned away for", .share(minimum: 15, maximum: 22), priority: 5),
    ]
    let rows = lines.map { line in
      PlatformRow(
        "\(line.method) \(line.path) \(line.time)", line.gtxid.map { .transaction($0) },
        opens: line.gtxid.map { .transaction($0, span: nil) }
      ) {
        let ink: Ink = line.status >= 500 ? .failing : line.status >= 400 ? .degraded : .muted
        return [
          .text(context.clock(line.time, .milliseconds), .faint), .text("\(line.method) \(line.path)"),
          .text(line.client, .muted), .text("\(line.status)", ink, bold: ink == .failing),
          .figure(Figures.duration(line.duration), .muted), .text(line.gtxid?.short ?? "–", .accent),
          .text(line.reason.replacing("-", with: " "), .muted),
        ]
      }
    }
    return PlatformTable(
      panel: .accessLog, title: "access log", figures: [.faint("newest first")], columns: columns, rows: rows,
      empty: "No request has come yet.")
  }
}
