/// Eight bytes of text at a time, as a number whose lowest byte is the first of them.
enum Words {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// The lowest bit that is set is the top one of the first byte that ends a run of JSON text: a quote, a backslash or a
  /// control character. 0 where there is none. Bits above the lowest mean nothing.
  @inline(__always)
  static func stops(_ word: UInt64) -> UInt64 {
    let quotes = word ^ ones &* 0x22
    let backslashes = word ^ ones &* 0x5C
    let found = (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes | (word &- ones &* 0x20) & ~word
    return found & tops
  }

  @inline(__always)
  static func isStop(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20
  }

  /// The number that eight decimal digits are; nil where one of them is none.
  @inline(__always)
  static func decimal(_ word: UInt64) -> UInt64? {
    let sixes = ones &* 6
    let high = ones &* 0xF0
    guard word & high | ((word &+ sixes) & high) &>> 4 == ones &* 0x33 else { return nil }
    // Neighbours become pairs, then fours, then all eight.
    var value = word & (ones &* 0x0F)
    value = (value &* 2561) &>> 8 & 0x00FF_00FF_00FF_00FF
    value = (value &* 6_553_601) &>> 16 & 0x0000_FFFF_0000_FFFF
    return (value &* 42_949_672_960_001) &>> 32
  }

  /// The number that eight hexadecimal digits are, in any case; nil where one of them is none.
  @inline(__always)
  static func hexadecimal(_ word: UInt64) -> UInt64? {
    guard word & tops == 0 else { return nil }
    let lower = word | ones &* 0x20
    // A sum reaches the top bit from the named character on.
    let digits = (word &+ ones &* (0x80 - 0x30)) & ~(word &+ ones &* (0x80 - 0x3A))
    let letters = (lower &+ ones &* (0x80 - 0x61)) & ~(lower &+ ones &* (0x80 - 0x67))
    guard (digits | letters) & tops == tops else { return nil }
    var value = word & (ones &* 0x0F) &+ (word &>> 6 & ones) &* 9
    value = (value &<< 4 | value &>> 8) & 0x00FF_00FF_00FF_00FF
    value = (value &<< 8 | value &>> 16) & 0x0000_FFFF_0000_FFFF
    return (value &<< 16 | value &>> 32) & 0xFFFF_FFFF
  }

  /// Whether `count` bytes are equal; `left` has at least so many.
  @inline(__always)
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
    guard let left = left.baseAddress else { return count == 0 }
    if count >= 8 {
      var position = 0
      while position < count &- 8 {
        guard load(left, position, UInt64.self) == load(right, position, UInt64.self) else { return false }
        position &+= 8
      }
      return load(left, count &- 8, UInt64.self) == load(right, count &- 8, UInt64.self)
    }
    if count >= 4 {
      return load(left, 0, UInt32.self) == load(right, 0, UInt32.self)
        && load(left, count &- 4, UInt32.self) == load(right, count &- 4, UInt32.self)
    }
    for position in 0..<count where load(left, position, UInt8.self) != load(right, position, UInt8.self) {
      return false
    }
    return true
  }

  @inline(__always)
  private static func load<Number: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawPointer, _ offset: Int, _ type: Number.Type
  ) -> Number {
    bytes.loadUnaligned(fromByteOffset: offset, as: type)
  }
}
