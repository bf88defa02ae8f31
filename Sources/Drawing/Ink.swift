/// What a cell is drawn with, in words: a theme's colour by name, or a place on one of its two ramps, and up to two
/// mixes of it with other colours.
///
/// Four bytes, so that comparing two frames is comparing integers. Places on a ramp and amounts of a mix are kept in
/// 64 steps.
public struct Ink: Hashable, Sendable {
  /// Base in the low byte, then two mixes of 12 bits: the colour mixed in (6 bits) and how much of it (6 bits).
  private let bits: UInt32

  private init(bits: UInt32) {
    self.bits = bits
  }

  public init(_ color: ThemeColor) {
    bits = UInt32(color.rawValue)
  }

  /// What is bad when high (errors, latency, lag, saturation): `position` 0 is good, 1 is bad.
  public static func ramp(_ position: Double) -> Ink {
    Ink(bits: 64 + quantized(position))
  }

  /// What is neither (rates, sizes): `position` 0 is little, 1 is much.
  public static func flow(_ position: Double) -> Ink {
    Ink(bits: 128 + quantized(position))
  }

  /// This ink with `amount` (0...1) of `color` mixed in. Mixing the same colour in twice adds up; a third colour takes
  /// the place of the second.
  public func mixed(toward color: ThemeColor, _ amount: Double) -> Ink {
    let step = Self.quantized(amount)
    guard step > 0 else { return self }
    let (first, second) = (mix(at: 8), mix(at: 20))
    switch (first, second) {
    case (nil, _): return setting(color, step, at: 8)
    case (let last?, nil) where last.color == color: return setting(color, Self.sum(last.step, step), at: 8)
    case (_, let last?) where last.color == color: return setting(color, Self.sum(last.step, step), at: 20)
    default: return setting(color, step, at: 20)
    }
  }
}

extension Ink {
  /// What an ink is before anything is mixed in.
  public enum Base: Hashable, Sendable {
    case named(ThemeColor)
    case ramp(Double)
    case flow(Double)
  }

  public var base: Base {
    let value = bits & 0xFF
    switch value {
    case 64..<128: return .ramp(Double(value - 64) / 63)
    case 128..<192: return .flow(Double(value - 128) / 63)
    default: return ThemeColor(rawValue: UInt8(value)).map(Base.named) ?? .named(.text)
    }
  }

  /// What was mixed in, in order, with amounts in 0...1.
  public var mixes: [(color: ThemeColor, amount: Double)] {
    [mix(at: 8), mix(at: 20)].compactMap { $0.map { ($0.color, Double($0.step) / 63) } }
  }

  /// Whether something is mixed in: a ground of this ink is a tint, a text of it recedes.
  public var isMixed: Bool { bits >> 8 != 0 }

  /// The name, when the base has one.
  public var name: ThemeColor? {
    if case .named(let color) = base { color } else { nil }
  }

  private func mix(at shift: UInt32) -> (color: ThemeColor, step: UInt32)? {
    let step = bits >> (shift + 6) & 63
    guard step > 0, let color = ThemeColor(rawValue: UInt8(bits >> shift & 63)) else { return nil }
    return (color, step)
  }

  private func setting(_ color: ThemeColor, _ step: UInt32, at shift: UInt32) -> Ink {
    Ink(bits: bits & ~(0xFFF << shift) | (UInt32(color.rawValue) | step << 6) << shift)
  }

  private static func sum(_ one: UInt32, _ other: UInt32) -> UInt32 {
    quantized(1 - (1 - Double(one) / 63) * (1 - Double(other) / 63))
  }

  private static func quantized(_ value: Double) -> UInt32 {
    guard value > 0 else { return 0 }  // NaN too
    return UInt32((min(value, 1) * 63).rounded())
  }
}

extension Ink: CustomStringConvertible {
  /// `failing`, `ramp 0.52`, `healthy>background 0.38`: what snapshots of styles print.
  public var description: String {
    let start: String
    switch base {
    case .named(let color): start = color.name
    case .ramp(let position): start = "ramp \(Self.hundredths(position))"
    case .flow(let position): start = "flow \(Self.hundredths(position))"
    }
    return mixes.reduce(start) { "\($0)>\($1.color.name) \(Self.hundredths($1.amount))" }
  }

  private static func hundredths(_ value: Double) -> String {
    let number = Int((value * 100).rounded())
    return number >= 100 ? "1.00" : "0.\(number < 10 ? "0" : "")\(number)"
  }
}
