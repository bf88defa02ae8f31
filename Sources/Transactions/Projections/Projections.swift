internal import GRDB

/// The tables in which views keep what they know of themselves, and what is done to them within a transaction.
public enum Projections {
  public static let schema = """
    CREATE TABLE projection(
      name TEXT PRIMARY KEY,
      generations INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE projection_build(
      name TEXT NOT NULL,
      role TEXT NOT NULL CHECK(role IN ('live', 'shadow')),
      generation INTEGER NOT NULL,
      version INTEGER NOT NULL,
      started INTEGER NOT NULL,
      events INTEGER NOT NULL DEFAULT 0,
      skipped INTEGER NOT NULL DEFAULT 0,
      lost INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY(name, role)) WITHOUT ROWID;
    CREATE TABLE projection_position(
      name TEXT NOT NULL,
      generation INTEGER NOT NULL,
      partition INTEGER NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY(name, generation, partition)) WITHOUT ROWID;
    """

  enum Role: String {
    case live
    case shadow
  }

  /// What is known of one build.
  struct Build: Hashable {
    var view: ProjectionView
    var started: Int64
    var events: Int64
    var skipped: Int64
    var lost: Int64
  }

  static func build(_ role: Role, of name: String, _ database: Database) throws -> Build? {
    try database.first(
      """
      SELECT generation, version, started, events, skipped, lost FROM projection_build WHERE name = ? AND role = ?
      """, [name, role.rawValue]
    ) { row in
      let view = ProjectionView(projection: name, version: Int(row.value(1) as Int64), generation: row.value(0))
      return Build(view: view, started: row.value(2), events: row.value(3), skipped: row.value(4), lost: row.value(5))
    }
  }

  /// Up to where a build has applied each partition.
  static func positions(of view: ProjectionView, partitions: Int, _ database: Database) throws -> [Int64] {
    try (0..<partitions).map { try position(of: view, partition: $0, database) }
  }

  static func position(of view: ProjectionView, partition: Int, _ database: Database) throws -> Int64 {
    try database.number(
      "SELECT position FROM projection_position WHERE name = ? AND generation = ? AND partition = ?",
      [view.projection, view.generation, partition])
  }

  /// Makes the tables of a new build.
  static func begin(
    _ role: Role, _ projection: Projection, now: Int64, _ database: Database
  ) throws -> ProjectionView {
    try database.run(
      """
      INSERT INTO projection(name, generations) VALUES (?, 1)
      ON CONFLICT(name) DO UPDATE SET generations = generations + 1
      """, [projection.name])
    let generation = try database.number("SELECT generations FROM projection WHERE name = ?", [projection.name])
    let view = ProjectionView(projection: projection.name, version: projection.version, generation: generation)
    for table in projection.tables {
      try database.execute(sql: "CREATE TABLE \(view[table.name])(\(table.columns))")
      for (number, columns) in table.indices.enumerated() {
        let index = "\"\(view.name(of: table.name))__index\(number)\""
        try database.execute(sql: "CREATE INDEX \(index) ON \(view[table.name])(\(columns))")
      }
    }
    try database.run(
      "INSERT INTO projection_build(name, role, generation, version, started) VALUES (?, ?, ?, ?, ?)",
      [projection.name, role.rawValue, generation, projection.version, now])
    return view
  }

  /// Removes a build with its tables.
  static func end(_ role: Role, _ view: ProjectionView, _ database: Database) throws {
    let tables = try database.all(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ? ORDER BY name",
      ["\(view.projection)__*__\(view.generation)"]
    ) { $0.value(0) as String }
    for table in tables { try database.execute(sql: "DROP TABLE \"\(table)\"") }
    try database.run(
      "DELETE FROM projection_position WHERE name = ? AND generation = ?", [view.projection, view.generation])
    try database.run("DELETE FROM projection_build WHERE name = ? AND role = ?", [view.projection, role.rawValue])
  }

  /// Applies what a read brought, and notes how far it came, in the transaction that is open. What was applied
  /// meanwhile, by somebody else, is left out.
  /// - Returns: how many events were applied.
  static func apply(
    _ batch: SourceBatch, partition: Int, _ projection: Projection, to view: ProjectionView, _ database: Database
  ) throws -> Int {
    let position = try position(of: view, partition: partition, database)
    guard batch.through > position else { return 0 }
    var applied = 0
    for event in batch.events where event.position.number > position {
      try projection.handle(event, view, database)
      applied += 1
    }
    try database.run(
      """
      INSERT INTO projection_position(name, generation, partition, position) VALUES (?, ?, ?, ?)
      ON CONFLICT(name, generation, partition) DO UPDATE SET position = excluded.position
      """, [view.projection, view.generation, partition, batch.through])
    try database.run(
      """
      UPDATE projection_build SET events = events + ?, skipped = skipped + ?, lost = lost + ?
      WHERE name = ? AND generation = ?
      """, [applied, batch.skipped, batch.lost, view.projection, view.generation])
    return applied
  }

  /// Applies events in the transaction that appends them. A view that is behind already, or of another version, is left
  /// to its projector.
  static func applyInline(_ projection: Projection, _ events: [StoredEvent], _ database: Database) throws {
    guard let first = events.first, let last = events.last,
      let view = try build(.live, of: projection.name, database)?.view, view.version == projection.version,
      try position(of: view, partition: 0, database) == first.position.number - 1
    else { return }
    let batch = SourceBatch(events: events, through: last.position.number, end: last.position.number)
    _ = try apply(batch, partition: 0, projection, to: view, database)
  }
}
