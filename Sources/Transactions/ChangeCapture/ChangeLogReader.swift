internal import GRDB
internal import TraceModel

/// Makes changes of the rows of the log.
struct ChangeLogReader {
  /// For looking up only.
  let shapes: [Int64: CapturedTable]

  private static let columns = """
    change_log.position, number, ordinal, size, time, shape, operation, before, after, gtxid, ltxid, span
    """

  /// One row of the log.
  private struct Line {
    let change: RowChange
    let number: Int64
    let time: Int64
    let origin: ChangeOrigin?
  }

  func transactions(
    after position: Int64, limit: Int, _ database: Database
  ) throws -> [ChangeTransaction] {
    // From the start of the transaction in which the reader stands, to the end of that which makes it enough.
    let bounds = try database.first(
      """
      SELECT min(position - ordinal), max(position - ordinal + size - 1) FROM (
        SELECT position, ordinal, size FROM change_log WHERE position > ? ORDER BY position LIMIT ?)
      """, [position, limit]
    ) { row in (first: row.number(0), last: row.number(1)) }
    guard let first = bounds?.first, let last = bounds?.last else { return [] }
    let lines = try database.all(
      "SELECT \(Self.columns) FROM change_log WHERE position BETWEEN ? AND ? ORDER BY position", [first, last],
      line)
    return gathered(lines)
  }

  private func gathered(_ lines: [Line]) -> [ChangeTransaction] {
    var transactions: [ChangeTransaction] = []
    var start = lines.startIndex
    while start < lines.endIndex {
      let line = lines[start]
      let end = lines[start...].firstIndex { $0.number != line.number } ?? lines.endIndex
      transactions.append(
        ChangeTransaction(
          number: line.number, time: line.time, origin: line.origin, changes: lines[start..<end].map(\.change)))
      start = end
    }
    return transactions
  }

  private func line(_ row: borrowing Columns) throws -> Line {
    let position: Int64 = row.value(0)
    guard let table = shapes[row.value(5)], let operation = RowChange.Operation(rawValue: row.value(6)) else {
      throw CaptureError.damaged(position: position)
    }
    let change = RowChange(
      position: position, table: table.name, operation: operation,
      before: try image(row, 7, of: table, position), after: try image(row, 8, of: table, position))
    return Line(change: change, number: row.value(1), time: row.value(4), origin: try origin(row, position))
  }

  private func image(
    _ row: borrowing Columns, _ place: Int, of table: CapturedTable, _ position: Int64
  ) throws -> RowImage? {
    guard !row.isNull(place) else { return nil }
    guard let values = RowImageCoding.values(row.bytes(place), count: table.columns.count) else {
      throw CaptureError.damaged(position: position)
    }
    return RowImage(table: table, values: values)
  }

  private func origin(_ row: borrowing Columns, _ position: Int64) throws -> ChangeOrigin? {
    guard !row.isNull(9) else { return nil }
    guard let gtxid = GTXID(row.value(9) as String), let number = row.number(10), let span = row.number(11),
      let ltxid = LTXID(UInt32(truncatingIfNeeded: number)), let span = SpanID(UInt64(bitPattern: span))
    else { throw CaptureError.damaged(position: position) }
    return ChangeOrigin(gtxid: gtxid, ltxid: ltxid, span: span)
  }

  /// The rows that a table has now, by their keys.
  static func rows(of table: CapturedTable, _ database: Database) throws -> [RowImage] {
    try database.all("\(query(table)) ORDER BY \(order(table))") { image(table, $0) }
  }

  /// The rows whose key, a single column, is larger than `key`, at most `limit`; the first ones when it is nil.
  static func rows(
    of table: CapturedTable, after key: ColumnValue?, limit: Int, _ database: Database
  ) throws -> [RowImage] {
    let (start, values): (String, [any Bindable]) =
      key.map { (" WHERE \(order(table)) > ?", [$0, limit]) } ?? ("", [limit])
    return try database.all("\(query(table))\(start) ORDER BY \(order(table)) LIMIT ?", Bindings(values)) {
      image(table, $0)
    }
  }

  private static func query(_ table: CapturedTable) -> String {
    "SELECT \(table.columns.map(quoted).joined(separator: ", ")) FROM main.\(quoted(table.name))"
  }

  private static func order(_ table: CapturedTable) -> String {
    table.keyColumns.map { quoted(table.columns[$0]) }.joined(separator: ", ")
  }

  static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

  private static func image(_ table: CapturedTable, _ row: borrowing Columns) -> RowImage {
    var values: [ColumnValue] = []
    values.reserveCapacity(table.columns.count)
    for place in table.columns.indices { values.append(row.any(place)) }
    return RowImage(table: table, values: values)
  }
}
