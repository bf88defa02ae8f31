/// Children by parent, in two flat arrays.
struct Family {
  private var begins: [Int]
  private var children: [Int]

  /// −1 stands for no parent. Children of one parent stand as they do among `places`.
  init(parents: [Int], in places: some Sequence<Int>) {
    begins = Array(repeating: 0, count: parents.count + 1)
    for parent in parents where parent >= 0 { begins[parent + 1] += 1 }
    for index in parents.indices { begins[index + 1] += begins[index] }
    children = Array(repeating: 0, count: begins[parents.count])
    var next = begins
    for child in places where parents[child] >= 0 {
      children[next[parents[child]]] = child
      next[parents[child]] += 1
    }
  }

  /// Every one before its children, and these in order. A stack of our own: a chain may be very deep.
  func order(from root: Int) -> [Int] {
    var order: [Int] = []
    order.reserveCapacity(begins.count - 1)
    var stack = [root]
    while let next = stack.popLast() {
      order.append(next)
      stack.append(contentsOf: children[begins[next]..<begins[next + 1]].reversed())
    }
    return order
  }

  init(parents: [Int], sortedBy siblings: SiblingOrder) {
    self.init(parents: parents, in: siblings.byStart())
    for parent in parents.indices where begins[parent + 1] - begins[parent] > 1 {
      let range = begins[parent]..<begins[parent + 1]
      if let sorted = siblings.sorted(children[range]) { children.replaceSubrange(range, with: sorted) }
    }
  }
}
