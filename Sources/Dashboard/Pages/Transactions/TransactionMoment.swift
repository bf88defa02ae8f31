import Operations
import TraceCollector
import TraceModel

/// Something that happened in a transaction, for the list in the order of time: a row of its tree begins, a span tells of
/// an event, or somebody wrote a line of the log.
struct TransactionMoment: Sendable {
  /// Nanoseconds since the Unix epoch.
  let time: Int64
  /// The row of the call tree it belongs to; nil for a line of the log whose hop is not known.
  let row: Int?
  var line: LogLine?
  /// What the span of the row tells of.
  var event: SpanEvent?

  static func all(of detail: TransactionDetail) -> [TransactionMoment] {
    var hops: [LTXID: Int] = [:]
    var moments: [TransactionMoment] = []
    moments.reserveCapacity(detail.tree.rows.count + detail.log.count)
    for (index, row) in detail.tree.rows.enumerated() {
      if let hop = row.ltxid, hops[hop] == nil { hops[hop] = index }
      moments.append(TransactionMoment(time: row.start, row: index))
      for node in row.content.nodes { moments += events(of: detail.tree.nodes[node], row: index) }
    }
    for line in detail.log {
      moments.append(TransactionMoment(time: line.time, row: line.ltxid.flatMap { hops[$0] }, line: line))
    }
    return moments.sorted { $0.time < $1.time }
  }

  /// Those that have no row of their own in the tree.
  private static func events(of node: CallTree.Node, row: Int) -> [TransactionMoment] {
    node.span.events.filter { !SpanEventName.withRows.contains($0.name) }.map {
      TransactionMoment(time: $0.time &- node.skew, row: row, event: $0)
    }
  }
}

extension CallTreeRow.Content {
  /// The nodes that only this row is about.
  fileprivate var nodes: [Int] {
    switch self {
    case .hop(let client, let server): [client, server].compactMap(\.self)
    case .span(let node), .record(let node, _): [node]
    case .backOff, .refused, .breaker, .duplicate: []
    }
  }
}
