/// Checks that bytes are JSON as RFC 8259 has it, and tells where they stop being so.
///
/// The standard decoder reads lazily: it overlooks trailing commas, and whatever is wrong in fields that nobody asks for.
/// It does not say where it stopped either.
struct JSONGrammar {
  /// Where the first byte stands that cannot be there; lines and columns count from 1, columns in bytes.
  struct Fault: Error, Equatable {
    var line: Int
    var column: Int
  }

  /// Arrays and objects within each other; as many as the standard decoder reads.
  static let depthLimit = 500

  private enum Expectation {
    case value, firstElement, firstKey, key, colon, separator, end
  }

  private enum Container {
    case array, object
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  private var open: [Container] = []

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  static func check(_ body: [UInt8]) throws(Fault) {
    do {
      _ = try UTF8Span(validating: body.span)
    } catch {
      throw fault(in: body, at: error.byteOffsets.lowerBound)
    }
    let stop = body.withUnsafeBufferPointer { bytes in
      var grammar = JSONGrammar(bytes)
      return grammar.isWhole() ? nil : grammar.place
    }
    if let stop { throw fault(in: body, at: stop) }
  }

  private static func fault(in body: [UInt8], at place: Int) -> Fault {
    let before = body[..<min(place, body.count)]
    let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    return Fault(
      line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: before.count - lineStart + 1)
  }

  /// False when `place` is where it went wrong.
  private mutating func isWhole() -> Bool {
    var expectation = Expectation.value
    while place < bytes.count {
      let byte = bytes[place]
      if byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
        place += 1
        continue
      }
      guard let next = step(byte, expectation) else { return false }
      expectation = next
    }
    return expectation == .end
  }

  /// Goes past the token that begins with `byte`; nil when it may not stand here.
  private mutating func step(_ byte: UInt8, _ expectation: Expectation) -> Expectation? {
    switch (expectation, byte) {
    case (.firstElement, UInt8(ascii: "]")), (.firstKey, UInt8(ascii: "}")): return close(byte)
    case (.firstKey, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")): return skipText() ? .colon : nil
    case (.colon, UInt8(ascii: ":")):
      place += 1
      return .value
    case (.separator, UInt8(ascii: ",")):
      place += 1
      return open.last == .object ? .key : .value
    case (.separator, UInt8(ascii: "]")), (.separator, UInt8(ascii: "}")): return close(byte)
    case (.value, _), (.firstElement, _): return skipValue(byte)
    default: return nil
    }
  }

  private var afterValue: Expectation { open.isEmpty ? .end : .separator }

  private mutating func close(_ byte: UInt8) -> Expectation? {
    guard open.last == (byte == UInt8(ascii: "]") ? .array : .object) else { return nil }
    open.removeLast()
    place += 1
    return afterValue
  }

  private mutating func skipValue(_ byte: UInt8) -> Expectation? {
    switch byte {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      guard open.count < Self.depthLimit else { return nil }
      let container: Container = byte == UInt8(ascii: "[") ? .array : .object
      open.append(container)
      place += 1
      return container == .array ? .firstElement : .firstKey
    case UInt8(ascii: "\""): return skipText() ? afterValue : nil
    case UInt8(ascii: "t"): return skip("true") ? afterValue : nil
    case UInt8(ascii: "f"): return skip("false") ? afterValue : nil
    case UInt8(ascii: "n"): return skip("null") ? afterValue : nil
    default: return skipNumber() ? afterValue : nil
    }
  }

  private mutating func skip(_ literal: StaticString) -> Bool {
    for index in 0..<literal.utf8CodeUnitCount {
      guard place < bytes.count, bytes[place] == literal.utf8Start[index] else { return false }
      place += 1
    }
    return true
  }
}

// Texts and numbers.
extension JSONGrammar {
  private mutating func skipText() -> Bool {
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
  private func escapedUnit(at start: Int) -> UInt16? {
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

  private mutating func skipNumber() -> Bool {
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
