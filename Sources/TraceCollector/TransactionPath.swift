/// Of a transaction: back from the last end through causes.
///
/// A span's cause is its parent, at the moment the span began; a consumer's cause is its record's producer, and what
/// lies between them is a wait. Inside a span the child that finished last, but not later, comes first. A root that
/// outlasts all work that records set off is taken to have waited for it.
struct TransactionPath {
  private let tree: CallTree
  private let starts: [Int64]
  private let ends: [Int64]
  private var waiters: Waiters
  /// Consumers, those that end last first; none when the root did not wait for them.
  private var consumers: [Int] = []
  private var nextConsumer = 0
  private var isEntered: [Bool]
  private var isLeft: [Bool]
  private var stretches: [CriticalPath.Stretch] = []

  init(_ tree: CallTree) {
    self.tree = tree
    let starts = tree.nodes.indices.map { tree.nodes[$0].start }
    let ends = tree.nodes.indices.map { tree.end(of: $0) }
    self.starts = starts
    self.ends = ends
    waiters = Waiters(
      tree, starts: starts, ends: ends, isIncluded: tree.nodes.indices.map { !tree.isSetOffByRecord($0) })
    isEntered = Array(repeating: false, count: ends.count)
    isLeft = isEntered
    if let root = ends.first, root == ends.max() {
      consumers = tree.nodes.indices.filter { tree.isSetOffByRecord($0) }
        .sorted { (ends[$1], $0) < (ends[$0], $1) }
    }
  }

  consuming func path() -> CriticalPath {
    var last = 0
    for node in ends.indices where ends[node] > ends[last] { last = node }
    var place: Int? = ends.isEmpty ? nil : last
    var time = ends.isEmpty ? 0 : ends[last]
    while let node = place {
      isEntered[node] = true
      if let child = lastCause(of: node, at: time) {
        add(node, .work, from: ends[child], to: time)
        time = min(time, ends[child])
        place = child
      } else {
        add(node, .work, from: starts[node], to: time)
        time = min(time, starts[node])
        isLeft[node] = true
        place = leave(node, &time)
      }
    }
    return CriticalPath(
      kind: .transaction, backwards: stretches, total: tree.duration, nodes: tree.nodes.count)
  }

  /// What `node` waited for last before `time`.
  private mutating func lastCause(of node: Int, at time: Int64) -> Int? {
    var child = waiters.last(of: node, endingBy: time, ends: ends)
    while let found = child, isEntered[found] {
      waiters.take(node)
      child = waiters.last(of: node, endingBy: time, ends: ends)
    }
    guard node == 0 else { return child }
    while nextConsumer < consumers.count,
      isEntered[consumers[nextConsumer]] || ends[consumers[nextConsumer]] > time
    {
      nextConsumer += 1
    }
    guard nextConsumer < consumers.count else { return child }
    let consumer = consumers[nextConsumer]
    return child.map { ends[$0] >= ends[consumer] ? $0 : consumer } ?? consumer
  }

  /// The cause of `node`, which began at `time`; the time moves back over what lies between.
  private mutating func leave(_ node: Int, _ time: inout Int64) -> Int? {
    var cause = tree.nodes[node].parent
    while let passed = cause, isLeft[passed] { cause = tree.nodes[passed].parent }
    guard let cause else { return nil }
    if ends[cause] < time {
      add(node, .wait, from: ends[cause], to: time)
      time = ends[cause]
    }
    return cause
  }

  private mutating func add(_ node: Int, _ cause: CriticalPath.Cause, from: Int64, to: Int64) {
    guard from < to else { return }
    stretches.append(CriticalPath.Stretch(node: node, cause: cause, from: from, to: to))
  }
}
