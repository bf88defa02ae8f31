import Testing

@testable import Connectors

/// Eight bytes at once are what they are one by one.
@Suite struct WordsTests {
  private static func word(_ bytes: [UInt8]) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  @Test func theFirstStopIsFound() {
    for place in 0..<8 {
      for byte in UInt8.min...UInt8.max {
        var bytes = Array("abcdefgh".utf8)
        bytes[place] = byte
        // A second one behind it is never found before it.
        if place < 7 { bytes[7] = UInt8(ascii: "\"") }
        let stops = Words.stops(Self.word(bytes))
        let first = bytes.firstIndex { Words.isStop($0) }
        #expect((stops == 0 ? nil : stops.trailingZeroBitCount / 8) == first, "\(bytes)")
      }
    }
  }

  @Test func decimalDigits() {
    for number in [0, 1, 9, 10, 12_345_678, 99_999_999, 87_654_321, 10_000_000] {
      let text = String(String(number + 100_000_000).dropFirst())
      #expect(Words.decimal(Self.word(Array(text.utf8))) == UInt64(number))
    }
    for place in 0..<8 {
      for byte in UInt8.min...UInt8.max where !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte) {
        var bytes = Array("12345678".utf8)
        bytes[place] = byte
        #expect(Words.decimal(Self.word(bytes)) == nil, "\(bytes)")
      }
    }
  }

  @Test func hexadecimalDigits() {
    for text in ["00000000", "01234567", "89abcdef", "89ABCDEF", "ffffffff", "FfFfFfFf", "deadBEEF"] {
      #expect(Words.hexadecimal(Self.word(Array(text.utf8))) == UInt64(text, radix: 16))
    }
    for place in 0..<8 {
      for byte in UInt8.min...UInt8.max {
        var bytes = Array("12ab56CD".utf8)
        bytes[place] = byte
        let isDigit = byte < 0x80 && Character(Unicode.Scalar(byte)).isHexDigit
        #expect((Words.hexadecimal(Self.word(bytes)) != nil) == isDigit, "\(bytes)")
      }
    }
  }

  @Test(arguments: 0..<24)
  func equality(count: Int) {
    let left = (0..<count).map { UInt8($0) }
    for place in 0..<count {
      var right = left
      right[place] ^= 0x40
      #expect(!left.withUnsafeBytes { left in right.withUnsafeBytes { isEqual(left, $0) } })
    }
    let same = left
    #expect(left.withUnsafeBytes { left in same.withUnsafeBytes { isEqual(left, $0) } })
  }

  private func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let start = right.baseAddress else { return left.isEmpty }
    return Words.areEqual(left, start, count: right.count)
  }
}
