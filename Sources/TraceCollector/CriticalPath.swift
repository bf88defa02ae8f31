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

  public let kind: Kind
  /// Oldest first; they do not overlap.
  public let stretches: [Stretch]
  /// Nanoseconds of the interval that the path explains.
  public let total: Int64
  /// Indices of stretches by node, and where each node's begin.
  private let byNode: [Int]
  private let begins: [Int]

  /// `backwards`: newest first, as a walk from the end finds them.
  init(kind: Kind, backwards: [Stretch], total: Int64, nodes: Int) {
    self.kind = kind
    self.total = total
    stretches = backwards.reversed()
    var begins = Array(repeating: 0, count: nodes + 1)
    for stretch in stretches { begins[stretch.node + 1] += 1 }
    for node in 0..<nodes { begins[node + 1] += begins[node] }
    var next = begins
    var byNode = Array(repeating: 0, count: stretches.count)
    for (index, stretch) in stretches.enumerated() {
      byNode[next[stretch.node]] = index
      next[stretch.node] += 1
    }
    self.begins = begins
    self.byNode = byNode
  }

  /// The stretches that `node` worked, or waited to start; oldest first.
  public func stretches(of node: Int) -> [Stretch] {
    byNode[begins[node]..<begins[node + 1]].map { stretches[$0] }
  }

  /// Nanoseconds that `node` worked on the path, or waited before it started.
  public func time(of node: Int, _ cause: Cause) -> Int64 {
    byNode[begins[node]..<begins[node + 1]].reduce(0) { sum, index in
      stretches[index].cause == cause ? sum &+ stretches[index].duration : sum
    }
  }

  /// The part of the interval that `node` worked on the path, from 0 to 1.
  public func share(of node: Int) -> Double { part(time(of: node, .work)) }

  /// The part of the interval that `node` waited on the path before it started, from 0 to 1.
  public func waitShare(of node: Int) -> Double { part(time(of: node, .wait)) }

  func part(_ time: Int64) -> Double { total > 0 ? Double(time) / Double(total) : 0 }

  /// True when `node` has a stretch of its own, of work or of waiting.
  public func contains(_ node: Int) -> Bool { begins[node] < begins[node + 1] }
}
