public import TraceModel

extension CallTree {
  /// Makes the tree of one transaction's spans, which may come in any order, in pieces and with some missing.
  ///
  /// Takes time in proportion to n log n, whatever the tree's shape. No spans give an empty tree.
  public static func build(spans: [TraceSpan]) -> CallTree {
    var tree = CallTree()
    guard !spans.isEmpty else { return tree }
    let merged = SpanMerger(spans)
    let linked = SpanLinker(merged)
    let family = Family(parents: linked.parents, in: linked.parents.indices)
    let skew = ClockSkew(
      linked.spans, parents: linked.parents, order: family.order(from: linked.root))
    let siblings = SiblingOrder(linked.spans, skews: skew.skews)
    let order = Family(parents: linked.parents, sortedBy: siblings).order(from: linked.root)
    tree.fill(merged, linked, skews: skew.skews, order: order)
    tree.sumUp()
    tree.services = tree.servicesByStart(merged, order: order)
    tree.rows = CallTreeRowBuilder.rows(of: tree)
    return tree
  }

  private mutating func fill(_ merged: SpanMerger, _ linked: SpanLinker, skews: [Int64], order: [Int]) {
    var places = Array(repeating: 0, count: order.count)
    nodes.reserveCapacity(order.count)
    for (index, place) in order.enumerated() {
      places[place] = index
      let parent = linked.parents[place] < 0 ? nil : places[linked.parents[place]]
      let span: TraceSpan
      // The root comes first.
      if index == 0, let madeUp = linked.madeUpRoot { span = madeUp } else { span = merged.span(at: place) }
      nodes.append(
        Node(
          span: span, parent: parent, depth: parent.map { nodes[$0].depth + 1 } ?? 0, subtreeEnd: index + 1,
          skew: skews[place], start: linked.spans[place].start &- skews[place], selfTime: nil,
          adoption: linked.adoptions[place], isSynthetic: index == 0 && linked.madeUpRoot != nil))
    }
    for index in nodes.indices.reversed() {
      guard let parent = nodes[index].parent else { continue }
      nodes[parent].subtreeEnd = max(nodes[parent].subtreeEnd, nodes[index].subtreeEnd)
    }
    var parts: [(from: Int64, to: Int64)] = []
    for index in nodes.indices { nodes[index].selfTime = selfTime(of: index, &parts) }
  }

  private mutating func sumUp() {
    start = nodes[0].start
    end = end(of: 0)
    for index in nodes.indices {
      start = min(start, nodes[index].start)
      end = max(end, end(of: index))
    }
    var failedBelow = Array(repeating: false, count: nodes.count)
    var highest = 0
    var crossings = 0
    for index in nodes.indices.reversed() {
      let (status, kind, ltxid) = (nodes[index].span.status, nodes[index].span.kind, nodes[index].span.ltxid)
      let failed = status == .error
      if failed {
        errors += 1
        if !failedBelow[index] { errorOrigins += 1 }
      }
      if let parent = nodes[index].parent, failed || failedBelow[index] { failedBelow[parent] = true }
      highest = max(highest, Int(ltxid?.number ?? 0))
      if kind == .server || kind == .consumer { crossings += 1 }
      if isSetOffByRecord(index) { hasMessages = true }
    }
    hops = highest > 0 ? highest : crossings
  }

  private func servicesByStart(_ merged: SpanMerger, order: [Int]) -> [String] {
    var firsts: [(name: Int32, node: Int)?] = Array(repeating: nil, count: merged.names.names.count)
    for (node, place) in order.enumerated() where place < merged.outlines.count {
      let name = merged.outlines[place].service
      if let first = firsts[Int(name)], nodes[first.node].start <= nodes[node].start { continue }
      firsts[Int(name)] = (name, node)
    }
    let named = firsts.compactMap { $0 }.filter { $0.name != NameNumbers.empty }
    return named.sorted { (nodes[$0.node].start, $0.node) < (nodes[$1.node].start, $1.node) }
      .map { merged.names.names[Int($0.name)] }
  }

  /// Duration minus the union of the children, each cut to this node on both sides.
  /// `parts` is room to work in.
  private func selfTime(of index: Int, _ parts: inout [(from: Int64, to: Int64)]) -> Int64? {
    guard nodes[index].span.duration != nil else { return nil }
    let (start, end) = (nodes[index].start, self.end(of: index))
    guard nodes[index].subtreeEnd > index + 1 else { return end &- start }
    parts.removeAll(keepingCapacity: true)
    var child = index + 1
    while child < nodes[index].subtreeEnd {
      let part = (from: max(start, nodes[child].start), to: min(end, self.end(of: child)))
      if part.from < part.to { parts.append(part) }
      child = nodes[child].subtreeEnd
    }
    if parts.count > 1 { parts.sort { $0.from < $1.from } }
    var covered: Int64 = 0
    var reached = start
    for part in parts where part.to > reached {
      covered = covered &+ (part.to &- max(reached, part.from))
      reached = part.to
    }
    return end &- start &- covered
  }
}
