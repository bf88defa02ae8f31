/// Something that is often built wrong, switched on to see which promise breaks.
public enum Mistake: String, Sendable, Hashable, Codable, CaseIterable {
  /// An event is published after the commit of its state, in place of a row in the same transaction.
  case dualWrite = "dual-write"
  /// Neither inbox nor idempotency key: every delivery has its effect.
  case noIdempotency = "no-idempotency"
  /// Remote calls without circuit breaker, bulkhead and time limiter.
  case noBreaker = "no-breaker"
  /// The window of a join of streams drops what has no counterpart.
  case innerJoin = "inner-join"
  /// A view takes each change as it comes, whether it knows a newer one or not.
  case viewWithoutVersions = "view-without-versions"
  /// What is moved from the legacy shop to new services is moved without the events by which both learn what the other did.
  case noHandBack = "no-hand-back"

  /// Why a service cannot be built so that does not do what is done wrong there.
  var absence: String {
    switch self {
    case .dualWrite: "publishes through no outbox"
    case .noIdempotency: "a repetition does no harm"
    case .noBreaker: "calls nobody"
    case .innerJoin: "joins no streams"
    case .viewWithoutVersions: "keeps no view"
    case .noHandBack: "has taken nothing over from the legacy shop"
    }
  }
}

extension FaultKind.Name {
  /// The mistake that it is; nil for what breaks by itself.
  public var mistake: Mistake? { Mistake(rawValue: rawValue) }
}
