/// One JSON value, as it stands in a message. Written with sorted keys and without blanks, so that equal values are
/// equal bytes.
public indirect enum JSONNode: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int64)
  /// Finite; a number that is no whole one of 64 bits.
  case number(Double)
  case text(String)
  case array([JSONNode])
  /// In the order in which they were read or added; each name at most once.
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSONNode

    public init(_ name: String, _ value: JSONNode) {
      self.name = name
      self.value = value
    }
  }

  /// The member of that name; nil when there is none, or this is no object.
  public subscript(name: String) -> JSONNode? {
    get {
      guard case .object(let members) = self else { return nil }
      return members.first { $0.name == name }?.value
    }
    set {
      guard case .object(var members) = self else { return }
      let place = members.firstIndex { $0.name == name }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append(Member(name, value))
      case (nil, nil): return
      }
      self = .object(members)
    }
  }

  /// The value at a path such as `customer.address.country` or `items.0.sku`.
  public func value(at path: String) -> JSONNode? {
    var node = self
    for part in path.split(separator: ".") {
      switch node {
      case .object:
        guard let next = node[String(part)] else { return nil }
        node = next
      case .array(let elements):
        guard let index = Int(part), elements.indices.contains(index) else { return nil }
        node = elements[index]
      default: return nil
      }
    }
    return node
  }

  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
  public var elements: [JSONNode] { if case .array(let elements) = self { elements } else { [] } }
  public var members: [Member] { if case .object(let members) = self { members } else { [] } }

  /// A text as it is, a number or truth value as JSON writes it; nil for null, arrays and objects.
  public var plainText: String? {
    switch self {
    case .text(let text): text
    case .bool, .integer, .number: String(decoding: bytes, as: UTF8.self)
    case .null, .array, .object: nil
    }
  }
}

extension JSONNode: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONNode...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONNode)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}
