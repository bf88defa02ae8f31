internal import GRDB
internal import Transactions

/// Two steps of which the second is taken first, or as if nothing could come in between. Nothing shows it until something
/// does: a crash, or somebody else's write.
enum WrongOrder: Sendable, Hashable {
  /// An event is on the bus before its state is committed.
  case publishThenCommit
  /// An event has its number before its state is committed, as a sequence of a database server gives it.
  case numberThenCommit
  /// A relay marks events as published before they are.
  case markThenPublish
  /// A miner's position passes a change of which events are still to be published.
  case passThenPublish
  /// An offset is committed before the effect of its record.
  case commitThenAct
  /// A value is read, and what was made of it is written over whatever is there by then.
  case readThenOverwrite
  /// A view serves before it is rebuilt.
  case serveThenRebuild
}

/// A step that is left out. What it is good for shows where something happens that it is there for.
enum Omission: Sendable, Hashable {
  /// What was given back still counts for recommendations.
  case unlearning
  /// Inventory says that it has given back what it had reserved, and keeps it.
  case undo
  /// Customer reserves credit beyond the limit.
  case creditCheck
  /// Customers do not ask what became of their orders.
  case question
  /// Nobody asks whether a relay still has its lease, neither the database nor the bus.
  case fence
  /// What tells a repetition is forgotten as soon as it was acted on, and not when nothing can come again.
  case window
  /// Nobody runs a batch job.
  case jobs
  /// Who finds no connection free does not wait for one.
  case waiting
}

extension ServiceProcess {
  func leavesOut(_ step: Omission) -> Bool { world.settings.omissions.contains(step) }

  func takes(_ order: WrongOrder) -> Bool { world.settings.wrongOrders.contains(order) }
}

extension Outbox {
  /// The next number, for an event that is written later.
  static func takeNumber(_ database: Database) throws -> Int64 {
    let next = 1 + (try database.number("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event'"))
    try database.run("DELETE FROM sqlite_sequence WHERE name = 'event'")
    try database.run("INSERT INTO sqlite_sequence(name, seq) VALUES ('event', ?)", [next])
    return next
  }

  /// Gives the event after `position`, if there is one, the number that was taken for it.
  static func renumber(after position: Int64, to number: Int64, _ database: Database) throws {
    try database.run("UPDATE event SET id = ? WHERE id = (SELECT min(id) FROM event WHERE id > ?)", [number, position])
  }

  /// Takes the events after `position`, which nobody has seen yet, out again: they leave no row.
  static func takeOut(after position: Int64, _ database: Database) throws -> [Entry] {
    let events = try unpublished(after: position, limit: .max, database)
    if !events.isEmpty { try database.run("DELETE FROM event WHERE id > ?", [position]) }
    return events
  }
}
