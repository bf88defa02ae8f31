/// Checks that bytes are JSON as RFC 8259 has it, and tells where they stop being so.
///
/// The standard decoder reads lazily: it overlooks trailing commas, and whatever is wrong in fields that nobody asks for.
/// It does not say where it stopped either.
enum JSONGrammar {
  /// Where the first byte stands that cannot be there; lines and columns count from 1, columns in bytes.
  struct Fault: Error, Equatable {
    var line: Int
    var column: Int
    /// It may be JSON, but its arrays and objects lie deeper within each other than is read.
    var isTooDeep = false

    /// How it goes on after `the body` or `this`.
    var verdict: String {
      isTooDeep ? "is over \(JSONScanner.depthLimit) levels deep" : "is not JSON"
    }
  }

  static func check(_ body: [UInt8]) throws(Fault) {
    let (stop, isTooDeep): (Int?, Bool) = body.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      guard scanner.skipValue(), scanner.next() == nil else { return (scanner.place, scanner.isTooDeep) }
      return (nil, false)
    }
    // The scanner overlooks what is no UTF-8: that may come before what it stopped at.
    let place = firstInvalidByte(in: body) ?? .max
    if let stop, stop <= place {
      var fault = fault(in: body, at: stop)
      fault.isTooDeep = isTooDeep
      throw fault
    }
    if place < .max { throw fault(in: body, at: place) }
  }

  /// The place of the first byte that is not UTF-8.
  static func firstInvalidByte(in body: [UInt8]) -> Int? {
    do {
      _ = try UTF8Span(validating: body.span)
      return nil
    } catch {
      return error.byteOffsets.lowerBound
    }
  }

  static func fault(in body: [UInt8], at place: Int) -> Fault {
    let before = body[..<min(place, body.count)]
    let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    return Fault(
      line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: before.count - lineStart + 1)
  }
}
