internal import GRDB

/// A view in a store that cannot hold its reader's position in the same atomic step: a document store, say.
///
/// After a crash between the two the same event comes again, so that the view has to tell it apart: by its stream and
/// version, kept with what it changes.
public protocol VersionedView: Sendable {
  /// Applies an event, and notes its version as that of its stream, in one atomic step; does nothing when the version
  /// noted there is not lower.
  /// - Returns: whether it was applied.
  func apply(_ event: StoredEvent) throws -> Bool
}

/// Keeps a view in step whose store does not hold the position: the view is written first, then the position (the other
/// order would lose events).
public struct SeparateProjection: Sendable {
  public let source: any EventSource
  public let view: any VersionedView
  private let subscription: EventSubscription

  /// - Parameter database: with the table of ``EventSubscription/schema``.
  public init(
    _ name: String, source: any EventSource, view: any VersionedView, positions database: ServiceDatabase
  ) {
    self.source = source
    self.view = view
    subscription = EventSubscription(name, source: source, positions: database)
  }

  /// Brings the view forward.
  /// - Parameter max: the most positions of each partition; 1 or more.
  /// - Returns: how many events were applied, and how many came again and were not.
  /// - Throws: what source, view and database throw. What was applied comes again then, and has no effect.
  @discardableResult
  public func step(max: Int) throws -> (applied: Int, repeated: Int) {
    var applied = 0
    let handled = try subscription.step(max: max) { events in
      for event in events where try view.apply(event) { applied += 1 }
    }
    return (applied, handled - applied)
  }

  public func freshness(now: Int64) throws -> Freshness {
    let positions = try (0..<source.partitionCount).map { try subscription.position(partition: $0) }
    return Freshness(positions, in: source, now: now)
  }
}

/// A view in SQLite whose position is kept elsewhere.
public struct SQLiteVersionedView: VersionedView {
  /// One to a database, beside ``Projections/schema``.
  public static let schema = """
    CREATE TABLE projection_stream(
      name TEXT NOT NULL,
      stream TEXT NOT NULL,
      version INTEGER NOT NULL,
      PRIMARY KEY(name, stream)) WITHOUT ROWID;
    """

  public let projection: Projection
  public let database: ServiceDatabase
  /// What to read it by.
  public let names: ProjectionView

  /// Makes the view's tables where they are missing.
  /// - Parameter database: with the tables of ``schema`` and ``Projections/schema``.
  public init(_ projection: Projection, database: ServiceDatabase, now: Int64) throws {
    self.projection = projection
    self.database = database
    names = try database.write { database in
      try Projections.build(.live, of: projection.name, database)?.view
        ?? Projections.begin(.live, projection, now: now, database)
    }
  }

  public func apply(_ event: StoredEvent) throws -> Bool {
    try database.write { database in
      try database.run(
        """
        INSERT INTO projection_stream(name, stream, version) VALUES (?, ?, ?)
        ON CONFLICT(name, stream) DO UPDATE SET version = excluded.version WHERE excluded.version > version
        """, [projection.name, event.stream, event.version])
      guard database.changesCount > 0 else { return false }
      try projection.handle(event, names, database)
      return true
    }
  }
}
