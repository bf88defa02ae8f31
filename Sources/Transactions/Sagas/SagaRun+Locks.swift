internal import GRDB
internal import TraceModel

extension SagaRun {
  /// Keeps in mind what a service holds for the saga. When the saga is over already, it is unlocked at once.
  mutating func noteLocks(_ reply: SagaReply, from destination: String?) throws {
    guard let destination else { return }
    for resource in reply.locked {
      let count = try database.number("SELECT count(*) FROM saga_lock WHERE saga = ?", [saga.id])
      try database.run(
        """
        INSERT OR IGNORE INTO saga_lock(saga, number, destination, resource, locked, unlocks)
        VALUES (?, ?, ?, ?, ?, 0)
        """, [saga.id, count + 1, destination, resource, now])
      if database.changesCount > 0 {
        note(.received, reply.step, text: "\(destination) holds \(resource)", hop: context.trace.ltxid)
      }
      if saga.state.isEnded { try unlock(resource, at: destination) }
    }
  }

  /// Tells every service that holds something for the saga that it is over.
  mutating func unlockAll() throws {
    let locks = try database.all(
      "SELECT destination, resource FROM saga_lock WHERE saga = ? AND unlocked IS NULL ORDER BY number", [saga.id]
    ) { ($0.value(0) as String, $0.value(1) as String) }
    for (destination, resource) in locks { try unlock(resource, at: destination) }
  }

  private mutating func unlock(_ resource: String, at destination: String) throws {
    try database.run(
      "UPDATE saga_lock SET unlocked = ?, unlocks = unlocks + 1 WHERE saga = ? AND destination = ? AND resource = ?",
      [now, saga.id, destination, resource])
    let number = try database.number(
      "SELECT unlocks FROM saga_lock WHERE saga = ? AND destination = ? AND resource = ?",
      [saga.id, destination, resource])
    let message = "\(saga.id)/unlock/\(destination)/\(resource)/\(number)"
    let command = SagaCommand(
      "UNLOCK", kind: .unlock, saga: saga.id, sagaType: saga.type, request: message, replyTopic: settings.replyTopic,
      key: saga.key, resource: resource)
    try write(command, to: destination, message: message)
  }
}
