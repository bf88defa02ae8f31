public import EventBus

/// Burrow's verdicts on a group's lag, from best to worst.
public enum LagVerdict: String, Sendable, Codable, CaseIterable, Comparable {
  case ok = "OK"
  case warn = "WARN"
  case rewind = "REWIND"
  case stall = "STALL"
  case stop = "STOP"

  public static func < (left: LagVerdict, right: LagVerdict) -> Bool { left.rank < right.rank }
  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  public var isError: Bool { self >= .rewind }
}

/// Which way a lag is going, with records a second.
public enum LagTrend: Sendable, Equatable, Codable {
  case steady
  case growing(Double)
  case draining(Double)
}

public struct TopicSnapshot: Sendable, Codable {
  public var name: String
  /// False while the bus does not answer: who has read how far is then not known.
  public var isAvailable = true
  public var partitions = 0
  /// Records a second, written, and read by the worst group.
  public var inRate = 0.0
  public var outRate = 0.0
  public var bytes = 0
  /// Nil when records are kept for ever.
  public var retention: Int64?
  /// Records that a group has yet to read stay longer than that.
  public var retentionWaits = false
  /// What whoever writes to it waits for.
  public var acknowledgement = Acknowledgement.memory
  /// The group with the worst verdict, then the most lag; empty when no group reads it.
  public var worstGroup = ""
  public var lag: Int64?
  public var verdict: LagVerdict?
  public var trend = LagTrend.steady
  /// How long until the lag is gone at this rate; nil when it will not be.
  public var emptyIn: Int64?
  public var deadLetters = 0
  public var lagSeries: [Float] = []
  public var inSeries: [Float] = []
  public var outSeries: [Float] = []
  public var groups: [GroupSnapshot] = []

  public init(name: String) {
    self.name = name
  }
}

extension SystemSnapshot {
  /// As it is called where it is one thing among others.
  public static let busName = "event bus"
  /// Whether the bus does not answer.
  public var isBusDown: Bool { topics.contains { !$0.isAvailable } }
}

/// One consumer group's reading of one topic.
public struct GroupSnapshot: Sendable, Codable {
  public var name: String
  /// Empty, PreparingRebalance, CompletingRebalance, Stable, Dead; or `reader` for one that joins no group.
  public var state = ""
  public var generation = 0
  public var members: [String] = []
  public var lastRebalance: Int64?
  public var lastRebalanceReason = ""
  public var rebalances = 0
  public var lag: Int64?
  public var verdict: LagVerdict?
  public var trend = LagTrend.steady
  public var emptyIn: Int64?
  /// When the oldest record was written that it has not read; nil when it has read all.
  public var oldestUnread: Int64?
  public var hottestPartition: Int?
  /// Sentences: why the verdict is what it is.
  public var why: [String] = []
  public var partitions: [PartitionSnapshot] = []

  public init(name: String) {
    self.name = name
  }
}

public struct PartitionSnapshot: Sendable, Codable {
  public var partition: Int
  public var logEnd: Int64 = 0
  /// Nil when the group never committed here.
  public var committed: Int64?
  /// When it last did, in nanoseconds since the Unix epoch.
  public var committedAt: Int64?
  public var lag: Int64?
  public var owner = ""
  public var inRate = 0.0
  public var outRate = 0.0
  public var verdict: LagVerdict?
  /// The record at which it is held up, once that has failed; nil while none has.
  public var trial: RecordTrial?

  public init(partition: Int) {
    self.partition = partition
  }

  /// Whether nothing in it is read, though there is something to read: it commits no more, or is at a record that fails
  /// again and again. A verdict knows only of commits, and may be fine for some time yet.
  public var isStuck: Bool {
    (lag ?? 0) > 0 && (verdict == .stop || verdict == .stall || (trial?.failures ?? 0) > 2)
  }
}

/// A record that failed, and is tried again: what comes after it in its partition waits.
public struct RecordTrial: Sendable, Equatable, Codable {
  public var offset: Int64
  /// What kind of event it is, where its headers say so.
  public var type = ""
  public var error = ""
  /// How often it has failed.
  public var failures = 0
  /// After so many failures it is put aside; nil while what fails is not the record: it is then tried for ever.
  public var limit: Int?
  /// Who tries it.
  public var instance: String
  /// When it failed first.
  public var since: Int64

  public init(offset: Int64, instance: String, since: Int64) {
    self.offset = offset
    self.instance = instance
    self.since = since
  }
}
