internal import Concurrency
internal import GRDB

/// A view as a screen shows it.
public struct ProjectionStatus: Sendable, Hashable {
  public var name: String
  /// That of the live view.
  public var version: Int
  public var generation: Int64
  public var freshness: Freshness
  /// Since this build began.
  public var events: Int64
  /// Positions of the source that held no event.
  public var skipped: Int64
  /// Positions that the source had forgotten before the view read them: it is not what the events say then.
  public var lost: Int64
  /// Over the last ten seconds; nil while it is not known.
  public var eventsPerSecond: Double?
  public var reads: ViewReadCounts
  public var rebuild: RebuildProgress?
  /// What was found when views were last compared before a cut-over.
  public var lastReport: RebuildReport?
  public var lastCutOver: Int64?
}

extension Projector {
  /// - Throws: `ProjectionError.notInstalled`; `DatabaseError`. A source that does not answer leaves its figures nil.
  public func status(now: Int64) throws -> ProjectionStatus {
    let found = try database.read { database in
      guard let build = try Projections.build(.live, of: projection.name, database) else {
        throw ProjectionError.notInstalled(projection.name)
      }
      return (build, try Projections.positions(of: build.view, partitions: source.partitionCount, database))
    }
    let (build, positions) = found
    let rebuild = try? rebuildProgress(now: now)
    let freshness = Freshness(positions, in: source, now: now)
    return state.withLock { state in
      ProjectionStatus(
        name: projection.name, version: build.view.version, generation: build.view.generation,
        freshness: freshness, events: build.events, skipped: build.skipped,
        lost: build.lost, eventsPerSecond: state.live.perSecond(now: now), reads: state.reads, rebuild: rebuild,
        lastReport: state.lastReport, lastCutOver: state.lastCutOver)
    }
  }
}
