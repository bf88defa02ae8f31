/// The health of an instance or of a service: the worst of its indicators.
///
/// `outOfService` is an instance that takes no calls because somebody wants it so, who drains or replaces it: it lacks
/// nothing.
public enum Health: String, Sendable, Codable, CaseIterable, Comparable {
  case up, degraded, outOfService, down, unknown

  private var rank: Int {
    switch self {
    case .up: 0
    case .outOfService: 1
    case .unknown: 2
    case .degraded: 3
    case .down: 4
    }
  }

  /// From best to worst.
  public static func < (left: Health, right: Health) -> Bool { left.rank < right.rank }

  /// `H`, `D`, `F`, `O` or `U`: what stands beside the glyph.
  public var letter: String {
    switch self {
    case .up: "H"
    case .degraded: "D"
    case .outOfService: "O"
    case .down: "F"
    case .unknown: "U"
    }
  }
}
