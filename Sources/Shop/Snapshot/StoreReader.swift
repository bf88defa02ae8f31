internal import Operations
internal import Transactions

/// Looks into a service's database. From any thread.
struct StoreReader {
  let disk: ServiceDisk
  private static let waitingShown = 50

  /// By name, each with its rows; what SQLite and the change log keep for themselves is left out.
  var tables: [StoreDetail.Table] {
    let found = try? disk.database.read { database in
      try database.all(
        """
        SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
        """
      ) { $0.value(0) as String }.map { name in
        StoreDetail.Table(name: name, rows: Int(try database.number("SELECT count(*) FROM \"\(name)\"")))
      }
    }
    return found ?? []
  }

  var detail: StoreDetail {
    StoreDetail(service: disk.name, tables: tables, outbox: disk.publishes ? waiting : nil, changes: changes)
  }

  private var waiting: [StoreDetail.Waiting] {
    let entries = try? disk.unpublished(limit: Self.waitingShown)
    return (entries ?? []).map { entry in
      StoreDetail.Waiting(
        number: entry.id, type: entry.type, topic: entry.topic, key: entry.key, gtxid: entry.gtxid,
        created: entry.created)
    }
  }

  // MARK: Its log

  private static let changesShown: Int64 = 50

  /// The newest rows that were changed, before and after.
  private var changes: [RowChangeSnapshot]? {
    guard let log = disk.database.changeLog else { return nil }
    let position = max(0, log.newest - Self.changesShown)
    return transactions(after: position, in: log).flatMap { transaction in
      transaction.changes.filter { $0.position > position }.map { snapshot(of: $0, in: transaction) }
    }.reversed()
  }

  private func transactions(after position: Int64, in log: ChangeLog) -> [ChangeTransaction] {
    var position = position
    for _ in 0..<2 {
      switch try? log.read(after: position, limit: Int(Self.changesShown)) {
      case .transactions(let transactions): return transactions
      case .lost(let loss): position = loss.to
      case nil: return []
      }
    }
    return []
  }

  private func snapshot(of change: RowChange, in transaction: ChangeTransaction) -> RowChangeSnapshot {
    let columns = change.changedColumns.compactMap { name -> RowChangeSnapshot.Column? in
      let (before, after) = (change.before?[name].flatMap(Self.words), change.after?[name].flatMap(Self.words))
      return before == nil && after == nil ? nil : .init(name, before: before, after: after)
    }
    return RowChangeSnapshot(
      position: change.position, time: transaction.time, table: change.table,
      key: change.key.compactMap(Self.words).joined(separator: " "), operation: change.operation.rawValue,
      columns: columns, events: mappings.flatMap { $0(change, transaction).map(\.type) },
      gtxid: transaction.origin?.gtxid)
  }

  /// What its miners make of a change.
  private var mappings: [ChangeMiner.Mapping] {
    switch disk.name {
    case ShopPlan.order: (disk.keeps == .logMining ? [OrderMining.events] : []) + [OrderChange.events]
    case ShopPlan.customer: [CustomerSegment.events]
    case ShopPlan.item: [ItemChange.events]
    default: []
    }
  }

  private static func words(_ value: ColumnValue) -> String? {
    switch value {
    case .null: nil
    case .text(let text): text
    case .integer, .real, .blob: value.description
    }
  }
}
