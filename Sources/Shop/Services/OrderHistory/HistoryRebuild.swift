internal import EventBus
internal import GRDB
internal import Operations
internal import OrderedCollections
internal import Simulation
internal import TraceModel
internal import Transactions

/// Builds the order history anew beside the one that serves, and puts it in its place when both hold the same.
///
/// Order's rows are read in chunks by their numbers, each row with the position of the log at that moment, while every
/// change goes to both views; positions decide which of the two is newer (Andreakis and Papapanagiotou, "DBLog: A
/// Watermark Based Change-Data-Capture Framework", where watermarks do what positions do here). Once the view that
/// serves has all that happened until the last chunk was read, the two must be equal; if they are not, that is told.
struct HistoryRebuild: Sendable {
  static let view = ShopPlan.history
  static let name = "rebuild \(view)"
  private static let chunk = 128

  private let world: Unowned<World>

  init(world: World) {
    self.world = Unowned(world)
  }

  /// Every ten minutes, so that a view that went wrong unnoticed does not stay so; or when somebody asks for it. A run
  /// that a crash has ended goes on where it was.
  var job: BatchJob { BatchJob(Self.name, schedule: .every(600_000_000_000), attempts: 40) { try step($0) } }

  /// Where a run is.
  private struct Place {
    /// The view that is being built.
    var view: Int64
    /// The last order that was read.
    var order: Int64 = 0
    var done: Int64 = 0
    var total: Int64
    /// The newest position of the log when the last chunk was read; nil before.
    var position: Int64?
    /// The ends of the topic's partitions once all up to there was mined; empty before.
    var ends: [Int64] = []

    init(view: Int64, total: Int64) {
      self.view = view
      self.total = total
    }

    init?(_ state: [UInt8]) {
      guard let fields = Payload(json: state), let view = fields.number("view") else { return nil }
      self.view = view
      order = fields.order ?? 0
      done = fields.number("done") ?? 0
      total = fields.number("total") ?? 0
      position = fields.position
      ends = (fields.entries ?? []).compactMap(\.position)
    }

    var state: [UInt8] {
      var fields = Payload(order: order)
      fields["view"] = .number(view)
      fields["done"] = .number(done)
      fields["total"] = .number(total)
      fields.position = position
      fields.entries = ends.map { end in
        var entry = Payload()
        entry.position = end
        return entry
      }
      return fields.json
    }

    var step: BatchJob.Step { .more(state: state, done: done, total: max(done, total)) }
  }

  private func step(_ context: BatchJob.Context) throws -> BatchJob.Step {
    guard let place = Place(context.state) else { return try begin().step }
    guard place.position != nil else { return try read(on: place).step }
    guard !place.ends.isEmpty else { return try waitForMiner(place).step }
    return isApplied(place) ? try cutOver(place) : place.step
  }

  private var log: ChangeLog {
    guard let log = world.value.disk(of: ShopPlan.order)?.database.changeLog else {
      preconditionFailure("order captures its rows")
    }
    return log
  }

  private var store: ServiceDatabase {
    guard let disk = world.value.disk(of: ShopPlan.historyUpdater) else {
      preconditionFailure("the order history keeps a database")
    }
    return disk.database
  }

  private func begin() throws -> Place {
    try admit()
    let total = try log.count(of: "orders")
    let isEarly = world.value.settings.wrongOrders.contains(.serveThenRebuild)
    let view = try store.write { database in
      let shadow = try HistoryTables.beginShadow(database)
      if isEarly { try HistoryTables.cutOver(to: shadow, database) }
      return shadow
    }
    return Place(view: view, total: total)
  }

  private func admit() throws {
    let moment = FaultSwitchboard.Moment(service: ShopPlan.order, instance: 0)
    guard world.value.faults.isDatabaseDown(moment) else { return }
    throw DatabaseUnavailable(description: "database \(ShopPlan.order) refuses the connection")
  }

  private func read(on place: Place) throws -> Place {
    try admit()
    var place = place
    let chunk = try log.chunk(of: "orders", after: place.order, limit: Self.chunk)
    let documents = chunk.rows.compactMap { row in
      row.after.flatMap { OrderChange.document($0, position: chunk.position) }
    }
    let (view, isBlind) = (place.view, world.value.makes(.viewWithoutVersions, at: ShopPlan.historyUpdater))
    try store.write { database in
      for document in documents { try HistoryTables.put(document, into: view, isBlind: isBlind, database) }
    }
    place.order = documents.last?.order ?? place.order
    place.done += Int64(documents.count)
    if chunk.rows.count < Self.chunk { place.position = chunk.position }
    return place
  }

  /// What was committed before the last chunk must be on the topic before its end can be told.
  private func waitForMiner(_ place: Place) throws -> Place {
    var place = place
    let mined = try store.read { try MinerPositions.load(ShopPlan.historyUpdater, $0) }.change
    guard mined >= place.position ?? 0 else { return place }
    let topic = try world.value.broker.topic(TopicName.orderChanges)
    place.ends = try (0..<ShopPlan.partitions).map { try topic.bounds(partition: $0).upperBound }
    return place
  }

  /// Whether the view that serves has all that the last chunk has: lag 0, as of then.
  private func isApplied(_ place: Place) -> Bool {
    place.ends.enumerated().allSatisfy { partition, end in
      let name = TopicPartition(topic: TopicName.orderChanges, partition: partition)
      return (world.value.broker.groups.committed(group: ShopPlan.historyUpdater, name)?.offset ?? 0) >= end
    }
  }

  private func cutOver(_ place: Place) throws -> BatchJob.Step {
    let forgotten = world.value.horizon() - Observatory.memory
    return try store.write { database in
      let (live, shadow) = (try HistoryTables.live(database), place.view)
      // What one of the two has yet to forget is no difference.
      try HistoryTables.prune(finishedBefore: forgotten, keeping: [], database)
      let count = try HistoryTables.count(of: shadow, database)
      let isEqual = try HistoryTables.checksum(of: live, database) == HistoryTables.checksum(of: shadow, database)
      let orders = isEqual ? [] : try HistoryTables.differences(live, shadow, database)
      // Where they differ the rebuilt one is right: it was made of the rows themselves.
      try HistoryTables.cutOver(to: shadow, database)
      let verdict = isEqual ? "checksums equal" : "checksums differed: orders \(orders)"
      return .finished(result: "view \(shadow) serves: \(count) documents, \(verdict)", done: place.done)
    }
  }
}
