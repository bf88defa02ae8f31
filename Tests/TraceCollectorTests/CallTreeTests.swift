import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

extension CallTree {
  /// One word a node: depth as dots, the span's number, what is special about it: `s` is shared, `?` names a parent that was
  /// not reported, `+` is a root beside the root, `@` its own descendant.
  var shape: [String] {
    nodes.map { node in
      let number = node.isSynthetic ? "root" : "\(node.span.id.value)"
      let adoption =
        switch node.adoption {
        case nil: ""
        case .parentNotReported: "?"
        case .secondRoot: "+"
        case .circle: "@"
        }
      let mark = (node.span.isShared ? "s" : "") + adoption
      return String(repeating: ".", count: node.depth) + number + mark
    }
  }

  func node(_ number: UInt64, shared: Bool = false) -> Node {
    nodes.first { $0.span.id.value == number && $0.span.isShared == shared }!
  }
}

struct CallTreeTests {
  @Test func noSpansNoTree() {
    let tree = CallTree.build(spans: [])
    #expect(tree.nodes.isEmpty && tree.rows.isEmpty && tree.duration == 0)
    #expect(tree.criticalPath(.request).stretches.isEmpty && tree.criticalPath(.transaction).stretches.isEmpty)
    #expect(CallTreeText.render(tree).isEmpty)
  }

  @Test func siblingsStandByHopThenStartThenID() {
    let tree = CallTree.build(spans: [
      span(9, under: 1, hop: 3, .client, from: 1, to: 2), span(8, under: 1, hop: 2, .client, from: 5, to: 6),
      span(7, under: 1, hop: 3, .client, from: 0, to: 1), span(6, under: 1, hop: 3, .client, from: 1, to: 3),
      span(5, under: 1, hop: 1, from: 1, to: 2), span(1, hop: 1, .server, from: 0, to: 9),
    ])
    #expect(tree.shape == ["1", ".5", ".8", ".7", ".6", ".9"])
    #expect(tree.hops == 3 && tree.children(of: 0) == [1, 2, 3, 4, 5])
  }

  /// Work inside a service has no place among the hops, nor has a crossing whose carrier brought no number.
  @Test func siblingsWithoutANumberOfTheirOwnStandByStartAmongTheHops() {
    let tree = CallTree.build(spans: [
      span(1, hop: 1, .server, from: 0, to: 99), span(2, under: 1, hop: 2, .client, from: 10, to: 19),
      span(3, under: 1, hop: 3, .client, from: 30, to: 39), span(4, under: 1, hop: 1, .internal, from: 20, to: 29),
      span(5, under: 1, .client, from: 25, to: 26), span(6, under: 1, hop: 9, .internal, from: 5, to: 6),
      span(7, under: 1, hop: 1, .internal, from: 30, to: 35), span(8, under: 1, .client, from: 40, to: 41),
    ])
    #expect(tree.shape == ["1", ".6", ".2", ".4", ".5", ".7", ".3", ".8"])
  }

  @Test func siblingsStandByTheirCorrectedStarts() {
    let tree = CallTree.build(spans: [
      span(1, .client, "a", from: 100, to: 200), span(2, under: 1, .server, "b", from: 30, to: 130),
      span(3, under: 1, .internal, "a", from: 90, to: 95),
    ])
    #expect(tree.node(2).start == epoch + 100 * millisecond && tree.shape == ["1", ".3", ".2"])
  }

  @Test(arguments: 1...50)
  func theOrderOfArrivalDoesNotMatter(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let spans = (0..<60).map { _ in random.anySpan(in: id(1)) }
    let tree = CallTree.build(spans: spans)
    let other = CallTree.build(spans: spans.shuffled(using: &random))
    #expect(tree.nodes.map(\.span.id) == other.nodes.map(\.span.id), "seed \(seed)")
    #expect(tree.nodes.map(\.skew) == other.nodes.map(\.skew), "seed \(seed)")
    _ = CallTreeText.render(tree)
    checkForm(of: tree, seed: seed)
  }

