public import TraceModel

/// The spans of one transaction as a tree, with the clocks set right, and as the rows that a screen shows.
///
/// Nodes stand in display order: a parent before its children, a subtree in one stretch.
public struct CallTree: Sendable {
  public struct Node: Sendable {
    /// As reported; pieces of one span are merged, times are not corrected.
    public internal(set) var span: TraceSpan
    /// Index of the parent's node; nil at the top.
    public internal(set) var parent: Int?
    /// 0 at the root.
    public internal(set) var depth: Int
    /// One past the last node below this one. Children: `index + 1`, then each one's own ``subtreeEnd``.
    public internal(set) var subtreeEnd: Int
    /// Nanoseconds that this node's clock is ahead of its caller's; negative when it is behind, 0 when not corrected.
    public internal(set) var skew: Int64
    /// Corrected; nanoseconds since the Unix epoch.
    public internal(set) var start: Int64
    /// Nanoseconds that no child accounts for; nil when the duration is unknown.
    public internal(set) var selfTime: Int64?
    /// Why it hangs where it does, if not because it names the node above as its parent.
    public internal(set) var adoption: Adoption?
    /// Stands in for a root that was not reported; its span is made up.
    public internal(set) var isSynthetic: Bool

    /// Nanoseconds; nil when unknown.
    public var duration: Int64? { span.duration }
    /// Corrected; the start when the duration is unknown. Never before the start.
    public var end: Int64 { max(start, start &+ (span.duration ?? 0)) }
  }

  /// Why a span hangs under the root, or is it, though it does not say so itself.
  public enum Adoption: Sendable, Equatable {
    /// It names a parent that nobody reported.
    case parentNotReported
    /// It names none, and neither does the root, which is earlier.
    case secondRoot
    /// It is the earliest of some spans of which each is a descendant of itself.
    case circle

    public var words: String {
      switch self {
      case .parentNotReported: "parent not reported"
      case .secondRoot: "no parent either"
      case .circle: "its own descendant"
      }
    }
  }

  /// In display order; the root first.
  public internal(set) var nodes: [Node] = []
  /// All of them, as if nothing were folded.
  public internal(set) var rows: [CallTreeRow] = []
  /// Corrected; the earliest start and the latest end, in nanoseconds since the Unix epoch.
  public internal(set) var start: Int64 = 0
  public internal(set) var end: Int64 = 0
  /// Spans whose status is error.
  public internal(set) var errors = 0
  /// Failed spans without a failed one below: where the errors came from.
  public internal(set) var errorOrigins = 0
  /// The highest LTXID; where no carrier brought any, the number of crossings.
  public internal(set) var hops = 0
  /// By the start of each one's first span.
  public internal(set) var services: [String] = []
  /// True when a record carried the transaction from a PRODUCER to a CONSUMER.
  public internal(set) var hasMessages = false

  /// Nanoseconds.
  public var duration: Int64 { end &- start }

  /// What the page shows first: of the transaction where records carry it on, of the request otherwise.
  public var defaultPathKind: CriticalPath.Kind { hasMessages ? .transaction : .request }

  /// As ``Node/end``, which copies the whole node for its sake when it is asked of one in an array.
  func end(of node: Int) -> Int64 {
    let start = nodes[node].start
    return max(start, start &+ (nodes[node].span.duration ?? 0))
  }

  /// The nodes right below `index`, in display order.
  public func children(of index: Int) -> [Int] {
    guard nodes[index].subtreeEnd > index + 1 else { return [] }
    var children: [Int] = []
    children.reserveCapacity(4)
    var child = index + 1
    while child < nodes[index].subtreeEnd {
      children.append(child)
      child = nodes[child].subtreeEnd
    }
    return children
  }
}
