internal import GRDB

extension SQLiteEventStore {
  public func read(_ stream: String, after version: Int64, limit: Int) throws -> [StoredEvent] {
    try database.read { try within($0).read(stream, after: version, limit: limit) }
  }

  public func read(partition: Int, after position: Int64, limit: Int) throws -> SourceBatch {
    try database.read { try within($0).read(partition: partition, after: position, limit: limit) }
  }

  public func end(partition: Int) throws -> Int64 {
    try database.read { try within($0).end(partition: partition) }
  }

  public func version(of stream: String) throws -> Int64 {
    try database.read { try within($0).version(of: stream) }
  }

  public func version(of stream: String, at moment: Int64) throws -> Int64 {
    try database.read { try within($0).version(of: stream, at: moment) }
  }

  public func event(_ id: String, in stream: String) throws -> StoredEvent? {
    try database.read { try within($0).event(id, in: stream) }
  }

  public func statistics() throws -> EventStoreStatistics {
    try database.read { try within($0).statistics() }
  }

  public func snapshot(of stream: String, upTo version: Int64, schema: Int) throws -> StateSnapshot? {
    try database.read { try within($0).snapshot(of: stream, upTo: version, schema: schema) }
  }

  public func keep(_ snapshot: StateSnapshot) throws {
    try database.write { try within($0).keep(snapshot) }
  }

  /// Removes the snapshots of all other schemas, once no instance of an older version runs any more.
  public func removeSnapshots(except schema: Int) throws {
    try database.write { try $0.run("DELETE FROM state_snapshot WHERE schema <> ?", [schema]) }
  }
}
