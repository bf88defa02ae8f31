import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Pieces of one span, and the two sides of a call that share an id.
struct SpanMergingTests {
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

  @Test func theIDOf128BitsWinsOverItsHalf() {
    var half = span(1, .server, "a", from: 0, to: 9)
    half.gtxid = id(1, high: 0)
    var other = span(3, under: 1, from: 4, to: 5)
    other.gtxid = id(1, high: 0)
    let tree = CallTree.build(spans: [half, span(2, under: 1, from: 1, to: 2), other])
    #expect(tree.nodes.map(\.span.gtxid) == Array(repeating: id(1), count: 3))
  }

  @Test func aMergedSpanLastsFromTheFirstStartToTheLastEnd() {
    func link(_ number: UInt64) -> SpanLink { SpanLink(gtxid: id(9), span: SpanID(number)!) }
    var one = span(1, .server, "a", "later name", from: 5, to: 7)
    one.links = [link(1), link(3)]
    var other = span(1, .server, "a", "name", from: 3, to: 6)
    other.links = [link(1), link(2)]
    for pieces in [[one, other], [other, one]] {
      let merged = CallTree.build(spans: pieces).nodes.map(\.span)
      #expect(merged.map(\.start) == [epoch + 3 * millisecond] && merged.map(\.duration) == [4 * millisecond])
      #expect(merged.map(\.links) == [[link(1), link(2), link(3)]] && merged.map(\.operation) == ["name"])
    }
  }

  @Test func whatSharesAnIDIsNotMergedWithWhatDoesNot() {
    let tree = CallTree.build(spans: [
      span(1, .server, shared: true, "a", from: 1, to: 9), span(1, .server, "a", from: 0, to: 10),
    ])
    #expect(tree.shape == ["1", ".1s"])
  }

