internal import EventBus
internal import GRDB
internal import Simulation
internal import Transactions

/// Something that is often built wrong, switched on to see which promise breaks.
public enum Mistake: String, Sendable, Codable, CaseIterable {
  /// Order and inventory publish an event after the commit of its state, in place of a row in the same transaction.
  case dualWrite = "dual-write"
  /// Neither inbox nor idempotency key: every delivery has its effect.
  case noIdempotency = "no-idempotency"
  /// Remote calls without circuit breaker, bulkhead and time limiter.
  case noBreaker = "no-breaker"
  /// The join saga's window drops what has no counterpart.
  case innerJoin = "inner-join"
  /// A view takes each change as it comes, whether it knows a newer one or not.
  case viewWithoutVersions = "view-without-versions"
}

extension ShopSettings {
  /// How the answers of the join saga are joined.
  var joinKind: JoinSettings.Kind { mistakes.contains(.innerJoin) ? .inner : .outer }
}

extension World {
  func makes(_ mistake: Mistake) -> Bool { settings.mistakes.contains(mistake) }
}

extension ServiceProcess {
  /// Writes an event within the transaction of its state. Every service does it here.
  func write(_ event: Outbox.Entry, _ database: Database) throws {
    var event = event
    // Without an id that is the same each time nobody can tell a repetition.
    if world.makes(.noIdempotency) { event.message += "/\(event.span)" }
    if world.makes(.dualWrite) {
      self.database?.events.append(event)
    } else {
      try Outbox.write(event, database)
    }
  }

  /// Notes a record within the transaction of its effect; false when it has had it before.
  func accept(_ delivery: Delivery, _ database: Database) throws -> Bool {
    try world.makes(.noIdempotency)
      || Inbox.accept(delivery.message, by: instance.service.name, at: world.time.now, database)
  }
}
