import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing
import TraceCollector
import TraceModel

@testable import Connectors

/// The name of an attribute is looked for first where the span before has its own, whatever facts stand in front.
@Suite struct OTLPLikelyKeyTests {
  private static let names = ["server.address", "http.route", "k"]

  /// Two calls, each with a status' message, a peer and flags, which all stand in front of its attributes.
  private let request = OTLPFixture.request(
    (1...2).map { number in
      OTLPFixture.span(number) { span in
        span.kind = .client
        span.flags = 257
        span.traceState = "a=b"
        span.status.code = .error
        span.status.message = "refused"
        span.attributes = Self.names.map { OTLPFixture.text($0, "v") }
      }
    })

  private func expectPlaces(_ batch: SpanBatch) {
    var batch = batch
    #expect(batch.spans.allSatisfy { $0.flags == 257 && $0.peer == "v" && $0.message == "refused" })
    let likely = (0..<4).map { place in
      batch.likelyKey(at: place).map { batch.name(at: batch.place(ofKey: $0)) }
    }
    #expect(likely == Self.names + [nil])
  }

  @Test func ofTheWire() throws {
    expectPlaces(try #require(OTLPWireSpans.read(try request.serializedBytes())))
  }

  @Test func ofJSON() throws {
    var maker = OTLPJSONMaker(seed: 0)
    maker.oddity = 0
    expectPlaces(try #require(OTLPJSONSpans.read(maker.request(request))))
  }

  @Test func ofSpansThatAreThereAlready() throws {
    expectPlaces(SpanBatch(try OTLPSpans.read(request, receivedAt: 1).elements))
  }

  /// After a span without attributes, and in a batch that is used again, nothing of before is looked at.
  @Test func whatWasBeforeIsForgotten() throws {
    var batch = try #require(OTLPWireSpans.read(try request.serializedBytes()))
    #expect(batch.likelyKey(at: 0) != nil)
    var span = batch.spans[0]
    span.attributes = []
    batch.append(span)
    #expect(batch.likelyKey(at: 0) == nil)
    batch.removeAll()
    #expect(batch.likelyKey(at: 0) == nil)
    span.attributes = [SpanAttribute("other", .integer(1))]
    batch.append(span)
    #expect(batch.likelyKey(at: 0).map { batch.name(at: batch.place(ofKey: $0)) } == "other")
    #expect(batch.spans == [span])
  }
}
