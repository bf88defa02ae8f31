/// Whether bytes are a text.
enum UTF8Check {
  /// True for well-formed UTF-8 (RFC 3629). ASCII, which is most of it, is looked at eight bytes at a time.
  static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    while position &+ 8 <= bytes.count {
      if bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 {
        return isText(bytes, from: position)
      }
      position &+= 8
    }
    while position < bytes.count {
      if bytes[position] >= 0x80 { return isText(bytes, from: position) }
      position &+= 1
    }
    return true
  }

  private static func isText(_ bytes: UnsafeRawBufferPointer, from position: Int) -> Bool {
    String(validating: UnsafeRawBufferPointer(rebasing: bytes[position...]), as: UTF8.self) != nil
  }
}
