/// The states of a consumer group, named as Kafka's classic group protocol names them.
public enum GroupState: String, Sendable, Hashable, Codable, CaseIterable {
  /// No members; committed offsets may exist.
  case empty = "Empty"
  /// Members are asked to join again; waits for all of them.
  case preparingRebalance = "PreparingRebalance"
  /// All have joined the new generation; waits for the leader before it hands out assignments.
  case completingRebalance = "CompletingRebalance"
  /// Every member has its assignment.
  case stable = "Stable"
  /// Removed: as if it had never been.
  case dead = "Dead"

  /// The states from which this one may be entered.
  public var validPreviousStates: [GroupState] {
    switch self {
    case .empty: [.preparingRebalance]
    case .preparingRebalance: [.stable, .completingRebalance, .empty]
    case .completingRebalance: [.preparingRebalance]
    case .stable: [.completingRebalance]
    case .dead: [.stable, .preparingRebalance, .completingRebalance, .empty, .dead]
    }
  }
}
