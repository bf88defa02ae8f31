internal import TraceModel

extension SpanSegment {
  /// The attributes that may name a database, the best first.
  private static let names = [
    AttributeName.databaseName, AttributeName.olderDatabaseName, "", AttributeName.peerService,
    AttributeName.serverAddress, AttributeName.databaseSystem, AttributeName.olderDatabaseSystem,
  ]
  /// In their place among them: the other side, as the span itself names it.
  private static let peer = 2
  private static let system = 5

  /// The text that names the database that a span speaks to; nil where it speaks to none.
  mutating func database(of record: SpanRecord) -> TextDictionary.Code? {
    // Hardly any two spans of one program differ in what they say, only in what it is.
    let namesSystem = isDatabase(record.shape) { segment in
      segment.shapes[record.shape].contains { segment.rank(of: $0).map { $0 >= Self.system } ?? false }
    }
    guard namesSystem else { return nil }
    var best: (rank: Int, code: TextDictionary.Code)?
    var hasSystem = false
    forEachValue(of: record) { field, word in
      guard let rank = rank(of: field), code(at: word) != TextDictionary.empty else { return false }
      if rank >= Self.system { hasSystem = true }
      if best.map({ rank < $0.rank }) ?? true { best = (rank, code(at: word)) }
      return false
    }
    return hasSystem ? best?.code : nil
  }

  private func rank(of field: ShapeTable.Field) -> Int? {
    guard field.type == .text else { return nil }
    if field.key == SpanField.peer.rawValue { return Self.peer }
    guard field.key >= SpanField.attributes else { return nil }
    return Self.names.indices.first { place in
      place != Self.peer && texts.isText(field.key - SpanField.attributes, Self.names[place])
    }
  }
}
