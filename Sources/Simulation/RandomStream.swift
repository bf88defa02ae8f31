/// Random numbers for one purpose: `RandomStream(seed: 7, "payment-gateway/latency")`.
///
/// A stream depends on nothing but the seed and its purpose, so that adding one changes no other. The generator is
/// SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014).
public struct RandomStream: Sendable {
  private var state: UInt64

  public init(seed: UInt64, _ purpose: String) {
    // FNV-1a over the purpose, then one step to spread neighbouring seeds. Never `hashValue`: it differs by process.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ hash
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// 0 < x < 1.
  public mutating func unit() -> Double {
    Double(next() >> 11 | 1) * 0x1p-53
  }

  /// 0 ..< `bound`.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "there is no number below \(bound)")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  public mutating func happens(_ probability: Double) -> Bool {
    unit() < probability
  }

  /// Exponentially distributed.
  public mutating func exponential(mean: Double) -> Double {
    -mean * naturalLogarithm(unit())
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// ln(x) for x > 0, from + − × ÷ alone, which IEEE 754 fixes: libm's differs with and without fused multiply-add.
///
/// ln(m · 2^e) = 2 artanh((m − 1) / (m + 1)) + e ln 2, with √½ < m ≤ √2. The series' relative error is below 1e-15.
public func naturalLogarithm(_ x: Double) -> Double {
  var mantissa = x.significand
  var exponent = Double(x.exponent)
  if mantissa > 1.414_213_562_373_095_1 {
    mantissa /= 2
    exponent += 1
  }
  let s = (mantissa - 1) / (mantissa + 1)
  let square = s * s
  var sum = 1.0 / 21
  for odd in [19.0, 17, 15, 13, 11, 9, 7, 5, 3, 1] { sum = sum * square + 1 / odd }
  return 2 * s * sum + exponent * 0.693_147_180_559_945_3
}
