/// Kafka's hash of keys (murmur2, 32 bits, seed 0x9747b28c), so that a key lands in the partition it has there.
enum KeyHash {
  static func murmur2(_ bytes: [UInt8]) -> UInt32 {
    let multiplier: UInt32 = 0x5bd1_e995
    return bytes.withUnsafeBytes { buffer in
      var hash = 0x9747_b28c ^ UInt32(truncatingIfNeeded: buffer.count)
      let tail = buffer.count & ~3
      var index = 0
      while index < tail {
        var word = UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self))
        word = word &* multiplier
        word ^= word >> 24
        word = word &* multiplier
        hash = (hash &* multiplier) ^ word
        index += 4
      }
      if buffer.count > tail {
        for place in stride(from: buffer.count - 1, through: tail, by: -1) {
          hash ^= UInt32(buffer[place]) << UInt32(8 * (place - tail))
        }
        hash = hash &* multiplier
      }
      hash ^= hash >> 13
      hash = hash &* multiplier
      return hash ^ (hash >> 15)
    }
  }

  /// The partition of a key among `count`.
  static func partition(of key: [UInt8], count: Int) -> Int {
    Int(murmur2(key) & 0x7fff_ffff) % count
  }
}

extension Topic {
  /// The partition to which records with this key go that name none themselves.
  public func partition(ofKey key: [UInt8]) -> Int {
    partitionCount == 1 ? 0 : KeyHash.partition(of: key, count: partitionCount)
  }
}
