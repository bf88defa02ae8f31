import Testing
import TraceModel

@testable import TraceCollector

extension CallTree {
  /// One word a node: depth as dots, the span's number, what is special about it.
  var shape: [String] {
    nodes.map { node in
      let number = node.isSynthetic ? "root" : "\(node.span.id.value)"
      let mark = (node.span.isShared ? "s" : "") + (node.isOrphan ? "?" : "")
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

  /// The shape of a payload with a 128-bit id, three kinds of pieces under one id, and spans without a service.
  @Test func piecesOfOneSpanAreMerged() {
    var spans = [
      span(0x8F, under: 0x90, .client, "apip", from: 3, to: nil, peer: "evcache_g"),
      span(0x6C, under: 0x67, .client, "api", from: 24, to: 32, peer: "session_logs"),
      span(0x6C, under: 0x67, .server, "session_logs", from: 29, to: 32),
      span(
        0x6C, under: 0x67, .internal, "", from: 26, to: nil, attributes: [SpanAttribute("vip", "x")],
        events: [SpanEvent(time: epoch, name: "niws")]),
      span(0x6C, under: 0x67, .internal, "", from: 26, to: nil, attributes: [SpanAttribute("hystrix", "y")]),
      span(0x67, under: 0x90, .client, "apip", from: 6, to: 35, peer: "api"),
      span(0x67, under: 0x90, .server, "api", from: 8, to: 34), span(0x90, .server, "apip", from: 0, to: 37),
    ]
    spans[4].gtxid = id(1, high: 0)
    let tree = CallTree.build(spans: spans)
    let numbers = [0x90, 0x8F, 0x67, 0x67, 0x6C, 0x6C]
    #expect(tree.nodes.map { Int($0.span.id.value) } == numbers)
    #expect(tree.nodes.map(\.depth) == [0, 1, 1, 2, 3, 4])
    let client = tree.nodes[4].span
    #expect(client.attributes.map(\.name) == ["vip", "hystrix"] && client.events.count == 1)
    #expect(client.duration == 8 * millisecond && client.kind == .client)
    #expect(tree.nodes.allSatisfy { $0.span.gtxid == id(1) })
    #expect(tree.rows.map(\.service) == ["apip", "evcache_g", "api", "session_logs"])
    #expect(tree.services == ["apip", "api", "session_logs"])
    #expect(tree.rows[1].code == .unknown && tree.rows[1].duration == nil)
  }

  @Test func aPieceWithTheEndCompletesTheOneWithTheStart() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 5, to: nil), span(1, .server, "a", from: 5, to: 9, failed: true, message: "no"),
    ])
    #expect(tree.nodes.count == 1)
    let merged = tree.nodes[0].span
    #expect(merged.duration == 4 * millisecond && merged.status == .error && merged.message == "no")
  }

  @Test func orphansHangUnderTheRoot() {
    let tree = CallTree.build(spans: [
      span(1, .server, from: 5, to: 9), span(2, under: 77, from: 6, to: 7), span(3, under: 2, from: 6, to: 7),
      span(4, .server, from: 7, to: 8),
    ])
    #expect(tree.shape == ["1", ".2?", "..3", ".4?"])
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
    #expect(pair.shape == ["2?", ".1"])
    let beside = CallTree.build(spans: [
      span(1, from: 0, to: 9), span(2, under: 4, from: 3, to: 4), span(3, under: 2, from: 2, to: 4),
      span(4, under: 3, from: 5, to: 6), span(5, under: 4, from: 5, to: 6),
    ])
    #expect(
      beside.shape == ["1", ".3?", "..4", "...5", "...2"] || beside.shape == ["1", ".3?", "..4", "...2", "...5"])
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
}
