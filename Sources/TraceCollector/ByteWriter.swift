/// Numbers and texts as bytes; small numbers take few. ``ByteReader`` reads them back.
struct ByteWriter: Sendable {
  private(set) var bytes: [UInt8] = []

  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func byte(_ value: UInt8) {
    bytes.append(value)
  }

  /// Seven bits a byte, the lowest first.
  mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// As a number whose lowest bit is the sign, so that small negative ones are short too.
  mutating func signed(_ value: Int64) {
    number(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  mutating func fixed(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A symbol, or the text itself behind a 0.
  mutating func text(_ text: String, as symbol: SymbolTable.Symbol?) {
    if let symbol {
      number(UInt64(symbol) + 1)
    } else {
      byte(0)
      number(UInt64(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    }
  }
}
