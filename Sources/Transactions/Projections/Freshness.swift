/// How far a view is behind its source.
public struct Freshness: Sendable, Hashable, Codable {
  /// Up to where each partition is in the view.
  public var positions: [Int64]
  /// How many positions the view lacks, over all partitions; nil when the source does not answer.
  public var behind: Int64?
  /// How long ago the oldest event that the view lacks was recorded, in nanoseconds; 0 when it lacks none, nil when the
  /// source does not answer.
  public var nanoseconds: Int64?

  public init(positions: [Int64], behind: Int64?, nanoseconds: Int64?) {
    self.positions = positions
    self.behind = behind
    self.nanoseconds = nanoseconds
  }

  /// So many positions are looked through for the oldest event that is missing, should they hold none.
  private static let look = 16

  /// Compares positions with the source, which must not be asked from within a transaction of its own database.
  init(_ positions: [Int64], in source: any EventSource, now: Int64) {
    self.positions = positions
    guard let lack = try? Self.lack(positions, in: source) else { return }
    behind = lack.count
    nanoseconds = lack.oldest.map { max(0, now - $0) } ?? 0
  }

  private static func lack(_ positions: [Int64], in source: any EventSource) throws -> (count: Int64, oldest: Int64?) {
    var count: Int64 = 0
    var oldest: Int64?
    for (partition, position) in positions.enumerated() {
      let missing = try source.end(partition: partition) - position
      guard missing > 0 else { continue }
      count += missing
      let first = try source.read(partition: partition, after: position, limit: look).events.first
      if let first { oldest = min(oldest ?? first.recorded, first.recorded) }
    }
    return (count, oldest)
  }

  /// Whether the view has what was written at `position`.
  public func has(_ position: EventPosition) -> Bool {
    positions.indices.contains(position.partition) && positions[position.partition] >= position.number
  }
}

/// What becomes of a read that is older than the reader's own write.
public enum StaleRead: Sendable, Hashable {
  /// It is served, and says so.
  case serve
  /// It is not served: ask the write side instead.
  case refuse
  /// It is not served: let the view go on, and read again.
  case wait
}

/// What a read of a view gave.
public enum ViewRead<Value> {
  /// - isStale: the reader's own write is not in it.
  case value(Value, Freshness, isStale: Bool)
  case refused(Freshness)
  case wait(Freshness)

  public var value: Value? {
    if case .value(let value, _, _) = self { value } else { nil }
  }

  public var freshness: Freshness {
    switch self {
    case .value(_, let freshness, _), .refused(let freshness), .wait(let freshness): freshness
    }
  }
}

extension ViewRead: Sendable where Value: Sendable {}

/// How many reads there were, and how many of them were older than the reader's own write.
public struct ViewReadCounts: Sendable, Hashable, Codable {
  public var reads = 0
  /// Of these: all that lacked the reader's own write, whatever became of them.
  public var stale = 0
  public var refused = 0
  public var waits = 0

  public init() {}
}
