internal import GRDB

/// A table whose changes are captured, as its schema says.
public struct CapturedTable: Sendable, Hashable {
  public let name: String
  /// The names of its columns, in the order of the table.
  public let columns: [String]
  /// The places of the primary key's columns among ``columns``, in the order of the key; at least one.
  public let keyColumns: [Int]
  /// Columns in which SQLite stores a number without fraction as a whole one, to make it a real again when it is read.
  let realColumns: [Bool]

  init(name: String, columns: [String], keyColumns: [Int], realColumns: [Bool]) {
    self.name = name
    self.columns = columns
    self.keyColumns = keyColumns
    self.realColumns = realColumns
  }

  /// - Throws: ``CaptureError`` for a table that cannot be captured, `DatabaseError`.
  init(name: String, _ database: Database) throws {
    self.name = name
    let kind = try database.first(
      "SELECT type, sql LIKE 'CREATE VIRTUAL%' FROM main.sqlite_schema WHERE name = ? AND type IN ('table', 'view')",
      [name]
    ) { row in row.value(1) ? "virtual table" : row.value(0) as String }
    guard let kind else { throw CaptureError.unknownTable(name) }
    guard kind == "table" else { throw CaptureError.notATable(name, kind: kind) }
    let described = try database.all(
      "SELECT name, type, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid", [name]
    ) { row in
      (
        name: row.value(0) as String, type: row.value(1) as String, key: Int(row.value(2) as Int64),
        hidden: row.number(3)
      )
    }
    // 2 is a column that is computed when it is read, which the row does not hold.
    if let column = described.first(where: { $0.hidden == 2 }) {
      throw CaptureError.virtualColumn(table: name, column: column.name)
    }
    columns = described.map(\.name)
    keyColumns = described.indices.filter { described[$0].key > 0 }.sorted { described[$0].key < described[$1].key }
    realColumns = described.map { Self.isReal(type: $0.type) }
    if keyColumns.isEmpty { throw CaptureError.noPrimaryKey(name) }
  }

  /// Whether a column is of REAL affinity: "Datatypes In SQLite", 3.1.
  private static func isReal(type: String) -> Bool {
    let type = type.uppercased()
    if ["INT", "CHAR", "CLOB", "TEXT", "BLOB"].contains(where: type.contains) { return false }
    return ["REAL", "FLOA", "DOUB"].contains(where: type.contains)
  }
}

/// A row at one moment: its values by the names of their columns.
public struct RowImage: Sendable, Hashable {
  public let table: CapturedTable
  /// In the order of the table's columns.
  public let values: [ColumnValue]

  /// The value of the column of this name; nil when the table has none.
  public subscript(column: String) -> ColumnValue? {
    table.columns.firstIndex(of: column).map { values[$0] }
  }

  /// The values of the primary key.
  public var key: [ColumnValue] { table.keyColumns.map { values[$0] } }
}

extension RowImage: CustomStringConvertible {
  /// `id=7 state='PAID'`
  public var description: String {
    zip(table.columns, values).map { "\($0)=\($1)" }.joined(separator: " ")
  }
}
