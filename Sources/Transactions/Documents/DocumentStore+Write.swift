internal import GRDB

extension DocumentStore {
  /// Adds a document.
  /// - Parameters:
  ///   - body: a JSON object.
  ///   - now: nanoseconds since the Unix epoch.
  ///   - origin: on whose behalf; the change stream tells it.
  /// - Returns: the document's version.
  /// - Throws: `alreadyThere`, `notAnObject`, `tooLarge`, `unknownCollection`, `storage`.
  @discardableResult
  public func insert(
    _ id: String, _ body: String, in collection: String, now: Int64, for origin: ChangeOrigin? = nil
  ) throws(DocumentError) -> Int64 {
    try writing(collection, now, origin) { old, version, database in
      guard try old(id) == nil else { throw DocumentError.alreadyThere(collection: collection, id: id) }
      try database.run(
        "INSERT INTO \"\(collection)\"(id, version, body) VALUES (?, ?, ?)",
        [id, version, try self.object(body, id, database)])
      return version
    }
  }

  /// Gives a document another body, or adds it where it is not there.
  /// - Parameter version: the version that the document must have, so that nobody else's change is lost; nil for any.
  /// - Returns: the document's new version.
  /// - Throws: `versionConflict`; `notFound` when a version is wanted of a document that is not there; as `insert`.
  @discardableResult
  public func put(
    _ id: String, _ body: String, in collection: String, ifVersion version: Int64? = nil, now: Int64,
    for origin: ChangeOrigin? = nil
  ) throws(DocumentError) -> Int64 {
    try writing(collection, now, origin) { old, next, database in
      if let version { _ = try self.expect(version, of: id, try old(id), collection) }
      try database.run(
        """
        INSERT INTO "\(collection)"(id, version, body) VALUES (?, ?, ?)
        ON CONFLICT(id) DO UPDATE SET version = excluded.version, body = excluded.body
        """, [id, next, try self.object(body, id, database)])
      return next
    }
  }

  /// Changes the fields that a patch names, and takes out those that it names as null (JSON Merge Patch, RFC 7396).
  /// - Parameters:
  ///   - patch: a JSON object.
  ///   - version: the version that the document must have; nil for any.
  /// - Returns: the document as it is now.
  /// - Throws: `notFound`, `versionConflict`; as `insert`.
  @discardableResult
  public func merge(
    _ patch: String, into id: String, in collection: String, ifVersion version: Int64? = nil, now: Int64,
    for origin: ChangeOrigin? = nil
  ) throws(DocumentError) -> Document {
    try writing(collection, now, origin) { old, next, database in
      let found = try self.expect(version, of: id, try old(id), collection)
      let patch = try self.object(patch, id, database)
      let merged = try database.first("SELECT json_patch(?, ?)", [found.body, patch]) { $0.value(0) as String }
      let body = try self.object(merged ?? "", id, database)
      try database.run("UPDATE \"\(collection)\" SET version = ?, body = ? WHERE id = ?", [next, body, id])
      return Document(id: id, version: next, body: body)
    }
  }

  /// Takes a document away.
  /// - Parameter version: the version that the document must have; nil for any.
  /// - Throws: `notFound`, `versionConflict`, `unknownCollection`, `storage`.
  public func delete(
    _ id: String, in collection: String, ifVersion version: Int64? = nil, now: Int64, for origin: ChangeOrigin? = nil
  ) throws(DocumentError) {
    try writing(collection, now, origin) { old, _, database in
      _ = try self.expect(version, of: id, try old(id), collection)
      try database.run("DELETE FROM \"\(collection)\" WHERE id = ?", [id])
    }
  }

  // MARK: Under a condition

  /// What becomes of a document that is there already.
  public enum Upsert: Sendable, Hashable {
    case replace
    /// The fields that are named change (RFC 7396).
    case merge
  }

  /// Changes a document that a filter finds, and adds it where there is none: one command, however many send it at once.
  /// - Parameters:
  ///   - body: a JSON object.
  ///   - condition: what the document must be like that is there.
  /// - Returns: the document's new version; nil when it was left as it is.
  /// - Throws: `badName`; as `insert`.
  @discardableResult
  public func upsert(
    _ id: String, _ body: String, in collection: String, by how: Upsert, where condition: DocumentFilter, now: Int64,
    for origin: ChangeOrigin? = nil
  ) throws(DocumentError) -> Int64? {
    let condition = try DocumentCondition(condition)
    let (first, next) =
      how == .merge ? ("json_patch('{}', ?)", "json_patch(body, ?2)") : ("?", "excluded.body")
    return try writing(collection, now, origin) { _, version, database in
      let values: [any Bindable] = [id, try self.object(body, id, database), version]
      try database.run(
        """
        INSERT INTO "\(collection)"(id, body, version) VALUES (?, \(first), ?)
        ON CONFLICT(id) DO UPDATE SET version = excluded.version, body = \(next) WHERE \(condition.sql)
        """, Bindings(values + condition.values))
      guard database.changesCount > 0 else { return nil }
      if how == .merge, let merged = try Self.document(id, collection, database) {
        try self.checkSize(of: merged.body, id)
      }
      return version
    }
  }

  /// Takes away the documents that a filter names. Nobody may count on their going together: no other write spans two.
  /// - Returns: how many there were.
  /// - Throws: `unknownCollection`, `badName`, `storage`.
  @discardableResult
  public func deleteAll(
    _ filter: DocumentFilter = .all, in collection: String, now: Int64, for origin: ChangeOrigin? = nil
  ) throws(DocumentError) -> Int {
    let condition = try DocumentCondition(filter)
    return try writing(collection, now, origin) { _, _, database in
      try database.run("DELETE FROM \"\(collection)\" WHERE \(condition.sql)", Bindings(condition.values))
      return database.changesCount
    }
  }

  private func expect(
    _ version: Int64?, of id: String, _ document: Document?, _ collection: String
  ) throws(DocumentError) -> Document {
    guard let document else { throw .notFound(collection: collection, id: id) }
    guard version ?? document.version == document.version else {
      throw .versionConflict(id: id, expected: version ?? 0, found: document.version)
    }
    return document
  }

  /// A JSON object without blanks.
  private func object(_ text: String, _ id: String, _ database: Database) throws -> String {
    let object =
      try database.first(
        "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) END = 'object', CASE WHEN json_valid(?1) THEN json(?1) END",
        [text]
      ) { row in row.number(0) == 1 ? row.value(1) as String : nil } ?? nil
    guard let object else { throw DocumentError.notAnObject(id: id) }
    try checkSize(of: object, id)
    return object
  }

  private func checkSize(of object: String, _ id: String) throws(DocumentError) {
    guard object.utf8.count <= maximumBytes else {
      throw .tooLarge(id: id, bytes: object.utf8.count, limit: maximumBytes)
    }
  }

  /// Changes documents of one collection.
  /// - Parameter body: gets a way to a document as it is, and the version that the first that it changes has afterwards.
  private func writing<Value>(
    _ collection: String, _ now: Int64, _ origin: ChangeOrigin?,
    _ body: ((String) throws -> Document?, Int64, Database) throws -> Value
  ) throws(DocumentError) -> Value {
    try check(collection)
    do {
      return try database.write(at: now, for: origin) { database in
        let version = try nextVersion(database)
        return try body({ try Self.document($0, collection, database) }, version, database)
      }
    } catch let error as DocumentError {
      throw error
    } catch {
      throw .storage("\(error)")
    }
  }
}
