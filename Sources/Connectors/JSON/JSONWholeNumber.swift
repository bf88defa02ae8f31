/// Whole numbers that are written with a fraction or an exponent: `1e3`, `1000.0`, `9007199254740993.0`. Read digit by
/// digit, because a `Double` knows no more than 15 to 17 of them.
enum JSONWholeNumber {
  /// More digits than any integer of 64 bits has.
  private static let mostDigits = 20

  /// The same number in plain digits, with a sign where it is negative; nil where it is not whole, or has more digits than
  /// 64 bits hold.
  ///
  /// - Parameter number: as JSON's grammar has it.
  static func digits(of number: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let isExponent = { (byte: UInt8) in byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") }
    let end = number.firstIndex(where: isExponent) ?? number.endIndex
    let point = number[..<end].firstIndex(of: UInt8(ascii: ".")) ?? end
    var digits = number[..<end].filter { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    let zeros = digits.reversed().prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeLast(zeros)
    digits.removeFirst(digits.prefix { $0 == UInt8(ascii: "0") }.count)
    if digits.isEmpty { return [UInt8(ascii: "0")] }
    guard let exponent = exponent(number[end...].dropFirst()) else { return nil }
    let fraction = max(0, end - point - 1)
    let shift = exponent + zeros - fraction
    guard shift >= 0, digits.count + shift <= mostDigits else { return nil }
    digits += Array(repeating: UInt8(ascii: "0"), count: shift)
    return number.first == UInt8(ascii: "-") ? [UInt8(ascii: "-")] + digits : digits
  }

  /// 0 where there is none; nil where it is beyond all numbers that are told apart here.
  private static func exponent(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
    guard !digits.isEmpty else { return 0 }
    return Int32(String(decoding: digits, as: UTF8.self)).map(Int.init)
  }
}
