/// Reads JSON value by value in one pass, with no tree of it in between.
///
/// Whoever reads says what comes next, as in `beginObject`, then `member` until it is nil. A member that is null is passed
/// over as if it were not there. The bytes must be UTF-8 and outlive the reader.
struct JSONReader {
  /// Arrays and objects within each other that are read, not skipped: whoever reads them may do so by recursion.
  static let depthLimit = 160

  private var scanner: JSONScanner
  /// True right after the bracket that opened something.
  private var isFirst = false
  private var depth = 0

  /// - Parameters:
  ///   - place: where the first value begins.
  ///   - depth: how many arrays and objects are open there.
  init(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int = 0, depth: Int = 0) {
    scanner = JSONScanner(bytes)
    scanner.place = place
    self.depth = depth
  }

  private static func tooDeep(_ limit: Int) -> String { "must not be \(limit) levels deep" }

  /// Where it stands.
  var place: Int { scanner.place }

  mutating func beginObject() throws(JSONFault) {
    try begin(UInt8(ascii: "{"), "an object")
  }

  mutating func beginArray() throws(JSONFault) {
    try begin(UInt8(ascii: "["), "an array")
  }

  private mutating func begin(_ bracket: UInt8, _ name: String) throws(JSONFault) {
    guard scanner.next() == bracket else { throw mismatch(name) }
    guard depth < Self.depthLimit else {
      throw JSONFault(place: place, reason: Self.tooDeep(Self.depthLimit))
    }
    depth += 1
    scanner.place += 1
    isFirst = true
  }

  /// Goes to the value of the next member that is not null; nil at the end of the object.
  mutating func member() throws(JSONFault) -> JSONKey? {
    while true {
      guard let byte = try separated(end: UInt8(ascii: "}")) else { return nil }
      guard byte == UInt8(ascii: "\"") else { throw JSONFault(place: place) }
      let key = try key()
      guard scanner.next() == UInt8(ascii: ":") else { throw JSONFault(place: place) }
      scanner.place += 1
      guard scanner.next() == UInt8(ascii: "n") else { return key }
      guard scanner.skip("null") else { throw JSONFault(place: place) }
    }
  }

  /// Goes to the next element; false at the end of the array.
  mutating func element() throws(JSONFault) -> Bool {
    try separated(end: UInt8(ascii: "]")) != nil
  }

  /// The first byte after the comma, or after the opening bracket; nil past the closing one.
  @inline(__always)
  private mutating func separated(end: UInt8) throws(JSONFault) -> UInt8? {
    guard var byte = scanner.next() else { throw JSONFault(place: place) }
    if byte == end {
      scanner.place += 1
      depth -= 1
      isFirst = false
      return nil
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else { throw JSONFault(place: place) }
      scanner.place += 1
      guard let after = scanner.next() else { throw JSONFault(place: place) }
      byte = after
    }
    isFirst = false
    return byte
  }

  @inline(__always)
  private mutating func key() throws(JSONFault) -> JSONKey {
    let text = try quoted()
    return JSONKey(text.bytes, isEscaped: text.isEscaped)
  }

  /// What stands between the quotes of the text that begins here.
  @inline(__always)
  private mutating func quoted() throws(JSONFault) -> (bytes: UnsafeBufferPointer<UInt8>, isEscaped: Bool) {
    let start = scanner.place + 1
    // Most texts have no escape: those are found without a call for each byte.
    var end = start
    let bytes = scanner.bytes
    while end < bytes.count, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") {
      end += 1
    }
    if end < bytes.count, bytes[end] == UInt8(ascii: "\"") {
      scanner.place = end + 1
      return (UnsafeBufferPointer(rebasing: bytes[start..<end]), false)
    }
    guard scanner.skipText() else { throw JSONFault(place: place) }
    return (UnsafeBufferPointer(rebasing: bytes[start..<scanner.place - 1]), true)
  }

  /// Goes past the value that begins here.
  mutating func skip() throws(JSONFault) {
    guard scanner.skipValue() else { throw stop() }
  }

  /// Why the scanner stopped.
  private func stop() -> JSONFault {
    JSONFault(place: place, reason: scanner.isTooDeep ? Self.tooDeep(JSONScanner.depthLimit) : nil)
  }

  /// Checks that nothing follows.
  mutating func end() throws(JSONFault) {
    guard scanner.next() == nil else { throw JSONFault(place: place) }
  }

  /// The fault of a value that is something else than wanted; of none at all, that it is not JSON.
  private mutating func mismatch(_ name: String) -> JSONFault {
    let start = place
    guard scanner.skipValue() else { return stop() }
    return JSONFault(place: start, reason: "must be \(name)")
  }
}

