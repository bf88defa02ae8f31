import Foundation
import OTLPMessages
import SwiftProtobuf
import TestSupport
import Testing
import TraceCollector
import TraceModel

@testable import Connectors

/// Spans that are read straight from the wire are those that the generated code reads.
@Suite struct OTLPWireSpansTests {
  /// Any request: mostly plain, with something out of the ordinary here and there.
  struct Maker {
    var random: SeededGenerator
    /// Every span has its ids and its times.
    var isWhole = false

    private mutating func chance(_ percent: Int) -> Bool { random.below(100) < percent }

    private mutating func text() -> String {
      let words = ["", "a", "charge", "재고", "a text that is longer than sixteen bytes", "200", "order"]
      return chance(20) ? "value \(random.below(1_000))" : words[random.below(words.count)]
    }

    private mutating func value(_ depth: Int = 0) -> OTLP.Value {
      var value = OTLP.Value()
      switch random.below(depth < 2 ? 9 : 6) {
      case 0, 1: value.stringValue = text()
      case 2: value.intValue = [0, -1, .min, .max, 200][random.below(5)]
      case 3: value.doubleValue = [0, -0.5, .infinity, 1e300][random.below(4)]
      case 4: value.boolValue = chance(50)
      case 5: break
      case 6: value.bytesValue = Data((0..<random.below(20)).map { UInt8($0) })
      case 7: value.arrayValue.values = (0..<random.below(4)).map { _ in self.value(depth + 1) }
      default: value.kvlistValue.values = attributes(depth + 1)
      }
      return value
    }

    private mutating func attributes(_ depth: Int = 0) -> [OTLP.Attribute] {
      let names = [
        "http.route", "peer.service", "server.address", "db.system", "k", "재고", "enduser.id", "",
        chance(5) ? "http.status_code" : "x", chance(5) ? "ltxid" : "y",
      ]
      return (0..<random.below(6)).map { _ in
        var attribute = OTLP.Attribute()
        attribute.key = names[random.below(names.count)]
        if !chance(5) { attribute.value = value(depth) }
        return attribute
      }
    }

    private mutating func span() -> OTLP.Span {
      OTLPFixture.span(UInt8(1 + random.below(200))) { span in
        if chance(70) { span.parentSpanID = OTLPFixture.id(UInt8(random.below(200))) }
        span.kind = OTLP.Span.SpanKind(rawValue: random.below(7)) ?? .internal
        span.name = text()
        span.attributes = attributes()
        if chance(10) { span.traceState = "a=b" }
        if chance(20) { span.flags = UInt32(random.below(512)) }
        if chance(20) { span.status.code = OTLP.SpanStatus.StatusCode(rawValue: random.below(3)) ?? .unset }
        if chance(20) { span.status.message = text() }
        if chance(10) { span.droppedAttributesCount = UInt32(random.below(5)) }
        if chance(5) { span.droppedEventsCount = .max }
        if !isWhole { damage(&span) }
        if chance(10) {
          span.events = [
            .with {
              $0.name = "e"
              $0.timeUnixNano = span.startTimeUnixNano
            }
          ]
        }
        if chance(5) {
          span.links = [
            .with {
              $0.traceID = OTLPFixture.trace
              $0.spanID = OTLPFixture.id(9)
            }
          ]
        }
      }
    }

    private mutating func damage(_ span: inout OTLP.Span) {
      if chance(5) { span.endTimeUnixNano = [0, 1, .max, span.startTimeUnixNano - 5][random.below(4)] }
      if chance(3) { span.startTimeUnixNano = 0 }
      if chance(2) { span.traceID = Data() }
      if chance(1) { span.spanID = Data([1, 2]) }
    }

    mutating func request() -> OTLP.TracesRequest {
      .with { request in
        request.resourceSpans = (0..<random.below(4)).map { _ in
          .with { group in
            if chance(80) { group.resource.attributes = [OTLPFixture.text("service.name", text())] + attributes() }
            if chance(20) { group.schemaURL = "https://example/1" }
            group.scopeSpans = (0..<random.below(4)).map { _ in
              .with { scope in
                if chance(70) { scope.scope.name = text() }
                scope.spans = (0..<random.below(6)).map { _ in span() }
              }
            }
          }
        }
      }
    }
  }

  /// What the generated code makes of a body; nil where it refuses that, or one of its spans.
  private func wanted(_ body: [UInt8]) -> [TraceSpan]? {
    guard let batch = try? OTLPSpans.read(try OTLPProtobuf.read(body), receivedAt: 1), batch.refused == 0 else {
      return nil
    }
    return batch.elements
  }

  @Test(arguments: 0..<40)
  func theyAreWhatTheGeneratedCodeReads(seed: UInt64) throws {
    var maker = Maker(random: SeededGenerator(seed: seed), isWhole: seed % 2 == 0)
    var share = ReadShare()
    for round in 0..<40 {
      let body: [UInt8] = try maker.request().serializedBytes()
      let (read, wanted) = (OTLPWireSpans.read(body)?.spans, wanted(body))
      #expect(read == nil || read == wanted, "seed \(seed), round \(round)")
      share.count(read, of: wanted)
    }
    #expect(share.value >= (maker.isWhole ? 0.9 : 0.5), "seed \(seed): \(share) are read from the wire")
  }

  /// What the wire's reader takes of a damaged request is what the generated code makes of it; what that refuses, it
  /// never takes.
  @Test(arguments: 0..<40)
  func damagedOnesAreReadAlikeOrNotAtAll(seed: UInt64) throws {
    var maker = Maker(random: SeededGenerator(seed: seed &+ 1_000), isWhole: true)
    var share = ReadShare()
    for round in 0..<60 {
      var body: [UInt8] = try maker.request().serializedBytes()
      guard !body.isEmpty else { continue }
      for _ in 0...maker.random.below(3) {
        let place = maker.random.below(body.count)
        switch maker.random.below(4) {
        case 0: body[place] = UInt8(maker.random.below(256))
        case 1: body[place] ^= 1 << UInt8(maker.random.below(8))
        case 2: body.removeSubrange(place..<min(body.count, place + 1 + maker.random.below(8)))
        default: body.insert(contentsOf: body[place..<min(body.count, place + 1 + maker.random.below(30))], at: place)
        }
        if body.isEmpty { body = [0] }
      }
      let (read, wanted) = (OTLPWireSpans.read(body)?.spans, wanted(body))
      #expect(read == nil || read == wanted, "seed \(seed), round \(round)")
      share.count(read, of: wanted)
    }
    #expect(share.value >= 0.5, "seed \(seed): \(share) are read from the wire")
  }

  @Test func aPlainSpanNeedsNoMessage() throws {
    let request = OTLPFixture.request([
      OTLPFixture.span(7) {
        $0.kind = .client
        $0.attributes = [OTLPFixture.text("server.address", "db-1"), OTLPFixture.text("peer.service", "orders")]
      }
    ])
    let batch = try #require(OTLPWireSpans.read(try request.serializedBytes()))
    #expect(batch.count == 1 && batch.spans[0].peer == "orders" && batch.spans[0].service == "order")
    #expect(OTLPWireSpans.read([])?.isEmpty == true)
  }

  @Test func whatIsNoRequestIsLeftToOthers() {
    #expect(OTLPWireSpans.read([0xFF])?.count == nil)
    #expect(OTLPWireSpans.read([0x0A, 0x05, 0x00])?.count == nil)
    #expect(OTLPWireSpans.read(Array("no protobuf at all".utf8))?.count == nil)
  }
}
