import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing
import TraceModel

@testable import Connectors

/// What hangs on a span: attributes of every type, events, links, and where it comes from.
@Suite struct OTLPSpanPartsTests {
  private func read(_ request: OTLP.TracesRequest) throws -> [TraceSpan] {
    try OTLPSpans.read(request, receivedAt: 77).elements
  }

  private func one(_ change: (inout OTLP.Span) -> Void) throws -> TraceSpan {
    try #require(try read(OTLPFixture.request([OTLPFixture.span(1, change)])).first)
  }

  @Test func valuesOfEveryType() throws {
    let values: [(OTLP.Value, AttributeValue)] = [
      (.with { $0.stringValue = "한" }, "한"), (.with { $0.stringValue = "" }, ""),
      (.with { $0.intValue = .min }, .integer(.min)), (.with { $0.doubleValue = 1.5 }, .real(1.5)),
      (.with { $0.boolValue = false }, false), (.with { $0.bytesValue = Data([0, 255]) }, .bytes([0, 255])),
      (
        .with { $0.arrayValue.values = [.with { $0.stringValue = "a" }, .with { $0.intValue = 2 }] },
        .list(["a", 2])
      ),
      (.with { $0.arrayValue = OTLP.ValueList() }, .list([])),
      (
        .with { $0.kvlistValue.values = [OTLPFixture.text("k", "v")] }, .map([SpanAttribute("k", "v")])
      ),
      (OTLP.Value(), .empty),
    ]
    let span = try one {
      $0.attributes = values.enumerated().map { place, value in
        .with {
          $0.key = "\(place)"
          $0.value = value.0
        }
      }
    }
    #expect(span.attributes == values.enumerated().map { SpanAttribute("\($0)", $1.1) })
  }

  @Test func eventsStandInTheOrderOfTime() throws {
    let span = try one {
      $0.events = [
        .with {
          $0.name = "b"
          $0.timeUnixNano = OTLPFixture.epoch + 2
          $0.attributes = [OTLPFixture.text("k", "v")]
          $0.droppedAttributesCount = 3
        },
        .with {
          $0.name = "a"
          $0.timeUnixNano = OTLPFixture.epoch + 1
        },
        .with { $0.name = "untimed" },
        .with {
          $0.name = "c"
          $0.timeUnixNano = OTLPFixture.epoch + 2
        },
      ]
    }
    // What says no time happened at the start.
    #expect(span.events.map(\.name) == ["untimed", "a", "b", "c"])
    #expect(span.events[0].time == span.start)
    #expect(span.events[2].attributes == [SpanAttribute("k", "v")])
    #expect(span.events[2].droppedAttributes == 3)
  }

  @Test func linksAndThoseThatLeadNowhere() throws {
    let span = try one {
      $0.droppedLinksCount = 1
      $0.links = [
        .with {
          $0.traceID = OTLPFixture.trace
          $0.spanID = OTLPFixture.id(5)
          $0.traceState = "b=2"
          $0.flags = 1
          $0.attributes = [OTLPFixture.text("k", "v")]
          $0.droppedAttributesCount = 4
        },
        .with { $0.traceID = OTLPFixture.trace }, OTLP.Span.Link(),
      ]
    }
    #expect(
      span.links == [
        SpanLink(
          gtxid: try #require(OTLPFixture.gtxid), span: try #require(SpanID(5)), traceState: "b=2", flags: 1,
          attributes: [SpanAttribute("k", "v")], droppedAttributes: 4)
      ])
    #expect(span.dropped.links == 3)
  }

  @Test func spansOfOneScopeShareTheirOrigin() throws {
    var request = OTLPFixture.request([OTLPFixture.span(1), OTLPFixture.span(2)])
    request.resourceSpans[0].schemaURL = "https://opentelemetry.io/schemas/1.30.0"
    request.resourceSpans[0].resource.droppedAttributesCount = 2
    request.resourceSpans[0].scopeSpans[0].scope.name = "library"
    request.resourceSpans[0].scopeSpans[0].scope.version = "1.2"
    request.resourceSpans[0].scopeSpans[0].schemaURL = "https://opentelemetry.io/schemas/1.20.0"
    request.resourceSpans[0].scopeSpans[0].scope.attributes = [OTLPFixture.text("k", "v")]
    request.resourceSpans[0].scopeSpans.append(.with { $0.spans = [OTLPFixture.span(3)] })
    let spans = try read(request)
    let origin = try #require(spans[0].origin)
    #expect(spans[1].origin === origin)
    #expect(spans[2].origin !== origin)
    #expect(origin.resource["service.name"] == "order")
    #expect(origin.resource.droppedAttributes == 2)
    #expect(origin.resource.schema == "https://opentelemetry.io/schemas/1.30.0")
    #expect(origin.scope.name == "library")
    #expect(origin.scope.version == "1.2")
    #expect(origin.scope.facts.schema == "https://opentelemetry.io/schemas/1.20.0")
    #expect(origin.scope.facts["k"] == "v")
    #expect(spans[2].origin?.scope.name == "")
    #expect(try read(OTLPFixture.request([OTLPFixture.span(1)], resource: []))[0].origin == nil)
  }

  @Test func manyServicesInOneRequest() throws {
    var request = OTLPFixture.request([OTLPFixture.span(1)])
    request.resourceSpans +=
      OTLPFixture.request(
        [OTLPFixture.span(2)], resource: [OTLPFixture.text("service.name", "payment")]
      ).resourceSpans
    #expect(try read(request).map(\.service) == ["order", "payment"])
    #expect(try read(OTLP.TracesRequest()) == [])
  }
}
