internal import TraceModel

/// What an audit remembers of one transaction's spans.
struct AuditedTrace {
  private struct Node {
    var id: SpanID
    var parent: SpanID?
    var ltxid: UInt32
    var kind: SpanKind
  }

  private var nodes: [Node] = []
  /// Something crashed, timed out or was done again: then hops may share numbers.
  private var isDisturbed = false
  /// The end of the last span that was heard of.
  private(set) var lastHeard: Int64?
  var endedAt: Int64?
  /// A question or a check of health, which nobody reports the end of.
  private(set) var isAside = false

  mutating func add(_ span: TraceSpan) {
    lastHeard = max(lastHeard ?? 0, span.end)
    if span.kind == .producer, nodes.contains(where: { $0.id == span.id }) {
      // The relay published it again, under the same span: once is enough.
      isDisturbed = true
      return
    }
    nodes.append(Node(id: span.id, parent: span.parent, ltxid: span.ltxid?.number ?? 0, kind: span.kind))
    if span.parent == nil, span[attribute: AttributeName.kind] != .text(TransactionKind.checkout) { isAside = true }
    if span.status == .error, span.kind == .client || span.message.hasSuffix("crashed") { isDisturbed = true }
    if span.kind == .consumer, span.status == .error || span.events.contains(where: { $0.name == SpanEventName.duplicate }) {
      isDisturbed = true
    }
  }

  /// What is wrong with the tree; nil when it is one, and its hops are in order.
  var flaw: String? {
    let roots = nodes.filter { $0.parent == nil }
    guard roots.count == 1 else { return "\(roots.count) roots" }
    var places: [SpanID: Int] = [:]
    for (index, node) in nodes.enumerated() {
      if places[node.id] != nil { return "span \(node.id) was reported twice" }
      places[node.id] = index
    }
    for node in nodes {
      guard let parent = node.parent else { continue }
      guard let place = places[parent] else { return "the parent \(parent) of span \(node.id) was never reported" }
      if let flaw = flaw(of: node, under: nodes[place]) { return flaw }
      if hasCycle(from: node, places) { return "span \(node.id) is its own ancestor" }
    }
    return isDisturbed ? nil : gap
  }

  private func flaw(of node: Node, under parent: Node) -> String? {
    guard node.ltxid > 0 else { return "span \(node.id) carries no hop" }
    switch node.kind {
    case .server, .consumer:
      if node.ltxid != parent.ltxid { return "hop \(node.ltxid) was entered from a crossing with number \(parent.ltxid)" }
    case .client, .producer:
      if node.ltxid <= parent.ltxid { return "crossing \(node.ltxid) leaves hop \(parent.ltxid): numbers must grow" }
    case .internal:
      if node.ltxid < parent.ltxid { return "hop \(node.ltxid) is within hop \(parent.ltxid)" }
    }
    return nil
  }

  private func hasCycle(from node: Node, _ places: [SpanID: Int]) -> Bool {
    var current = node
    for _ in nodes {
      guard let parent = current.parent, let place = places[parent] else { return false }
      current = nodes[place]
    }
    return true
  }

  /// Where nothing ran in parallel the crossings are numbered 1 … n.
  private var gap: String? {
    let numbers = nodes.filter { $0.parent == nil || $0.kind == .client || $0.kind == .producer }.map(\.ltxid).sorted()
    for (index, number) in numbers.enumerated() where number != index + 1 {
      return "hops are numbered \(numbers.map(String.init).joined(separator: " "))"
    }
    return nil
  }
}
