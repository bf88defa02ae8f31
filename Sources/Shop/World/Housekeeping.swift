internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Keeps a service's database small: forgets what is old, finished, and cannot come again.
final class Housekeeping: @unchecked Sendable {
  private let process: ServiceProcess
  private let database: DatabasePort
  private let relay: (any Relay)?
  private let store: StorePlan
  private let world: World

  private static let interval: Int64 = 5_000_000_000
  private static let keep = Observatory.memory
  private static let keepPublished: Int64 = 30_000_000_000

  init(process: ServiceProcess, database: DatabasePort, relay: (any Relay)?, store: StorePlan) {
    self.store = store
    self.process = process
    self.database = database
    self.relay = relay
    world = process.world
  }

  func run() async {
    while !process.life.isOver {
      try? await world.time.sleep(for: Self.interval)
      guard isInCharge else { continue }
      let now = world.time.now
      let safe = Self.safeTime(in: world)
      let (hasInbox, takesCommands) = (hasTable("inbox"), hasTable("saga_effect"))
      let hasScores = hasTable(ReviewTables.scores)
      let service = process.instance.service.name
      let (stuck, sagas) = (world.transactions.stuckOrders, world.transactions.stuck.map(\.id.hex))
      let (tables, hasOutbox) = (store.tables, store.publishes && store.keeps == .outbox)
      if service == ShopPlan.order { FinalJudgement(world: world).judgeOrders(finishedBefore: safe) }
      let name = database.disk.name
      let note = { @Sendable [world] (scores: [String: ReviewTables.Score]) in
        world.forgottenScores[name, default: [:]].merge(scores, uniquingKeysWith: +)
      }
      _ = try? await database.transaction("prune", isQuiet: true, at: .prune, onCommit: note) { database in
        let forgotten = hasScores ? try ReviewTables.sums(writtenBefore: safe, database) : [:]
        if hasOutbox { try Outbox.prune(publishedBefore: now - Self.keepPublished, database) }
        if hasInbox { try Inbox.prune(receivedBefore: safe, database) }
        if takesCommands { try SagaParticipant.prune(receivedBefore: safe, keeping: sagas, database) }
        try tables.prune(finishedBefore: safe, keeping: stuck, database)
        return forgotten
      }
      if database.disk.documents != nil, tables.forgetsDocuments {
        try? await database.documents("forget") { documents, now, _ in
          try tables.prune(documents, finishedBefore: safe, now: now)
        }
      }
      tidyChangeLog()
      if let label = tables.roundLabel { await everyRound(label) }
    }
  }

  /// What was finished before cannot come again. What is still open may be asked for again, and must then find what it did
  /// before.
  static func safeTime(in world: World) -> Int64 {
    world.settings.omissions.contains(.window) ? world.time.now : world.horizon() - keep
  }

  /// A batch job with a transaction of its own where somebody mines what it changes, where there is something to tell, and
  /// where it fails.
  private func everyRound(_ label: String) async {
    let (tables, round, time) = (store.tables, world.time.elapsed / Self.interval, world.time.now)
    let job = store.captures.isEmpty ? nil : BatchTransaction(label, at: process)
    let tell = { @Sendable [process] (notes: [ServiceNote]) in
      guard !notes.isEmpty else { return }
      // A line of the log belongs to a transaction, also where nobody mines what the job changes.
      let own = job == nil ? BatchTransaction(label, at: process) : nil
      for note in notes { process.log(note.level, (job ?? own)?.context, note.words) }
      own?.succeed()
    }
    do {
      try await TraceContext.$current.withValue(job?.context) { [database] in
        _ = try await database.transaction(label, isQuiet: true, onCommit: tell) { database in
          try tables.everyRound(round, now: time, database)
          return try tables.notes(now: time, database)
        }
      }
      job?.succeed()
    } catch {
      // Of an instance that is gone its tracer says so.
      guard !process.life.isOver else { return }
      let failed = job ?? BatchTransaction(label, at: process)
      process.log(.error, failed.context, "\(label): \(error)")
      failed.fail("\(error)")
    }
  }

  /// What was mined is kept for as long as a record may be read again; what was not, for a day.
  private func tidyChangeLog() {
    guard let log = database.disk.database.changeLog else { return }
    let now = world.time.now
    let unmined = world.oldestUnmined(of: database.disk.name) ?? now
    let unpublished = store.keeps == .logMining ? (try? database.disk.waiting())?.oldest ?? now : now
    let unread =
      database.disk.name == ShopPlan.order ? PaymentReconciliation(world: world).readThrough(ShopPlan.order) : now
    // Who reads it now and then has until the end of what is still open.
    let kept = min(world.horizon() - Self.keep, unmined, unpublished, unread)
    _ = try? log.prune(now: now, retention: min(now - kept, ChangeLog.retention))
  }

  private lazy var tableNames: Set<String> = {
    let names = try? database.disk.database.read {
      try $0.all("SELECT name FROM sqlite_master WHERE type = 'table'", []) { $0.value(0) as String }
    }
    return Set(names ?? [])
  }()

  private func hasTable(_ name: String) -> Bool { tableNames.contains(name) }

  /// One instance of a service does the work: the one that publishes, or the first that is up.
  private var isInCharge: Bool {
    relay?.hasLease ?? (process.instance.service.instances.first(where: \.isUp) === process.instance)
  }
}
