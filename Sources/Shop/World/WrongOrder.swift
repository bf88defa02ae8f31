internal import GRDB
internal import Transactions

/// Two steps of which the second is taken first, or as if nothing could come in between. Nothing shows it until something
/// does: a crash, or somebody else's write.
enum WrongOrder: Sendable, Hashable {
  /// An event is on the bus before its state is committed.
  case publishThenCommit
  /// A relay marks events as published before they are.
  case markThenPublish
  /// An offset is committed before the effect of its record.
  case commitThenAct
  /// A value is read, and what was made of it is written over whatever is there by then.
  case readThenOverwrite
  /// A view serves before it is rebuilt.
  case serveThenRebuild
}

extension ServiceProcess {
  func takes(_ order: WrongOrder) -> Bool { world.settings.wrongOrders.contains(order) }
}

extension Outbox {
  /// Takes the events after `position`, which nobody has seen yet, out again: they leave no row.
  static func takeOut(after position: Int64, _ database: Database) throws -> [Entry] {
    let events = try unpublished(after: position, limit: .max, database)
    if !events.isEmpty { try database.run("DELETE FROM event WHERE id > ?", [position]) }
    return events
  }
}
