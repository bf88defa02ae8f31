internal import GRDB
internal import TraceModel

/// The row-level log of a database: what its captured tables went through, in the order of commits.
///
/// The storage layer writes it: neither the service nor a trigger takes part. It holds whole transactions, and forgets the
/// oldest ones with time. It is read from any position that it still has, by as many readers as there are.
public struct ChangeLog: Sendable {
  /// How long changes are kept unless said otherwise: 24 hours, in nanoseconds.
  public static let retention: Int64 = 24 * 3600 * 1_000_000_000

  /// The name of the database.
  public var name: String { database.name }
  let database: ServiceDatabase
  /// For looking up only.
  private let shapes: [Int64: CapturedTable]
  private let writer: ChangeLogWriter

  init(_ database: ServiceDatabase, _ writer: ChangeLogWriter) {
    self.database = database
    self.writer = writer
    shapes = writer.knownShapes
  }

  /// The tables that are captured, by the order in which they came to be.
  public var tables: [CapturedTable] {
    // Of shapes with the same name the newest is the one that the table has.
    let ids = shapes.keys.sorted()
    return ids.enumerated().compactMap { place, id in
      ids[(place + 1)...].contains { shapes[$0]?.name == shapes[id]?.name } ? nil : shapes[id]
    }
  }

  /// What there is after a position.
  public enum Reading: Sendable, Hashable {
    /// Whole transactions, the oldest first; none when there is nothing new. The first may have changes that are not
    /// after the position, when that lies within it.
    case transactions([ChangeTransaction])
    /// The log has forgotten changes after the position.
    case lost(ChangeLoss)
  }

  /// The transactions with changes after `position`, until they have at least `limit` changes.
  /// - Parameters:
  ///   - position: the last change that is known, 0 for none.
  ///   - limit: 1 or more. A transaction is never cut, so that more may come.
  /// - Throws: `positionAhead`, `damaged`; `DatabaseError`.
  public func read(after position: Int64, limit: Int) throws -> Reading {
    precondition(limit > 0, "at least one change must be asked for, not \(limit)")
    let newest = newest
    guard position <= newest else { throw CaptureError.positionAhead(position: position, newest: newest) }
    guard position < newest else { return .transactions([]) }
    return try database.read { database in
      if position < (try pruned(database)) {
        return .lost(try loss(after: position, database))
      }
      let reader = ChangeLogReader(shapes: shapes)
      return .transactions(try reader.transactions(after: position, limit: limit, database))
    }
  }

  /// The change at a position, as the id of a mined event names it; nil when it is forgotten or does not exist yet.
  /// - Throws: `damaged`; `DatabaseError`.
  public func change(at position: Int64) throws -> RowChange? {
    guard position > 0 else { return nil }
    return try database.read { database in
      try ChangeLogReader(shapes: shapes).transactions(after: position - 1, limit: 1, database).first?.changes
        .first { $0.position == position }
    }
  }

  /// The position of the newest change that was committed; 0 when there was none yet.
  /// Within a transaction its own changes do not count yet.
  public var newest: Int64 { writer.newestPosition }

  /// The newest change that the log has forgotten; 0 for none.
  public func pruned() throws -> Int64 {
    try database.read(pruned)
  }

  /// How many changes come after `position`, forgotten ones included, and when the oldest of them that is still known was
  /// committed.
  public func behind(_ position: Int64) throws -> (changes: Int64, oldest: Int64?) {
    let newest = newest
    guard position < newest else { return (0, nil) }
    return try database.read { database in
      let time = try database.first(
        "SELECT time FROM change_log WHERE position > ? ORDER BY position LIMIT 1", [position]
      ) { row in row.value(0) as Int64 }
      return (newest - position, time)
    }
  }

  private func pruned(_ database: Database) throws -> Int64 {
    try database.number("SELECT max(position) FROM change_pruned")
  }

  // MARK: Retention

