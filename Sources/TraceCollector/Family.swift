/// Children by parent, in two flat arrays.
struct Family {
  private var begins: [Int]
  private var children: [Int]

  /// −1 stands for no parent.
  init(parents: [Int]) {
    begins = Array(repeating: 0, count: parents.count + 1)
    for parent in parents where parent >= 0 { begins[parent + 1] += 1 }
    for index in parents.indices { begins[index + 1] += begins[index] }
    children = Array(repeating: 0, count: begins[parents.count])
    var next = begins
    for (child, parent) in parents.enumerated() where parent >= 0 {
      children[next[parent]] = child
      next[parent] += 1
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

  func sorted(by siblings: SiblingOrder) -> Family {
    var family = self
    for parent in 0..<begins.count - 1 where begins[parent + 1] - begins[parent] > 1 {
      let range = begins[parent]..<begins[parent + 1]
      family.children.replaceSubrange(range, with: siblings.sorted(children[range]))
    }
    return family
  }
}
