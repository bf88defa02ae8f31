/// Takes numbers and texts off the front of bytes, in Kafka's manner: numbers are big-endian, lengths come first. What is
/// not there is nil.
struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) {
    rest = bytes[...]
  }

  mutating func read<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    let size = Number.bitWidth / 8
    guard rest.count >= size else { return nil }
    defer { rest = rest.dropFirst(size) }
    return rest.prefix(size).reduce(0) { ($0 << 8) | Number(truncatingIfNeeded: $1) }
  }

  mutating func readShortText() -> String? {
    guard let length = read(Int16.self), length >= 0, rest.count >= Int(length) else { return nil }
    defer { rest = rest.dropFirst(Int(length)) }
    return String(decoding: rest.prefix(Int(length)), as: UTF8.self)
  }

  /// Bytes behind a length of 32 bits.
  mutating func readBytes() -> [UInt8]? {
    guard let length = read(Int32.self), length >= 0, rest.count >= Int(length) else { return nil }
    defer { rest = rest.dropFirst(Int(length)) }
    return Array(rest.prefix(Int(length)))
  }

  /// All that is left.
  mutating func readRest() -> [UInt8] {
    defer { rest = [] }
    return Array(rest)
  }
}

extension [UInt8] {
  mutating func appendBigEndian<Number: FixedWidthInteger>(_ number: Number) {
    for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }

  mutating func appendShortText(_ text: String) {
    appendBigEndian(Int16(truncatingIfNeeded: text.utf8.count))
    append(contentsOf: text.utf8)
  }

  /// Behind their length of 32 bits.
  mutating func appendBytes(_ bytes: some Collection<UInt8>) {
    appendBigEndian(Int32(truncatingIfNeeded: bytes.count))
    append(contentsOf: bytes)
  }
}
