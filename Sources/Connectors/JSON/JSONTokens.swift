/// Goes over JSON token by token, with a copy of nothing, for who reads what is usual and leaves the rest to ``JSONReader``.
///
/// What it takes that takes, too, and as the same. It says no where it is in doubt: to an escape in a key, to a number
/// that is not plain digits. The bytes must be UTF-8 and outlive it.
struct JSONTokens {
  enum Step {
    /// A value comes.
    case value
    /// The closing bracket was passed.
    case end
    /// What comes is not JSON, or unusual.
    case doubt
  }

  /// What stands between two quotes.
  struct Text {
    var range: Range<Int>
    var isEscaped: Bool
  }

  let bytes: UnsafeRawBufferPointer
  var place: Int
  /// The name of the member whose value comes: what stands between its quotes.
  private(set) var key = 0..<0

  init(_ bytes: UnsafeRawBufferPointer, at place: Int = 0) {
    self.bytes = bytes
    self.place = place
  }

  /// The next byte that is no white space, which it then stands at; 0, which JSON has nowhere, at the end.
  @inline(__always)
  mutating func next() -> UInt8 {
    while place < bytes.count {
      let byte = bytes[place]
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
      place &+= 1
    }
    return 0
  }

  /// Goes past `scalar` if that comes next.
  @inline(__always)
  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next() == UInt8(ascii: scalar) else { return false }
    place &+= 1
    return true
  }

  /// Goes to the value of the next member that is not null, which ``isKey(_:)`` tells the name of.
  ///
  /// - Parameter isFirst: true right behind the opening bracket.
  @inline(__always)
  mutating func member(_ isFirst: inout Bool) -> Step {
    while true {
      let step = separated(until: UInt8(ascii: "}"), &isFirst)
      guard case .value = step else { return step }
      guard let name = text(), !name.isEscaped, take(":") else { return .doubt }
      key = name.range
      guard next() == UInt8(ascii: "n") else { return .value }
      guard take("null", 4) else { return .doubt }
    }
  }

  /// Goes to the next element.
  ///
  /// - Parameter isFirst: true right behind the opening bracket.
  @inline(__always)
  mutating func element(_ isFirst: inout Bool) -> Step { separated(until: UInt8(ascii: "]"), &isFirst) }

  @inline(__always)
  private mutating func separated(until bracket: UInt8, _ isFirst: inout Bool) -> Step {
    let byte = next()
    if byte == bracket {
      place &+= 1
      return .end
    }
    if isFirst {
      isFirst = false
      return .value
    }
    guard byte == UInt8(ascii: ",") else { return .doubt }
    place &+= 1
    // A comma is no end.
    return next() == bracket ? .doubt : .value
  }

  /// Whether the member is called so.
  @inline(__always)
  func isKey(_ name: StaticString) -> Bool {
    key.count == name.utf8CodeUnitCount
      && Words.areEqual(
        UnsafeRawBufferPointer(rebasing: bytes[key]), UnsafeRawPointer(name.utf8Start), count: name.utf8CodeUnitCount)
  }

  /// Goes past a literal that comes right here.
  @inline(__always)
  mutating func take(_ literal: StaticString, _ count: Int) -> Bool {
    guard bytes.count &- place >= count,
      Words.areEqual(
        UnsafeRawBufferPointer(rebasing: bytes[place..<place &+ count]), UnsafeRawPointer(literal.utf8Start),
        count: count)
    else { return false }
    place &+= count
    return true
  }
}

// Values.
extension JSONTokens {
  /// Goes past a text; its closing quote is looked for eight bytes at a time.
  @inline(__always)
  mutating func text() -> Text? {
    guard next() == UInt8(ascii: "\"") else { return nil }
    let start = place &+ 1
    var position = start
    while position &+ 8 <= bytes.count {
      let stops = Words.stops(word(at: position))
      if stops != 0 { return ended(start, position &+ stops.trailingZeroBitCount &>> 3) }
      position &+= 8
    }
    while position < bytes.count, !Words.isStop(bytes[position]) { position &+= 1 }
    return ended(start, position)
  }

  /// - Parameter position: the first byte that is not itself in the text.
  @inline(__always)
  private mutating func ended(_ start: Int, _ position: Int) -> Text? {
    guard position < bytes.count else { return nil }
    if bytes[position] == UInt8(ascii: "\"") {
      place = position &+ 1
      return Text(range: start..<position, isEscaped: false)
    }
    return bytes[position] == UInt8(ascii: "\\") ? escaped(start) : nil
  }

  private mutating func escaped(_ start: Int) -> Text? {
    var scanner = JSONScanner(bytes.assumingMemoryBound(to: UInt8.self))
    scanner.place = start - 1
    guard scanner.skipText() else { return nil }
    place = scanner.place
    return Text(range: start..<place - 1, isEscaped: true)
  }

  @inline(__always)
  private func word(at position: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  /// Goes past a number of at most 19 digits, with or without quotes.
  @inline(__always)
  mutating func unsigned() -> UInt64? {
    guard next() == UInt8(ascii: "\"") else { return bareDigits() }
    place &+= 1
    guard let number = digits(), place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    place &+= 1
    return number
  }

  /// The same, maybe with a minus.
  @inline(__always)
  mutating func signed() -> Int64? {
    let isQuoted = next() == UInt8(ascii: "\"")
    if isQuoted { place &+= 1 }
    let isNegative = place < bytes.count && bytes[place] == UInt8(ascii: "-")
    if isNegative { place &+= 1 }
    guard let bits = isQuoted ? digits() : bareDigits(), let number = Int64(exactly: bits) else { return nil }
    if isQuoted {
      guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
      place &+= 1
    }
    return isNegative ? -number : number
  }

  /// A number of JSON has no 0 before other digits. What follows it nobody looks at here.
  @inline(__always)
  private mutating func bareDigits() -> UInt64? {
    let start = place
    guard let number = digits(), place == start &+ 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
    return number
  }

  @inline(__always)
  private mutating func digits() -> UInt64? {
    let start = place
    var number: UInt64 = 0
    // Twice at most: what is longer is looked at digit by digit.
    while place &- start < 16, place &+ 8 <= bytes.count, let eight = Words.decimal(word(at: place)) {
      number = number &* 100_000_000 &+ eight
      place &+= 8
    }
    while place < bytes.count {
      let digit = bytes[place] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      guard place &- start < 19 else { return nil }
      number = number &* 10 &+ UInt64(digit)
      place &+= 1
    }
    return place > start ? number : nil
  }

  /// The number that 16 hexadecimal digits at `position` are, in any case.
  @inline(__always)
  func hexadecimal(at position: Int) -> UInt64? {
    guard position &+ 16 <= bytes.count, let high = Words.hexadecimal(word(at: position)),
      let low = Words.hexadecimal(word(at: position &+ 8))
    else { return nil }
    return high &<< 32 | low
  }

  /// Goes past any value.
  mutating func skip() -> Bool {
    var scanner = JSONScanner(bytes.assumingMemoryBound(to: UInt8.self))
    scanner.place = place
    guard scanner.skipValue() else { return false }
    place = scanner.place
    return true
  }

  /// Goes past an array or an object by its brackets alone, for who will look at it later.
  mutating func passOver() -> Bool {
    var depth = 0
    repeat {
      switch next() {
      case UInt8(ascii: "\""):
        guard text() != nil else { return false }
        continue
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case 0: return false
      default: break
      }
      place &+= 1
    } while depth > 0
    return true
  }
}
