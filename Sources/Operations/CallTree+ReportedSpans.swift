public import TraceCollector
public import TraceModel

extension CallTree {
  /// The spans that it was made of, without those that stand in for others; a parent before its children.
  public var reportedSpans: [TraceSpan] { nodes.filter { !$0.isSynthetic }.map(\.span) }
}