// Single values.
extension JSONReader {
  mutating func text() throws(JSONFault) -> String {
    guard scanner.next() == UInt8(ascii: "\"") else { throw mismatch("text") }
    let text = try quoted()
    return text.isEscaped ? JSONText.unescaped(text.bytes) : String(decoding: text.bytes, as: UTF8.self)
  }

  mutating func boolean() throws(JSONFault) -> Bool {
    switch scanner.next() {
    case UInt8(ascii: "t"):
      guard scanner.skip("true") else { throw JSONFault(place: place) }
      return true
    case UInt8(ascii: "f"):
      guard scanner.skip("false") else { throw JSONFault(place: place) }
      return false
    default: throw mismatch("true or false")
    }
  }

  /// A number without a fraction, or a text that is one; `1e3` and `1000.0` are, too.
  mutating func whole<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(JSONFault) -> Number {
    let start = (scanner.next(), place).1
    guard let digits = try number() else { throw mismatch(Self.range(of: type)) }
    if let number = Self.plain(digits, as: type) { return number }
    guard Self.isNumber(digits), let whole = JSONWholeNumber.digits(of: digits),
      let number = whole.withUnsafeBufferPointer({ Self.plain($0, as: type) })
    else {
      throw JSONFault(place: start, reason: "must be \(Self.range(of: type))")
    }
    return number
  }

  /// A number, or a text that is one: `"NaN"`, `"Infinity"` and `"-Infinity"` are, too.
  mutating func real() throws(JSONFault) -> Double {
    let start = (scanner.next(), place).1
    guard let digits = try number() else { throw mismatch("a number") }
    switch String(decoding: digits, as: UTF8.self) {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    case let text:
      guard Self.isNumber(digits), let number = Double(text), number.isFinite else {
        throw JSONFault(place: start, reason: "must be a number")
      }
      return number
    }
  }

  /// A whole number, or one of `names`, which counts from 0.
  mutating func choice(of names: [String]) throws(JSONFault) -> Int {
    guard scanner.next() == UInt8(ascii: "\"") else { return Int(try whole(Int32.self)) }
    let start = place
    let text = try text()
    if let place = names.firstIndex(of: text) { return place }
    guard let number = Int32(text) else {
      throw JSONFault(place: start, reason: "\"\(Excerpt.of(text))\" must be one of \(names.joined(separator: ", "))")
    }
    return Int(number)
  }

  /// The digits of a number, with or without quotes; nil when neither a number nor a text begins here.
  private mutating func number() throws(JSONFault) -> UnsafeBufferPointer<UInt8>? {
    guard let byte = scanner.next() else { return nil }
    switch byte {
    case UInt8(ascii: "\""): return try quoted().bytes
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let start = scanner.place
      guard scanner.skipNumber() else { throw JSONFault(place: place) }
      return UnsafeBufferPointer(rebasing: scanner.bytes[start..<scanner.place])
    default: return nil
    }
  }

  /// Nil for what is no number of plain digits, or does not fit.
  @inline(__always)
  private static func plain<Number: FixedWidthInteger>(
    _ digits: UnsafeBufferPointer<UInt8>, as type: Number.Type
  ) -> Number? {
    guard let first = digits.first else { return nil }
    let isNegative = first == UInt8(ascii: "-")
    guard digits.count > (isNegative ? 1 : 0) else { return nil }
    var number: Number = 0
    for byte in isNegative ? digits[1...] : digits[...] {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      let product = number.multipliedReportingOverflow(by: 10)
      let sum =
        isNegative
        ? product.partialValue.subtractingReportingOverflow(Number(digit))
        : product.partialValue.addingReportingOverflow(Number(digit))
      guard !product.overflow, !sum.overflow else { return nil }
      number = sum.partialValue
    }
    return number
  }

  private static func isNumber(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
    var scanner = JSONScanner(digits)
    return scanner.skipNumber() && scanner.place == digits.count
  }

  private static func range<Number: FixedWidthInteger>(of type: Number.Type) -> String {
    "a whole number from \(type.min) to \(type.max)"
  }
}