  @Test func piecesFromOtherEndpointsStayApart() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 10), span(2, under: 1, .internal, "a", on: "a-1", from: 1, to: 2),
      span(2, under: 1, .internal, "a", on: "a-2", from: 3, to: 4),
      span(3, under: 1, .internal, "a", on: "a-1", from: 5, to: 6),
      span(3, under: 1, .internal, "", from: 6, to: 7), span(4, under: 1, .internal, "a", from: 8, to: 9),
      span(4, under: 1, .internal, "b", from: 9, to: 10),
    ])
    #expect(tree.shape == ["1", ".2", ".2", ".3", ".4", ".4"])
  }

  /// What one of them does not say is no difference.
  @Test(arguments: [
    ("10.0.0.1:80", "10.0.0.1"), ("10.0.0.1:80", ":80"), ("10.0.0.1:80", ""), ("10.0.0.1", ":80"),
    ("[::1]:80", "::1"), ("::1", ":80"),
  ])
  func anUnknownAddressOrPortIsCompatible(one: String, other: String) {
    let whole = one.contains("::") ? "[::1]:80" : "10.0.0.1:80"
    for pair in [[one, other], [other, one]] {
      let spans = pair.enumerated().map {
        span(1, .server, "a", on: $1, from: 0, to: 10, attributes: [SpanAttribute("piece", .integer(Int64($0)))])
      }
      #expect(CallTree.build(spans: spans).nodes.map(\.span.instance) == [whole])
      // So it is one call, of one process.
      let store = TraceStore(budget: 1 << 20)
      let now = epoch + 20 * millisecond
      store.add(spans, now: now)
      #expect(store.red(service: "a", now: now)?.totalCalls == 1)
      let instances = store.instances().map(\.instance).filter { !$0.isEmpty }
      #expect(instances.count == 1 || !pair.contains(whole), "\(instances)")
    }
  }

  @Test(arguments: [("10.0.0.1:80", "10.0.0.1:81"), ("10.0.0.1:80", "10.0.0.2:80"), (":80", "10.0.0.1:81")])
  func anotherAddressOrPortIsNot(one: String, other: String) {
    let tree = CallTree.build(spans: [one, other].map { span(1, .server, "a", on: $0, from: 0, to: 10) })
    #expect(Set(tree.nodes.map(\.span.instance)) == [one, other])
  }

  /// Though nothing tells their endpoints apart.
  @Test func aServerAfterItsClientIsSharedInTheSameServiceToo() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 10), span(2, .server, "a", from: 2, to: 8),
      span(2, under: 1, .client, "a", from: 1, to: 9),
    ])
    #expect(tree.shape == ["1", ".2", "..2s"] && tree.nodes.last?.span.parent == SpanID(1))
  }

  @Test func aServerAfterAClientWithAnotherIDIsNotShared() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 20), span(2, under: 1, .client, "a", from: 1, to: 9),
      span(3, under: 1, .internal, "a", from: 10, to: 19), span(3, under: 1, .server, "b", from: 11, to: 18),
    ])
    #expect(tree.shape == ["1", ".2", ".3", ".3"])
  }

  @Test(arguments: 1...20)
  func piecesOfSeveralSpansFromOneEndpointAreSortedOut(seed: UInt64) {
    let kinds: [SpanKind] = [.server, .consumer, .internal, .server, .consumer, .producer]
    let pieces = kinds.enumerated().map { place, kind in
      span(1, under: kind == .consumer ? 2 : nil, kind, "a", from: Int64(place), to: 9)
    }
    var random = SeededGenerator(seed: seed)
    let tree = CallTree.build(spans: pieces.shuffled(using: &random))
    #expect(tree.nodes.map(\.span.kind) == [.server, .consumer, .producer], "seed \(seed)")
    #expect(tree.nodes.map { ($0.span.start - epoch) / millisecond } == [0, 1, 5], "seed \(seed)")
  }

  /// Whether or not its pieces say that it shares the id, and the first of them on which side it was.
  @Test(arguments: [
    (SpanKind.server, true, true), (.server, false, false), (.server, false, true), (.internal, false, false),
  ])
  func aServerInPiecesIsOneSharedSpan(kind: SpanKind, isFirstShared: Bool, isOtherShared: Bool) {
    let spans = [
      span(1, .server, "a", from: 0, to: 20), span(2, under: 1, .client, "a", from: 1, to: 19),
      span(2, kind, shared: isFirstShared, "b", from: 2, to: nil),
      span(2, .server, shared: isOtherShared, "b", from: 2, to: 18),
      span(3, under: 2, .internal, "b", from: 3, to: 4),
    ]
    for spans in [spans, spans.reversed()] {
      let tree = CallTree.build(spans: spans)
      #expect(tree.shape == ["1", ".2", "..2s", "...3"])
      #expect(tree.nodes.filter(\.span.isShared).map(\.duration) == [16 * millisecond])
    }
  }

  @Test(arguments: 1...20)
  func aTransactionsTreeIsTheSameInWhicheverOrderItsPiecesCome(seed: UInt64) {
    let spans = [
      span(1, hop: 1, .server, "a", from: 0, to: nil), span(1, hop: 1, .server, "a", from: 0, to: 90),
      span(2, under: 1, hop: 2, .client, "a", from: 1, to: 40),
      span(2, hop: 2, .server, "b", on: "b-1", from: 2, to: nil),
      span(2, hop: 2, .internal, "b", on: "b-1", from: 2, to: 39), span(3, under: 2, .internal, "b", from: 3, to: 30),
      span(4, under: 3, hop: 3, .producer, "b", from: 4, to: 5),
      span(5, under: 4, hop: 3, .consumer, "c", from: 6, to: 70),
      span(6, under: 5, hop: 4, .client, "c", from: 7, to: 60),
      span(6, hop: 4, .server, shared: true, "d", from: -50, to: -20),
      span(7, under: 66, hop: 9, .server, "e", from: 50, to: 51), span(8, under: 9, .internal, "f", from: 52, to: 53),
      span(9, under: 8, .internal, "f", from: 54, to: 55),
    ]
    var random = SeededGenerator(seed: seed)
    let tree = CallTree.build(spans: spans.shuffled(using: &random))
    #expect(
      tree.shape == ["1", ".2", "..2s", "...3", "....4", ".....5", "......6", ".......6s", ".7?", ".8@", "..9"],
      "seed \(seed)")
    let other = CallTree.build(spans: spans)
    #expect(tree.nodes.map(\.span) == other.nodes.map(\.span) && tree.rows == other.rows, "seed \(seed)")
  }

  /// Pieces of which nothing but what they say tells which one is the first.
  private func pieces(_ random: inout SeededGenerator) -> [TraceSpan] {
    let parents = [nil, SpanID(2), SpanID(3)]
    return (0..<Int.random(in: 2...12, using: &random)).map { _ in
      var piece = random.anySpan(in: id(1))
      piece.id = SpanID(1)!
      piece.parent = parents.randomElement(using: &random) ?? nil
      piece.kind = [.server, .server, .client, .internal].randomElement(using: &random) ?? .server
      piece.isShared = random.chance(20)
      piece.service = random.chance(80) ? "a" : random.text()
      piece.instance = ["", "a-1"].randomElement(using: &random) ?? ""
      piece.start = epoch + Int64.random(in: 0...1, using: &random)
      if random.chance(60) { piece.duration = [nil, 0, 1].randomElement(using: &random) ?? nil }
      return piece
    }
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func piecesGiveTheSameSpansInWhicheverOrderAndBatchesTheyCome(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = pieces(&random)
    func merged(_ pieces: [TraceSpan]) -> [[UInt8]] { CallTree.build(spans: pieces).nodes.map(\.span.content) }
    let wanted = merged(pieces)
    for _ in 0..<8 {
      let shuffled = pieces.shuffled(using: &random)
      #expect(merged(shuffled) == wanted, "seed \(seed)")
      let store = TraceStore(budget: 4_000_000)
      var rest = shuffled[...]
      while !rest.isEmpty {
        let batch = rest.prefix(Int.random(in: 1...4, using: &random))
        rest = rest.dropFirst(batch.count)
        store.add(Array(batch), now: epoch)
        // A sender that heard no answer sends its batch again.
        if random.chance(20) { store.add(Array(batch), now: epoch) }
      }
      #expect(merged(store.spans(of: id(1))) == wanted, "seed \(seed)")
    }
  }
}
