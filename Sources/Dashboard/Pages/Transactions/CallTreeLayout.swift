import Drawing
import TraceCollector
import TraceModel

/// What is worked out once for a call tree, so that drawing touches the rows in sight alone.
final class CallTreeLayout: Sendable {
  let tree: CallTree
  /// By row: failed, and nothing below it did.
  let isOrigin: [Bool]
  /// By row: it, or what it is part of, undoes earlier work.
  let isUndoing: [Bool]
  /// Columns for the widest hop, with its `#`.
  let hopWidth: Int
  /// Columns for the widest code.
  let codeWidth: Int

  init(_ tree: CallTree) {
    self.tree = tree
    let rows = tree.rows
    // Rows below come after their parent, so that going backwards each has seen all of its own.
    var failsBelow = [Bool](repeating: false, count: rows.count)
    var isOrigin = failsBelow
    for index in rows.indices.reversed() {
      isOrigin[index] = rows[index].isError && rows[index].isCall && !failsBelow[index]
      guard let parent = rows[index].parent else { continue }
      if rows[index].isError && rows[index].isCall || failsBelow[index] { failsBelow[parent] = true }
    }
    var isUndoing = [Bool](repeating: false, count: rows.count)
    for index in rows.indices {
      let isPart = rows[index].isCall && rows[index].parent.map { isUndoing[$0] } == true
      isUndoing[index] = rows[index].undoes != nil || isPart
    }
    self.isOrigin = isOrigin
    self.isUndoing = isUndoing
    hopWidth = max(3, String(tree.hops).utf8.count + 1)
    codeWidth = min(12, max(5, rows.map { $0.codeText.cellWidth }.max() ?? 0))
  }

  /// The row of a span; where both sides of a call are one row, either finds it.
  func row(of span: SpanID) -> Int? {
    tree.rows.firstIndex { row in
      switch row.content {
      case .hop(let client, let server): [client, server].contains { $0.map { tree.nodes[$0].span.id } == span }
      case .span(let node), .record(let node, _): tree.nodes[node].span.id == span
      case .backOff, .refused, .breaker, .duplicate: false
      }
    }
  }

  /// Where the critical path runs through a row, if it spends enough there to be worth a mark: what takes less than
  /// half a hundredth of the whole would mark every row, and show none.
  func criticalStretches(of row: Int, on path: CriticalPath) -> [CriticalPath.Stretch] {
    let stretches = tree.criticalStretches(of: tree.rows[row], on: path)
    let spent = stretches.reduce(Int64(0)) { $0 &+ $1.duration }
    return spent > 0 && spent >= path.total / 200 ? stretches : []
  }

  func key(of row: Int) -> CallTreeRowKey { CallTreeRowKey(tree.rows[row], in: tree) }

  /// The row of a key, after the tree has grown.
  func row(of key: CallTreeRowKey) -> Int? { tree.rows.indices.first { self.key(of: $0) == key } }
}

/// What a row is, whatever else the tree holds: a row's number changes as spans come in.
struct CallTreeRowKey: Hashable, Sendable {
  private enum Kind: UInt8 {
    case hop, span, record, backOff, refused, breaker, duplicate
  }

  private let span: SpanID
  private let kind: Kind
  private let event: Int

  init(_ row: CallTreeRow, in tree: CallTree) {
    var (node, event) = (row.node, 0)
    switch row.content {
    case .hop(let client, let server):
      kind = .hop
      node = client ?? server ?? row.node
    case .span: kind = .span
    case .record: kind = .record
    case .backOff(_, let index): (kind, event) = (.backOff, index)
    case .refused(_, let index): (kind, event) = (.refused, index)
    case .breaker(_, let index): (kind, event) = (.breaker, index)
    case .duplicate(_, let index): (kind, event) = (.duplicate, index)
    }
    span = tree.nodes[node].span.id
    self.event = event
  }
}

extension CallTreeRow {
  /// Work of some service, and not a record or an event beside it.
  var isCall: Bool {
    switch content {
    case .hop, .span: true
    case .record, .backOff, .refused, .breaker, .duplicate: false
    }
  }
}
