public import TraceModel

/// How far a legacy system has given to new services what it does, one capability at a time.
public struct StranglerSnapshot: Sendable, Codable {
  /// The legacy system, as a service.
  public var legacy: String
  /// Where both sides tell each other what they did.
  public var topic: String
  /// The easiest first.
  public var capabilities: [Capability] = []
  /// What each group has yet to read of the topic: the legacy system first, then those of the new services that do.
  public var lags: [Lag] = []
  /// Pieces that the legacy system sold although the new services had none left.
  public var oversold: Int64 = 0

  public init(legacy: String, topic: String) {
    self.legacy = legacy
    self.topic = topic
  }

  public func capability(_ name: String) -> Capability? { capabilities.first { $0.name == name } }

  public struct Capability: Sendable, Codable {
    /// `review`
    public var name: String
    /// The new service.
    public var service: String
    /// The key of the slider in the configuration.
    public var key: String
    /// The percentage of the customers whom the new service serves, 0…100.
    public var share: Int
    /// Whether the new service hands its results back by message, or by a change of the legacy system's table.
    public var usesMessages: Bool
    /// Since the start: requests that each side has served.
    public var servedByNew: UInt64 = 0
    public var servedByLegacy: UInt64 = 0
    /// Results of the new service, and those that have had their effect in the legacy system.
    public var handedBack: UInt64 = 0
    public var takenIn: UInt64 = 0
    /// What the legacy system did itself, as the new services were told.
    public var toldByLegacy: UInt64 = 0
    /// Answers of both sides that were held against each other, and those that differed.
    public var compared: UInt64 = 0
    public var differing: UInt64 = 0
    /// The latest difference; nil while there is none.
    public var difference: Difference?

    /// Whether results of the new service have yet to have their effect in the legacy system.
    public var isBehind: Bool { takenIn < handedBack }

    public init(name: String, service: String, key: String, share: Int, usesMessages: Bool) {
      self.name = name
      self.service = service
      self.key = key
      self.share = share
      self.usesMessages = usesMessages
    }
  }

  public struct Difference: Sendable, Codable {
    /// What either side says.
    public var words: String
    public var gtxid: GTXID
    public var time: Int64

    public init(words: String, gtxid: GTXID, time: Int64) {
      self.words = words
      self.gtxid = gtxid
      self.time = time
    }
  }

  public struct Lag: Sendable, Codable {
    /// The group, called as its service is.
    public var group: String
    /// Records; nil while that is not known.
    public var records: Int64?
    /// When the oldest of them was written; nil when there is none.
    public var oldest: Int64?

    public init(group: String, records: Int64?, oldest: Int64?) {
      self.group = group
      self.records = records
      self.oldest = oldest
    }
  }
}
