/// Where a text is no JSON, and what was wanted there.
public struct JSONNodeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Bytes from the start.
  public let offset: Int
  public let problem: String

  public var description: String { "no JSON: \(problem) at byte \(offset)" }
}

extension JSONNode {
  /// Reads one value and nothing after it (RFC 8259), at most 64 levels deep; of a name that comes twice, the last.
  public init(_ bytes: [UInt8]) throws(JSONNodeError) {
    var reader = JSONNodeReader(bytes: bytes)
    self = try reader.value(depth: 0)
    reader.skipBlanks()
    guard reader.place == bytes.count else { throw reader.error("nothing was expected after the value") }
  }

  public init(text: String) throws(JSONNodeError) { try self.init(Array(text.utf8)) }
}

private struct JSONNodeReader {
  let bytes: [UInt8]
  var place = 0

  func error(_ problem: String) -> JSONNodeError { JSONNodeError(offset: place, problem: problem) }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  mutating func value(depth: Int) throws(JSONNodeError) -> JSONNode {
    skipBlanks()
    guard depth <= 64 else { throw error("more than 64 levels") }
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return try number()
    case nil: throw error("a value was expected, the text ends")
    default: throw error("a value was expected")
    }
  }

  private mutating func word(_ word: StaticString, _ node: JSONNode) throws(JSONNodeError) -> JSONNode {
    let expected = String(describing: word)
    guard bytes[place...].starts(with: expected.utf8) else { throw error("\(expected) was expected") }
    place += expected.utf8.count
    return node
  }

  private mutating func object(depth: Int) throws(JSONNodeError) -> JSONNode {
    var node = JSONNode.object([])
    place += 1
    skipBlanks()
    if next == UInt8(ascii: "}") {
      place += 1
      return node
    }
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw error("a name in quotes was expected") }
      let name = try text()
      skipBlanks()
      guard next == UInt8(ascii: ":") else { throw error("a colon was expected") }
      place += 1
      node[name] = try value(depth: depth + 1)
      guard try goesOn(to: UInt8(ascii: "}")) else { return node }
    }
  }

  private mutating func array(depth: Int) throws(JSONNodeError) -> JSONNode {
    var elements: [JSONNode] = []
    place += 1
    skipBlanks()
    if next == UInt8(ascii: "]") {
      place += 1
      return .array([])
    }
    while true {
      elements.append(try value(depth: depth + 1))
      guard try goesOn(to: UInt8(ascii: "]")) else { return .array(elements) }
    }
  }

  private mutating func goesOn(to end: UInt8) throws(JSONNodeError) -> Bool {
    skipBlanks()
    guard let byte = next, byte == UInt8(ascii: ",") || byte == end else {
      throw error("a comma or \(Character(UnicodeScalar(end))) was expected")
    }
    place += 1
    return byte != end
  }

  private mutating func number() throws(JSONNodeError) -> JSONNode {
    let start = place
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }
    var isWhole = true
    if next == UInt8(ascii: "-") { place += 1 }
    guard isDigit(next) else { throw error("a digit was expected") }
    if next == UInt8(ascii: "0") { place += 1 } else { while isDigit(next) { place += 1 } }
    if next == UInt8(ascii: ".") {
      isWhole = false
      place += 1
      guard isDigit(next) else { throw error("a digit was expected") }
      while isDigit(next) { place += 1 }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      place += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
      guard isDigit(next) else { throw error("a digit was expected") }
      while isDigit(next) { place += 1 }
    }
    let digits = String(decoding: bytes[start..<place], as: UTF8.self)
    if isWhole, let value = Int64(digits) { return .integer(value) }
    guard let value = Double(digits), value.isFinite else { throw error("the number is too large") }
    return .number(value)
  }

  private mutating func text() throws(JSONNodeError) -> String {
    place += 1
    var content: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw error("a control character must be escaped") }
      place += 1
      if byte == UInt8(ascii: "\\") {
        content.append(contentsOf: try escaped().utf8)
      } else {
        content.append(byte)
      }
    }
    guard next == UInt8(ascii: "\"") else { throw error("the text does not end") }
    place += 1
    guard let text = String(validating: content, as: UTF8.self) else { throw error("the text is no UTF-8") }
    return text
  }

  private mutating func escaped() throws(JSONNodeError) -> String {
    guard let byte = next else { throw error("the text does not end") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return String(UnicodeScalar(byte))
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try codeUnit()
      guard (0xD800..<0xDC00).contains(unit), bytes[place...].starts(with: "\\u".utf8) else {
        guard let scalar = UnicodeScalar(unit) else { throw error("half of a surrogate pair") }
        return String(scalar)
      }
      place += 2
      let low = try codeUnit()
      guard (0xDC00..<0xE000).contains(low),
        let scalar = UnicodeScalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
      else { throw error("half of a surrogate pair") }
      return String(scalar)
    default: throw error("an unknown escape")
    }
  }

  private mutating func codeUnit() throws(JSONNodeError) -> UInt32 {
    guard place + 4 <= bytes.count,
      let unit = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16),
      bytes[place] != UInt8(ascii: "+"), bytes[place] != UInt8(ascii: "-")
    else { throw error("four hexadecimal digits were expected") }
    place += 4
    return unit
  }
}
