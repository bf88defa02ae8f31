/// How a producer sends.
public struct ProducerSettings: Sendable, Hashable {
  /// What a producer does whose records wait for the disk, up to its limit.
  public enum WhenFull: String, Sendable, Hashable, Codable, CaseIterable {
    /// `send` waits until there is room.
    case wait
    /// `send` throws `producerFull`.
    case fail
  }

  /// When a record counts as sent. Default: as the topic's own appends.
  public var acknowledge: Acknowledgement?
  /// A batch for a partition goes out once it has so many bytes. Default 64 KiB.
  public var batchBytes: Int
  /// A batch that is not full waits so long for more, in nanoseconds. With 0, the default, it goes at once, or as soon as
  /// the one before it is acknowledged.
  public var linger: Int64
  /// So many bytes may be on their way: not sent, or sent and not acknowledged. Default 32 MiB.
  public var maximumBufferedBytes: Int
  public var whenFull: WhenFull

  public init(
    acknowledge: Acknowledgement? = nil, batchBytes: Int = 64 << 10, linger: Int64 = 0,
    maximumBufferedBytes: Int = 32 << 20, whenFull: WhenFull = .wait
  ) {
    self.acknowledge = acknowledge
    self.batchBytes = batchBytes
    self.linger = linger
    self.maximumBufferedBytes = maximumBufferedBytes
    self.whenFull = whenFull
  }

  func validate() throws(BusError) {
    guard batchBytes > 0 else { throw .invalidSettings("producer: batchBytes must be over 0") }
    guard linger >= 0 else { throw .invalidSettings("producer: linger must be 0 ns or more") }
    guard maximumBufferedBytes > 0 else { throw .invalidSettings("producer: maximumBufferedBytes must be over 0") }
  }
}
