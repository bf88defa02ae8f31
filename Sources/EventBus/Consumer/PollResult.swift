/// What one poll brought.
public struct PollResult: Sendable {
  /// A position that had to be chosen anew because the log no longer, or not yet, holds it.
  public struct Reset: Sendable, Hashable {
    public let partition: TopicPartition
    public let from: Int64
    public let to: Int64
  }

  /// Records that were passed over because their file is damaged.
  public struct Damage: Sendable, Hashable {
    public let partition: TopicPartition
    public let offsets: ClosedRange<Int64>
  }

  /// Partitions that had records; within each they are in order.
  public internal(set) var batches: [RecordBatch] = []
  /// The whole new assignment; nil when nothing was assigned by this poll.
  public internal(set) var assigned: [TopicPartition]?
  /// Partitions to be given up. What was handled of them can be committed until the next poll, which joins again.
  public internal(set) var revoked: [TopicPartition] = []
  /// Partitions that were given to others already: nothing of them can be committed any more.
  public internal(set) var lost: [TopicPartition] = []
  public internal(set) var resets: [Reset] = []
  /// Reading went on behind them.
  public internal(set) var damaged: [Damage] = []
  /// Partitions whose topic does not answer now.
  public internal(set) var unavailable: [TopicPartition] = []
  /// False while the consumer waits for its group: nothing is read then.
  public internal(set) var isStable = false

  /// It has nothing to tell but whether the group is stable.
  var isEmpty: Bool {
    batches.isEmpty && assigned == nil && revoked.isEmpty && lost.isEmpty && resets.isEmpty && damaged.isEmpty
      && unavailable.isEmpty
  }

  /// Of all batches.
  public var recordCount: Int { batches.reduce(0) { $0 + $1.records.count } }
}
