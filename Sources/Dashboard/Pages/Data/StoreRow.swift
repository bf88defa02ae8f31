import Drawing
import Operations
import Widgets

/// The columns of the table of stores, from left to right.
enum StoreColumn: Int, Sendable, CaseIterable {
  case state, name, kind, size, rows, pool, waiting, cache, outbox, oldest, relay, rate, dead

  func tableColumn(longestName: Int) -> TableColumn {
    switch self {
    case .state: TableColumn("", .fixed(1))
    case .name:
      TableColumn("store", .share(minimum: min(max(longestName, 8), 22), maximum: max(longestName, 8) + 2), gap: 1)
    case .kind: TableColumn("kind", .fit(minimum: 6), priority: 8)
    case .size: TableColumn("size", .fit(minimum: 6), align: .right, priority: 5)
    case .rows: TableColumn("rows", .fit(minimum: 6), align: .right, priority: 6)
    case .pool: TableColumn("pool", .fit(minimum: 5), align: .right, priority: 1)
    case .waiting: TableColumn("wait", .fit(minimum: 4), align: .right, priority: 3, gap: 1)
    case .cache: TableColumn("cache", .fit(minimum: 4), align: .right, priority: 6)
    case .outbox: TableColumn("outbox", .fit(minimum: 6), align: .right)
    case .oldest: TableColumn("oldest", .fit(minimum: 6), align: .right, priority: 2)
    case .relay: TableColumn("relay", .share(minimum: 12, maximum: 20), priority: 7)
    case .rate: TableColumn("sent/s", .fit(minimum: 6), align: .right, priority: 4)
    case .dead: TableColumn("dead", .fit(minimum: 4), align: .right, priority: 4)
    }
  }
}

/// One store as a row of the table.
struct StoreRow {
  let store: StoreSnapshot
  /// The service that keeps it.
  let service: ServiceSnapshot?
  /// How often a second a server that it shares refuses it a connection.
  private let refusalRate: Double

  init(_ store: StoreSnapshot, in snapshot: SystemSnapshot) {
    self.store = store
    service = snapshot.service(store.service)
    refusalRate = service.map(snapshot.refusalRate) ?? 0
  }

  /// An outbox whose oldest event is older than this is not being emptied.
  static let lateAfter: Int64 = 1_000_000_000
  static let badAfter: Int64 = 10_000_000_000

  private var age: Int64 { service?.outboxDepth ?? 0 > 0 ? service?.outboxAge ?? 0 : 0 }

  /// What is the matter with it; nil when nothing is.
  var problem: Ink? {
    let connections = service?.connections
    if age >= Self.badAfter || service?.health == .down || store.actsTwice { return .failing }
    if age >= Self.lateAfter || refusalRate > 0
      || connections.map({ $0.waiting > 0 || $0.share >= 0.9 }) ?? false
    {
      return .degraded
    }
    return store.deadLetters > 0 ? .degraded : nil
  }

  func cell(_ column: StoreColumn) -> TableCell {
    switch column {
    case .state:
      let mark: Mark = problem.map { $0 == .failing ? .failing : .degraded } ?? .healthy
      return .text(mark.glyph, mark.ink, bold: true)
    case .name: return .text(store.service, problem == nil ? .text : .strong, bold: problem != nil)
    case .kind: return .text(store.kind, .muted)
    case .size: return .figure(Figures.size(bytes: store.bytes), .muted)
    case .rows: return store.rows.map { .figure(Figures.count($0), .muted) } ?? .unknown
    case .pool:
      guard refusalRate > 0 else { return ServiceRow.use(service?.connections) }
      return .text("refused \(Figures.rate(refusalRate).text)", .failing, bold: true)
    case .waiting:
      guard let waiting = service?.connections?.waiting else { return .unknown }
      return .figure(Figures.count(waiting), waiting == 0 ? .faint : .degraded, bold: waiting > 0)
    case .cache:
      guard let rate = service?.cache?.hitRate else { return .text("–", .faint) }
      return .figure(Figures.percent(rate, isWhole: true), .text)
    case .outbox:
      guard store.relayRate != nil, let depth = service?.outboxDepth else { return .text("–", .faint) }
      return .figure(Figures.count(depth), ageInk ?? (depth == 0 ? .faint : .text), bold: ageInk != nil)
    case .oldest:
      guard store.relayRate != nil, age > 0 else { return .text("–", .faint) }
      return .figure(Figures.duration(age), ageInk ?? .text, bold: ageInk == .failing)
    case .relay:
      guard store.relayRate != nil else { return .blank }
      return store.relay.map { .text($0, .muted) } ?? .text("nobody", .degraded)
    case .rate:
      return store.relayRate.map { .figure(Figures.rate($0, unit: ""), $0 == 0 ? .faint : .text) } ?? .text("–", .faint)
    case .dead:
      return .figure(
        Figures.count(store.deadLetters), store.deadLetters == 0 ? .faint : .degraded, bold: store.deadLetters > 0)
    }
  }

  private var ageInk: Ink? { age >= Self.badAfter ? .failing : age >= Self.lateAfter ? .degraded : nil }
}

extension StoreSnapshot {
  /// Whether a record may come again of which it will not know any more that it was acted on.
  fileprivate var actsTwice: Bool {
    guard let inboxWindow, let unacknowledgedAge else { return false }
    return unacknowledgedAge >= inboxWindow
  }
}
