internal import GRDB

/// The tables of the change log, which lie in the database whose changes they hold.
enum ChangeLogTables {
  /// `change_shape` and `change_column`: which columns the images of a row have. `change_log`: one row for each change;
  /// `ordinal` counts the changes within a transaction of `size` changes, `number` the transactions. `change_pruned`:
  /// what of each table was forgotten: the time of its first change, and position, time and number of its last one.
  static let schema = """
    CREATE TABLE IF NOT EXISTS change_shape(id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS change_column(
      shape INTEGER NOT NULL,
      place INTEGER NOT NULL,
      name TEXT NOT NULL,
      key INTEGER,
      is_real INTEGER NOT NULL,
      PRIMARY KEY(shape, place)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS change_log(
      position INTEGER PRIMARY KEY,
      number INTEGER NOT NULL,
      ordinal INTEGER NOT NULL,
      size INTEGER NOT NULL,
      time INTEGER NOT NULL,
      shape INTEGER NOT NULL,
      operation TEXT NOT NULL,
      before BLOB,
      after BLOB,
      gtxid TEXT,
      ltxid INTEGER,
      span INTEGER);
    CREATE TABLE IF NOT EXISTS change_pruned(
      name TEXT PRIMARY KEY,
      first INTEGER NOT NULL,
      position INTEGER NOT NULL,
      time INTEGER NOT NULL,
      number INTEGER NOT NULL) WITHOUT ROWID;
    """

  static let insert = """
    INSERT INTO change_log(
      position, number, ordinal, size, time, shape, operation, before, after, gtxid, ltxid, span)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  // MARK: Shapes

  /// All shapes that the log has ever had, by their ids.
  static func shapes(_ database: Database) throws -> [Int64: CapturedTable] {
    let names = try database.all("SELECT id, name FROM change_shape ORDER BY id") { row in
      (id: row.value(0) as Int64, name: row.value(1) as String)
    }
    var shapes: [Int64: CapturedTable] = [:]
    for (id, name) in names {
      let columns = try database.all(
        "SELECT name, key, is_real FROM change_column WHERE shape = ? ORDER BY place", [id]
      ) { row in (name: row.value(0) as String, key: row.number(1), isReal: row.value(2) as Bool) }
      let keys = columns.indices.filter { columns[$0].key != nil }
      shapes[id] = CapturedTable(
        name: name, columns: columns.map(\.name),
        keyColumns: keys.sorted { columns[$0].key ?? 0 < columns[$1].key ?? 0 }, realColumns: columns.map(\.isReal))
    }
    return shapes
  }

  /// The id of the shape that a table has now: a new one when its columns are new to the log.
  static func shape(of table: CapturedTable, _ database: Database) throws -> Int64 {
    let known = try shapes(database)
    if let id = known.keys.sorted().last(where: { known[$0] == table }) { return id }
    let id = Int64(known.count + 1)
    try database.run("INSERT INTO change_shape(id, name) VALUES (?, ?)", [id, table.name])
    for (place, name) in table.columns.enumerated() {
      try database.run(
        "INSERT INTO change_column(shape, place, name, key, is_real) VALUES (?, ?, ?, ?, ?)",
        [id, place, name, table.keyColumns.firstIndex(of: place), table.realColumns[place]])
    }
    return id
  }
}
