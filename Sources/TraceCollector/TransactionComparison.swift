public import TraceModel

/// Two transactions side by side: which of their calls are the same, and what took longer, is missing or failed.
///
/// Calls are the same when their callers are, and service, operation and kind; of several such calls under one caller the
/// first is compared with the first, the second with the second. Differences are right minus left.
///
/// Takes time in proportion to the spans of both, whatever the trees' shapes.
public struct TransactionComparison: Sendable {
  /// Where something is the case.
  public enum Side: UInt8, Sendable, Codable, CaseIterable {
    case neither, left, right, both

    init(left: Bool, right: Bool) {
      self = left ? right ? .both : .left : right ? .right : .neither
    }
  }

  /// One call that both have, or only one of them.
  public struct Node: Sendable, Equatable {
    /// Indices of nodes of the two trees; at least one of them is there.
    public internal(set) var left: Int?
    public internal(set) var right: Int?
    /// Index of the caller's node; nil at the top.
    public internal(set) var parent: Int?
    /// 0 at the top.
    public internal(set) var depth: Int
    /// One past the last node below this one.
    public internal(set) var subtreeEnd: Int
    public internal(set) var service: String
    public internal(set) var operation: String
    public internal(set) var kind: SpanKind
    /// Nanoseconds; nil where the call is not there or its duration is unknown.
    public internal(set) var leftDuration: Int64?
    public internal(set) var rightDuration: Int64?
    /// Nanoseconds that no child accounts for; nil where the call is not there or its duration is unknown.
    public internal(set) var leftSelfTime: Int64?
    public internal(set) var rightSelfTime: Int64?
    /// Where the call failed.
    public internal(set) var failed: Side
    /// Nanoseconds by which this call alone changed how long the whole took: its time on the critical path of the right
    /// transaction, waits before it included, minus that on the left one's.
    public internal(set) var contribution: Int64

    /// Never ``Side/neither``.
    public var present: Side { Side(left: left != nil, right: right != nil) }
    /// Nil unless both are known.
    public var durationDifference: Int64? { leftDuration.flatMap { left in rightDuration.map { $0 &- left } } }
    /// A call that is not there has spent nothing; nil where one is there whose self time is unknown.
    public var selfTimeDifference: Int64? {
      guard (left == nil || leftSelfTime != nil) && (right == nil || rightSelfTime != nil) else { return nil }
      return (rightSelfTime ?? 0) &- (leftSelfTime ?? 0)
    }
  }

  /// In display order: a caller before its calls, and these in the right one's order; what only the left one has stands
  /// where it stood there.
  public internal(set) var nodes: [Node] = []
  /// Nanoseconds from the first start to the last end; 0 where there is no span.
  public let leftDuration: Int64
  public let rightDuration: Int64

  public init(_ left: CallTree, _ right: CallTree) {
    leftDuration = left.duration
    rightDuration = right.duration
    var alignment = TreeAlignment(left, right)
    nodes = alignment.nodes()
    contribute(left.criticalPath(.transaction), right.criticalPath(.transaction))
  }

  /// The spans of two transactions, in any order.
  public init(_ left: [TraceSpan], _ right: [TraceSpan]) {
    self.init(CallTree.build(spans: left), CallTree.build(spans: right))
  }

  private mutating func contribute(_ left: CriticalPath, _ right: CriticalPath) {
    for index in nodes.indices {
      let before = nodes[index].left.map { left.time(of: $0, .work) &+ left.time(of: $0, .wait) }
      let after = nodes[index].right.map { right.time(of: $0, .work) &+ right.time(of: $0, .wait) }
      nodes[index].contribution = (after ?? 0) &- (before ?? 0)
    }
  }

  /// Nanoseconds.
  public var durationDifference: Int64 { rightDuration &- leftDuration }

  /// Nanoseconds of the difference that no call contributed: gaps in which nothing that was reported went on.
  public var unexplained: Int64 { durationDifference &- nodes.reduce(0) { $0 &+ $1.contribution } }

  /// Indices of the nodes that only one has, in display order.
  public func only(_ side: Side) -> [Int] { nodes.indices.filter { nodes[$0].present == side } }

  /// Indices of the nodes that failed on one side only, in display order; those that are only there included.
  public func failedOnly(_ side: Side) -> [Int] { nodes.indices.filter { nodes[$0].failed == side } }

  /// Indices of the nodes that contributed most to the difference, in its direction; the largest first, at most `count`.
  /// Where both took equally long, those whose contribution is largest either way.
  public func contributors(_ count: Int) -> [Int] {
    func weight(_ index: Int) -> Int64 {
      let contribution = nodes[index].contribution
      if durationDifference == 0 { return contribution < 0 ? 0 &- contribution : contribution }
      return durationDifference > 0 ? contribution : 0 &- contribution
    }
    let candidates = nodes.indices.filter { weight($0) > 0 }
    return Array(candidates.sorted { (weight($1), $0) < (weight($0), $1) }.prefix(max(0, count)))
  }
}
