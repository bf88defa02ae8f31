internal import TraceModel

/// Walks two call trees at once and finds what they have in common. A stack of its own: a chain may be very deep.
struct TreeAlignment {
  /// What two calls under the same caller must share.
  private struct Key: Hashable {
    var service: Int32
    var operation: Int32
    var kind: SpanKind
  }

  private struct Pair {
    var left: Int?
    var right: Int?
    var parent: Int?
  }

  private let left: CallTree
  private let right: CallTree
  private let leftKeys: [Key]
  private let rightKeys: [Key]

  init(_ left: CallTree, _ right: CallTree) {
    var names = NameNumbers()
    self.left = left
    self.right = right
    leftKeys = Self.keys(of: left, names: &names)
    rightKeys = Self.keys(of: right, names: &names)
  }

  private static func keys(of tree: CallTree, names: inout NameNumbers) -> [Key] {
    tree.nodes.indices.map { index in
      Key(
        service: names.service(tree.nodes[index].span.service),
        operation: names.number(of: tree.nodes[index].span.operation), kind: tree.nodes[index].span.kind)
    }
  }

  /// In display order.
  mutating func nodes() -> [TransactionComparison.Node] {
    var nodes: [TransactionComparison.Node] = []
    nodes.reserveCapacity(max(leftKeys.count, rightKeys.count))
    var stack = Array(
      pairs(leftKeys.isEmpty ? [] : [0], rightKeys.isEmpty ? [] : [0], parent: nil).reversed())
    while let pair = stack.popLast() {
      let index = nodes.count
      nodes.append(node(pair, depth: pair.parent.map { nodes[$0].depth + 1 } ?? 0, index: index))
      let below = pairs(
        pair.left.map { left.children(of: $0) } ?? [], pair.right.map { right.children(of: $0) } ?? [], parent: index)
      stack.append(contentsOf: below.reversed())
    }
    for index in nodes.indices.reversed() {
      guard let parent = nodes[index].parent else { continue }
      nodes[parent].subtreeEnd = max(nodes[parent].subtreeEnd, nodes[index].subtreeEnd)
    }
    return nodes
  }

  /// The children of two calls that are the same, in display order.
  private func pairs(_ lefts: [Int], _ rights: [Int], parent: Int?) -> [Pair] {
    guard !lefts.isEmpty else { return rights.map { Pair(left: nil, right: $0, parent: parent) } }
    guard !rights.isEmpty else { return lefts.map { Pair(left: $0, right: nil, parent: parent) } }
    let partners = partners(lefts, rights)
    var isPaired = Array(repeating: false, count: lefts.count)
    for case let partner? in partners { isPaired[partner] = true }
    var pairs: [Pair] = []
    var next = 0
    func passLefts(before end: Int) {
      while next < end {
        if !isPaired[next] { pairs.append(Pair(left: lefts[next], right: nil, parent: parent)) }
        next += 1
      }
    }
    for (place, child) in rights.enumerated() {
      if let partner = partners[place] { passLefts(before: partner) }
      pairs.append(Pair(left: partners[place].map { lefts[$0] }, right: child, parent: parent))
    }
    passLefts(before: lefts.count)
    return pairs
  }

  /// For each of `rights` the place among `lefts` of the one that is the same call.
  private func partners(_ lefts: [Int], _ rights: [Int]) -> [Int?] {
    if lefts.count == 1, rights.count == 1 { return [leftKeys[lefts[0]] == rightKeys[rights[0]] ? 0 : nil] }
    // The first of each kind of call, and from each one to the next.
    var firsts: [Key: Int] = [:]
    var following: [Int?] = Array(repeating: nil, count: lefts.count)
    for place in lefts.indices.reversed() {
      following[place] = firsts.updateValue(place, forKey: leftKeys[lefts[place]])
    }
    return rights.map { child in
      guard let first = firsts[rightKeys[child]] else { return nil }
      firsts[rightKeys[child]] = following[first]
      return first
    }
  }

  private func node(_ pair: Pair, depth: Int, index: Int) -> TransactionComparison.Node {
    let shown = pair.right.map { right.nodes[$0].span } ?? pair.left.map { left.nodes[$0].span }
    return TransactionComparison.Node(
      left: pair.left, right: pair.right, parent: pair.parent, depth: depth, subtreeEnd: index + 1,
      service: shown?.service ?? "", operation: shown?.operation ?? "", kind: shown?.kind ?? .internal,
      leftDuration: pair.left.flatMap { left.nodes[$0].span.duration },
      rightDuration: pair.right.flatMap { right.nodes[$0].span.duration },
      leftSelfTime: pair.left.flatMap { left.nodes[$0].selfTime },
      rightSelfTime: pair.right.flatMap { right.nodes[$0].selfTime },
      failed: TransactionComparison.Side(
        left: pair.left.map { left.nodes[$0].span.status == .error } ?? false,
        right: pair.right.map { right.nodes[$0].span.status == .error } ?? false),
      contribution: 0)
  }
}
