import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct TraceStoreTests {
  @Test func spansComeInAnyOrderAndBatchAndFormOneRow() throws {
    let store = TraceStore(budget: 1_000_000)
    let root = span(
      1, hop: 1, .server, "gateway", "POST /orders", from: 0, to: 30,
      attributes: [SpanAttribute(AttributeName.kind, "checkout"), SpanAttribute(AttributeName.user, "kim")])
    let client = span(2, under: 1, hop: 2, .client, "gateway", "createOrder", from: 2, to: 20, peer: "order")
    let server = span(3, under: 2, hop: 2, .server, "order", "createOrder", from: 5, to: 18)
    store.add([server], now: epoch)
    #expect(store.statistics.orphans == 1)
    let early = try #require(store.summary(of: id(1)))
    #expect(early.status == .running && !early.hasRoot && early.rootOperation == "createOrder")
    store.add([client, root], now: epoch)
    let summary = try #require(store.summary(of: id(1)))
    #expect(summary.rootService == "gateway" && summary.rootOperation == "POST /orders")
    #expect(summary.kind == "checkout" && summary.user == "kim")
    #expect(summary.start == epoch && summary.duration == 30 * millisecond)
    #expect(summary.spans == 3 && summary.hops == 2 && summary.services == ["gateway", "order"])
    #expect(summary.isComplete && summary.status == .ok && summary.orphans == 0)
    #expect(store.statistics.orphans == 0)
    #expect(store.spans(of: id(1)) == [server, client, root])
    #expect(store.summaries(newest: 10) == [summary])
  }

  @Test func hopsAreCrossingsWhereNoCarrierCountsThem() {
    let store = TraceStore(budget: 1_000_000)
    store.add(
      [
        span(1, .server, "a", from: 0, to: 9), span(2, under: 1, .client, "a", from: 1, to: 8),
        span(2, under: 1, .server, shared: true, "b", from: 2, to: 7),
        span(3, under: 2, .consumer, "c", from: 3, to: 4),
      ], now: epoch)
    #expect(store.summary(of: id(1))?.hops == 3)
  }

  @Test func theFirstErrorIsTheOneThatEndedFirst() throws {
    let store = TraceStore(budget: 1_000_000)
    store.add(
      [
        span(1, .server, "gateway", from: 0, to: 30, failed: true, message: "402"),
        span(2, under: 1, .server, "payment", "charge", from: 5, to: 20, failed: true),
        span(
          3, under: 2, .client, "payment", "POST", from: 6, to: 10, failed: true,
          attributes: [SpanAttribute(AttributeName.errorType, "TimeOut")]),
      ], now: epoch)
    let summary = try #require(store.summary(of: id(1)))
    #expect(summary.errors == 3 && summary.firstError == "TimeOut" && summary.firstErrorService == "payment")
    #expect(summary.status == .error)
  }

  @Test func aMendedErrorIsNoFailureButAFailedConsumerIs() {
    let store = TraceStore(budget: 1_000_000)
    let root = span(1, .server, "gateway", from: 0, to: 30)
    store.add([root, span(2, under: 1, .client, "gateway", from: 1, to: 2, failed: true)], now: epoch)
    #expect(store.summary(of: id(1))?.status == .ok)
    store.add([span(3, under: 1, .consumer, "mail", from: 40, to: 50, failed: true)], now: epoch)
    #expect(store.summary(of: id(1))?.status == .error)
  }

  @Test func withoutARootATransactionRunsUntilItIsQuiet() {
    let store = TraceStore(budget: 1_000_000)
    store.add([span(2, under: 1, .server, "order", from: 0, to: 1)], now: epoch)
    #expect(store.summary(of: id(1))?.status == .running)
    store.add([span(1, in: 2, .server, "order", from: 0, to: 1)], now: epoch + 31 * second)
    #expect(store.summary(of: id(1))?.status == .ok)
    #expect(store.summary(of: id(1))?.isComplete == false)
  }

  @Test func duplicatesAreDroppedAndPiecesAreNot() {
    let store = TraceStore(budget: 1_000_000)
    let client = span(2, under: 1, .client, "a", from: 0, to: 9)
    let server = span(2, under: 1, .server, shared: true, "b", from: 1, to: 8)
    let begun = span(3, under: 1, .server, "c", from: 1, to: nil)
    let ended = span(3, under: 1, .server, "c", from: 1, to: 5)
    store.add([client, server, begun, ended], now: epoch)
    #expect(store.statistics.accepted == 4)
    store.add([client, server, begun, ended], now: epoch)
    #expect(store.statistics.duplicates == 4 && store.statistics.accepted == 4)
    #expect(store.spans(of: id(1)) == [client, server, begun, ended])
    #expect(store.red(service: "c", now: epoch + second)?.totalCalls == 1, "two pieces are one call")
  }

  /// A tracer may say first how long a span took, and then what went wrong.
  @Test func aPieceOfASpanThatHasEndedIsKept() {
    let store = TraceStore(budget: 1_000_000)
    let ended = span(1, .server, "c", from: 1, to: 5)
    let failed = span(1, .server, "c", from: 1, to: 5, failed: true, attributes: [SpanAttribute("why", "no stock")])
    store.add([ended], now: epoch)
    store.add([failed, ended, failed], now: epoch)
    #expect(store.statistics.accepted == 2 && store.statistics.duplicates == 2)
    #expect(store.summary(of: id(1))?.status == .error)
    let red = store.red(service: "c", now: epoch + second)
    #expect(red?.totalCalls == 1 && red?.totalErrors == 1)
    let whole = CallTree.build(spans: store.spans(of: id(1))).nodes
    #expect(whole.count == 1 && whole.first?.span[attribute: "why"] == "no stock")
    #expect(store.summary(of: id(1))?.errors == 1)
  }

  /// An exporter that sends again what it got no answer to sends the same, numbers that are none included.
  @Test func whatIsSentAgainIsADuplicateWhateverItsValues() {
    let store = TraceStore(budget: 1_000_000)
    let odd = span(1, .server, "c", from: 1, to: 5, failed: true, attributes: [SpanAttribute("load", .real(.nan))])
    for _ in 0..<3 { store.add([odd], now: epoch) }
    #expect(store.statistics.accepted == 1 && store.statistics.duplicates == 2)
    #expect(store.summary(of: id(1))?.errors == 1)
  }

  /// However many pieces somebody sends of one span, the store holds a few.
  @Test func piecesHaveABound() {
    let store = TraceStore(budget: 1_000_000)
    for number in 0..<100 as Range<Int64> {
      store.add([span(1, .server, "c", from: 1, to: 5, attributes: [SpanAttribute("n", .integer(number))])], now: epoch)
    }
    #expect(store.statistics.accepted == 16 && store.statistics.duplicates == 84)
    #expect(store.red(service: "c", now: epoch + second)?.totalCalls == 1)
  }

  /// Names too long for a symbol of their own are told apart, up to a bound.
  @Test(.timeLimit(.minutes(1))) func manyLongNamesOfServicesAreLookedThroughQuickly() {
    let store = TraceStore(budget: 40_000_000)
    let long = String(repeating: "n", count: 300)
    let spans = (1...20_000 as ClosedRange<UInt64>).map {
      span($0, .internal, "\(long)\($0)", from: Int64($0), to: nil)
    }
    store.add(spans, now: epoch)
    let services = store.summary(of: id(1))?.services ?? []
    #expect(services.count == 64 && Set(services).count == 64)
    #expect(store.summaries(newest: 5, matching: .service(.equals("\(long)7"))).count == 1)
  }

  /// A client that asks two services under one id has two answers.
  @Test func severalServicesUnderOneIDAreAllKept() {
    let store = TraceStore(budget: 1_000_000)
    let client = span(2, .client, "a", from: 0, to: 20)
    let one = span(2, .server, shared: true, "b", from: 1, to: 8)
    let other = span(2, .server, shared: true, "c", from: 9, to: 18)
    store.add([client, one, other, one, other], now: epoch)
    #expect(store.spans(of: id(1)) == [client, one, other])
    #expect(store.statistics.duplicates == 2)
    for service in ["b", "c"] { #expect(store.red(service: service, now: epoch + second)?.totalCalls == 1) }
  }

  @Test func anIDOf64BitsIsTheLowHalfOf128() {
    let store = TraceStore(budget: 1_000_000)
    var half = span(1, from: 0, to: 9)
    half.gtxid = id(77, high: 0)
    var whole = span(2, under: 1, from: 1, to: 2)
    whole.gtxid = id(77, high: 5)
    var third = span(3, under: 1, from: 3, to: 4)
    third.gtxid = id(77, high: 0)
    store.add([half], now: epoch)
    store.add([whole], now: epoch)
    store.add([third], now: epoch)
    #expect(store.statistics.traces == 1)
    #expect(store.spans(of: id(77, high: 0)).count == 3)
    #expect(store.spans(of: id(77, high: 5)).allSatisfy { $0.gtxid == id(77, high: 5) })
    var other = span(4, from: 0, to: 1)
    other.gtxid = id(77, high: 6)
    store.add([other], now: epoch)
    #expect(store.statistics.traces == 2)
    #expect(store.spans(of: id(77, high: 6)) == [other])
    #expect(store.spans(of: id(77, high: 5)).count == 3)
  }

  @Test func anIDIsFoundByItsBeginning() {
    let store = TraceStore(budget: 1_000_000)
    let ids = [GTXID("8f3a91c07b5e44d2a6f0c3d91e7721c9")!, GTXID("8f3b91c07b5e44d2a6f0c3d91e7721c9")!, GTXID("8f3c")!]
    for (number, gtxid) in ids.enumerated() {
      var span = span(UInt64(number) + 1, from: 0, to: 1)
      span.gtxid = gtxid
      store.add([span], now: epoch)
    }
    #expect(store.find(prefix: "8F3") == [ids[1], ids[0]])
    #expect(store.find(prefix: "8f3a") == [ids[0]])
    #expect(store.find(prefix: ids[1].hex) == [ids[1]])
    #expect(store.find(prefix: "0000000000008f3c") == [ids[2]])
    #expect(store.find(prefix: "a6f0c3d91e7721c9") == [ids[1], ids[0]], "the half that is theirs")
    #expect(store.find(prefix: "a6f0c3d91e7721c").isEmpty, "the beginning of a half may be that of any id")
    #expect(store.find(prefix: "8g").isEmpty && store.find(prefix: ids[1].hex + "0").isEmpty)
    #expect(store.find(prefix: "").count == 3 && store.find(prefix: "", limit: 2).count == 2)
    for text in [
      "8f3", "8f3a91c07b5e44d2a", "a6f0c3d91e7721c9", "A6F0C3D91E7721C9", "0000000000008f3c", "00000000000", "", "ffff",
    ] {
      #expect(Set(store.find(prefix: text)) == Set(ids.filter { $0.matches(prefix: text) }), "\(text)")
    }
  }

  @Test func listsAreTheNewestThatPassTheFilter() {
    var settings = TraceStoreSettings(budget: 4_000_000)
    settings.hiddenKinds = ["health"]
    let store = TraceStore(settings)
    for number in 1...3_000 as ClosedRange<UInt64> {
      let kind: AttributeValue = number % 3 == 0 ? "health" : "checkout"
      store.add(
        [
          span(
            1, in: number, .server, "gateway", from: 0, to: Int64(number % 10),
            attributes: [SpanAttribute(AttributeName.kind, kind)])
        ], now: epoch)
    }
    #expect(store.summaries(newest: 3).map(\.gtxid.low) == [2_999, 2_998, 2_996])
    #expect(store.summaries(newest: 2, includingHidden: true).map(\.gtxid.low) == [3_000, 2_999])
    let slow = store.summaries(newest: 500) { $0.duration >= 9 * millisecond }
    #expect(slow.count == 200 && slow.allSatisfy { $0.gtxid.low % 10 == 9 && $0.gtxid.low % 3 != 0 })
    #expect(store.summaries(newest: 0).isEmpty)
    #expect(store.summaries(newest: 5_000).count == 2_000)
  }
}
