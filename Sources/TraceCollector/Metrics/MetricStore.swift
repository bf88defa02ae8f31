internal import Concurrency
public import TraceModel

/// What the metrics of real systems stand at, with a short history of each series, within a budget of bytes.
///
/// Safe from any thread: one lock for each batch and each question. What is full forgets the series that nothing was written
/// to for longest, and counts them.
public final class MetricStore: Sendable {
  private let state: Locked<MetricStoreState>

  /// - Parameters:
  ///   - budget: bytes that series and their histories may take together, at least 16,384; less stops the program.
  ///   - history: how many samples of a series are kept, one a second at most; at least 2.
  public init(budget: Int, history: Int = 120) {
    precondition(budget >= 16_384, "A metric store needs a budget of at least 16,384 bytes.")
    state = Locked(MetricStoreState(budget: budget, history: max(2, history)))
  }

  /// Takes points, of any series. One that is older than what its series stands at is dropped and counted.
  ///
  /// One that lies more than a minute after `receivedAt`, nanoseconds since the Unix epoch, counts as measured then: the
  /// sender's clock is wrong, and everything after such a point would be too old.
  public func add(_ points: [MetricPoint], receivedAt: Int64) {
    for begin in stride(from: 0, to: points.count, by: Self.pointsAtATime) {
      let chunk = points[begin..<min(begin + Self.pointsAtATime, points.count)]
      // What tells series apart is worked out before the lock is taken.
      let keyed = chunk.map { (key: MetricKey($0), point: $0) }
      state.withLock { state in
        for (key, point) in keyed { state.add(point, of: key, receivedAt: receivedAt) }
      }
    }
  }

  private static let pointsAtATime = 1_024

  /// All series, by service, instance, name and attributes.
  public func series() -> [MetricSeries] { series { _ in true } }

  /// Those of one service, by instance, name and attributes.
  public func series(of service: String) -> [MetricSeries] { series { $0.service == service } }

  /// Those of one metric, by service, instance and attributes.
  public func series(named name: String) -> [MetricSeries] { series { $0.name == name } }

  /// Those of one metric of one service, by instance and attributes.
  public func series(named name: String, of service: String) -> [MetricSeries] {
    series { $0.name == name && $0.service == service }
  }

  /// Their names, and of each how many series there are; by name.
  public func names() -> [(name: String, series: Int)] {
    var counts: [String: Int] = [:]
    state.withLock { state in state.forEach { key, _ in counts[key.name, default: 0] += 1 } }
    return counts.sorted { $0.key < $1.key }.map { (name: $0.key, series: $0.value) }
  }

  /// The services that ever reported any, and their instances of which some came since `time` (nanoseconds since the Unix epoch);
  /// none where a service has not.
  public func services(since time: Int64) -> [String: Set<String>] {
    var services: [String: Set<String>] = [:]
    state.withLock { state in
      state.forEach { key, last in
        services[key.service, default: []].formUnion(last >= time ? [key.instance] : [])
      }
    }
    return services
  }

  public var statistics: MetricStoreStatistics { state.withLock { $0.statistics } }

  private func series(where isWanted: (MetricKey) -> Bool) -> [MetricSeries] {
    // Only the records are copied under the lock, which share their histories with the store.
    state.withLock { $0.records(where: isWanted) }.sorted { $0.key < $1.key }.map(\.series)
  }
}

/// What went into a metric store and what became of it, since it was made.
///
/// `received` = `accepted` + `late` + `refused`.
public struct MetricStoreStatistics: Sendable, Equatable, Codable {
  public var received = 0
  public var accepted = 0
  /// Older than what their series stands at.
  public var late = 0
  /// Of those accepted: from so far in the future that they count as measured when they were received.
  public var ahead = 0
  /// So large that the budget has no room for one such series.
  public var refused = 0
  /// Series that were forgotten to make room.
  public var evictedSeries = 0
  /// Held now.
  public var series = 0
  /// Of what is held now: never above `budget`.
  public var bytes = 0
  public var budget = 0

  public init() {}
}
