/// A JSON object under an id.
public struct Document: Sendable, Hashable {
  public let id: String
  /// Another one after each change, and never the same again within its store: the position of the change that made it.
  public let version: Int64
  /// JSON without blanks; the order of its fields is kept.
  public let body: String

  public init(id: String, version: Int64, body: String) {
    self.id = id
    self.version = version
    self.body = body
  }

  /// What a change log says of a document; nil for the row of something else.
  public init?(_ row: RowImage?) {
    guard let row, let id = row["id"]?.text, let version = row["version"]?.integer, let body = row["body"]?.text else {
      return nil
    }
    self.init(id: id, version: version, body: body)
  }
}

/// Documents of one kind, and by which of their fields they are found quickly.
public struct DocumentCollection: Sendable, Hashable {
  public var name: String
  public var indexes: [DocumentIndex]

  /// - Parameter name: letters, digits and `_`, no digit first.
  public init(_ name: String, indexes: [DocumentIndex] = []) {
    self.name = name
    self.indexes = indexes
  }
}

/// What an index is on: `"seller.name"`, or several fields, `["user", "order"]`.
public struct DocumentIndex: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  /// As ``DocumentFilter`` names them. Documents that agree in the first are found in the order of the next.
  public var fields: [String]

  public init(_ fields: [String]) { self.fields = fields }

  public init(stringLiteral field: String) { self.init([field]) }

  public init(arrayLiteral fields: String...) { self.init(fields) }
}

/// One change of a document, as a change stream tells it.
public struct DocumentChange: Sendable, Hashable {
  /// From here a stream goes on after this change.
  public let token: Int64
  public let collection: String
  public let operation: RowChange.Operation
  /// Nil after an insert.
  public let before: Document?
  /// Nil after a delete.
  public let after: Document?
  /// Nanoseconds since the Unix epoch.
  public let time: Int64
  public let origin: ChangeOrigin?

  public var id: String { (after ?? before)?.id ?? "" }
}

/// What a change stream has after a token.
public enum DocumentChanges: Sendable, Hashable {
  /// The changes in order, and the token from which the stream goes on: also when there are none.
  case changes([DocumentChange], next: Int64)
  /// Changes after the token are forgotten; `to` of the loss is the token after them.
  case lost(ChangeLoss)
}
