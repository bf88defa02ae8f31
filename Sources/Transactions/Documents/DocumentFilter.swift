/// A value of a field, for comparisons. Numbers equal each other by value, whole or not; true is no number.
public enum FieldValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  case real(Double)
  case text(String)
}

/// Which documents are wanted. A field is named by its path, its steps parted by dots: `seller.name`. A document that lacks
/// the field, or has a value of another kind there, is not found by a comparison.
public indirect enum DocumentFilter: Sendable, Hashable {
  public enum Comparison: String, Sendable, Hashable, CaseIterable {
    case equal = "="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
  }

  case all
  /// Texts compare by their UTF-8 bytes. Null, and truth, can only be equal.
  case compare(String, Comparison, FieldValue)
  case exists(String)
  /// A text that has another within it, to the byte.
  case contains(String, String)
  case every([DocumentFilter])
  case any([DocumentFilter])
  case not(DocumentFilter)

  public static func equals(_ field: String, _ value: FieldValue) -> DocumentFilter { .compare(field, .equal, value) }
}

/// In which order documents come; the id decides between equals.
public enum DocumentOrder: Sendable, Hashable {
  case id
  /// Null and missing ones first, then numbers and truth, then texts by their UTF-8 bytes.
  case field(String, isDescending: Bool = false)
}

/// The path of a field, as SQLite's JSON functions want it.
struct FieldPath {
  /// A text that stands in SQL: `'$."seller"."name"'`. It is the same for each mention, so that an index is found.
  let sql: String

  /// - Throws: `badName`.
  init(_ field: String) throws(DocumentError) {
    let steps = field.split(separator: ".", omittingEmptySubsequences: false)
    for step in steps {
      let isGood =
        !step.isEmpty && step.unicodeScalars.allSatisfy { $0.value >= 32 && !"\"'\\".unicodeScalars.contains($0) }
      guard isGood else {
        throw .badName(field, wanted: "a field is named by steps parted by dots, without quotes and backslashes")
      }
    }
    sql = "'$" + steps.map { ".\"\($0)\"" }.joined() + "'"
  }

  /// The value at the path: the expression that an index is on.
  var value: String { "json_extract(body, \(sql))" }
  /// The kind of the value at the path; NULL when there is none.
  var type: String { "json_type(body, \(sql))" }
}

/// A filter as SQL, with the values of its question marks.
struct DocumentCondition {
  private(set) var sql: String
  private(set) var values: [any Bindable] = []

  /// - Throws: `badName`.
  init(_ filter: DocumentFilter) throws(DocumentError) {
    sql = ""
    sql = try write(filter)
  }

  private mutating func write(_ filter: DocumentFilter) throws(DocumentError) -> String {
    switch filter {
    case .all: return "1"
    case .exists(let field): return "\(try FieldPath(field).type) IS NOT NULL"
    case .contains(let field, let text):
      let path = try FieldPath(field)
      values.append(text)
      return "(instr(\(path.value), ?) > 0 AND \(path.type) = 'text')"
    // Where a field is missing, SQL's answer is neither true nor false.
    case .not(let filter): return "NOT coalesce(\(try write(filter)), 0)"
    case .every(let filters): return try joined(filters, "AND", none: "1")
    case .any(let filters): return try joined(filters, "OR", none: "0")
    case .compare(let field, let comparison, let value): return try compare(try FieldPath(field), comparison, value)
    }
  }

  private mutating func joined(
    _ filters: [DocumentFilter], _ word: String, none: String
  ) throws(DocumentError) -> String {
    var parts: [String] = []
    for filter in filters { parts.append(try write(filter)) }
    return parts.isEmpty ? none : "(" + parts.joined(separator: " \(word) ") + ")"
  }

  private mutating func compare(
    _ path: FieldPath, _ comparison: DocumentFilter.Comparison, _ value: FieldValue
  ) throws(DocumentError) -> String {
    switch value {
    case .null: return comparison == .equal ? "\(path.type) = 'null'" : "0"
    case .bool(let isTrue): return comparison == .equal ? "\(path.type) = '\(isTrue)'" : "0"
    case .integer(let number): values.append(number)
    case .real(let number): values.append(ColumnValue.real(number))
    case .text(let text): values.append(text)
    }
    let types = if case .text = value { "('text')" } else { "('integer', 'real')" }
    return "(\(path.value) \(comparison.rawValue) ? AND \(path.type) IN \(types))"
  }
}
