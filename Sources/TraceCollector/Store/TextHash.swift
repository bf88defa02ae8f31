internal import CHashKey

/// A hash of bytes: multiplies and folds sixteen bytes at a time, after wyhash (Wang Yi, "wyhash: a fast hash", 2019).
///
/// It begins with a key that each process draws, so that nobody can send names or ids that all have one hash: neither side
/// of a product can be made 0 by who does not know it. Nothing that a store answers may follow the order of its hashes.
struct TextHash: Sendable {
  private let key: UInt64
  /// Of the other side of each product.
  private let second: UInt64

  /// With a key of one's own, so that a store can be asked whether its answers follow it.
  init(key: UInt64) {
    self.key = key
    second = Self.fold(key ^ 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3) | 1
  }

  /// With the key that this process drew.
  static var ofProcess: TextHash { TextHash(key: hash_key()) }

  @inline(__always)
  func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    var hash = key ^ UInt64(truncatingIfNeeded: count)
    guard count >= 8 else { return Self.fold(hash ^ Self.few(bytes), second) }
    var position = 0
    while position &+ 16 < count {
      hash = Self.fold(hash ^ Self.word(bytes, position), second ^ Self.word(bytes, position &+ 8))
      position &+= 16
    }
    // The last sixteen, some of them once more; of fewer the first eight and the last.
    return Self.fold(hash ^ Self.word(bytes, max(0, count &- 16)), second ^ Self.word(bytes, count &- 8))
  }

  @inline(__always)
  func of(_ value: UInt64) -> UInt64 { Self.fold(value ^ key) }

  /// Of a number of 128 bits.
  func of(high: UInt64, low: UInt64) -> UInt64 { Self.fold(of(high) ^ low) }

  /// Fewer than eight bytes: by loads that overlap, not one after the other.
  @inline(__always)
  private static func few(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    guard count > 0 else { return 0 }
    if count >= 4 {
      let low = UInt64(bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
      return low << 32 | UInt64(bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
    }
    return UInt64(bytes[0]) << 16 | UInt64(bytes[count / 2]) << 8 | UInt64(bytes[count &- 1])
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
  }

  private static func fold(_ one: UInt64, _ other: UInt64 = 0xA076_1D64_78BD_642F) -> UInt64 {
    let product = one.multipliedFullWidth(by: other)
    return product.high ^ product.low
  }

  /// Of equal length; eight bytes at a time, the last eight once more with some that were seen.
  @inline(__always)
  static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
    guard count >= 8 else { return areFewEqual(left, right, count: count) }
    var position = 0
    let last = count &- 8
    while position < last {
      guard word(left, position) == word(right, position) else { return false }
      position &+= 8
    }
    return word(left, last) == word(right, last)
  }

  private static func areFewEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
    if count >= 4 {
      return half(left, 0) == half(right, 0) && half(left, count &- 4) == half(right, count &- 4)
    }
    for position in 0..<count
    where left.load(fromByteOffset: position, as: UInt8.self) != right.load(fromByteOffset: position, as: UInt8.self) {
      return false
    }
    return true
  }

  private static func word(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  private static func half(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }
}
