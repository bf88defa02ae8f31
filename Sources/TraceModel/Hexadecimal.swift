enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

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

  /// Writes 16 digits.
  static func write(_ value: UInt64, to buffer: UnsafeMutableBufferPointer<UInt8>, at offset: Int) {
    for index in 0..<16 {
      buffer[offset + index] = digits[Int(value >> UInt64(60 - 4 * index) & 0xF)]
    }
  }
}
