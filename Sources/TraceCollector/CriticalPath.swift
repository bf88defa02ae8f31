/// The chain of work that decided how long it took: shorten any stretch of it, and the whole is shorter.
public struct CriticalPath: Sendable, Equatable {
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Of one call: work that records set off elsewhere is no part of it.
    case request
    /// From the first start to the last end: a record's consumer follows its producer.
    case transaction
  }

  /// What a stretch of time went into.
  public enum Cause: UInt8, Sendable, CaseIterable {
    case work
    /// In a topic, or otherwise between a cause and what it set off; the node is the one that waited to start.
    case wait
  }

  public struct Stretch: Sendable, Equatable {
    public var node: Int
    public var cause: Cause
    /// Corrected; nanoseconds since the Unix epoch. `from` < `to`.
    public var from: Int64
    public var to: Int64

    public var duration: Int64 { to &- from }
  }

  public internal(set) var kind: Kind
  /// Oldest first; they do not overlap.
  public internal(set) var stretches: [Stretch]
  /// Nanoseconds of the interval that the path explains.
  public internal(set) var total: Int64
  /// Nanoseconds of work by node; as long as the tree's nodes.
  var work: [Int64]
  /// Nanoseconds of waiting by the node that waited.
  var waits: [Int64]

  /// The part of the interval that `node` worked on the path, from 0 to 1.
  public func share(of node: Int) -> Double { total > 0 ? Double(work[node]) / Double(total) : 0 }

  /// The part of the interval that `node` waited on the path before it started, from 0 to 1.
  public func waitShare(of node: Int) -> Double { total > 0 ? Double(waits[node]) / Double(total) : 0 }

  /// True when `node` has a stretch of its own, of work or of waiting.
  public func contains(_ node: Int) -> Bool { work[node] > 0 || waits[node] > 0 }
}