  @Test(arguments: 1...50)
  func anyParentsAtAllGiveOneTree(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let count = UInt64.random(in: 1...40, using: &random)
    let spans = (1...count).map { number in
      let parent = random.chance(90) ? UInt64.random(in: 1...count + 3, using: &random) : nil
      let start = Int64.random(in: 0..<50, using: &random)
      return span(
        random.chance(20) ? UInt64.random(in: 1...count, using: &random) : number, under: parent,
        SpanKind.allCases.randomElement(using: &random) ?? .internal, shared: random.chance(20),
        ["a", "b", ""].randomElement(using: &random) ?? "", from: start,
        to: random.chance(80) ? start + Int64.random(in: 0..<50, using: &random) : nil)
    }
    checkForm(of: CallTree.build(spans: spans), seed: seed)
  }

  /// What holds for every tree.
  private func checkForm(of tree: CallTree, seed: UInt64) {
    for (index, node) in tree.nodes.enumerated() {
      #expect((node.parent == nil) == (index == 0), "seed \(seed)")
      #expect(node.subtreeEnd > index && node.subtreeEnd <= tree.nodes.count, "seed \(seed)")
      guard let parent = node.parent else { continue }
      #expect(parent < index && node.subtreeEnd <= tree.nodes[parent].subtreeEnd, "seed \(seed)")
      #expect(node.depth == tree.nodes[parent].depth + 1, "seed \(seed)")
    }
    for kind in CriticalPath.Kind.allCases {
      let path = tree.criticalPath(kind)
      for (stretch, next) in zip(path.stretches, path.stretches.dropFirst()) {
        #expect(stretch.from < stretch.to && stretch.to <= next.from, "seed \(seed)")
      }
    }
    var shown: [Int] = []
    for (index, row) in tree.rows.enumerated() {
      #expect(row.parent.map { tree.rows[$0].depth + 1 == row.depth && $0 < index } ?? (row.depth == 0), "seed \(seed)")
      #expect(row.subtreeEnd > index && row.hasChildren == (row.subtreeEnd > index + 1), "seed \(seed)")
      switch row.content {
      case .hop(let client, let server): shown += [client, server].compactMap { $0 }
      case .span(let node), .record(let node, _): shown.append(node)
      default: break
      }
    }
    #expect(shown.sorted() == Array(tree.nodes.indices), "every node stands in one row, seed \(seed)")
  }

  @Test func aSharedSpanTakesItsClientsPlaceAndItsOwnChildren() {
    // The server does not say that it shares; its client is reported last.
    let tree = CallTree.build(spans: [
      span(3, under: 2, .client, "order", from: 4, to: 6), span(2, .server, "order", from: 2, to: 8),
      span(4, under: 2, .internal, "gateway", from: 9, to: 10), span(2, under: 1, .client, "gateway", from: 1, to: 11),
      span(1, .server, "gateway", from: 0, to: 12),
    ])
    #expect(tree.shape == ["1", ".2", "..2s", "...3", "..4"])
    #expect(tree.node(2, shared: true).span.parent == SpanID(1))
    #expect(tree.rows.map(\.depth) == [0, 1, 2, 2])
  }

  @Test func severalServersUnderOneIDEachHaveTheirOwnChildren() {
    let tree = CallTree.build(spans: [
      span(1, .client, "a", from: 0, to: 20), span(1, .server, shared: true, "b", on: "b-1", from: 1, to: 9),
      span(1, .server, shared: true, "b", on: "b-2", from: 10, to: 19),
      span(2, under: 1, .internal, "b", on: "b-1", from: 2, to: 3),
      span(3, under: 1, .internal, "b", on: "b-2", from: 11, to: 12),
      span(4, under: 1, .internal, "a", from: 19, to: 20),
    ])
    #expect(tree.shape == ["1", ".1s", "..2", ".1s", "..3", ".4"])
  }

