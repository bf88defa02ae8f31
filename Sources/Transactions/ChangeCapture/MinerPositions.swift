public import GRDB

/// Where miners keep their positions: a table in a database of their own choice.
public enum MinerPositions {
  public static let schema = """
    CREATE TABLE miner(name TEXT PRIMARY KEY, change INTEGER NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID;
    """

  /// The position that the miner of this name has stored; the start of everything when it has stored none.
  /// - Throws: `DatabaseError`.
  public static func load(_ name: String, _ database: Database) throws -> MinerPosition {
    try database.first("SELECT change, time FROM miner WHERE name = ?", [name]) { row in
      MinerPosition(change: row.value(0), time: row.value(1))
    } ?? .start
  }

  /// Stores a position: after the events up to it were published, never before.
  /// - Throws: `DatabaseError`.
  public static func store(_ position: MinerPosition, of name: String, _ database: Database) throws {
    try database.run(
      """
      INSERT INTO miner(name, change, time) VALUES (?, ?, ?)
      ON CONFLICT(name) DO UPDATE SET change = excluded.change, time = excluded.time
      """, [name, position.change, position.time])
  }
}
