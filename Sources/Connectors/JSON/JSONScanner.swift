/// Goes over JSON as RFC 8259 has it, byte by byte, and stops where it stops being so.
///
/// Methods that skip return false, with ``place`` at the first byte that cannot be there. The bytes must outlive it.
struct JSONScanner {
  /// Arrays and objects within each other; as many as the standard decoder reads.
  static let depthLimit = 500

  private enum Expectation {
    case value, firstElement, firstKey, key, colon, separator, end
  }

  private enum Container {
    case array, object
  }

  let bytes: UnsafeBufferPointer<UInt8>
  var place = 0
  /// True once it stopped at what is one level too many.
  private(set) var isTooDeep = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  /// The next byte that is no white space, which it then stands at; nil at the end.
  @inline(__always)
  mutating func next() -> UInt8? {
    while place < bytes.count {
      let byte = bytes[place]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      place += 1
    }
    return nil
  }

  /// Goes past one value, whatever it holds.
  mutating func skipValue() -> Bool {
    guard let byte = next() else { return false }
    switch byte {
    case UInt8(ascii: "\""): return skipText()
    case UInt8(ascii: "["), UInt8(ascii: "{"): return skipContainer()
    default: return skipScalar(byte)
    }
  }

  private mutating func skipContainer() -> Bool {
    var open: [Container] = []
    var expectation = Expectation.value
    while let byte = next() {
      guard let next = step(byte, expectation, &open) else { return false }
      if next == .end { return true }
      expectation = next
    }
    return false
  }

  /// Goes past the token that begins with `byte`; nil when it may not stand here.
  private mutating func step(_ byte: UInt8, _ expectation: Expectation, _ open: inout [Container]) -> Expectation? {
    switch (expectation, byte) {
    case (.firstElement, UInt8(ascii: "]")), (.firstKey, UInt8(ascii: "}")): return close(byte, &open)
    case (.firstKey, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")): return skipText() ? .colon : nil
    case (.colon, UInt8(ascii: ":")):
      place += 1
      return .value
    case (.separator, UInt8(ascii: ",")):
      place += 1
      return open.last == .object ? .key : .value
    case (.separator, UInt8(ascii: "]")), (.separator, UInt8(ascii: "}")): return close(byte, &open)
    case (.value, _), (.firstElement, _): return enter(byte, &open)
    default: return nil
    }
  }

  private mutating func close(_ byte: UInt8, _ open: inout [Container]) -> Expectation? {
    guard open.last == (byte == UInt8(ascii: "]") ? .array : .object) else { return nil }
    open.removeLast()
    place += 1
    return open.isEmpty ? .end : .separator
  }

  private mutating func enter(_ byte: UInt8, _ open: inout [Container]) -> Expectation? {
    switch byte {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      guard open.count < Self.depthLimit else {
        isTooDeep = true
        return nil
      }
      let container: Container = byte == UInt8(ascii: "[") ? .array : .object
      open.append(container)
      place += 1
      return container == .array ? .firstElement : .firstKey
    case UInt8(ascii: "\""): return skipText() ? .separator : nil
    default: return skipScalar(byte) ? .separator : nil
    }
  }

  private mutating func skipScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "t"): skip("true")
    case UInt8(ascii: "f"): skip("false")
    case UInt8(ascii: "n"): skip("null")
    default: skipNumber()
    }
  }

  mutating func skip(_ literal: StaticString) -> Bool {
    for index in 0..<literal.utf8CodeUnitCount {
      guard place < bytes.count, bytes[place] == literal.utf8Start[index] else { return false }
      place += 1
    }
    return true
  }
}

// Texts and numbers.
extension JSONScanner {
  /// Goes past a text, from its opening quote to behind the closing one.
  @inline(__always)
  mutating func skipText() -> Bool {
    place += 1
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        place += 1
        return true
      case UInt8(ascii: "\\"):
        guard skipEscape() else { return false }
      case 0..<0x20:
        return false
      default:
        place += 1
      }
    }
    return false
  }

  private mutating func skipEscape() -> Bool {
    guard place + 1 < bytes.count else { return false }
    switch bytes[place + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      place += 2
      return true
    case UInt8(ascii: "u"):
      guard let unit = escapedUnit(at: place) else { return false }
      switch unit {
      case 0xD800...0xDBFF:
        // Half of a pair, which is no character alone.
        guard let second = escapedUnit(at: place + 6), 0xDC00...0xDFFF ~= second else { return false }
        place += 12
      case 0xDC00...0xDFFF:
        return false
      default:
        place += 6
      }
      return true
    default:
      return false
    }
  }

  /// The code unit of a `\uXXXX` that begins at `start`.
  func escapedUnit(at start: Int) -> UInt16? {
    guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u") else {
      return nil
    }
    var unit: UInt16 = 0
    for byte in bytes[start + 2..<start + 6] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  mutating func skipNumber() -> Bool {
    skipOne("-")
    let isZero = skipOne("0")
    guard isZero || skipDigits() else { return false }
    if skipOne(".") {
      guard skipDigits() else { return false }
    }
    if skipOne("e") || skipOne("E") {
      if !skipOne("+") { skipOne("-") }
      guard skipDigits() else { return false }
    }
    return true
  }

  @discardableResult
  private mutating func skipOne(_ scalar: Unicode.Scalar) -> Bool {
    guard place < bytes.count, bytes[place] == UInt8(ascii: scalar) else { return false }
    place += 1
    return true
  }

  private mutating func skipDigits() -> Bool {
    let start = place
    while place < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[place] { place += 1 }
    return place > start
  }
}
