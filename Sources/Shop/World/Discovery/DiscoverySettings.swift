public import Platform

/// How callers choose among the instances that they know.
public enum BalancingRule: String, Sendable, CaseIterable {
  case roundRobin = "round-robin"
  case leastLoaded = "least-loaded"
  case twoChoices = "two-choices"
  /// In turn, those of the caller's own zone first.
  case zone
}

extension BalancingRule {
  func balancer(zone: String) -> LoadBalancer {
    switch self {
    case .roundRobin: LoadBalancer(rule: .roundRobin)
    case .leastLoaded: LoadBalancer(rule: .leastLoaded)
    case .twoChoices: LoadBalancer(rule: .powerOfTwoChoices)
    case .zone: LoadBalancer(rule: .roundRobin, preferredZone: zone)
    }
  }
}

/// How services find each other.
public struct DiscoverySettings: Sendable {
  public var rule = BalancingRule.roundRobin
  /// An instance that refuses the connection was not called: the next one is, and that one is left alone for so many
  /// nanoseconds, as long as there are others. 0: it is called in its turn, and the call fails.
  public var asideFor: Int64 = 10_000_000_000
  public var registry = RegistrySettings()

  public init() {}
}
