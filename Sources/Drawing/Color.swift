/// A 24-bit colour. What a terminal makes of it is decided at the edge.
public struct Color: Hashable, Sendable {
  /// 0xRRGGBB
  public let rgb: UInt32

  public init(_ rgb: UInt32) {
    self.rgb = rgb & 0xFF_FFFF
  }

  public init(red: Int, green: Int, blue: Int) {
    func byte(_ value: Int) -> UInt32 { UInt32(min(max(value, 0), 255)) }
    rgb = byte(red) << 16 | byte(green) << 8 | byte(blue)
  }

  public var red: Int { Int(rgb >> 16) }
  public var green: Int { Int(rgb >> 8 & 0xFF) }
  public var blue: Int { Int(rgb & 0xFF) }

  /// This colour with `amount` (0...1) of another in it.
  public func mixed(toward other: Color, _ amount: Double) -> Color {
    func channel(_ from: Int, _ to: Int) -> Int { Int((Double(from) + Double(to - from) * amount).rounded()) }
    return Color(
      red: channel(red, other.red), green: channel(green, other.green), blue: channel(blue, other.blue))
  }
}
