/// Why the document store did not do what it was asked to.
public enum DocumentError: Error, Hashable, Sendable {
  case unknownCollection(String)
  /// A collection or a field whose name cannot be one.
  case badName(String, wanted: String)
  /// What came is no JSON object.
  case notAnObject(id: String)
  case tooLarge(id: String, bytes: Int, limit: Int)
  case alreadyThere(collection: String, id: String)
  case notFound(collection: String, id: String)
  /// The document has changed since the caller read it.
  case versionConflict(id: String, expected: Int64, found: Int64)
  /// The store was made without a change log.
  case keepsNoChanges(String)
  /// What SQLite says.
  case storage(String)
}

extension DocumentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownCollection(let name):
      "there is no collection \(name): name it when the store is made"
    case .badName(let name, let wanted):
      "\"\(name)\" cannot be a name: \(wanted)"
    case .notAnObject(let id):
      "document \(id) is refused: it must be a JSON object"
    case .tooLarge(let id, let bytes, let limit):
      "document \(id) is refused: it has \(bytes) bytes, and \(limit) are allowed"
    case .alreadyThere(let collection, let id):
      "document \(id) is in collection \(collection) already: replace it, or take another id"
    case .notFound(let collection, let id):
      "document \(id) is not in collection \(collection)"
    case .versionConflict(let id, let expected, let found):
      "document \(id) has version \(found), not \(expected): read it again and repeat the change"
    case .keepsNoChanges(let name):
      "document store \(name) keeps no changes: make it with keepsChanges: true to read them"
    case .storage(let reason):
      "the document store failed: \(reason)"
    }
  }
}
