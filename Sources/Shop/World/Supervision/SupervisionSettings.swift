public import Platform

/// What is done about instances that end by themselves or by an operator's hand. Those that a fault holds down come back
/// when it ends.
public struct SupervisionSettings: Sendable {
  /// For services that are not named.
  public var usual = SupervisionPolicy.backOff(RestartBackOff(first: 100_000_000))
  public var exceptions: [(service: String, policy: SupervisionPolicy)] = []

  public init() {}

  func policy(of service: String) -> SupervisionPolicy {
    exceptions.last { $0.service == service }?.policy ?? usual
  }
}

extension SupervisionPolicy {
  /// As it is typed: `off`, `restart` or `back-off`; nil for any other word.
  init?(word: String) {
    switch word {
    case "off": self = .off
    case "restart": self = .restart(after: 1_000_000_000)
    case "back-off": self = SupervisionSettings().usual
    default: return nil
    }
  }

  static let words = ["off", "restart", "back-off"]

  var word: String {
    switch self {
    case .off: "off"
    case .restart: "restart"
    case .backOff: "back-off"
    }
  }
}
