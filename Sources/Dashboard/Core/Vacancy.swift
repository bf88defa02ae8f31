import Operations

extension PageID {
  /// Whether there is nothing on the page that a key could be about: of a system that is only watched, spans do not tell
  /// of everything.
  func isVacant(_ snapshot: SystemSnapshot) -> Bool {
    guard snapshot.system.isOnlyWatched else { return false }
    return switch self {
    case .services: snapshot.services.isEmpty
    case .map: snapshot.services.isEmpty && snapshot.topics.isEmpty
    case .breakers: snapshot.breakers.isEmpty && snapshot.services.allSatisfy(\.calls.isEmpty)
    case .topics, .records: snapshot.topics.isEmpty
    case .sagas: snapshot.sagas.sagas.isEmpty && snapshot.sagas.definitions.isEmpty
    case .data: snapshot.data.isEmpty && snapshot.views.isEmpty && snapshot.strangler == nil
    case .faults: snapshot.faults.armed.isEmpty && snapshot.scenarios.entries.isEmpty
    case .overview, .transactions, .platform, .log: false
    }
  }
}

extension DataBoard {
  fileprivate var isEmpty: Bool {
    stores.isEmpty && keyValues.isEmpty && captures.isEmpty && joins.isEmpty && views.isEmpty && reconciliation == nil
  }
}
