internal import Concurrency
internal import GRDB

extension Projector {
  /// Begins to build the view anew from the first event, beside the one that serves.
  /// - Returns: false when that is going on already: it is gone on with, from where it stands.
  @discardableResult
  public func startRebuild(now: Int64) throws -> Bool {
    try database.write { database in
      guard try Projections.build(.shadow, of: projection.name, database) == nil else { return false }
      _ = try Projections.begin(.shadow, projection, now: now, database)
      return true
    }
  }

  /// Brings the view that is being built forward. Its rows and its position are written in one transaction, so that
  /// after a crash it goes on from there.
  /// - Parameter max: the most positions, over all partitions; 1 or more.
  /// - Throws: `ProjectionError.noRebuild`; what the source and the handler throw.
  @discardableResult
  public func stepRebuild(max: Int, now: Int64) throws -> RebuildProgress {
    let applied = try follow(.shadow, max: max)
    state.withLock { $0.shadow.note(events: applied, now: now) }
    guard let progress = try rebuildProgress(now: now) else { throw ProjectionError.noRebuild(projection.name) }
    return progress
  }

  /// Gives the rebuild up; the live view is not touched.
  public func abandonRebuild() throws {
    try database.write { database in
      guard let shadow = try Projections.build(.shadow, of: projection.name, database) else { return }
      try Projections.end(.shadow, shadow.view, database)
    }
  }

  /// How far the rebuild is; nil when there is none.
  public func rebuildProgress(now: Int64) throws -> RebuildProgress? {
    let standing = try standing(.shadow)
    guard let view = standing.view else { return nil }
    let ends = try (0..<source.partitionCount).map { try source.end(partition: $0) }
    let rate = state.withLock { $0.shadow.perSecond(now: now) }
    return RebuildProgress(
      view: view, done: standing.positions.reduce(0, +), end: ends.reduce(0, +), eventsPerSecond: rate)
  }

  // MARK: Cutting over

  /// When the new view may take the place of the old one.
  public enum CutOverRule: Sendable, Hashable {
    /// Both are at the end of the source, and tables that are declared alike hold the same.
    case equal
    /// The new one is at the end and not behind the old one, which may differ, or be stuck: a view with an error is
    /// repaired so.
    case evenIfDifferent
  }

  public enum CutOver: Sendable, Hashable {
    /// The rebuilt view serves, the old one is gone.
    case done(RebuildReport)
    /// So many positions are missing in the rebuilt view, or in the old one with which it is compared. Step on.
    case notYet(shadowBehind: Int64, liveBehind: Int64)
    /// Both views are there still: look at the differences, then cut over `evenIfDifferent`, or abandon the rebuild.
    case different(RebuildReport)
  }

  /// Puts the rebuilt view in the place of the live one, in one transaction, if its lag is 0. Readers never go back.
  ///
  /// All rows are compared within that transaction, which takes time in proportion to them.
  /// - Throws: `ProjectionError.noRebuild`, `notInstalled`; what the source throws.
  public func cutOver(_ rule: CutOverRule = .equal, now: Int64) throws -> CutOver {
    let ends = try (0..<source.partitionCount).map { try source.end(partition: $0) }
    let outcome: CutOver = try database.write { database in
      guard let live = try Projections.build(.live, of: projection.name, database) else {
        throw ProjectionError.notInstalled(projection.name)
      }
      guard let shadow = try Projections.build(.shadow, of: projection.name, database) else {
        throw ProjectionError.noRebuild(projection.name)
      }
      let old = try Projections.positions(of: live.view, partitions: ends.count, database)
      let new = try Projections.positions(of: shadow.view, partitions: ends.count, database)
      // What the live view has was there when it was applied, even if `ends` were read before that.
      let wanted = zip(ends, old).map { max($0, $1) }
      let canFollow = declaration(of: live.view) != nil
      let shadowBehind = Self.lack(new, wanted)
      let liveBehind = rule == .equal && canFollow ? Self.lack(old, wanted) : 0
      guard shadowBehind == 0, liveBehind == 0 else {
        return .notYet(shadowBehind: shadowBehind, liveBehind: liveBehind)
      }
      let report = try ProjectionComparison(live: live.view, shadow: shadow.view).report(
        declaration(of: live.view), projection, isSamePosition: old == new, database)
      if rule == .equal, report.isSamePosition, !report.isEqual { return .different(report) }
      try Projections.end(.live, live.view, database)
      try database.run(
        "UPDATE projection_build SET role = 'live' WHERE name = ? AND role = 'shadow'", [projection.name])
      return .done(report)
    }
    state.withLock { state in
      switch outcome {
      case .done(let report):
        state.lastReport = report
        state.lastCutOver = now
        state.shadow = EventRate()
      case .different(let report): state.lastReport = report
      case .notYet: break
      }
    }
    return outcome
  }

  private static func lack(_ positions: [Int64], _ wanted: [Int64]) -> Int64 {
    zip(positions, wanted).reduce(0) { $0 + max(0, $1.1 - $1.0) }
  }

  /// Compares the live view with the one that is being built, as they are now; nil when there is no rebuild.
  public func compare() throws -> RebuildReport? {
    try database.read { database in
      guard let live = try Projections.build(.live, of: projection.name, database)?.view,
        let shadow = try Projections.build(.shadow, of: projection.name, database)?.view
      else { return nil }
      let old = try Projections.positions(of: live, partitions: source.partitionCount, database)
      let new = try Projections.positions(of: shadow, partitions: source.partitionCount, database)
      return try ProjectionComparison(live: live, shadow: shadow).report(
        declaration(of: live), projection, isSamePosition: old == new, database)
    }
  }
}

/// How far a rebuild is. Positions are summed over all partitions.
public struct RebuildProgress: Sendable, Hashable {
  public var view: ProjectionView
  public var done: Int64
  public var end: Int64
  /// Nil while it is not known.
  public var eventsPerSecond: Double?

  public var behind: Int64 { max(0, end - done) }
  /// 0 … 1.
  public var fraction: Double { end > 0 ? min(1, Double(done) / Double(end)) : 1 }
}
