import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct CriticalPathTests {
  /// `number from–to` of each stretch in milliseconds, a `~` before those that are waits.
  private func text(_ path: CriticalPath, of tree: CallTree) -> [String] {
    path.stretches.map { stretch in
      let times = [stretch.from, stretch.to].map { ($0 - epoch) / millisecond }
      let sign = stretch.cause == .wait ? "~" : ""
      return "\(sign)\(tree.nodes[stretch.node].span.id.value) \(times[0])–\(times[1])"
    }
  }

  private func request(_ spans: TraceSpan...) -> [String] {
    let tree = CallTree.build(spans: spans)
    return text(tree.criticalPath(.request), of: tree)
  }

  private func transaction(_ spans: TraceSpan...) -> [String] {
    let tree = CallTree.build(spans: spans)
    return text(tree.criticalPath(.transaction), of: tree)
  }

  @Test func itGoesIntoTheChildThatFinishedLast() {
    #expect(
      request(
        span(1, from: 0, to: 100), span(2, under: 1, from: 10, to: 60), span(3, under: 1, from: 20, to: 80),
        span(4, under: 1, from: 5, to: 15), span(5, under: 3, from: 30, to: 50))
        == ["1 0–5", "4 5–15", "1 15–20", "3 20–30", "5 30–50", "3 50–80", "1 80–100"])
  }

  @Test func whatBeganLastDoesNotMatter() {
    #expect(
      request(
        span(1, from: 0, to: 100), span(2, under: 1, from: 10, to: 90), span(3, under: 1, from: 20, to: 50),
        span(4, under: 1, from: 5, to: 10)) == ["1 0–5", "4 5–10", "2 10–90", "1 90–100"])
  }

  @Test func childrenAreCutToTheirParentAndThoseOutsideDropped() {
    #expect(
      request(
        span(1, from: 10, to: 100), span(2, under: 1, from: 90, to: 130), span(3, under: 1, from: 0, to: 20),
        span(4, under: 1, from: 101, to: 200), span(5, under: 2, from: 95, to: 125), span(6, under: 4, from: 50, to: 60)
      )
        == ["3 10–20", "1 20–90", "2 90–95", "5 95–100"])
  }

  @Test func aChildThatEndedBeforeItsParentBeganIsDropped() {
    #expect(
      request(
        span(1, from: 10, to: 20), span(2, under: 1, from: 0, to: 5), span(3, under: 2, from: 12, to: 18))
        == ["1 10–20"])
  }

  @Test func consumersOfARecordAreNoPartOfTheRequest() {
    #expect(
      request(
        span(1, .server, from: 0, to: 100), span(2, under: 1, .producer, from: 10, to: 12),
        span(3, under: 2, .consumer, from: 11, to: 90))
        == ["1 0–10", "2 10–12", "1 12–100"])
  }

  @Test func onlyAProducersConsumersAreDropped() {
    #expect(
      request(
        span(1, .server, from: 0, to: 100), span(2, under: 1, .consumer, from: 20, to: 60),
        span(3, under: 1, .producer, from: 70, to: 90), span(4, under: 3, .client, from: 75, to: 85))
        == ["1 0–20", "2 20–60", "1 60–70", "3 70–75", "4 75–85", "3 85–90", "1 90–100"])
  }

  @Test func emptyChildrenDoNotStopTheWalk() {
    #expect(
      request(
        span(1, from: 0, to: 10), span(2, under: 1, from: 5, to: 5), span(3, under: 1, from: 5, to: 5),
        span(4, under: 1, from: 2, to: 5), span(5, under: 1, from: 6, to: nil))
        == ["1 0–2", "4 2–5", "1 5–6", "1 6–10"])
  }

  @Test func aRootWithoutDurationHasNoPath() {
    #expect(request(span(1, from: 0, to: nil), span(2, under: 1, from: 0, to: 5)).isEmpty)
  }

  @Test func anySingleCallHasItsPath() {
    let tree = CallTree.build(spans: [
      span(1, from: 0, to: 100), span(2, under: 1, from: 10, to: 60), span(3, under: 2, from: 20, to: 30),
    ])
    let path = tree.criticalPath(below: 1)
    #expect(text(path, of: tree) == ["2 10–20", "3 20–30", "2 30–60"] && path.total == 50 * millisecond)
    #expect(path.share(of: 1) == 0.8 && path.share(of: 2) == 0.2 && path.share(of: 0) == 0)
  }

  /// gateway answers at once; order's record reaches inventory, whose record reaches payment.
  private let saga = [
    span(1, hop: 1, .server, "gateway", from: 0, to: 14),
    span(2, under: 1, hop: 2, .client, "gateway", from: 1, to: 13),
    span(3, under: 2, hop: 2, .server, "order", from: 2, to: 12),
    span(4, under: 3, hop: 3, .producer, "order", from: 10, to: 11),
    span(5, under: 4, hop: 3, .consumer, "inventory", from: 14, to: 24),
    span(6, under: 5, hop: 4, .producer, "inventory", from: 22, to: 23),
    span(7, under: 6, hop: 4, .consumer, "payment", from: 30, to: 90),
    span(8, under: 7, hop: 5, .client, "payment", from: 40, to: 70),
    span(9, under: 4, hop: 3, .consumer, "mail", from: 12, to: 60),
  ]

  @Test func aTransactionsPathFollowsItsRecords() {
    let tree = CallTree.build(spans: saga)
    #expect(tree.defaultPathKind == .transaction && tree.hasMessages)
    let path = tree.criticalPath(.transaction)
    #expect(
      text(path, of: tree) == [
        "1 0–1", "2 1–2", "3 2–10", "4 10–11", "~5 11–14", "5 14–22", "6 22–23", "~7 23–30", "7 30–40", "8 40–70",
        "7 70–90",
      ])
    #expect(path.total == 90 * millisecond)
    let payment = tree.nodes.firstIndex { $0.span.id.value == 7 }!
    #expect(path.share(of: payment) == Double(30) / 90 && path.waitShare(of: payment) == Double(7) / 90)
    let mail = tree.nodes.firstIndex { $0.span.id.value == 9 }!
    #expect(!path.contains(mail) && path.contains(payment))
    let whole = path.stretches.reduce(0) { $0 + $1.duration }
    #expect(whole == path.total, "nothing of the interval is left unexplained")
    #expect(
      text(tree.criticalPath(.request), of: tree) == [
        "1 0–1", "2 1–2", "3 2–10", "4 10–11", "3 11–12", "2 12–13", "1 13–14",
      ])
  }

  @Test func theRequestsPathIsShownFirstWhereNoRecordCarriesItOn() {
    let spans = [
      span(1, .server, from: 0, to: 9), span(2, under: 1, .producer, from: 1, to: 2),
      span(3, under: 1, .consumer, from: 3, to: 4),
    ]
    #expect(CallTree.build(spans: spans).defaultPathKind == .request, "nobody read the record")
    let read = CallTree.build(spans: spans + [span(4, under: 2, .consumer, from: 3, to: 4)])
    #expect(read.defaultPathKind == .transaction)
  }

  @Test func aConsumerFollowsItsProducerAndIsNoPartOfIt() {
    #expect(
      transaction(
        span(1, .server, from: 0, to: 30), span(2, under: 1, .producer, from: 2, to: 20),
        span(3, under: 2, .consumer, from: 3, to: 9)) == ["1 0–2", "2 2–20", "1 20–30"])
  }

  /// Which it cannot have seen the end of: the transaction went on without it.
  @Test func aRootThatEndedBeforeItsRecordsWereReadWaitedForNone() {
    #expect(
      transaction(
        span(1, .server, from: 0, to: 100), span(2, under: 1, .producer, from: 10, to: 11),
        span(3, under: 2, .consumer, from: 12, to: 20), span(4, under: 1, .producer, from: 50, to: 51),
        span(5, under: 4, .consumer, from: 60, to: 200))
        == ["1 0–10", "2 10–11", "1 11–50", "4 50–51", "~5 51–60", "5 60–200"])
  }

  @Test func aRecordReadBeforeItsProducerEndedHasNoWait() {
    #expect(
      transaction(
        span(1, .server, from: 0, to: 10), span(2, under: 1, .producer, from: 4, to: 9),
        span(3, under: 2, .consumer, from: 6, to: 20))
        == ["1 0–4", "2 4–6", "3 6–20"])
  }

  @Test func aRecordSentAfterItsSenderEndedWaitedBefore() {
    // As a relay does, which publishes what the sender left in its outbox.
    #expect(
      transaction(
        span(1, .server, from: 0, to: 10), span(2, under: 1, .producer, from: 15, to: 16),
        span(3, under: 2, .consumer, from: 18, to: 20))
        == ["1 0–10", "~2 10–15", "2 15–16", "~3 16–18", "3 18–20"])
  }

  @Test func aRootThatOutlastsItsRecordsWaitedForThem() {
    #expect(
      transaction(
        span(1, .server, from: 0, to: 100), span(2, under: 1, .client, from: 5, to: 15),
        span(3, under: 2, .server, from: 6, to: 14), span(4, under: 3, .producer, from: 12, to: 13),
        span(5, under: 4, .consumer, from: 20, to: 95))
        == ["1 0–5", "2 5–6", "3 6–12", "4 12–13", "~5 13–20", "5 20–95", "1 95–100"])
  }

  @Test func aTransactionsIntervalBeginsWithItsFirstSpan() {
    let tree = CallTree.build(spans: [
      span(1, .server, from: 0, to: 10), span(2, under: 1, .internal, from: -5, to: 4),
      span(3, under: 1, .producer, from: 8, to: 9), span(4, under: 3, .consumer, from: 12, to: 20),
    ])
    let path = tree.criticalPath(.transaction)
    #expect(text(path, of: tree) == ["2 -5–4", "1 4–8", "3 8–9", "~4 9–12", "4 12–20"])
    #expect(path.total == 25 * millisecond)
  }

  @Test func aRootWithoutDurationHasATransactionsPath() {
    #expect(
      transaction(
        span(1, .server, from: 0, to: nil), span(2, under: 1, .producer, from: 4, to: 5),
        span(3, under: 2, .consumer, from: 6, to: 20))
        == ["~2 0–4", "2 4–5", "~3 5–6", "3 6–20"])
  }

  @Test func rowsKnowTheirPartOfThePath() {
    var spans = saga
    spans[6].events = [
      SpanEvent(
        time: epoch + 75 * millisecond, name: SpanEventName.backOff,
        attributes: [SpanAttribute(SpanEventName.duration, .integer(10 * millisecond))])
    ]
    let tree = CallTree.build(spans: spans)
    let path = tree.criticalPath(.transaction)
    let shares = tree.rows.map { tree.criticalShare(of: $0, on: path) * 90 }
    // gateway, order, ✉, mail, inventory, ✉, payment, its call, back-off.
    #expect(shares.map { Int($0.rounded()) } == [1, 9, 4, 0, 8, 8, 30, 30, 10])
  }
}
