/// Numbers in bytes, little-endian; lengths of 7 bits a byte, as in protobuf.
extension UnsafeMutableRawBufferPointer {
  @inline(__always)
  func put<Number: FixedWidthInteger>(_ number: Number, at place: Int) {
    storeBytes(of: number.littleEndian, toByteOffset: place, as: Number.self)
  }

  @inline(__always)
  func putVariable(_ number: UInt64, at place: inout Int) {
    var rest = number
    while rest >= 0x80 {
      self[place] = UInt8(truncatingIfNeeded: rest) | 0x80
      place += 1
      rest >>= 7
    }
    self[place] = UInt8(truncatingIfNeeded: rest)
    place += 1
  }

  @inline(__always)
  func putBytes(_ bytes: [UInt8], at place: inout Int) {
    bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: self[place...]).copyMemory(from: $0) }
    place += bytes.count
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func number<Number: FixedWidthInteger>(_ type: Number.Type = Number.self, at place: Int) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: place, as: Number.self))
  }

  /// Nil when the bytes end before the number does, or it has more than 64 bits.
  @inline(__always)
  func variable(at place: inout Int) -> UInt64? {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while place < count {
      let byte = self[place]
      place += 1
      if shift == 63, byte > 1 { return nil }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
      if shift > 63 { return nil }
    }
    return nil
  }

  /// So many bytes, copied; nil when there are fewer.
  @inline(__always)
  func bytes(_ length: UInt64?, at place: inout Int) -> [UInt8]? {
    guard let length, length <= UInt64(count - place) else { return nil }
    let end = place + Int(length)
    defer { place = end }
    return [UInt8](UnsafeRawBufferPointer(rebasing: self[place..<end]))
  }
}

/// Signed numbers whose small ones, of either sign, are short.
enum ZigZag {
  static func encode(_ number: Int64) -> UInt64 { UInt64(bitPattern: (number << 1) ^ (number >> 63)) }
  static func decode(_ number: UInt64) -> Int64 { Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1) }
}
