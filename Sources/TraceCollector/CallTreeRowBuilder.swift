internal import TraceModel

/// Lays a tree's nodes and their events out as rows.
///
/// A CLIENT and its only SERVER are one row. A record's row and its consumers' stand side by side under the sender.
/// Events of a CLIENT stand beside its row, because it is the caller that saw them.
struct CallTreeRowBuilder {
  /// What becomes a row.
  enum Item {
    case node(CallTreeRow.Content, start: Int64)
    case event(CallTreeRow.Content, time: Int64)
  }

  private struct Frame {
    var row: Int?
    var depth: Int
    var items: [Item]
    var next = 0
  }

  private let tree: CallTree
  private var rows: [CallTreeRow] = []

  static func rows(of tree: CallTree) -> [CallTreeRow] {
    var builder = CallTreeRowBuilder(tree: tree)
    builder.build()
    return builder.rows
  }

  private init(tree: CallTree) {
    self.tree = tree
  }

  private mutating func build() {
    rows.reserveCapacity(tree.nodes.count)
    let root = tree.nodes[0].isSynthetic ? CallTreeRow.Content.span(node: 0) : hop(0)
    var stack = [Frame(row: nil, depth: 0, items: [.node(root, start: tree.nodes[0].start)])]
    while let top = stack.indices.last {
      let (parent, depth, next) = (stack[top].row, stack[top].depth, stack[top].next)
      guard next < stack[top].items.count else {
        stack.removeLast()
        if let parent { close(parent) }
        continue
      }
      stack[top].next += 1
      let row = rows.count
      switch stack[top].items[next] {
      case .event(let content, _):
        rows.append(CallTreeRow(event: content, of: tree, depth: depth, parent: parent, index: row))
      case .node(let content, _):
        rows.append(CallTreeRow(content, of: tree, depth: depth, parent: parent, index: row))
        stack.append(Frame(row: row, depth: depth + 1, items: items(below: content, isRoot: row == 0)))
      }
    }
  }

  private mutating func close(_ row: Int) {
    rows[row].subtreeEnd = rows.count
    rows[row].hasChildren = rows.count > row + 1
  }

  /// The row of a CLIENT with its only SERVER, or of any other span that crossed to a server.
  private func hop(_ node: Int) -> CallTreeRow.Content {
    switch tree.nodes[node].span.kind {
    case .client: return .hop(client: node, server: onlyServer(of: node))
    case .producer: return .hop(client: node, server: nil)
    case .server, .consumer, .internal: return .hop(client: nil, server: node)
    }
  }

  private func onlyServer(of client: Int) -> Int? {
    var server: Int?
    var child = client + 1
    while child < tree.nodes[client].subtreeEnd {
      if tree.nodes[child].span.kind == .server {
        guard server == nil else { return nil }
        server = child
      }
      child = tree.nodes[child].subtreeEnd
    }
    return server
  }

  private func items(below content: CallTreeRow.Content, isRoot: Bool) -> [Item] {
    switch content {
    case .hop(let client, let server):
      var nodes = server.map { tree.children(of: $0) } ?? []
      var events = server.map { tree.specialEvents(of: $0) } ?? []
      if let client {
        let others = tree.children(of: client).filter { $0 != server }
        nodes = nodes.isEmpty ? others : nodes + others
        if isRoot { events = tree.specialEvents(of: client) + events }
      }
      return merge(nodes, events)
    case .span(let node): return merge(tree.children(of: node), tree.specialEvents(of: node))
    case .record(let node, _):
      return merge(tree.children(of: node).filter { !tree.isSetOffByRecord($0) }, tree.specialEvents(of: node))
    default: return []
    }
  }

  /// Nodes in their order, with the events where their times belong.
  private func merge(_ nodes: [Int], _ events: [Item]) -> [Item] {
    guard !nodes.isEmpty || !events.isEmpty else { return [] }
    var items: [Item] = []
    items.reserveCapacity(nodes.count + events.count)
    // Sorted with the latest first: those that are due are taken from the end.
    var pending = events.isEmpty ? [] : Array(events.sorted(by: Self.isEarlier).reversed())
    for node in nodes {
      let start = tree.nodes[node].start
      while let event = pending.last, event.time <= start { items.append(pending.removeLast()) }
      switch tree.nodes[node].span.kind {
      case .producer: appendRecord(node, to: &items)
      case .internal: items.append(.node(.span(node: node), start: start))
      case .client:
        items.append(.node(hop(node), start: start))
        for event in tree.specialEvents(of: node).reversed() { Self.insert(event, into: &pending) }
      case .server, .consumer: items.append(.node(hop(node), start: start))
      }
    }
    if !pending.isEmpty { items.append(contentsOf: pending.reversed()) }
    return items
  }

  private func appendRecord(_ node: Int, to items: inout [Item]) {
    let consumers = tree.children(of: node).filter { tree.isSetOffByRecord($0) }
    let first = consumers.min { tree.nodes[$0].start < tree.nodes[$1].start }
    items.append(.node(.record(node: node, consumer: first), start: tree.nodes[node].start))
    items += consumers.map { .node(hop($0), start: tree.nodes[$0].start) }
  }

  /// Before those of the same time: what a call brought comes before what was done about it.
  private static func insert(_ event: Item, into pending: inout [Item]) {
    var (low, high) = (0, pending.count)
    while low < high {
      let middle = (low + high) / 2
      if pending[middle].time < event.time { high = middle } else { low = middle + 1 }
    }
    pending.insert(event, at: low)
  }

  private static func isEarlier(_ left: Item, _ right: Item) -> Bool { left.time < right.time }
}

extension CallTreeRowBuilder.Item {
  var time: Int64 {
    switch self {
    case .node(_, let time), .event(_, let time): time
    }
  }
}

extension CallTree {
  /// The events of a node that get rows, in the order they were reported.
  func specialEvents(of node: Int) -> [CallTreeRowBuilder.Item] {
    guard !nodes[node].span.events.isEmpty else { return [] }
    return nodes[node].span.events.indices.compactMap { event in
      let content: CallTreeRow.Content
      switch nodes[node].span.events[event].name {
      case SpanEventName.backOff: content = .backOff(node: node, event: event)
      case SpanEventName.refused: content = .refused(node: node, event: event)
      case SpanEventName.breaker: content = .breaker(node: node, event: event)
      case SpanEventName.duplicate: content = .duplicate(node: node, event: event)
      default: return nil
      }
      return .event(content, time: nodes[node].span.events[event].time &- nodes[node].skew)
    }
  }
}
