/// Hexadecimal digits, as ids are written with.
package enum Hexadecimal {
  /// The number that up to 16 digits spell; 0 for none; nil when one is not a hexadecimal digit.
  static func value(of text: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for byte in text {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: return nil
      }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  /// The two lower-case digits of one byte.
  static func pair(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.utf8.count == 1 ? "0" + digits : digits
  }

  /// Writes 16 lower-case digits, the first one at `start`, where there must be room for them.
  package static func write(_ value: UInt64, to start: UnsafeMutableRawPointer) {
    start.storeBytes(of: digits(UInt32(truncatingIfNeeded: value >> 32)).littleEndian, as: UInt64.self)
    start.storeBytes(of: digits(UInt32(truncatingIfNeeded: value)).littleEndian, toByteOffset: 8, as: UInt64.self)
  }

  /// The 8 digits of a number, the first one in the lowest byte: all eight at once, each in a byte of its own.
  private static func digits(_ value: UInt32) -> UInt64 {
    // Halves, bytes and half bytes part, and trade places, so that each of the 8 bytes holds 0…15.
    var spread = UInt64(value)
    spread = (spread & 0xFFFF) << 32 | spread >> 16
    spread = (spread & 0x0000_00FF_0000_00FF) << 16 | (spread & 0x0000_FF00_0000_FF00) >> 8
    spread = (spread & 0x000F_000F_000F_000F) << 8 | (spread & 0x00F0_00F0_00F0_00F0) >> 4
    // 1 in each byte that is ten and above: there `a` follows, and not what comes after `9`.
    let letters = ((spread &+ 0x0606_0606_0606_0606) >> 4) & 0x0101_0101_0101_0101
    return spread &+ 0x3030_3030_3030_3030 &+ letters &* UInt64(UInt8(ascii: "a") - UInt8(ascii: "9") - 1)
  }
}
