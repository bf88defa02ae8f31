import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct TransactionComparisonTests {
  private let usual = [
    span(1, .server, "gateway", "POST /orders", from: 0, to: 100),
    span(2, under: 1, .client, "gateway", "authorise", from: 5, to: 15),
    span(3, under: 1, .client, "gateway", "order", from: 20, to: 90),
    span(4, under: 3, .server, "order", "create", from: 25, to: 85),
    span(5, under: 4, .client, "order", "SELECT", from: 30, to: 35),
    span(6, under: 4, .client, "order", "SELECT", from: 40, to: 50),
  ]

  @Test func aTransactionDiffersInNothingFromItself() {
    let same = TransactionComparison(usual, usual)
    #expect(same.nodes.count == 6 && same.durationDifference == 0 && same.unexplained == 0)
    #expect(same.nodes.allSatisfy { $0.present == .both && $0.durationDifference == 0 && $0.selfTimeDifference == 0 })
    #expect(same.nodes.allSatisfy { $0.contribution == 0 && $0.failed == .neither } && same.contributors(9).isEmpty)
    #expect(same.only(.left).isEmpty && same.only(.right).isEmpty && same.failedOnly(.right).isEmpty)
  }

  @Test func whatBecameSlowFailedAndCameAnewIsNamed() {
    let slow = [
      span(11, in: 2, .server, "gateway", "POST /orders", from: 0, to: 160, failed: true),
      span(13, in: 2, under: 11, .client, "gateway", "order", from: 20, to: 150),
      span(14, in: 2, under: 13, .server, "order", "create", from: 25, to: 145),
      span(15, in: 2, under: 14, .client, "order", "SELECT", from: 30, to: 35),
      span(16, in: 2, under: 14, .client, "order", "SELECT", from: 40, to: 90, failed: true),
      span(17, in: 2, under: 14, .client, "order", "SELECT", from: 95, to: 120),
    ]
    let compared = TransactionComparison(usual, slow)
    let lines = compared.nodes.map { node in
      String(repeating: ".", count: node.depth) + "\(node.operation) \(node.present) "
        + "\(node.durationDifference.map { "\($0 / millisecond)" } ?? "-") \((node.selfTimeDifference ?? -1) / millisecond) "
        + "\(node.failed) \(node.contribution / millisecond)"
    }
    #expect(
      lines == [
        "POST /orders both 60 10 right 10", ".authorise left - -10 neither -10", ".order both 60 0 neither 0",
        "..create both 60 -5 neither -5", "...SELECT both 0 0 neither 0", "...SELECT both 40 40 right 40",
        "...SELECT right - 25 neither 25",
      ])
    #expect(compared.durationDifference == 60 * millisecond && compared.unexplained == 0)
    #expect(compared.only(.left) == [1] && compared.only(.right) == [6] && compared.failedOnly(.right) == [0, 5])
    #expect(compared.contributors(2) == [5, 6] && compared.contributors(9) == [5, 6, 0])
    let back = TransactionComparison(slow, usual)
    #expect(back.durationDifference == -60 * millisecond && back.contributors(2).map { back.nodes[$0].left } == [4, 5])
    #expect(back.failedOnly(.left).count == 2)
  }

  @Test func nothingAndOtherRoots() {
    let nothing = TransactionComparison([] as [TraceSpan], usual)
    #expect(
      nothing.nodes.count == 6 && nothing.nodes.allSatisfy { $0.present == .right && $0.durationDifference == nil })
    #expect(nothing.durationDifference == 100 * millisecond)
    #expect(TransactionComparison([] as [TraceSpan], []).nodes.isEmpty)
    let other = TransactionComparison(usual, [span(1, .server, "admin", "GET /", from: 0, to: 1)])
    #expect(other.nodes.count == 7 && other.only(.left).count == 6 && other.only(.right).count == 1)
  }

  /// Against an oracle that pairs by what each node's path is: the keys from the top, each with its occurrence.
  @Test(arguments: 1...30)
  func pairsAreThoseWithTheSamePath(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    func tree() -> CallTree {
      let count = Int.random(in: 1...80, using: &random)
      return CallTree.build(
        spans: (1...UInt64(count)).map { number in
          let start = Int64.random(in: 0..<1_000, using: &random)
          return span(
            number, under: number == 1 ? nil : UInt64.random(in: 1..<number, using: &random),
            [.internal, .client].randomElement(using: &random) ?? .internal,
            number == 1 ? "a" : random.chance(50) ? "a" : "b",
            number == 1 ? "x" : random.chance(70) ? "x" : "y", from: start,
            to: random.chance(90) ? start + Int64.random(in: 0..<1_000, using: &random) : nil, failed: random.chance(20)
          )
        })
    }
    let (left, right) = (tree(), tree())
    let (lefts, rights) = (paths(of: left), paths(of: right))
    let compared = TransactionComparison(left, right)
    #expect(Set(compared.nodes.compactMap(\.left)).count == left.nodes.count, "seed \(seed)")
    #expect(Set(compared.nodes.compactMap(\.right)).count == right.nodes.count, "seed \(seed)")
    #expect(compared.nodes.count == Set(lefts).union(rights).count, "seed \(seed)")
    var contributed: Int64 = 0
    let (before, after) = (left.criticalPath(.transaction), right.criticalPath(.transaction))
    for (index, node) in compared.nodes.enumerated() {
      if let one = node.left, let other = node.right { #expect(lefts[one] == rights[other], "seed \(seed)") }
      #expect(node.subtreeEnd > index && (node.parent ?? -1) < index)
      if let parent = node.parent { #expect(node.subtreeEnd <= compared.nodes[parent].subtreeEnd) }
      let times = CriticalPath.Cause.allCases.reduce(into: (0, 0) as (Int64, Int64)) { sum, cause in
        sum.0 += node.left.map { before.time(of: $0, cause) } ?? 0
        sum.1 += node.right.map { after.time(of: $0, cause) } ?? 0
      }
      #expect(node.contribution == times.1 - times.0, "seed \(seed)")
      #expect(node.leftSelfTime == node.left.flatMap { left.nodes[$0].selfTime }, "seed \(seed)")
      #expect(node.rightDuration == node.right.flatMap { right.nodes[$0].duration }, "seed \(seed)")
      contributed += node.contribution
    }
    #expect(contributed + compared.unexplained == right.duration - left.duration, "seed \(seed)")
    let rightOrder = compared.nodes.compactMap(\.right)
    #expect(rightOrder == rightOrder.sorted(), "seed \(seed): in the right one's order")
  }

  private func paths(of tree: CallTree) -> [String] {
    var paths: [String] = []
    for (index, node) in tree.nodes.enumerated() {
      let above = node.parent.map { paths[$0] } ?? ""
      let path = "\(above)/\(node.span.service) \(node.span.operation) \(node.span.kind)"
      // As often as an elder sibling has the same key.
      let elders = (0..<index).count { tree.nodes[$0].parent == node.parent && paths[$0].hasPrefix(path + "#") }
      paths.append("\(path)#\(elders)")
    }
    return paths
  }

  @Test func aChainOf100000AndAWideTreeWork() {
    let chain = (1...100_000 as ClosedRange<UInt64>).map { number in
      span(number, under: number == 1 ? nil : number - 1, from: 0, to: 1_000_000 - Int64(number))
    }
    let deep = CallTree.build(spans: chain)
    let shorter = CallTree.build(spans: Array(chain.dropLast()))
    let compared = TransactionComparison(deep, shorter)
    #expect(compared.nodes.count == 100_000 && compared.only(.left) == [99_999])
    let wide = (1...10_000 as ClosedRange<UInt64>).map { number in
      span(number, under: number == 1 ? nil : 1, from: Int64(number), to: Int64(number) + 1)
    }
    let broad = TransactionComparison(CallTree.build(spans: wide), CallTree.build(spans: Array(wide.dropLast(10))))
    #expect(broad.nodes.count == 10_000 && broad.only(.left).count == 10)
  }
}
