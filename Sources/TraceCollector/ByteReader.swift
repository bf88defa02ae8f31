/// Reads what ``ByteWriter`` wrote. The bytes are our own, so anything else in them is a bug and stops the program.
struct ByteReader {
  private let bytes: [UInt8]
  var position: Int

  init(_ bytes: [UInt8], at position: Int) {
    self.bytes = bytes
    self.position = position
  }

  var isAtEnd: Bool { position >= bytes.count }

  mutating func byte() -> UInt8 {
    defer { position += 1 }
    return bytes[position]
  }

  mutating func number() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = byte()
      value |= UInt64(next & 0x7F) << shift
      guard next >= 0x80 else { return value }
      shift += 7
    }
  }

  /// A number that was written from 32 bits.
  mutating func count() -> UInt32 { UInt32(truncatingIfNeeded: number()) }

  mutating func signed() -> Int64 {
    let value = number()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func fixed() -> UInt64 {
    defer { position += 8 }
    return UInt64(
      littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: UInt64.self) })
  }

  mutating func text(_ symbols: SymbolTable) -> String {
    let number = Int(number())
    guard number == 0 else { return symbols.texts[number - 1] }
    let count = Int(self.number())
    defer { position += count }
    return String(decoding: bytes[position..<position + count], as: UTF8.self)
  }
}
