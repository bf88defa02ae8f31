import Foundation
import TestSupport
import Testing
import TraceCollector
import TraceModel

@testable import Connectors

/// What is written as OTLP JSON lines is read back as it was.
@Suite struct OTLPJSONLinesTests {
  private static func read(_ text: [UInt8]) throws -> [TraceSpan] {
    try text.split(separator: UInt8(ascii: "\n")).flatMap { line in
      #expect(try JSONSerialization.jsonObject(with: Data(line)) is [String: Any])
      return try OTLPSpans.read(try OTLPJSONReader.traces(Array(line)), receivedAt: 7).elements
    }
  }

  /// By resource, there by scope, in their order.
  private static func grouped(_ spans: [TraceSpan]) -> [TraceSpan] {
    func groups<Key: Equatable>(_ spans: [TraceSpan], by key: (TraceSpan) -> Key) -> [[TraceSpan]] {
      var groups: [(key: Key, spans: [TraceSpan])] = []
      for span in spans {
        if let place = groups.firstIndex(where: { $0.key == key(span) }) {
          groups[place].spans.append(span)
        } else {
          groups.append((key(span), [span]))
        }
      }
      return groups.map(\.spans)
    }
    return groups(spans) { $0.origin?.resource ?? SpanOrigin.Group() }.flatMap { own in
      groups(own) { $0.origin?.scope ?? SpanOrigin.Scope() }.flatMap(\.self)
    }
  }

  @Test(arguments: 0..<40)
  func thoseThatCameByOTLPComeBackAsTheyWere(seed: UInt64) throws {
    var maker = OTLPWireSpansTests.Maker(random: SeededGenerator(seed: seed &+ 7_000))
    var count = 0
    for round in 0..<40 {
      guard let batch = try? OTLPSpans.read(maker.request(), receivedAt: 1) else { continue }
      let spans = batch.elements
      #expect(try Self.read(OTLPJSONLines.text(of: [spans])) == Self.grouped(spans), "seed \(seed), round \(round)")
      // What a store made of them is another object for each origin, with the same in it.
      let stored = SpanBatch(spans).spans
      #expect(OTLPJSONLines.text(of: [stored]) == OTLPJSONLines.text(of: [spans]), "seed \(seed), round \(round)")
      count += spans.count
    }
    #expect(count > 60, "seed \(seed): most requests can be read")
  }

  private static let gtxid = GTXID(high: 0x8F3A, low: 0x21C9) ?? { preconditionFailure("it is not 0") }()

  private static func span(_ id: UInt64, under parent: UInt64? = nil, _ change: (inout TraceSpan) -> Void = { _ in })
    -> TraceSpan
  {
    var span = TraceSpan(
      gtxid: gtxid, id: SpanID(id) ?? { preconditionFailure("it is not 0") }(), parent: parent.flatMap(SpanID.init),
      service: "order", instance: "order-1:41873", operation: "createOrder", start: 1_700_000_000_000_000_000,
      duration: 1_500)
    change(&span)
    return span
  }

