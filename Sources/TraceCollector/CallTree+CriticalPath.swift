internal import TraceModel

extension CallTree {
  /// The critical path of the whole tree.
  ///
  /// Of the kind ``CriticalPath/Kind/request`` it is empty when the root's duration is unknown.
  public func criticalPath(_ kind: CriticalPath.Kind) -> CriticalPath {
    switch kind {
    case .request: criticalPath(below: 0)
    case .transaction: TransactionPath(self).path()
    }
  }

  /// The critical path of one call; empty when its duration is unknown.
  public func criticalPath(below node: Int) -> CriticalPath {
    guard nodes.indices.contains(node), nodes[node].span.duration != nil else {
      return CriticalPath(kind: .request, backwards: [], total: 0, nodes: nodes.count)
    }
    return RequestPath(self, below: node).path()
  }

  /// True for a consumer of its parent's record: it follows, its parent does not wait for it.
  func isSetOffByRecord(_ node: Int) -> Bool {
    guard let parent = nodes[node].parent else { return false }
    return nodes[node].span.kind == .consumer && nodes[parent].span.kind == .producer
  }
}

/// The children that a span waited for, those that end last first.
struct Waiters {
  private var begins: [Int]
  private var children: [Int]
  private var next: [Int]

  /// `isIncluded` says which nodes count as children; `ends` and `starts` are by node.
  init(_ tree: CallTree, starts: [Int64], ends: [Int64], isIncluded: [Bool]) {
    let parents = tree.nodes.indices.map { isIncluded[$0] ? tree.nodes[$0].parent ?? -1 : -1 }
    begins = Array(repeating: 0, count: parents.count + 1)
    for parent in parents where parent >= 0 { begins[parent + 1] += 1 }
    for index in parents.indices { begins[index + 1] += begins[index] }
    // Sorting all at once by end leaves each parent's children sorted.
    let order = parents.indices.filter { parents[$0] >= 0 }.sorted { left, right in
      (ends[right], starts[left], left) < (ends[left], starts[right], right)
    }
    children = Array(repeating: 0, count: order.count)
    next = begins
    for child in order {
      children[next[parents[child]]] = child
      next[parents[child]] += 1
    }
    next = begins
  }

  /// The child of `node` that ends last, but not after `time`, and was not given before.
  mutating func last(of node: Int, endingBy time: Int64, ends: [Int64]) -> Int? {
    while next[node] < begins[node + 1] {
      let child = children[next[node]]
      if ends[child] <= time { return child }
      next[node] += 1
    }
    return nil
  }

  mutating func take(_ node: Int) {
    next[node] += 1
  }
}

/// Of one call: back from its end, always into the child that finished last (the rule of CRISP and Jaeger).
struct RequestPath {
  private let tree: CallTree
  private let top: Int
  /// Cut to the parents'.
  private var starts: [Int64]
  private var ends: [Int64]
  private var waiters: Waiters

  init(_ tree: CallTree, below top: Int) {
    self.tree = tree
    self.top = top
    var starts = tree.nodes.indices.map { tree.nodes[$0].start }
    var ends = tree.nodes.indices.map { tree.end(of: $0) }
    var isIncluded = Array(repeating: false, count: tree.nodes.count)
    for node in top + 1..<max(top + 1, tree.nodes[top].subtreeEnd) {
      guard let parent = tree.nodes[node].parent, parent == top || isIncluded[parent],
        !tree.isSetOffByRecord(node), ends[node] >= starts[parent], starts[node] <= ends[parent]
      else { continue }
      isIncluded[node] = true
      starts[node] = max(starts[node], starts[parent])
      ends[node] = min(ends[node], ends[parent])
    }
    waiters = Waiters(tree, starts: starts, ends: ends, isIncluded: isIncluded)
    self.starts = starts
    self.ends = ends
  }

  consuming func path() -> CriticalPath {
    var stretches: [CriticalPath.Stretch] = []
    var stack = [top]
    var time = ends[top]
    while let node = stack.last {
      let child = waiters.last(of: node, endingBy: time, ends: ends)
      let from = child.map { ends[$0] } ?? starts[node]
      if from < time { stretches.append(.init(node: node, cause: .work, from: from, to: time)) }
      time = min(time, from)
      if let child {
        waiters.take(node)
        stack.append(child)
      } else {
        stack.removeLast()
      }
    }
    let total = ends[top] &- starts[top]
    return CriticalPath(kind: .request, backwards: stretches, total: total, nodes: tree.nodes.count)
  }
}
