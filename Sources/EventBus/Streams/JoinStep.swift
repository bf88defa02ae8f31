/// What one step of a ``JoinProcessor`` did.
public struct JoinStep: Sendable, Hashable {
  /// False while the processor waits for its group: nothing is read then.
  public internal(set) var isStable = false
  /// The whole new assignment, as numbers of partitions of both topics; nil when nothing was assigned by this step.
  public internal(set) var assigned: [Int]?
  /// Records that were taken from both topics.
  public internal(set) var recordsRead = 0
  /// Those of them that have no key or are tombstones.
  public internal(set) var recordsSkipped = 0
  /// Pairs, and records that came out alone.
  public internal(set) var results = 0
  /// Records that cannot be read. They joined nothing, and were put aside in the dead-letter topics of their own.
  public internal(set) var letters: [Letter] = []
  /// Records that were written to the output topic.
  public internal(set) var outputs = 0
  /// Positions that had to be chosen anew because the log no longer holds them. What was skipped joins nothing.
  public internal(set) var resets: [PollResult.Reset] = []
  /// The group had moved on: nothing was published, and the records are joined again, here or elsewhere.
  public internal(set) var isDiscarded = false

  /// A record that was put aside.
  public struct Letter: Sendable, Hashable {
    public let place: TopicPartition
    public let record: EventRecord
    /// What is wrong with it.
    public let reason: String
  }

  /// As it began, with nothing of what was done since.
  var discarded: JoinStep {
    var step = self
    step.isDiscarded = true
    return step
  }
}
