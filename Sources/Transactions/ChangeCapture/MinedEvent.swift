/// What a mapping makes of a row change: an event in the words of the business.
public struct BusinessEvent: Sendable, Hashable {
  public var topic: String
  /// Events of one key keep their order.
  public var key: String
  public var type: String
  public var payload: [UInt8]
  /// On whose behalf, where the rows say that it is not that of the transaction in which they changed; nil where they say
  /// nothing.
  public var origin: ChangeOrigin?

  public init(topic: String, key: String, type: String, payload: [UInt8], origin: ChangeOrigin? = nil) {
    self.topic = topic
    self.key = key
    self.type = type
    self.payload = payload
    self.origin = origin
  }
}

/// An event that is ready to be published, beside the row change from which it was mined.
public struct MinedEvent: Sendable {
  public let change: RowChange
  /// The number of the change's transaction; 0 in a snapshot.
  public let transaction: Int64
  /// Which of the events of its change it is, from 0.
  public let index: Int
  /// How many events the change gives.
  public let count: Int
  /// What is published: the same bytes under the same message id each time that the change is mined. Its id is the
  /// position of the change.
  public let entry: Outbox.Entry

  /// Whether its change is done with once it is published.
  public var isLastOfChange: Bool { index == count - 1 }
}

/// How far a miner has come: what it stores.
public struct MinerPosition: Sendable, Hashable {
  /// All events of this change, and of those before it, were published; 0 before the first.
  public var change: Int64
  /// When that change was committed; 0 before the first.
  public var time: Int64

  public static let start = MinerPosition(change: 0, time: 0)

  public init(change: Int64, time: Int64) {
    self.change = change
    self.time = time
  }
}

/// How far a miner is behind its log.
public struct MinerLag: Sendable, Hashable {
  /// The newest position of the log.
  public var newest: Int64
  /// The last position that was mined.
  public var mined: Int64
  /// When the oldest change that was not mined yet was committed, of those that the log has not forgotten; nil when
  /// there is none.
  public var oldest: Int64?

  /// How many changes are not mined yet.
  public var changes: Int64 { newest - mined }

  /// How long the oldest change that was not mined has waited, in nanoseconds; 0 when there is none.
  public func age(now: Int64) -> Int64 { oldest.map { max(0, now - $0) } ?? 0 }
}
