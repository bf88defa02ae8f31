/// What was found in the log so far.
public struct LogAnswer: Sendable, Equatable {
  /// The newest that the filter lets through, oldest first.
  public var lines: [LogLine]
  public var progress: LogProgress

  public init(_ lines: [LogLine] = [], progress: LogProgress = LogProgress()) {
    (self.lines, self.progress) = (lines, progress)
  }

  /// What was found in two logs, as if it were one: the newest `limit` lines of both by their times, oldest first.
  public func joined(with other: LogAnswer, limit: Int) -> LogAnswer {
    var joined = self
    joined.progress.searched += other.progress.searched
    joined.progress.kept += other.progress.kept
    joined.progress.isComplete = progress.isComplete && other.progress.isComplete
    guard !lines.isEmpty, !other.lines.isEmpty else {
      joined.lines = (lines.isEmpty ? other.lines : lines).suffix(limit)
      return joined
    }
    // Each keeps its order: a line may have been written later than its time says.
    var (left, right) = (lines[...], other.lines[...])
    joined.lines = []
    joined.lines.reserveCapacity(min(limit, lines.count + other.lines.count))
    while joined.lines.count < limit {
      guard let mine = left.last?.time else {
        joined.lines += right.suffix(limit - joined.lines.count).reversed()
        break
      }
      let isMine = right.last.map { mine >= $0.time } ?? true
      joined.lines.append(isMine ? left.removeLast() : right.removeLast())
    }
    joined.lines.reverse()
    return joined
  }

  /// The same lines as one log that was written in the order of their times; lines of one time keep theirs.
  public var inTheOrderOfTime: LogAnswer {
    var ordered = self
    ordered.lines = lines.inTheOrderOfTime
    return ordered
  }
}

extension [LogLine] {
  /// By their times: what several processes report comes in packets, each with lines that are older than the last one of the
  /// packet before. Lines of one time keep their order.
  public var inTheOrderOfTime: [LogLine] {
    if zip(self, dropFirst()).allSatisfy({ $0.time <= $1.time }) { return self }
    // The standard library's sort does not promise to keep the order of what is equal.
    return indices.sorted { (self[$0].time, $0) < (self[$1].time, $1) }.map { self[$0] }
  }
}

/// How far the log has been looked through.
public struct LogProgress: Sendable, Equatable {
  /// Lines that were looked at, and those that there are; 0 where nobody counts them.
  public var searched = 0
  public var kept = 0
  /// False while lines that were not looked at may belong to the answer.
  public var isComplete = true

  public init() {}
}
