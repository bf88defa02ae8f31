internal import EventBus
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// A materialised view of what others keep: the rows that it is made of, the topics over which their changes come, and what
/// those mean to it.
struct ViewPlan: Sendable {
  /// A service whose rows are in the view. What is said of a row is the same when it is read and when it has changed.
  struct Source: Sendable {
    var service: String
    var topic: String
    /// Captured tables, each with a key of one column.
    var tables: [String]
    /// - Parameter position: that of the change after which the row is so.
    var payload: @Sendable (RowImage, _ position: Int64) -> Payload?
  }

  var view: DocumentView
  /// The service that has the store, and whose consumer group brings the view forward.
  var keeper: String
  var sources: [Source]
  /// What is said on a topic, as a change of a document; nil for what is none of the view's business.
  var change: @Sendable (_ topic: String, Payload) -> ViewChange?
  /// Takes out of a build what was finished before a time.
  var forget: @Sendable (DocumentView.Build, _ time: Int64, DocumentStore, _ now: Int64) throws -> Void = {
    _, _, _, _ in
  }

  var name: String { view.name }
}

extension ShopPlan {
  /// The views that are kept over the bus, and can be rebuilt.
  static let views = [HistoryView.plan, SearchView.plan]
}

extension ServiceProcess {
  /// Brings a view up to date with a record. The view is written first, and then the offset is committed that says how far
  /// it has come: a change that comes again after a crash in between is no news to its document.
  func follow(
    _ delivery: Delivery, _ label: String, _ plan: ViewPlan, in database: DatabasePort, at place: CommitPlace
  ) async throws {
    guard let change = plan.change(delivery.topic, delivery.payload) else { return world.suppressedDuplicate(delivery) }
    let isBlind = makes(.viewWithoutVersions)
    let tell = { @Sendable [world] (isNews: Bool) in
      guard isNews else { return world.suppressedDuplicate(delivery) }
      world.effect(delivery)
      delivery.span.succeed()
    }
    _ = try await database.documents(label, at: place, onCommit: tell) { store, now, origin in
      try plan.view.put(change, isBlind: isBlind, store, now: now, for: origin)
    }
  }

  /// Runs the service's batch jobs, the rebuild of its view among them.
  func rebuilding(_ plan: ViewPlan, in database: DatabasePort) {
    let jobs = BatchWorker(
      process: self, database: database, jobs: ShopJobs.jobs(of: instance.service.name, world)
    ) { [instance, world] job in
      if job == ViewRebuild.name(of: plan.name) { try world.crashPoints.pass(.rebuilding, instance) }
    }
    life.spawn { await jobs.run() }
  }
}

extension ServiceProcess {
  /// How far a view is behind, as far as it can be told from here: the bus has what is not read, and each database what
  /// is not mined. Nil while one of them may not answer.
  ///
  /// To say so is no work of the service: a fault hurts nobody by it, and who needs neither the bus nor the databases
  /// for anything else does not become unwell with them.
  func freshness(of plan: ViewPlan) -> Freshness? {
    guard !world.faults.mayKeepFromBus(instance.moment()) else { return nil }
    let isUnknown = plan.sources.contains { world.faults.mayKeepFromDatabase(instance.moment(database: $0.service)) }
    return isUnknown ? nil : world.freshness(of: plan)
  }
}

extension World {
  func documents(of service: String) -> DocumentStore {
    guard let documents = disk(of: service)?.documents else { preconditionFailure("\(service) keeps no documents") }
    return documents
  }

  /// How far a view is behind what it is made of, all sources together; nil while it is not known. The positions of its
  /// topics stand in the order of its sources.
  func freshness(of plan: ViewPlan) -> Freshness? {
    var sum = Freshness(positions: [], behind: 0, nanoseconds: 0)
    let places = (try? broker.groups.lag(of: plan.keeper)) ?? []
    for source in plan.sources {
      let own = places.filter { $0.partition.topic == source.topic }
      guard let one = freshness(of: plan.keeper, behind: source.service, on: source.topic, own) else { return nil }
      sum.positions += one.positions
      sum.behind = (sum.behind ?? 0) + (one.behind ?? 0)
      sum.nanoseconds = max(sum.nanoseconds ?? 0, one.nanoseconds ?? 0)
    }
    return sum
  }

  /// Changes that are not mined yet, and mined ones that are not in the view.
  /// - Parameter places: the partitions of the topic, with how far the group is.
  private func freshness(
    of group: String, behind source: String, on topic: String, _ places: [PartitionLag]
  ) -> Freshness? {
    guard let mining = minerLag(of: source) else { return nil }
    let lags = places.compactMap(\.lag)
    guard !lags.isEmpty else { return nil }
    // Most of the time everything is read, and there is no record to look for.
    let isThrough = places.allSatisfy { $0.lag == 0 }
    let unread = isThrough ? nil : oldestUnreadRecord(topic: topic, group: group)
    let oldest = [mining.oldest, unread].compactMap(\.self).min()
    var positions = [Int64](repeating: 0, count: ShopPlan.partitions)
    for place in places {
      if let offset = place.committed?.offset { positions[place.partition.partition] = offset }
    }
    return Freshness(
      positions: positions, behind: mining.changes + lags.reduce(0, +),
      nanoseconds: oldest.map { max(0, time.now - $0) } ?? 0)
  }
}

extension Payload {
  /// What an answer from a view says of its age; nothing where that is not known.
  mutating func add(_ freshness: Freshness?) {
    positions = freshness?.positions
    behind = freshness?.behind
    age = freshness?.nanoseconds
  }
}
