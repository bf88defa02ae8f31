/// A figure of the system that a scenario can expect something of.
public enum ScenarioFigureName: String, Sendable, CaseIterable {
  /// The worst state among the breakers of a caller, or of one of its instances, for a callee.
  case breaker
  case health
  case verdict
  /// The share of transactions that ended badly in the last 10 s, or of a service's requests that failed.
  case errors
  case p50, p95, p99
  /// Transactions started a second, or requests and records that a service handles a second.
  case rate
  /// Records not yet read, of all groups or of one.
  case lag
  /// Transactions that have not ended.
  case open
  case outbox
  case outboxAge = "outbox-age"
  /// Instances that are up.
  case instances
  case members
  /// Of instances of a service, how many different ones run.
  case versions
  /// How far the last deployment of a service is.
  case deployment
  /// Of the calls that the canaries of a service answered, the share that failed.
  case canaryErrors = "canary-errors"
  /// Whether the registry evicts.
  case registry
  /// Instances of a service that the registry lists.
  case listed
  /// Connections that are open to the database server that several services share.
  case connections
  /// Tokens that were revoked and have not expired.
  case revokedTokens = "revoked-tokens"
  // From here on they are counted since the scenario began.
  case started, committed, rejected, compensated, failed, stuck
  case deadLetters = "dead-letters"
  case restarts, rebalances
  /// Attempts of a service's calls beyond the first.
  case retries
  /// Calls of a service that a time limiter cut off.
  case cutOff = "cut-off"
  /// Calls of a service that its breakers refused.
  case refused
  /// Instances that the registry has taken off its list.
  case evicted
  /// Connections that the shared database server refused, to all pools.
  case tooManyConnections = "too-many-connections"
  /// Requests that a gateway turned away for a reason.
  case turnedAway = "turned-away"
  /// Uses of tokens that had been revoked, and were let pass.
  case revokedPassed = "revoked-passed"
  /// Those that do not hold, once all is at rest.
  case brokenInvariants = "broken-invariants"

  /// What a figure is about.
  enum Subject {
    case nothing, service, serviceOrAll, group, groupOrAll, topicOrAll, database, breaker, reason
  }

  enum Kind: Equatable {
    case word([String]), count, share, duration, number
  }

  var kind: Kind {
    switch self {
    case .breaker: .word(BreakerState.allCases.map(\.rawValue))
    case .health: .word(Health.allCases.map(\.word))
    case .verdict: .word(LagVerdict.allCases.map(\.rawValue))
    case .deployment: .word(DeploymentSnapshot.phases.map(ScenarioMoment.word))
    case .registry: .word([RegistrySnapshot.normalWord, RegistrySnapshot.selfPreservingWord])
    case .errors, .canaryErrors: .share
    case .p50, .p95, .p99, .outboxAge: .duration
    case .rate: .number
    default: .count
    }
  }

  var subject: Subject {
    switch self {
    case .breaker: .breaker
    case .health, .instances, .restarts, .retries, .cutOff, .refused, .versions, .deployment, .canaryErrors, .listed:
      .service
    case .errors, .p50, .p95, .p99, .rate: .serviceOrAll
    case .lag: .groupOrAll
    case .verdict, .members, .rebalances: .group
    case .outbox, .outboxAge: .database
    case .deadLetters: .topicOrAll
    case .turnedAway: .reason
    case .registry, .evicted, .connections, .tooManyConnections, .revokedTokens, .revokedPassed: .nothing
    case .open, .started, .committed, .rejected, .compensated, .failed, .stuck, .brokenInvariants: .nothing
    }
  }

  /// Whether what was there when the scenario began is none of its business.
  var isCountedSinceStart: Bool {
    switch self {
    case .started, .committed, .rejected, .compensated, .failed, .stuck, .deadLetters, .restarts, .rebalances, .retries,
      .cutOff, .refused, .evicted, .tooManyConnections, .turnedAway, .revokedPassed:
      true
    default: false
    }
  }
}

/// What a figure comes to.
public enum ScenarioFigureValue: Sendable, Equatable {
  case word(String)
  /// A count, a rate, a share 0…1 or nanoseconds.
  case number(Double)
}

/// What a scenario is judged by at a moment.
public struct ScenarioMoment {
  public var snapshot: SystemSnapshot
  /// How many invariants do not hold; nil while that cannot be told.
  public var brokenInvariants: Int?

  public init(_ snapshot: SystemSnapshot, brokenInvariants: Int? = nil) {
    self.snapshot = snapshot
    self.brokenInvariants = brokenInvariants
  }
}

extension Health {
  /// As operators write it: `UP`, `OUT_OF_SERVICE`.
  var word: String {
    switch self {
    case .up: "UP"
    case .degraded: "DEGRADED"
    case .outOfService: "OUT_OF_SERVICE"
    case .down: "DOWN"
    case .unknown: "UNKNOWN"
    }
  }
}
