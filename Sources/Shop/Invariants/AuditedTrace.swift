internal import TraceModel

/// What an audit remembers of one transaction's spans.
struct AuditedTrace {
  private struct Node {
    var id: SpanID
    var parent: SpanID?
    var service: String
    var ltxid: UInt32
    var kind: SpanKind
    var status: SpanStatus
    /// A call that was answered, with whatever.
    var isAnswered: Bool
    /// A call to a company whose inside nobody sees.
    var isOutward: Bool
  }

  private var nodes: [Node] = []
  /// Spans that have begun and have not been reported.
  private var begun: [SpanID] = []
  /// When a span of it was last heard of.
  private(set) var lastHeard: Int64 = 0

  mutating func begin(_ id: SpanID, at time: Int64) {
    begun.append(id)
    lastHeard = max(lastHeard, time)
  }

  mutating func add(_ span: TraceSpan, at time: Int64) {
    lastHeard = max(lastHeard, time)
    if let index = begun.firstIndex(of: span.id) { begun.remove(at: index) }
    // A relay that crashed before it could mark an event publishes it again, under the same span: once is enough.
    if span.kind == .producer, nodes.contains(where: { $0.id == span.id }) { return }
    nodes.append(
      Node(
        id: span.id, parent: span.parent, service: span.service, ltxid: span.ltxid?.number ?? 0, kind: span.kind,
        status: span.status,
        isAnswered: span[attribute: AttributeName.httpStatus] != nil, isOutward: span.peer == ShopPlan.company))
  }

  /// True while a span of it has begun and not ended.
  var isUnderWay: Bool { !begun.isEmpty }

  /// What is wrong with the tree; nil when it is one, nothing is missing from it, and its hops are in order.
  /// - Parameter isOver: false for a transaction that is still going on, whose leaves may be yet to come.
  func flaw(isOver: Bool) -> String? {
    if isOver, let lost = begun.first { return "span \(lost) began and was never reported" }
    let roots = nodes.filter { $0.parent == nil }
    guard roots.count == 1, let root = roots.first else { return isOver ? "\(roots.count) roots" : nil }
    if root.ltxid != 1 { return "the first hop has number \(root.ltxid)" }
    var places = Dictionary<SpanID, Int>(minimumCapacity: nodes.count)
    for (index, node) in nodes.enumerated() {
      let isKnown = places.updateValue(index, forKey: node.id) != nil
      if isKnown { return "span \(node.id) was reported twice" }
    }
    let parents = nodes.map { node in node.parent.flatMap { places[$0] } }
    for (node, place) in zip(nodes, parents) {
      guard let parent = node.parent else { continue }
      guard let place else {
        if begun.contains(parent) { continue }
        return "the parent \(parent) of span \(node.id) was never reported"
      }
      if let flaw = Self.flaw(of: node, under: nodes[place]) { return flaw }
    }
    if let place = Self.cycle(parents) { return "span \(nodes[place].id) is its own ancestor" }
    guard isOver else { return nil }
    let children = Self.childCounts(parents)
    return missingLeaf(children) ?? (ranInParallel(children, parents) ? nil : gap(parents))
  }

  /// What is wrong with spans that came after their transaction was judged; nil when each of them goes back to a record
  /// that was read once more.
  var flawOfRepetition: String? {
    if let lost = begun.first { return "span \(lost) began and was never reported" }
    let known = Set(nodes.map(\.id))
    for node in nodes where node.kind != .consumer {
      guard let parent = node.parent else { return "it began a second time, with span \(node.id)" }
      if !known.contains(parent) { return "the parent \(parent) of the late span \(node.id) is gone" }
    }
    return nil
  }

  private static func flaw(of node: Node, under parent: Node) -> String? {
    guard node.ltxid > 0 else { return "span \(node.id) carries no hop" }
    switch node.kind {
    case .server, .consumer:
      if node.ltxid != parent.ltxid {
        return "hop \(node.ltxid) was entered from a crossing with number \(parent.ltxid)"
      }
    case .client, .producer:
      if node.ltxid <= parent.ltxid { return "crossing \(node.ltxid) leaves hop \(parent.ltxid): numbers must grow" }
    case .internal:
      if node.ltxid < parent.ltxid { return "hop \(node.ltxid) is within hop \(parent.ltxid)" }
    }
    return nil
  }

  /// The place of a node that is its own ancestor; nil when there is none.
  private static func cycle(_ parents: [Int?]) -> Int? {
    // By whose walk a node was reached first: none yet, or the walk that began at the node of that place.
    var walks = [Int?](repeating: nil, count: parents.count)
    for start in parents.indices where walks[start] == nil {
      var place = start
      walks[start] = start
      while let parent = parents[place] {
        if walks[parent] == start { return parent }
        if walks[parent] != nil { break }
        walks[parent] = start
        place = parent
      }
    }
    return nil
  }

  private static func childCounts(_ parents: [Int?]) -> [Int] {
    var counts = Array(repeating: 0, count: parents.count)
    for parent in parents { if let parent { counts[parent] += 1 } }
    return counts
  }

  /// What was sent has arrived: a record was read, and a call that succeeded was served.
  private func missingLeaf(_ children: [Int]) -> String? {
    for (node, count) in zip(nodes, children) where count == 0 {
      if node.kind == .producer { return "nobody read the record of span \(node.id)" }
      if node.kind == .client, node.status == .ok, !node.isOutward {
        return "nobody served the call of span \(node.id)"
      }
    }
    return nil
  }

  /// Hops may share a number where somebody worked on without knowing how far the other side had come: a call whose
  /// answer was lost after it had been taken up, a record that was worked on twice, or several that were sent at once.
  private func ranInParallel(_ children: [Int], _ parents: [Int?]) -> Bool {
    var workers: Set<SpanID> = []
    var senders: Set<Int> = []
    var sent: [Int: Int] = [:]
    for (place, node) in nodes.enumerated() where node.kind == .producer {
      if let sender = parents[place] { sent[sender, default: 0] += 1 }
    }
    for (place, node) in nodes.enumerated() where children[place] > 0 {
      if node.kind == .client, !node.isAnswered { return true }
      if node.kind == .consumer, let record = parents[place], let sender = parents[record],
        sent[sender, default: 0] > 1 || !senders.insert(sender).inserted
      {
        return true
      }
      guard node.kind == .consumer || node.kind == .server, let parent = node.parent else { continue }
      if !workers.insert(parent).inserted { return true }
    }
    return false
  }

  /// Where nothing ran in parallel the crossings are numbered 1 … n.
  ///
  /// What is mined from a database's log is published beside the transaction, by another service than the one that
  /// changed the row, and neither knows how far the other counts.
  private func gap(_ parents: [Int?]) -> String? {
    let crossings = zip(nodes, parents).filter { node, parent in
      guard node.kind == .producer, let parent else { return node.parent == nil || node.kind == .client }
      return nodes[parent].service == node.service
    }
    let numbers = crossings.map(\.0.ltxid).sorted()
    for (index, number) in numbers.enumerated() where number != index + 1 {
      return "hops are numbered \(numbers.map(String.init).joined(separator: " "))"
    }
    return nil
  }
}