  @Test func aLineIsAsTheFormatHasIt() {
    let span = Self.span(10, under: 0xAB) {
      $0.kind = .client
      $0.ltxid = LTXID(3)
      $0.peer = "payment"
      $0.status = .error
      $0.message = "out of \"stock\"\n\u{1}"
      $0.flags = 257
      $0.attributes = [
        SpanAttribute("n", 5), SpanAttribute("r", .real(.infinity)), SpanAttribute("b", .bytes([0, 1, 2])),
      ]
    }
    #expect(
      String(decoding: OTLPJSONLines.text(of: [[span]]), as: UTF8.self) == #"""
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}},\#
        {"key":"service.instance.id","value":{"stringValue":"order-1:41873"}}]},"scopeSpans":[{"scope":{},"spans":[\#
        {"traceId":"0000000000008f3a00000000000021c9","spanId":"000000000000000a","parentSpanId":"00000000000000ab",\#
        "flags":257,"name":"createOrder","kind":3,"startTimeUnixNano":"1700000000000000000",\#
        "endTimeUnixNano":"1700000000000001500","attributes":[{"key":"n","value":{"intValue":"5"}},\#
        {"key":"r","value":{"doubleValue":"Infinity"}},{"key":"b","value":{"bytesValue":"AAEC"}},\#
        {"key":"ltxid","value":{"intValue":"3"}},{"key":"peer.service","value":{"stringValue":"payment"}}],\#
        "status":{"message":"out of \"stock\"\n\u0001","code":2}}]}]}]}

        """#)
  }

  @Test func othersKeepWhatTheyAreKnownBy() throws {
    let spans = [
      Self.span(1) { $0.kind = .server },
      Self.span(2, under: 1) {
        $0.kind = .client
        $0.ltxid = LTXID(2)
        $0.peer = "payment"
        $0.duration = nil
        $0.events = [
          SpanEvent(time: $0.start + 4, name: SpanEventName.backOff, attributes: [SpanAttribute("x", .empty)])
        ]
      },
      Self.span(3) {
        $0.service = ""
        $0.instance = ""
      },
    ]
    let read = try Self.read(OTLPJSONLines.text(of: [spans]))
    for (before, after) in zip(spans, read) {
      var after = after
      #expect(before.service.isEmpty == (after.origin == nil))
      after.origin = nil
      after.attributes = []
      #expect(after == before)
    }
    #expect(
      read.count == 3 && read[1][attribute: "ltxid"]?.integer == 2 && read[1][attribute: "peer.service"] == "payment")
  }

  @Test func whatTheSendersAttributesSayIsNotSaidTwice() throws {
    let spans = [
      Self.span(1) {
        $0.kind = .client
        ($0.ltxid, $0.peer) = (LTXID(4), "db-1")
        $0.attributes = [SpanAttribute("ltxid", "4"), SpanAttribute("server.address", "db-1")]
      },
      Self.span(2) {
        $0.kind = .client
        ($0.ltxid, $0.peer) = (LTXID(5), "payment")
        $0.attributes = [
          SpanAttribute("http.request.header.x-ltxid", "9"), SpanAttribute("peer.service", "pay"),
          SpanAttribute("http.status_code", 503),
        ]
      },
    ]
    let read = try Self.read(OTLPJSONLines.text(of: [spans]))
    #expect(read[0].attributes == spans[0].attributes)
    #expect(read[1].ltxid == LTXID(5) && read[1].peer == "payment")
    #expect(read[1].attributes.count == 6 && read[1][attribute: AttributeName.httpStatus] == 503)
  }

  /// Zipkin's server under its client's id.
  @Test func aSharedSpanIsFoundAgainByItsClient() throws {
    let zipkin = #"""
      [{"traceId":"a1","id":"b","kind":"CLIENT","name":"get","timestamp":1700000000000000,"duration":900,
        "localEndpoint":{"serviceName":"shop","ipv4":"10.0.0.1","port":80},"remoteEndpoint":{"serviceName":"stock"}},
       {"traceId":"a1","id":"b","kind":"SERVER","shared":true,"timestamp":1700000000000100,"duration":500,
        "localEndpoint":{"serviceName":"stock"},"tags":{"error":"none left"}},
       {"traceId":"a1","id":"c","parentId":"b","timestamp":1700000000000200,"localEndpoint":{"serviceName":"stock"}}]
      """#
    let spans = try ZipkinDecoder.decode(Array(zipkin.utf8), receivedAt: 1)
    let read = try Self.read(OTLPJSONLines.text(of: [spans]))
    #expect(read.map(\.isShared) == [false, false, false] && spans[1].isShared)
    func shape(_ spans: [TraceSpan]) -> [String] {
      CallTree.build(spans: spans).nodes.map {
        "\($0.depth) \($0.span.kind) \($0.span.isShared) \($0.span.service) \($0.span.instance) \($0.span.peer) "
          + "\($0.span.start) \($0.duration ?? -1) \($0.span.status) \($0.span.message)"
      }
    }
    #expect(shape(read) == shape(spans))
  }

  @Test func eachTransactionHasLinesOfItsOwnAndNoLineIsTooLong() throws {
    #expect(OTLPJSONLines.text(of: []).isEmpty && OTLPJSONLines.text(of: [[]]).isEmpty)
    let small = OTLPJSONLines.text(of: [[Self.span(1), Self.span(2)], [], [Self.span(3)]])
    #expect(small.count { $0 == UInt8(ascii: "\n") } == 2)
    let text = String(repeating: "한", count: 1_000)
    let spans = (1...1_000).map { id in Self.span(UInt64(id)) { $0.attributes = [SpanAttribute("t", .text(text))] } }
    let large = OTLPJSONLines.text(of: [spans])
    let lines = large.split(separator: UInt8(ascii: "\n"))
    #expect(lines.count >= 6 && lines.allSatisfy { $0.count < OTLPJSONLines.lineLimit + 8_192 })
    #expect(try Self.read(large).map(\.id) == spans.map(\.id))
  }
}
