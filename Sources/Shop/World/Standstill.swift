internal import Operations
internal import TraceModel

extension ServiceProcess {
  /// Why an order stands still until somebody acts: one of its records is in the dead letters, or its orchestrator can go
  /// neither forward nor back. Nil where it goes on. Its services' own rows do not know: none of them was told.
  ///
  /// It is the bus that has the dead letters: while that is out of reach nobody can say, and that is nil, too.
  func standstill(of id: GTXID) -> String? {
    guard (try? bus.reach()) != nil else { return nil }
    return world.transactions.standstill(of: id)
  }
}

extension Payload {
  /// What is known of an order, where that stands still.
  func standing(still why: String) -> Payload {
    var answer = self
    (answer.state, answer.reason) = (TransactionState.stuck.rawValue, why)
    return answer
  }
}