  /// Forgets the oldest transactions up to the first that was committed at `now - retention` or later.
  /// - Returns: how many changes were forgotten.
  /// - Throws: `DatabaseError`.
  @discardableResult
  public func prune(now: Int64, retention: Int64 = ChangeLog.retention) throws -> Int {
    try database.write { database in
      // Only a beginning of the log goes, also when clocks went back: positions stay without a gap.
      let kept = try database.first(
        "SELECT position FROM change_log WHERE time >= ? ORDER BY position LIMIT 1", [now - retention]
      ) { row in row.value(0) as Int64 }
      let end = try kept ?? database.number("SELECT max(position) + 1 FROM change_log")
      try database.run(
        """
        INSERT INTO change_pruned(name, first, position, time, number)
        SELECT name, min(time), max(position), max(time), max(number)
        FROM change_log JOIN change_shape ON id = shape WHERE position < ? GROUP BY name
        ON CONFLICT(name) DO UPDATE SET
          position = excluded.position, time = max(time, excluded.time), number = excluded.number
        """, [end])
      try database.run("DELETE FROM change_log WHERE position < ?", [end])
      return database.changesCount
    }
  }

  /// What the log no longer knows of the changes after `position`, which must not be after ``pruned()``.
  private func loss(after position: Int64, _ database: Database) throws -> ChangeLoss {
    let tables = try database.all(
      "SELECT name, first, position, time FROM change_pruned WHERE position > ? ORDER BY name", [position]
    ) { row in
      (
        name: row.value(0) as String, first: row.value(1) as Int64, last: row.value(2) as Int64,
        time: row.value(3) as Int64
      )
    }
    return ChangeLoss(
      from: position + 1, to: tables.map(\.last).max() ?? position,
      since: tables.map(\.first).min() ?? 0, until: tables.map(\.time).max() ?? 0, tables: tables.map(\.name))
  }

  // MARK: Snapshots

  /// Some rows of a table at one moment, by their keys, and the newest position at that moment. A large table is read
  /// so piece by piece while it changes: a row's later changes have larger positions than the piece.
  /// - Parameters:
  ///   - name: a captured table whose primary key is one column.
  ///   - key: only rows with a larger key are read; nil for the first piece.
  ///   - limit: the most rows; 1 or more. Fewer mean that there are no more.
  /// - Throws: `unknownTable`, `DatabaseError`.
  public func chunk(of name: String, after key: ColumnValue?, limit: Int) throws -> (position: Int64, rows: [RowChange])
  {
    guard let table = tables.first(where: { $0.name == name }) else { throw CaptureError.unknownTable(name) }
    precondition(table.keyColumns.count == 1, "table \(name) is read by a key of one column")
    return try database.read { database in
      let position = newest
      let rows = try ChangeLogReader.rows(of: table, after: key, limit: limit, database)
      return (
        position,
        rows.map { RowChange(position: position, table: name, operation: .snapshot, before: nil, after: $0) }
      )
    }
  }

  /// How many rows a captured table has.
  /// - Throws: `unknownTable`, `DatabaseError`.
  public func count(of name: String) throws -> Int64 {
    guard tables.contains(where: { $0.name == name }) else { throw CaptureError.unknownTable(name) }
    return try database.read { try $0.number("SELECT count(*) FROM main.\(ChangeLogReader.quoted(name))") }
  }

  /// All rows of tables at one moment, by their keys, and the newest position at that moment: what comes after it in the
  /// log is all that has happened to them since.
  /// - Parameter names: captured tables; nil for all of them.
  /// - Throws: `unknownTable`, `DatabaseError`.
  public func snapshot(of names: [String]? = nil) throws -> (position: Int64, rows: [RowChange]) {
    try database.read { database in
      let position = newest
      var rows: [RowChange] = []
      let tables = tables
      for name in names ?? tables.map(\.name) {
        guard let table = tables.first(where: { $0.name == name }) else { throw CaptureError.unknownTable(name) }
        rows += try ChangeLogReader.rows(of: table, database).map { row in
          RowChange(position: position, table: name, operation: .snapshot, before: nil, after: row)
        }
      }
      return (position, rows)
    }
  }
}

/// What a reader can no longer learn, because the log forgot it first.
public struct ChangeLoss: Sendable, Hashable {
  /// The first position that is lost.
  public var from: Int64
  /// The last position that is lost.
  public var to: Int64
  /// The first lost change was committed at this time or later: nanoseconds since the Unix epoch.
  public var since: Int64
  /// The last lost change was committed at this time or earlier.
  public var until: Int64
  /// The tables of which changes are lost, by name.
  public var tables: [String]

  public var count: Int64 { to - from + 1 }
}
