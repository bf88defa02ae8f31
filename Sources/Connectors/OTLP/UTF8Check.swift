/// Whether bytes are a text.
enum UTF8Check {
  /// True for well-formed UTF-8 (RFC 3629). ASCII, which is most of it, is looked at eight bytes at a time.
  static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let place = endOfASCII(in: bytes)
    return place == bytes.count || isText(bytes, from: place)
  }

  static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool { endOfASCII(in: bytes) == bytes.count }

  /// A place up to which all is ASCII: the end, or at most seven bytes before what is not.
  @inline(__always)
  private static func endOfASCII(in bytes: UnsafeRawBufferPointer) -> Int {
    var position = 0
    while position &+ 8 <= bytes.count {
      if bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 {
        return position
      }
      position &+= 8
    }
    while position < bytes.count, bytes[position] < 0x80 { position &+= 1 }
    return position
  }

  private static func isText(_ bytes: UnsafeRawBufferPointer, from position: Int) -> Bool {
    String(validating: UnsafeRawBufferPointer(rebasing: bytes[position...]), as: UTF8.self) != nil
  }
}
