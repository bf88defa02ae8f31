public import GRDB

/// A reader of a source that remembers how far it came: a relay that publishes events, say, or a mailer.
///
/// Events come in order, at least once: after a crash between an event's effect and the saved position it comes again,
/// under the same id.
public struct EventSubscription: Sendable {
  public static let schema = """
    CREATE TABLE subscription_position(
      name TEXT NOT NULL,
      partition INTEGER NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY(name, partition)) WITHOUT ROWID;
    """

  public let name: String
  private let source: any EventSource
  private let database: ServiceDatabase

  /// - Parameter database: with the table of ``schema``; it keeps the positions.
  public init(_ name: String, source: any EventSource, positions database: ServiceDatabase) {
    self.name = name
    self.source = source
    self.database = database
  }

  /// The position up to which everything was handled; 0 before the first event.
  public func position(partition: Int) throws -> Int64 {
    try database.read { try Self.position(of: name, partition: partition, $0) }
  }

  /// The same, within a transaction.
  public static func position(of name: String, partition: Int, _ database: Database) throws -> Int64 {
    try database.number(
      "SELECT position FROM subscription_position WHERE name = ? AND partition = ?", [name, partition])
  }

  /// Remembers within a transaction that everything up to `position` was handled. A position never goes back.
  public static func advance(
    _ name: String, partition: Int, to position: Int64, _ database: Database
  ) throws {
    try database.run(
      """
      INSERT INTO subscription_position(name, partition, position) VALUES (?, ?, ?)
      ON CONFLICT(name, partition) DO UPDATE SET position = max(position, excluded.position)
      """, [name, partition, position])
  }

  /// How many events wait, over all partitions.
  public func behind() throws -> Int64 {
    var behind: Int64 = 0
    for partition in 0..<source.partitionCount {
      behind += max(0, try source.end(partition: partition) - position(partition: partition))
    }
    return behind
  }

  /// Hands over the next events of each partition, and remembers them once `handle` has returned.
  /// - Parameters:
  ///   - max: the most of each partition; 1 or more.
  ///   - handle: gets events of one partition, in order; what it throws leaves the position where it was.
  /// - Returns: how many events were handled.
  @discardableResult
  public func step(max: Int, _ handle: ([StoredEvent]) throws -> Void) throws -> Int {
    var handled = 0
    for partition in 0..<source.partitionCount {
      let position = try position(partition: partition)
      let batch = try source.read(partition: partition, after: position, limit: max)
      guard batch.through > position else { continue }
      if !batch.events.isEmpty { try handle(batch.events) }
      handled += batch.events.count
      try database.write { try Self.advance(name, partition: partition, to: batch.through, $0) }
    }
    return handled
  }
}
