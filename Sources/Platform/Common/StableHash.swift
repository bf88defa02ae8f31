/// A hash that is the same in every process and on every machine; for shares and buckets, never against an attacker.
enum StableHash {
  /// FNV-1a over the parts with a separator between them, then SplitMix64's finisher, so that neighbouring names
  /// spread.
  static func of(_ parts: String...) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for part in parts {
      for byte in part.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3
    }
    return finish(hash)
  }

  static func finish(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// 0 ..< `bound`, evenly.
  static func bucket(_ hash: UInt64, of bound: Int) -> Int {
    Int(hash.multipliedFullWidth(by: UInt64(bound)).high)
  }
}
