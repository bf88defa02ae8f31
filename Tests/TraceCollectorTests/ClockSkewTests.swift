import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct ClockSkewTests {
  /// A client from 100 ms to 200 ms on host a, and its server, as it reports itself.
  private func tree(
    clientEnd: Int64? = 200, server: Int64, serverEnd: Int64?, on host: String = "b:80", kind: SpanKind = .server,
    below: [TraceSpan] = []
  ) -> CallTree {
    CallTree.build(
      spans: [
        span(1, .server, "a", on: "a:1", from: 90, to: 210),
        span(2, under: 1, .client, "a", on: "a:1", from: 100, to: clientEnd),
        span(3, under: 2, kind, "b", on: host, from: server, to: serverEnd),
      ] + below)
  }

  @Test func aServerThatFitsIsMovedIntoTheMiddle() {
    // s − (cd − sd) / 2 − c = 30 − (100 − 60) / 2 − 100
    let tree = tree(server: 30, serverEnd: 90)
    #expect(tree.node(3).skew == -90 * millisecond)
    #expect(tree.node(3).start == epoch + 120 * millisecond && tree.node(3).end == epoch + 180 * millisecond)
    #expect(tree.node(3).span.start == epoch + 30 * millisecond, "never written back")
    #expect(tree.node(1).skew == 0 && tree.node(2).skew == 0)
  }

  @Test func oneThatBeginsWithItsClientIsMovedToo() {
    #expect(tree(server: 100, serverEnd: 160).node(3).skew == -20 * millisecond)
  }

  @Test func oneThatIsLongerThanItsClientBeginsRightAfterIt() {
    // s − c − 1 µs
    let tree = tree(server: 40, serverEnd: 190)
    #expect(tree.node(3).skew == -60 * millisecond - 1_000)
    #expect(tree.node(3).start == epoch + 100 * millisecond + 1_000)
  }

  @Test func unknownDurationsCountAsTooShort() {
    #expect(tree(server: 40, serverEnd: nil).node(3).skew == -60 * millisecond - 1_000)
    #expect(tree(clientEnd: nil, server: 40, serverEnd: 50).node(3).skew == -60 * millisecond - 1_000)
  }

  @Test func nothingElseIsCorrected() {
    #expect(tree(server: 101, serverEnd: 500).node(3).skew == 0, "begins after its client")
    #expect(tree(server: 30, serverEnd: 90, on: "a:2").node(3).skew == 0, "the same host")
    #expect(tree(server: 30, serverEnd: 90, kind: .consumer).node(3).skew == 0, "no call")
    #expect(tree(server: 30, serverEnd: 90, kind: .internal).node(3).skew == 0, "no call")
  }

  @Test(arguments: [SpanKind.internal, .server, .producer, .consumer])
  func onlyWhatAClientCalledIsCorrected(kind: SpanKind) {
    let tree = CallTree.build(spans: [
      span(1, kind, "a", on: "a:1", from: 100, to: 200), span(2, under: 1, .server, "b", on: "b:80", from: 30, to: 90),
    ])
    #expect(tree.node(2).skew == 0)
  }

  @Test func theCorrectionHoldsForThatHostBelow() {
    let tree = tree(
      server: 30, serverEnd: 90,
      below: [
        span(4, under: 3, .internal, "b", on: "b:80", from: 35, to: 45),
        span(5, under: 3, .client, "b", on: "b:81", from: 50, to: 80),
        // Its client begins at 140 after correction, so this is not before it.
        span(6, under: 5, .server, "c", on: "c", from: 145, to: 155),
        span(7, under: 6, .internal, "c", on: "c", from: 146, to: 147),
        span(8, under: 6, .consumer, "b", on: "b:80", from: 60, to: 61),
      ])
    #expect([4, 5, 8].map { tree.node($0).skew } == Array(repeating: -90 * millisecond, count: 3))
    #expect(tree.node(6).skew == 0 && tree.node(7).skew == 0)
    #expect(tree.node(4).start == epoch + 125 * millisecond)
  }

  @Test func aSecondHostIsMeasuredAgainstCorrectedTimes() {
    let tree = tree(
      server: 30, serverEnd: 90,
      below: [
        span(5, under: 3, .client, "b", on: "b:81", from: 50, to: 80),
        span(6, under: 5, .server, "c", on: "c", from: 60, to: 70),
      ])
    // Client from 140 to 170, so 60 − (30 − 10) / 2 − 140.
    #expect(tree.node(6).skew == -90 * millisecond)
    #expect(tree.node(6).start == epoch + 150 * millisecond)
  }

  /// The host's known correction comes first; only what still begins before its client is corrected further.
  @Test func aHostThatIsCalledBackIsMeasuredFromItsCorrectedTimes() {
    func back(from start: Int64, to end: Int64) -> CallTree.Node {
      tree(
        server: 30, serverEnd: 90,
        below: [
          span(5, under: 3, .client, "b", on: "b:80", from: 50, to: 80),
          span(6, under: 5, .server, "c", on: "c", from: 145, to: 165),
          span(7, under: 6, .client, "c", on: "c", from: 150, to: 160),
          span(8, under: 7, .server, "b", on: "b:80", from: start, to: end),
        ]
      ).node(8)
    }
    #expect(back(from: 61, to: 65).skew == -90 * millisecond, "at 151 it is not before its client")
    // At 145 it is: 145 − (10 − 6) / 2 − 150 more.
    #expect(back(from: 55, to: 61).skew == -97 * millisecond)
  }

  @Test func whatHappenedInACorrectedSpanMovesWithIt() {
    let event = SpanEvent(time: epoch + 40 * millisecond, name: SpanEventName.duplicate)
    let tree = CallTree.build(spans: [
      span(2, .client, "a", from: 100, to: 200), span(3, under: 2, .server, "b", from: 30, to: 90, events: [event]),
      span(4, under: 3, .internal, "b", from: 35, to: 36), span(5, under: 3, .internal, "b", from: 50, to: 51),
    ])
    #expect(tree.rows.map(\.start) == [100, 125, 130, 140].map { epoch + $0 * millisecond })
    #expect(tree.rows[2].content == .duplicate(node: 1, event: 0))
    #expect(tree.nodes[1].span.events == [event], "never written back")
  }

  @Test func aSharedServerIsCorrectedLikeAnyOther() {
    let tree = CallTree.build(spans: [
      span(1, .client, "a", from: 100, to: 200), span(1, .server, shared: true, "b", from: 30, to: 90),
    ])
    #expect(tree.node(1, shared: true).skew == -90 * millisecond)
  }
}
