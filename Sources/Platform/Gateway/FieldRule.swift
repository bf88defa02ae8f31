/// What a field of a JSON body must be.
public struct FieldRule: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// Not empty, and of so many characters at most.
    case text(atMost: Int)
    case integer(ClosedRange<Int64>)
  }

  public var name: String
  public var form: Form
  /// False: it may be left out, or be null.
  public var isRequired: Bool

  public init(_ name: String, _ form: Form, isRequired: Bool = true) {
    self.name = name
    self.form = form
    self.isRequired = isRequired
  }

  /// What is wrong with the field of a body, and what would be right; nil when nothing is.
  func problem(in body: JSONNode) -> String? {
    let value = body[name] ?? .null
    guard value != .null else { return isRequired ? "\(name) is missing; it is \(words)" : nil }
    let isRight =
      switch form {
      case .text(let limit): value.text.map { !$0.isEmpty && $0.unicodeScalars.count <= limit } ?? false
      case .integer(let range): value.integer.map(range.contains) ?? false
      }
    return isRight ? nil : "\(name) is \(words)"
  }

  private var words: String {
    switch form {
    case .text(let limit): "a text of 1 to \(limit) characters"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
  }

  /// As a JSON Schema says it.
  var schema: JSONNode {
    switch form {
    case .text(let limit): ["type": "string", "minLength": 1, "maxLength": .integer(Int64(limit))]
    case .integer(let range):
      ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    }
  }
}
