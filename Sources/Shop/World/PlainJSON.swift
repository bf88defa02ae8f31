/// Writes one flat JSON object of texts and whole numbers, without blanks.
struct PlainJSONWriter {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  init() { bytes.reserveCapacity(128) }

  /// Adds a field unless its value is nil. `name` needs no escapes.
  mutating func add(_ name: StaticString, _ value: String?) {
    guard var value else { return }
    begin(name)
    bytes.append(UInt8(ascii: "\""))
    value.withUTF8 { utf8 in
      if utf8.contains(where: Self.needsEscape) {
        for byte in utf8 { escape(byte) }
      } else {
        bytes.append(contentsOf: utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Adds a field unless its value is nil. `name` needs no escapes.
  mutating func add(_ name: StaticString, _ value: Int64?) {
    guard let value else { return }
    begin(name)
    bytes.append(contentsOf: String(value).utf8)
  }

  consuming func finished() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private mutating func begin(_ name: StaticString) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func escape(_ byte: UInt8) {
    guard Self.needsEscape(byte) else { return bytes.append(byte) }
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      bytes.append(contentsOf: "u00".utf8)
      for digit in [byte >> 4, byte & 0xF] {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }
}

/// Reads what ``PlainJSONWriter`` writes, as long as no text has an escape. It gives up at anything else, which may be
/// good JSON all the same: that is for a full decoder to say.
struct PlainJSONReader {
  private let bytes: [UInt8]
  private var place = 1
  private var hasFailed = false
  private var isClosed = false

  /// Nil when it does not begin as an object.
  init?(_ bytes: [UInt8]) {
    guard bytes.count >= 2, bytes[0] == UInt8(ascii: "{") else { return nil }
    self.bytes = bytes
  }

  /// True once everything was read and was plain.
  var isComplete: Bool { !hasFailed && isClosed && place == bytes.count }

  /// The name of the next field, whose value is to be read next; nil at the end, and where something is not plain.
  mutating func nextName() -> String? {
    guard !hasFailed, place < bytes.count else { return nil }
    if bytes[place] == UInt8(ascii: "}") {
      place += 1
      isClosed = true
      return nil
    }
    if place > 1 { take(UInt8(ascii: ",")) }
    guard let name = text() else { return nil }
    take(UInt8(ascii: ":"))
    return hasFailed ? nil : name
  }

  mutating func text() -> String? {
    take(UInt8(ascii: "\""))
    let start = place
    var isASCII = true
    while place < bytes.count, bytes[place] >= 0x20, bytes[place] != UInt8(ascii: "\\"),
      bytes[place] != UInt8(ascii: "\"")
    {
      if bytes[place] >= 0x80 { isASCII = false }
      place += 1
    }
    guard !hasFailed else { return nil }
    // Most texts are ASCII, which is read many times faster than what may be no UTF-8 at all.
    let text: String? =
      isASCII
      ? String(decoding: bytes[start..<place], as: UTF8.self) : String(validating: bytes[start..<place], as: UTF8.self)
    if text == nil { hasFailed = true }
    take(UInt8(ascii: "\""))
    return hasFailed ? nil : text
  }

  mutating func number() -> Int64? {
    let isNegative = place < bytes.count && bytes[place] == UInt8(ascii: "-")
    if isNegative { place += 1 }
    let start = place
    var value: Int64 = 0
    while place < bytes.count, isDigit(bytes[place]) {
      let digit = Int64(bytes[place] - UInt8(ascii: "0"))
      let (shifted, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isBeyond) =
        isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
      if isTooLarge || isBeyond { hasFailed = true }
      value = sum
      place += 1
    }
    // No digit, or a leading zero, which JSON does not have.
    if place == start || place - start > 1 && bytes[start] == UInt8(ascii: "0") { hasFailed = true }
    return hasFailed ? nil : value
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  private mutating func take(_ expected: UInt8) {
    guard !hasFailed, place < bytes.count, bytes[place] == expected else {
      hasFailed = true
      return
    }
    place += 1
  }
}
