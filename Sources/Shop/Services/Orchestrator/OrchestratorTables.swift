internal import GRDB
internal import Transactions

/// The orchestrator's database: each saga's state.
enum OrchestratorTables: ServiceTables {
  static let schema = Outbox.schema + Inbox.schema + SagaStore.schema

  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try SagaStore.prune(endedBefore: time, database)
  }
}
