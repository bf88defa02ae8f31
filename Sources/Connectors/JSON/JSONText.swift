/// Texts and keys of JSON, out of bytes that a ``JSONScanner`` has gone over.
enum JSONText {
  /// What stands between the quotes; `isClosed` when the quotes are part of `bytes`.
  static func string(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, isClosed: Bool) -> String {
    let inside = isClosed ? bytes.dropFirst().dropLast() : bytes
    let buffer = UnsafeBufferPointer(rebasing: inside)
    return buffer.contains(UInt8(ascii: "\\")) ? unescaped(buffer) : String(decoding: buffer, as: UTF8.self)
  }

  /// What bytes with escapes spell.
  static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    let scanner = JSONScanner(bytes)
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      guard byte == UInt8(ascii: "\\"), place + 1 < bytes.count else {
        result.append(byte)
        place += 1
        continue
      }
      guard bytes[place + 1] == UInt8(ascii: "u") else {
        result.append(meaning(of: bytes[place + 1]))
        place += 2
        continue
      }
      place += appendScalar(at: place, of: scanner, to: &result)
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func meaning(of escape: UInt8) -> UInt8 {
    switch escape {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: escape
    }
  }

  /// Appends what one `\uXXXX`, or a pair of them, spells; returns how many bytes that took.
  private static func appendScalar(at place: Int, of scanner: JSONScanner, to result: inout [UInt8]) -> Int {
    guard let first = scanner.escapedUnit(at: place) else { return 6 }
    if let scalar = Unicode.Scalar(UInt32(first)) {
      result.append(contentsOf: UTF8.encode(scalar) ?? .init())
      return 6
    }
    guard let second = scanner.escapedUnit(at: place + 6),
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first) & 0x3FF) << 10 + UInt32(second) & 0x3FF)
    else { return 6 }
    result.append(contentsOf: UTF8.encode(scalar) ?? .init())
    return 12
  }
}

/// The name of a member of an object, as it stands in the body.
struct JSONKey {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let isEscaped: Bool

  /// - Parameter bytes: what stands between the quotes.
  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>, isEscaped: Bool) {
    self.bytes = bytes
    self.isEscaped = isEscaped
  }

  @inline(__always)
  static func ~= (name: StaticString, key: JSONKey) -> Bool {
    if key.isEscaped { return JSONText.unescaped(key.bytes) == "\(name)" }
    guard key.bytes.count == name.utf8CodeUnitCount else { return false }
    for index in 0..<key.bytes.count where key.bytes[index] != name.utf8Start[index] { return false }
    return true
  }
}
