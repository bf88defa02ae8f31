public import TraceModel

extension CallTree {
  /// Makes the tree of one transaction's spans, which may come in any order, in pieces and with some missing.
  ///
  /// Takes time in proportion to n log n, whatever the tree's shape. No spans give an empty tree.
  public static func build(spans: [TraceSpan]) -> CallTree {
    var tree = CallTree()
    guard !spans.isEmpty else { return tree }
    let linked = SpanLinker(SpanMerger.merge(spans))
    let family = Family(parents: linked.parents)
    let skew = ClockSkew(linked.spans, parents: linked.parents, order: family.order(from: linked.root))
    let siblings = SiblingOrder(linked.spans, skews: skew.skews)
    let order = family.sorted(by: siblings).order(from: linked.root)
    tree.fill(linked, skews: skew.skews, order: order)
    tree.sumUp()
    tree.rows = CallTreeRowBuilder.rows(of: tree)
    return tree
  }

  private mutating func fill(_ linked: SpanLinker, skews: [Int64], order: [Int]) {
    var places = Array(repeating: 0, count: order.count)
    nodes.reserveCapacity(order.count)
    for (index, place) in order.enumerated() {
      places[place] = index
      let parent = linked.parents[place] < 0 ? nil : places[linked.parents[place]]
      nodes.append(
        Node(
          span: linked.spans[place], parent: parent, depth: parent.map { nodes[$0].depth + 1 } ?? 0,
          subtreeEnd: index + 1, skew: skews[place], start: linked.spans[place].start &- skews[place], selfTime: nil,
          isOrphan: linked.orphans[place], isSynthetic: linked.isRootMadeUp && place == linked.root))
    }
    for index in nodes.indices.reversed() {
      guard let parent = nodes[index].parent else { continue }
      nodes[parent].subtreeEnd = max(nodes[parent].subtreeEnd, nodes[index].subtreeEnd)
    }
    for index in nodes.indices { nodes[index].selfTime = selfTime(of: index) }
  }

  private mutating func sumUp() {
    start = nodes.reduce(Int64.max) { min($0, $1.start) }
    end = nodes.reduce(Int64.min) { max($0, $1.end) }
    var failedBelow = Array(repeating: false, count: nodes.count)
    var highest = 0
    var crossings = 0
    for index in nodes.indices.reversed() {
      let span = nodes[index].span
      let parent = nodes[index].parent
      if span.status == .error {
        errors += 1
        if !failedBelow[index] { errorOrigins += 1 }
      }
      if let parent, span.status == .error || failedBelow[index] { failedBelow[parent] = true }
      highest = max(highest, Int(span.ltxid?.number ?? 0))
      if span.kind == .server || span.kind == .consumer { crossings += 1 }
      if span.kind == .consumer, let parent, nodes[parent].span.kind == .producer { hasMessages = true }
    }
    hops = highest > 0 ? highest : crossings
    services = servicesByStart()
  }

  private func servicesByStart() -> [String] {
    var known: Set<String> = [""]
    let order = nodes.indices.sorted { (nodes[$0].start, $0) < (nodes[$1].start, $1) }
    return order.compactMap { known.insert(nodes[$0].span.service).inserted ? nodes[$0].span.service : nil }
  }

  /// Duration minus the union of the children, each cut to this node on both sides.
  private func selfTime(of index: Int) -> Int64? {
    guard nodes[index].duration != nil else { return nil }
    let (start, end) = (nodes[index].start, nodes[index].end)
    guard nodes[index].subtreeEnd > index + 1 else { return end &- start }
    var parts: [(from: Int64, to: Int64)] = []
    var child = index + 1
    while child < nodes[index].subtreeEnd {
      let part = (from: max(start, nodes[child].start), to: min(end, nodes[child].end))
      if part.from < part.to { parts.append(part) }
      child = nodes[child].subtreeEnd
    }
    parts.sort { $0.from < $1.from }
    var covered: Int64 = 0
    var reached = start
    for part in parts where part.to > reached {
      covered = covered &+ (part.to &- max(reached, part.from))
      reached = part.to
    }
    return end &- start &- covered
  }
}
