internal import Concurrency
public import GRDB

/// Keeps one view in step with a source of events, serves it, and rebuilds it beside the one that serves.
///
/// The position stands in the same database as the view, and is written in the same transaction: an event is in the
/// view exactly if its position is passed, whatever crashes. The source may be the same database's event store, another
/// database's, or a topic. It has no task: whoever owns it calls ``step(max:now:)`` and ``stepRebuild(max:now:)``. What
/// it knows beside the database is only counts for a screen; several of them on one database do no harm.
public final class Projector: Sendable {
  struct State: Sendable {
    var reads = ViewReadCounts()
    var live = EventRate()
    var shadow = EventRate()
    /// Which partition is read first next time, so that none starves.
    var first = 0
    var lastReport: RebuildReport?
    var lastCutOver: Int64?
  }

  public let projection: Projection
  /// The declaration before this one, which goes on while the new one is built.
  public let previous: Projection?
  public let source: any EventSource
  public let database: ServiceDatabase
  let state = Locked(State())

  /// - Parameters:
  ///   - previous: of the same name; without it a live view of an older version stands still until it is replaced.
  ///   - database: with the tables of ``Projections/schema``; it holds the view.
  public init(
    _ projection: Projection, previous: Projection? = nil, source: any EventSource, database: ServiceDatabase
  ) {
    precondition(previous.map { $0.name == projection.name } ?? true, "another view is no earlier version of this one")
    self.projection = projection
    self.previous = previous
    self.source = source
    self.database = database
  }

  /// Makes the view where there is none yet, and begins its rebuild where the live one is of another version. Call it
  /// at every start.
  public func install(now: Int64) throws {
    try database.write { database in
      let live = try Projections.build(.live, of: projection.name, database)
      let shadow = try Projections.build(.shadow, of: projection.name, database)
      if let shadow, shadow.view.version != projection.version {
        try Projections.end(.shadow, shadow.view, database)
      }
      guard let live else {
        _ = try Projections.begin(.live, projection, now: now, database)
        return
      }
      guard live.view.version != projection.version, shadow?.view.version != projection.version else { return }
      _ = try Projections.begin(.shadow, projection, now: now, database)
    }
  }

  // MARK: Following the source

  /// Brings the live view forward.
  /// - Parameter max: the most positions, over all partitions; 1 or more.
  /// - Returns: how many events were applied; 0 when it is at the end, or when the live view is of a version that
  ///   nobody declares any more.
  /// - Throws: what the source and the handler throw. The view and its position are as they were before that partition.
  @discardableResult
  public func step(max: Int, now: Int64) throws -> Int {
    let applied = try follow(.live, max: max)
    state.withLock { $0.live.note(events: applied, now: now) }
    return applied
  }

  /// The declaration of a build; nil when it is of neither version.
  func declaration(of view: ProjectionView) -> Projection? {
    if view.version == projection.version { return projection }
    return previous.flatMap { $0.version == view.version ? $0 : nil }
  }

  func follow(_ role: Projections.Role, max: Int) throws -> Int {
    let (known, positions) = try standing(role)
    guard let known, let declared = declaration(of: known) else { return 0 }
    let count = source.partitionCount
    let first = state.withLock { state in
      state.first = (state.first + 1) % count
      return state.first
    }
    var left = max
    var applied = 0
    for step in 0..<count where left > 0 {
      let partition = (first + step) % count
      // Before the transaction: the source may be this very database.
      let batch = try source.read(partition: partition, after: positions[partition], limit: left)
      guard batch.through > positions[partition] else { continue }
      left -= Int(batch.through - positions[partition])
      applied += try apply(batch, partition: partition, declared, known, role)
    }
    return applied
  }

  /// Nothing is applied when the build has been replaced meanwhile.
  func apply(
    _ batch: SourceBatch, partition: Int, _ declared: Projection, _ view: ProjectionView, _ role: Projections.Role
  ) throws -> Int {
    try database.write { database in
      guard try Projections.build(role, of: projection.name, database)?.view == view else { return 0 }
      return try Projections.apply(batch, partition: partition, declared, to: view, database)
    }
  }

  /// A build, and where it stands.
  func standing(_ role: Projections.Role) throws -> (view: ProjectionView?, positions: [Int64]) {
    try database.read { database in
      guard let view = try Projections.build(role, of: projection.name, database)?.view else { return (nil, []) }
      return (view, try Projections.positions(of: view, partitions: source.partitionCount, database))
    }
  }

  // MARK: Reading

  /// Reads the live view, and tells how far it is behind.
  /// - Parameters:
  ///   - written: where the reader's own last write lies, as its append told it; nil for a reader that wrote nothing.
  ///   - ifStale: what to do when that write is not in the view.
  ///   - body: only reads; it must not ask the source.
  /// - Throws: what `body` throws; `ProjectionError.notInstalled`.
  public func read<Value>(
    seeing written: EventPosition? = nil, ifStale: StaleRead = .serve, now: Int64,
    _ body: (ProjectionView, Database) throws -> Value
  ) throws -> ViewRead<Value> {
    var isStale = false
    // The value and the positions are those of one moment.
    let (value, positions): (Value?, [Int64]) = try database.read { database in
      guard let view = try Projections.build(.live, of: projection.name, database)?.view else {
        throw ProjectionError.notInstalled(projection.name)
      }
      let positions = try Projections.positions(of: view, partitions: source.partitionCount, database)
      let found = Freshness(positions: positions, behind: nil, nanoseconds: nil)
      isStale = written.map { !found.has($0) } ?? false
      return (isStale && ifStale != .serve ? nil : try body(view, database), positions)
    }
    count(isStale: isStale, served: value != nil, ifStale)
    let freshness = Freshness(positions, in: source, now: now)
    guard let value else { return ifStale == .wait ? .wait(freshness) : .refused(freshness) }
    return .value(value, freshness, isStale: isStale)
  }

  private func count(isStale: Bool, served: Bool, _ rule: StaleRead) {
    state.withLock { state in
      state.reads.reads += 1
      if isStale { state.reads.stale += 1 }
      guard !served else { return }
      if rule == .wait { state.reads.waits += 1 } else { state.reads.refused += 1 }
    }
  }
}

/// What a projector refuses.
public enum ProjectionError: Error, Sendable, Hashable, CustomStringConvertible {
  case notInstalled(String)
  case noRebuild(String)

  public var description: String {
    switch self {
    case .notInstalled(let name): "view \"\(name)\" does not exist in its database: call install first"
    case .noRebuild(let name): "view \"\(name)\" is not being rebuilt: call startRebuild first"
    }
  }
}
