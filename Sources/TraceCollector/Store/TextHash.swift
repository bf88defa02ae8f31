/// A hash of bytes that is the same in every process: multiplies and folds eight bytes at a time, after wyhash
/// (Wang Yi, "wyhash: a fast hash", 2019).
enum TextHash {
  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: bytes.count)
    var position = 0
    while position &+ 8 <= bytes.count {
      hash = fold(hash ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position &+= 8
    }
    return fold(hash ^ tail(bytes, from: position) ^ 0xE703_7ED1_A0B4_28DB)
  }

  static func of(_ value: UInt64) -> UInt64 { fold(value ^ 0x9E37_79B9_7F4A_7C15) }

  /// The last bytes, of which there are fewer than eight: by loads that overlap, not one after the other.
  private static func tail(_ bytes: UnsafeRawBufferPointer, from position: Int) -> UInt64 {
    let left = bytes.count &- position
    guard left > 0 else { return 0 }
    if bytes.count >= 8 { return bytes.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self) }
    if left >= 4 {
      let low = UInt64(bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
      return low << 32 | UInt64(bytes.loadUnaligned(fromByteOffset: bytes.count &- 4, as: UInt32.self))
    }
    return UInt64(bytes[position]) << 16 | UInt64(bytes[position &+ left / 2]) << 8 | UInt64(bytes[bytes.count &- 1])
  }

  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }

  /// Of equal length; eight bytes at a time.
  static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
    var position = 0
    while position &+ 8 <= count {
      guard
        left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
          == right.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      else { return false }
      position &+= 8
    }
    while position < count {
      guard left.load(fromByteOffset: position, as: UInt8.self) == right.load(fromByteOffset: position, as: UInt8.self)
      else { return false }
      position &+= 1
    }
    return true
  }
}
