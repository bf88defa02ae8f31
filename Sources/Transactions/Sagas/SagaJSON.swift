/// Writes one JSON object, field after field, in the order of the calls: for sorted keys, call in that order.
struct SagaJSONWriter {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  /// Nothing is written for an empty text.
  mutating func add(_ name: String, _ text: String) {
    guard !text.isEmpty else { return }
    begin(name)
    append(text)
  }

  /// Nothing is written for an empty list.
  mutating func add(_ name: String, _ texts: [String]) {
    guard !texts.isEmpty else { return }
    begin(name)
    bytes.append(UInt8(ascii: "["))
    for (index, text) in texts.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(text)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  mutating func add(_ name: String, _ flag: Bool) {
    begin(name)
    bytes += Array((flag ? "true" : "false").utf8)
  }

  /// - Parameter json: one JSON value, written as it is; nothing is written when it is empty.
  mutating func add(_ name: String, json: [UInt8]) {
    guard !json.isEmpty else { return }
    precondition(
      SagaJSONReader.isValue(json),
      "the body of a saga message is one JSON value: \(String(decoding: json, as: UTF8.self))")
    begin(name)
    bytes += json
  }

  func finished() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

  private mutating func begin(_ name: String) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    append(name)
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func append(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20: bytes += Array("\\u00".utf8) + [Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static let digits = Array("0123456789abcdef".utf8)
}

/// Reads one JSON object, field after field. What is read is asked for by its kind; another kind is a failure.
///
/// A nested value is handed over as its bytes. Its brackets and texts are checked, its numbers and words are not.
struct SagaJSONReader {
  private let bytes: [UInt8]
  private var place = 0
  private var hasFields = false
  /// The whole object was read, and was one.
  private(set) var isComplete = false

  /// Nil when the bytes begin no object.
  init?(_ bytes: [UInt8]) {
    self.bytes = bytes
    guard take("{") else { return nil }
  }

  static func isValue(_ bytes: [UInt8]) -> Bool {
    var reader = SagaJSONReader(value: bytes)
    guard reader.json() != nil else { return false }
    reader.skipBlanks()
    return reader.place == bytes.count
  }

  private init(value bytes: [UInt8]) { self.bytes = bytes }

  /// The name of the next field; nil at the end, and where the object is broken.
  mutating func nextName() -> String? {
    if take("}") {
      skipBlanks()
      isComplete = place == bytes.count
      return nil
    }
    if hasFields, !take(",") { return nil }
    hasFields = true
    guard let name = text(), take(":") else { return nil }
    return name
  }

  mutating func text() -> String? {
    guard take("\"") else { return nil }
    var content: [UInt8] = []
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      switch byte {
      case UInt8(ascii: "\""): return String(validating: content, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        content += Array(String(scalar).utf8)
      default: content.append(byte)
      }
    }
    return nil
  }

  mutating func flag() -> Bool? {
    switch json().map({ String(decoding: $0, as: UTF8.self) }) {
    case "true": true
    case "false": false
    default: nil
    }
  }

  mutating func texts() -> [String]? {
    guard take("[") else { return nil }
    var texts: [String] = []
    if take("]") { return texts }
    repeat {
      guard let text = text() else { return nil }
      texts.append(text)
    } while take(",")
    return take("]") ? texts : nil
  }

  /// The bytes of the next value, whatever it is.
  mutating func json() -> [UInt8]? {
    skipBlanks()
    let start = place
    var open: [UInt8] = []
    repeat {
      skipBlanks()
      guard place < bytes.count else { return nil }
      switch bytes[place] {
      case UInt8(ascii: "\""):
        guard text() != nil else { return nil }
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // The bracket that closes it is two further on in ASCII.
        open.append(bytes[place] + 2)
        place += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard open.popLast() == bytes[place] else { return nil }
        place += 1
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard !open.isEmpty else { return nil }
        place += 1
      default:
        guard word() else { return nil }
      }
    } while !open.isEmpty
    return Array(bytes[start..<place])
  }

  /// A number, or one of true, false and null.
  private mutating func word() -> Bool {
    let start = place
    while place < bytes.count, Self.isOfWord(bytes[place]) { place += 1 }
    return place > start
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"): true
    case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."): true
    default: false
    }
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard place < bytes.count else { return nil }
    place += 1
    switch bytes[place - 1] {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"):
      guard let first = fourDigits() else { return nil }
      guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first) }
      guard bytes[place...].starts(with: Array("\\u".utf8)) else { return nil }
      place += 2
      guard let second = fourDigits(), (0xdc00..<0xe000).contains(second) else { return nil }
      return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    case let byte: return Unicode.Scalar(byte)
    }
  }

  private mutating func fourDigits() -> UInt32? {
    guard place + 4 <= bytes.count else { return nil }
    defer { place += 4 }
    return UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

  private mutating func skipBlanks() {
    while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 }
  }
}

extension SagaJSONReader {
  /// Reads a field into the text of `message` that has its name; one that is not known is passed over.
  /// - Returns: false when its value is not what it has to be.
  mutating func read<Message>(
    _ name: String, _ texts: [String: any WritableKeyPath<Message, String> & Sendable], into message: inout Message
  ) -> Bool {
    guard let field = texts[name] else { return json() != nil }
    guard let text = text() else { return false }
    message[keyPath: field] = text
    return true
  }
}
