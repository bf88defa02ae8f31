/// The health of an instance or of a service: the worst of its indicators.
public enum Health: String, Sendable, Codable, CaseIterable, Comparable {
  case up, degraded, outOfService, down, unknown

  private var rank: Int {
    switch self {
    case .up: 0
    case .unknown: 1
    case .degraded: 2
    case .outOfService: 3
    case .down: 4
    }
  }

  /// From best to worst.
  public static func < (left: Health, right: Health) -> Bool { left.rank < right.rank }

  /// `H`, `D`, `F` or `U`: what stands beside the glyph.
  public var letter: String {
    switch self {
    case .up: "H"
    case .degraded: "D"
    case .outOfService, .down: "F"
    case .unknown: "U"
    }
  }
}
