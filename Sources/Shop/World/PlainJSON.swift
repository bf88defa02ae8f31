/// Writes JSON without blanks.
struct PlainJSONWriter {
  private var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(160) }

  mutating func add(_ object: Payload) {
    bytes.append(UInt8(ascii: "{"))
    for (place, field) in object.fields.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      add(field.name)
      bytes.append(UInt8(ascii: ":"))
      switch field.value {
      case .text(let text): add(text)
      case .number(let number): bytes.append(contentsOf: String(number).utf8)
      case .truth(let truth): bytes.append(contentsOf: (truth ? "true" : "false").utf8)
      case .object(let object): add(object)
      case .objects(let objects): add(objects) { $0.add($1) }
      case .texts(let texts): add(texts) { $0.add($1) }
      }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  consuming func finished() -> [UInt8] { bytes }

  private mutating func add<Element>(
    _ elements: [Element], _ body: (inout PlainJSONWriter, Element) -> Void
  ) {
    bytes.append(UInt8(ascii: "["))
    for (place, element) in elements.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      body(&self, element)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func add(_ text: String) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { utf8 in
      if utf8.contains(where: Self.needsEscape) {
        for byte in utf8 { escape(byte) }
      } else {
        bytes.append(contentsOf: utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
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
  private var place = 0
  private var hasFailed = false
  private var depth = 0
  /// Deeper than the shop nests; what is deeper is for a full decoder to refuse.
  private static let deepest = 8

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// True once everything was read and was plain.
  var isAtEnd: Bool { !hasFailed && place == bytes.count }

  /// The object that begins here; nil where something is not plain.
  mutating func object() -> Payload? {
    var payload = Payload()
    take(UInt8(ascii: "{"))
    if skip(UInt8(ascii: "}")) { return payload }
    repeat {
      guard let name = text() else { return nil }
      take(UInt8(ascii: ":"))
      guard let value = value() else { return nil }
      payload[name] = value
    } while skip(UInt8(ascii: ","))
    take(UInt8(ascii: "}"))
    return hasFailed ? nil : payload
  }

  private mutating func value() -> Payload.Value? {
    guard !hasFailed, place < bytes.count else { return nil }
    switch bytes[place] {
    case UInt8(ascii: "\""): return text().map(Payload.Value.text)
    case UInt8(ascii: "t"): return word("true") ? .truth(true) : nil
    case UInt8(ascii: "f"): return word("false") ? .truth(false) : nil
    case UInt8(ascii: "{"):
      guard depth < Self.deepest else { return nil }
      depth += 1
      defer { depth -= 1 }
      return object().map(Payload.Value.object)
    case UInt8(ascii: "["): return list()
    default: return number().map(Payload.Value.number)
    }
  }

  private mutating func list() -> Payload.Value? {
    guard depth < Self.deepest else { return nil }
    depth += 1
    defer { depth -= 1 }
    take(UInt8(ascii: "["))
    if skip(UInt8(ascii: "]")) { return .objects([]) }
    guard place < bytes.count else { return nil }
    return bytes[place] == UInt8(ascii: "\"")
      ? elements { $0.text() }.map(Payload.Value.texts) : elements { $0.object() }.map(Payload.Value.objects)
  }

  private mutating func elements<Element>(_ next: (inout PlainJSONReader) -> Element?) -> [Element]? {
    var elements: [Element] = []
    repeat {
      guard let element = next(&self) else { return nil }
      elements.append(element)
    } while skip(UInt8(ascii: ","))
    take(UInt8(ascii: "]"))
    return hasFailed ? nil : elements
  }

  private mutating func word(_ word: StaticString) -> Bool {
    let end = place + word.utf8CodeUnitCount
    guard end <= bytes.count, word.withUTF8Buffer({ bytes[place..<end].elementsEqual($0) }) else { return false }
    place = end
    return true
  }

  private mutating func text() -> String? {
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

  private mutating func number() -> Int64? {
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
    if !skip(expected) { hasFailed = true }
  }

  private mutating func skip(_ expected: UInt8) -> Bool {
    guard !hasFailed, place < bytes.count, bytes[place] == expected else { return false }
    place += 1
    return true
  }
}
