internal import Concurrency
internal import OrderedCollections

/// Watches the commits of all groups and gives verdicts on them. Feed it at an even pace, say once a second.
public final class LagMonitor: Sendable {
  /// - `allowedLag`: a lag up to this counts as none.
  /// - `samples`: commits, log ends and points of the trend that are kept for each partition, 2 or more.
  /// - `history`: samples of the total lag that are kept for each group and topic, 2 or more.
  /// - `minimumComplete`: a partition whose ring is filled to less than this share (0 to 1) is OK.
  /// - `warmUp`: a partition is OK until it was looked at so many times since the group's first commit in it, at most
  ///   `samples`. One commit does not tell when the next one is due.
  public struct Settings: Sendable, Hashable, Codable {
    public var allowedLag: Int64
    public var samples: Int
    public var history: Int
    public var minimumComplete: Double
    public var warmUp: Int

    public init(
      allowedLag: Int64 = 0, samples: Int = 10, history: Int = 120, minimumComplete: Double = 0, warmUp: Int = 0
    ) {
      self.allowedLag = allowedLag
      self.samples = max(2, samples)
      self.history = max(2, history)
      self.minimumComplete = minimumComplete
      self.warmUp = min(warmUp, self.samples)
    }
  }

  private let broker: Broker
  private let settings: Settings
  private let tracks = Locked(OrderedDictionary<String, GroupLagTrack>())

  public init(broker: Broker, settings: Settings = Settings()) {
    self.broker = broker
    self.settings = settings
  }

  /// Looks at every group once.
  /// - Parameter isGone: whether a client, by its name, is known to be no more: what it has yet to read nobody reads, though
  ///   the group learns of it only when its session ends.
  public func sample(now: Int64, isGone: (String) -> Bool = { _ in false }) {
    let lags = broker.groups.names.compactMap { name in
      (try? broker.groups.lag(of: name)).map { (name, $0) }
    }
    tracks.withLock { tracks in
      var next = OrderedDictionary<String, GroupLagTrack>()
      for (group, partitions) in lags {
        var track = tracks[group] ?? GroupLagTrack(group: group, now: now)
        track.add(partitions, settings: settings, now: now, isGone: isGone)
        next[group] = track
      }
      // Groups that are gone are forgotten.
      tracks = next
    }
  }

  /// Says that a group's offsets were moved: what that made unread, or read, is no growth and no draining. The trends of
  /// the group begin anew; its verdicts do not.
  public func offsetsMoved(group: String, now: Int64) {
    tracks.withLock { $0[group]?.restartTrend(at: now) }
  }

  /// As of the last sample, in the order in which the groups were created.
  public var reports: [GroupLagReport] { tracks.withLock { $0.values.map(\.report) } }

  /// Nil for a group that the last sample did not find.
  public func report(group: String) -> GroupLagReport? {
    tracks.withLock { $0[group]?.report }
  }

  /// The total lag of a group in one topic or, for nil, in all: one point for each sample that found a commit, oldest
  /// first.
  public func history(group: String, topic: String? = nil) -> [LagPoint] {
    tracks.withLock { tracks in
      guard let track = tracks[group] else { return [] }
      guard let topic else { return track.history }
      return track.topics[topic] ?? []
    }
  }
}
