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
    guard object.utf8.count <= maximumBytes else {
      throw DocumentError.tooLarge(id: id, bytes: object.utf8.count, limit: maximumBytes)
    }
    return object
  }

  /// Changes one document.
  /// - Parameter body: gets a way to the document as it is, and the version that it has afterwards.
  private func writing<Value>(
    _ collection: String, _ now: Int64, _ origin: ChangeOrigin?,
    _ body: ((String) throws -> Document?, Int64, Database) throws -> Value
  ) throws(DocumentError) -> Value {
    try check(collection)
    do {
      return try database.write(at: now, for: origin) { database in
        // The one change of this transaction comes next in the log.
        let version = try changeLog.newest(database) + 1
        return try body({ try Self.document($0, collection, database) }, version, database)
      }
    } catch let error as DocumentError {
      throw error
    } catch {
      throw .storage("\(error)")
    }
  }
}
