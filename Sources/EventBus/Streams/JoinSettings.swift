/// When records of two streams belong together. All times are nanoseconds.
public struct JoinSettings: Sendable, Hashable, Codable {
  /// What becomes of a record that finds no partner.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing is ever said of it.
    case inner
    /// It comes out alone once no partner can come any more.
    case outer
  }

  public var kind: Kind
  /// A right record may be so much older than its left partner; 0 or more.
  public var before: Int64
  /// A right record may be so much newer than its left partner; 0 or more.
  public var after: Int64
  /// How long after its window a record still waits for a partner that comes late; 0 or more.
  public var grace: Int64
  /// False lets a record without a partner come out at once, although one may come yet: then it comes out again, joined
  /// (the behaviour of Kafka Streams before 3.1).
  public var holdsUnmatched: Bool

  /// - Throws: `invalidSettings` for a time below 0.
  public init(
    kind: Kind = .outer, before: Int64, after: Int64, grace: Int64 = 0, holdsUnmatched: Bool = true
  ) throws(BusError) {
    for (name, time) in [("before", before), ("after", after), ("grace", grace)] where time < 0 {
      throw .invalidSettings("join: \(name) must be 0 ns or more, not \(time)")
    }
    self.kind = kind
    self.before = before
    self.after = after
    self.grace = grace
    self.holdsUnmatched = holdsUnmatched
  }

  /// Records belong together that are at most `distance` apart.
  public init(kind: Kind = .outer, within distance: Int64) throws(BusError) {
    try self.init(kind: kind, before: distance, after: distance)
  }
}

/// Two records that belong together, or one that found no partner.
public struct Joined<Left: Sendable, Right: Sendable>: Sendable {
  public var key: [UInt8]
  public var left: Left?
  public var right: Right?
  /// The larger one of the two, or its own.
  public var timestamp: Int64
}

extension Joined: Equatable where Left: Equatable, Right: Equatable {}
extension Joined: Hashable where Left: Hashable, Right: Hashable {}
extension Joined: Codable where Left: Codable, Right: Codable {}
