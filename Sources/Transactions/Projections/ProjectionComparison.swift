internal import GRDB

/// What a rebuilt view holds, beside what the live one holds.
public struct RebuildReport: Sendable, Hashable {
  public struct Table: Sendable, Hashable {
    public var name: String
    public var liveRows: Int64
    public var rebuiltRows: Int64
    /// FNV-1a over all rows, in the order of their text.
    public var liveChecksum: UInt64
    public var rebuiltChecksum: UInt64
    /// Rows that only the live view has, as SQL literals; the first few.
    public var onlyLive: [String]
    public var onlyRebuilt: [String]

    public var isEqual: Bool { liveRows == rebuiltRows && liveChecksum == rebuiltChecksum }
  }

  public var live: ProjectionView
  public var rebuilt: ProjectionView
  /// Both views have seen the same events. If not, they may differ for that reason.
  public var isSamePosition: Bool
  /// Tables that both declare with the same columns.
  public var tables: [Table]
  /// Tables that only one of them has, or that they declare differently.
  public var incomparable: [String]

  public var isEqual: Bool { tables.allSatisfy(\.isEqual) }
}

/// Compares two builds of a view.
struct ProjectionComparison {
  var live: ProjectionView
  var shadow: ProjectionView
  /// So many differing rows of each table are told.
  private let shown = 10

  /// - Parameter old: nil when nobody knows any more how the live view was declared.
  func report(
    _ old: Projection?, _ new: Projection, isSamePosition: Bool, _ database: Database
  ) throws -> RebuildReport {
    var report = RebuildReport(
      live: live, rebuilt: shadow, isSamePosition: isSamePosition, tables: [], incomparable: [])
    for table in new.tables {
      if old?.tables.contains(where: { $0.name == table.name && $0.columns == table.columns }) == true {
        report.tables.append(try compare(table.name, database))
      } else {
        report.incomparable.append(table.name)
      }
    }
    let gone = (old?.tables ?? []).filter { table in !new.tables.contains { $0.name == table.name } }
    report.incomparable += gone.map(\.name)
    return report
  }

  private func compare(_ table: String, _ database: Database) throws -> RebuildReport.Table {
    let left = try rows(live, table, database)
    let right = try rows(shadow, table, database)
    let one = try Self.checksum(left, database)
    let other = try Self.checksum(right, database)
    var result = RebuildReport.Table(
      name: table, liveRows: one.rows, rebuiltRows: other.rows, liveChecksum: one.checksum,
      rebuiltChecksum: other.checksum, onlyLive: [], onlyRebuilt: [])
    if !result.isEqual {
      result.onlyLive = try difference(left, right, database)
      result.onlyRebuilt = try difference(right, left, database)
    }
    return result
  }

  /// A query of all rows, each as one text: no two different rows have the same.
  private func rows(_ view: ProjectionView, _ table: String, _ database: Database) throws -> String {
    let columns = try database.all(
      "SELECT name FROM pragma_table_info(?) ORDER BY cid", [view.name(of: table)]
    ) { $0.value(0) as String }
    let text = columns.map { "quote(\"\($0)\")" }.joined(separator: " || ', ' || ")
    return "SELECT \(text) AS row FROM \(view[table])"
  }

  private static func checksum(_ rows: String, _ database: Database) throws -> (rows: Int64, checksum: UInt64) {
    var count: Int64 = 0
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    _ = try database.all("\(rows) ORDER BY row") { row in
      count += 1
      for byte in (row.value(0) as String).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0x0A) &* 0x100_0000_01B3
    }
    return (count, hash)
  }

  private func difference(_ left: String, _ right: String, _ database: Database) throws -> [String] {
    try database.all("\(left) EXCEPT \(right) ORDER BY row LIMIT \(shown)") { $0.value(0) as String }
  }
}