  @Test func aSharedServerWithoutItsClientHangsUnderTheClientsParent() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 20), span(2, under: 1, .server, shared: true, "b", from: 1, to: 9),
      span(3, under: 2, .internal, "b", from: 2, to: 3),
    ])
    #expect(tree.shape == ["1", ".2s", "..3"])
  }

  @Test func aChildFromElsewhereHangsUnderTheClientOrUnderASharedServerWithoutOne() {
    let server = span(2, under: 1, .server, shared: true, "b", on: "b-1", from: 2, to: 8)
    let spans = [span(1, .server, "a", from: 0, to: 9), server, span(3, under: 2, .internal, "c", from: 3, to: 4)]
    #expect(CallTree.build(spans: spans).shape == ["1", ".2s", "..3"])
    let client = span(2, under: 1, .client, "a", from: 1, to: 9)
    #expect(CallTree.build(spans: spans + [client]).shape == ["1", ".2", "..2s", "..3"])
  }

  @Test func orphansHangUnderTheRoot() {
    let tree = CallTree.build(spans: [
      span(1, .server, from: 5, to: 9), span(2, under: 77, from: 6, to: 7), span(3, under: 2, from: 6, to: 7),
      span(4, .server, from: 7, to: 8),
    ])
    #expect(tree.shape == ["1", ".2?", "..3", ".4+"])
  }

  /// An orphan may be earlier still.
  @Test func theRootIsTheEarliestSpanThatNamesNoParent() {
    let tree = CallTree.build(spans: [
      span(1, .server, from: 7, to: 8), span(2, .server, from: 5, to: 9), span(3, .server, from: 6, to: 7),
      span(4, under: 77, from: 1, to: 7),
    ])
    #expect(tree.shape == ["2", ".4?", ".3+", ".1+"])
  }

  @Test func anOrphanIsNoneWhenItsParentHasCome() {
    let spans = [span(1, .server, from: 0, to: 9), span(3, under: 2, from: 2, to: 3)]
    #expect(CallTree.build(spans: spans).shape == ["1", ".3?"])
    #expect(CallTree.build(spans: spans + [span(2, under: 1, from: 1, to: 4)]).shape == ["1", ".2", "..3"])
  }

  @Test func aMadeUpRootHasTheIDOfTheParentThatAllName() {
    let spans = [span(2, under: 9, from: 3, to: 9), span(3, under: 9, from: 1, to: 2)]
    #expect(CallTree.build(spans: spans).nodes[0].span.id == SpanID(9))
    let others = CallTree.build(spans: spans + [span(4, under: 8, from: 4, to: 5)])
    #expect(others.shape == ["root", ".3?", ".2?", ".4?"] && others.nodes[0].span.id == SpanID(2))
  }

  @Test func withoutARootOneOrphanIsTheTopAndSeveralGetAMadeUpOne() {
    let one = CallTree.build(spans: [span(2, under: 1, from: 0, to: 9), span(3, under: 2, from: 1, to: 2)])
    #expect(one.shape == ["2?", ".3"])
    let several = CallTree.build(spans: [span(2, under: 1, from: 3, to: 9), span(3, under: 1, from: 1, to: 2)])
    #expect(several.shape == ["root", ".3?", ".2?"])
    let root = several.nodes[0]
    #expect(root.span.id == SpanID(1) && root.start == epoch + millisecond && root.duration == 8 * millisecond)
    #expect(several.rows.count == 3)
  }

  @Test func cyclesAreCutAtTheirEarliestSpan() {
    #expect(CallTree.build(spans: [span(1, under: 1, from: 0, to: 9)]).shape == ["1"])
    let pair = CallTree.build(spans: [span(1, under: 2, from: 3, to: 9), span(2, under: 1, from: 1, to: 9)])
    #expect(pair.shape == ["2@", ".1"])
    let beside = CallTree.build(spans: [
      span(1, from: 0, to: 9), span(2, under: 4, from: 3, to: 4), span(3, under: 2, from: 2, to: 4),
      span(4, under: 3, from: 5, to: 6), span(5, under: 4, from: 5, to: 6),
    ])
    #expect(
      beside.shape == ["1", ".3@", "..4", "...5", "...2"] || beside.shape == ["1", ".3@", "..4", "...2", "...5"])
  }

  @Test func aChainOf100000Works() {
    let count: UInt64 = 100_000
    let kinds: [SpanKind] = [.client, .server, .producer, .consumer, .internal]
    let spans = (1...count).map { number in
      span(
        number, under: number == 1 ? nil : number - 1, kinds[Int(number % 5)], "service \(number % 7)",
        from: Int64(number), to: Int64(2 * count - number))
    }
    let tree = CallTree.build(spans: spans)
    #expect(tree.nodes.count == Int(count) && tree.nodes.last?.depth == Int(count) - 1)
    #expect(tree.nodes[0].selfTime == 2 * millisecond)
    #expect(tree.criticalPath(.request).total == (2 * Int64(count) - 2) * millisecond)
    #expect(tree.criticalPath(.transaction).stretches.isEmpty == false)
    #expect(tree.rows.last?.subtreeEnd == tree.rows.count)
  }

  @Test func errorsAreCountedAtTheirOrigin() {
    let tree = CallTree.build(spans: [
      span(1, from: 0, to: 9, failed: true), span(2, under: 1, from: 1, to: 8),
      span(3, under: 2, from: 2, to: 3, failed: true),
      span(4, under: 1, from: 4, to: 5, failed: true),
    ])
    #expect(tree.errors == 3 && tree.errorOrigins == 2)
  }

  @Test func anErrorHasItsOriginHoweverDeepItIs() {
    let tree = CallTree.build(spans: [
      span(1, from: 0, to: 9, failed: true), span(2, under: 1, from: 1, to: 8), span(3, under: 2, from: 2, to: 7),
      span(4, under: 3, from: 3, to: 6, failed: true),
    ])
    #expect(tree.errors == 2 && tree.errorOrigins == 1)
  }

  @Test func hopsAreCrossingsWhereNoCarrierBroughtANumber() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 9), span(2, under: 1, .client, "a", from: 1, to: 8),
      span(3, under: 2, .server, "b", from: 2, to: 7), span(4, under: 3, .consumer, "c", from: 3, to: 4),
    ])
    #expect(tree.hops == 3)
  }

  @Test func aTreeLastsFromItsFirstStartToItsLastEnd() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 9), span(2, under: 1, .internal, "b", from: -5, to: 3),
      span(3, under: 2, .internal, "c", from: 4, to: 20),
    ])
    #expect(tree.start == epoch - 5 * millisecond && tree.end == epoch + 20 * millisecond)
    #expect(tree.services == ["b", "a", "c"])
  }

  @Test func selfTimeIsWhatNoChildCovers() {
    let tree = CallTree.build(spans: [
      span(1, from: 0, to: 100), span(2, under: 1, from: -10, to: 10), span(3, under: 1, from: 20, to: 40),
      span(4, under: 1, from: 30, to: 50), span(5, under: 1, from: 35, to: 38), span(6, under: 1, from: 90, to: 120),
      span(7, under: 1, from: 60, to: nil), span(8, under: 1, from: 200, to: 300), span(9, under: 7, from: 61, to: 62),
    ])
    // Covered: 0–10, 20–50 and 90–100.
    #expect(tree.node(1).selfTime == 50 * millisecond)
    #expect(tree.node(7).selfTime == nil && tree.node(9).selfTime == millisecond)
  }

  @Test func servicesStandByTheirFirstSpans() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 9), span(2, under: 1, hop: 2, .client, "b", from: 6, to: 7),
      span(3, under: 1, hop: 3, .client, "c", from: 3, to: 4), span(4, under: 1, hop: 4, .client, "b", from: 1, to: 2),
      span(5, under: 1, hop: 5, .client, "b", from: 8, to: 9), span(6, under: 1, hop: 6, .client, "", from: 5, to: 6),
    ])
    #expect(tree.services == ["a", "b", "c"])
  }

  /// By their hops they stand in another order than that of their starts.
  @Test func selfTimeIsRightWhateverTheOrderOfTheChildren() {
    let tree = CallTree.build(spans: [
      span(1, from: 0, to: 100), span(2, under: 1, hop: 2, .client, from: 60, to: 80),
      span(3, under: 1, hop: 3, .client, from: 10, to: 30), span(4, under: 1, hop: 4, .client, from: 20, to: 65),
    ])
    #expect(tree.shape == ["1", ".2", ".3", ".4"])
    #expect(tree.nodes[0].selfTime == 30 * millisecond)
  }

  @Test func everyKindOfChildCountsForSelfTimeAndGrandchildrenDoNot() {
    let tree = CallTree.build(spans: [
      span(1, .producer, from: 0, to: 100), span(2, under: 1, .consumer, from: 10, to: 40),
      span(3, under: 2, from: 30, to: 70),
    ])
    #expect(tree.nodes.map(\.selfTime) == [70, 20, 40].map { $0 * millisecond })
  }
}
