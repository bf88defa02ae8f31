internal import Operations
public import Platform

/// What is done about instances that end by themselves or by an operator's hand. Those that a fault holds down come back
/// when it ends.
public struct SupervisionSettings: Sendable {
  /// For services that are not named.
  public var usual = SupervisionPolicy.backOff(RestartBackOff(first: Self.firstWait))
  public var exceptions: [(service: String, policy: SupervisionPolicy)] = []

  /// Long enough to see what it means that somebody is away.
  static let firstWait: Int64 = 3_000_000_000
  static let restartWait: Int64 = 1_000_000_000

  public init() {}

  func policy(of service: String) -> SupervisionPolicy {
    exceptions.last { $0.service == service }?.policy ?? usual
  }
}

extension SupervisionPolicy {
  private static let waits: ClosedRange<Int64> = 100_000_000...600_000_000_000

  /// As it is typed: `off`, `restart`, `restart=5s`, `back-off` or `back-off=5s`, which is its first wait; nil for any
  /// other word.
  init?(word: String) {
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    var wait: Int64?
    if parts.count == 2 {
      guard let time = FaultNotation.nanoseconds(parts[1]), Self.waits.contains(time) else { return nil }
      wait = time
    }
    switch parts.first {
    case "off" where wait == nil: self = .off
    case "restart": self = .restart(after: wait ?? SupervisionSettings.restartWait)
    case "back-off":
      let first = wait ?? SupervisionSettings.firstWait
      self = .backOff(RestartBackOff(first: first, maximum: max(first, RestartBackOff().maximum)))
    default: return nil
    }
  }

  static let words = ["off", "restart", "back-off"]

  var word: String {
    switch self {
    case .off: "off"
    case .restart(SupervisionSettings.restartWait): "restart"
    case .restart(let wait): "restart=\(FaultNotation.duration(wait))"
    case .backOff(let rule) where rule.first == SupervisionSettings.firstWait: "back-off"
    case .backOff(let rule): "back-off=\(FaultNotation.duration(rule.first))"
    }
  }
}
