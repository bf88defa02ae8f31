/// What was found when a data directory was opened. After a clean end nothing but `records` and `bytes` is in it.
public struct RecoveryReport: Sendable, Hashable {
  /// The end of a log that was no whole batch and was cut off: the last write before the crash.
  public struct Cut: Sendable, Hashable {
    public let partition: TopicPartition
    /// Where the log ends now.
    public let endOffset: Int64
    public let bytes: Int64
  }

  /// Records that are there no more, or cannot be read. The bytes stay in their file as they are.
  public struct Damage: Sendable, Hashable {
    public let partition: TopicPartition
    public let offsets: Range<Int64>
    public let bytes: Int64
  }

  /// The end of a log is lost, and a group had committed it: somebody has seen what stood there. Nothing else is ever put
  /// under these offsets.
  public struct UsedUp: Sendable, Hashable {
    public let partition: TopicPartition
    public let offsets: Range<Int64>
    /// That had committed the most.
    public let group: String
  }

  public internal(set) var cuts: [Cut] = []
  public internal(set) var damaged: [Damage] = []
  public internal(set) var usedUp: [UsedUp] = []
  /// Transactions that were being written when the process ended; none of their records is there.
  public internal(set) var undoneTransactions = 0
  /// Records that can be read.
  public internal(set) var records: Int64 = 0
  /// Bytes of all files.
  public internal(set) var bytes: Int64 = 0
  /// Bytes that had to be looked through, because their segment was not sealed.
  public internal(set) var scannedBytes: Int64 = 0

  public var isClean: Bool {
    cuts.isEmpty && damaged.isEmpty && usedUp.isEmpty && undoneTransactions == 0
  }

  /// One sentence for each thing that was found.
  public var sentences: [String] {
    var all: [String] = []
    for cut in cuts {
      all.append(
        "\(cut.partition): the last \(cut.bytes) bytes were no whole batch and were cut off; "
          + "the log ends at offset \(cut.endOffset)")
    }
    for one in damaged {
      let last = one.offsets.upperBound - 1
      guard one.bytes > 0 else {
        all.append(
          "\(one.partition): offsets \(one.offsets.lowerBound) to \(last) are missing; their file is gone, or ends before"
        )
        continue
      }
      let offsets = one.offsets.isEmpty ? "no offset" : "offsets \(one.offsets.lowerBound) to \(last)"
      all.append(
        "\(one.partition): \(one.bytes) bytes are damaged, \(offsets) cannot be read; they were left as they are")
    }
    for lost in usedUp {
      all.append(
        "\(lost.partition): offsets \(lost.offsets.lowerBound) to \(lost.offsets.upperBound - 1) are lost, "
          + "and group \(lost.group) had seen them: nothing else is put there")
    }
    if undoneTransactions > 0 {
      all.append("\(undoneTransactions) transactions were not complete, and none of their records is there")
    }
    return all
  }
}
