import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing
import TraceModel

@testable import Connectors

@Suite struct OTLPSpansTests {
  private func read(_ request: OTLP.TracesRequest) throws -> OTLPBatch<TraceSpan> {
    try OTLPSpans.read(request, receivedAt: 77)
  }

  private func one(
    resource: [OTLP.Attribute] = [], _ change: (inout OTLP.Span) -> Void = { _ in }
  ) throws -> TraceSpan {
    let batch = try read(OTLPFixture.request([OTLPFixture.span(1, change)], resource: resource))
    #expect(batch.refused == 0)
    return try #require(batch.elements.first)
  }

  @Test func idsNameAndTimes() throws {
    let span = try one {
      $0.parentSpanID = OTLPFixture.id(9)
      $0.traceState = "a=1"
      $0.flags = 0x0000_0301
      $0.droppedAttributesCount = 1
      $0.droppedEventsCount = 2
      $0.droppedLinksCount = 3
    }
    #expect(span.gtxid == OTLPFixture.gtxid)
    #expect(span.id == SpanID(1))
    #expect(span.parent == SpanID(9))
    #expect(span.operation == "op")
    #expect(span.start == Int64(OTLPFixture.epoch))
    #expect(span.duration == 1_000_000_000)
    #expect(span.traceState == "a=1")
    #expect(span.flags == 0x301)
    #expect(span.dropped == DroppedCounts(attributes: 1, events: 2, links: 3))
    #expect(span.ltxid == nil)
    #expect(!span.isShared)
  }

  @Test func noParent() throws {
    #expect(try one { $0.parentSpanID = Data() }.parent == nil)
    #expect(try one { $0.parentSpanID = Data(count: 8) }.parent == nil)
    #expect(try one { $0.parentSpanID = OTLPFixture.id(1) }.parent == nil, "nobody is its own parent")
  }

  @Test func anIdOfAWrongLengthSpoilsTheRequest() throws {
    let fields: [(String, Int, (inout OTLP.Span, Data) -> Void)] = [
      ("traceId", 16, { $0.traceID = $1 }), ("spanId", 8, { $0.spanID = $1 }),
      ("parentSpanId", 8, { $0.parentSpanID = $1 }),
      ("links[0].traceId", 16, { span, id in span.links = [.with { $0.traceID = id }] }),
      ("links[0].spanId", 8, { span, id in span.links = [.with { $0.spanID = id }] }),
    ]
    for (field, length, set) in fields {
      for count in [1, 7, 9, 15, 17] where count != length {
        let bad = OTLPFixture.span(2) { set(&$0, Data(repeating: 1, count: count)) }
        let error = #expect(throws: OTLPFault.self) { try read(OTLPFixture.request([OTLPFixture.span(), bad])) }
        #expect(
          error?.description
            == "resourceSpans[0].scopeSpans[0].spans[1].\(field): must be \(length) bytes, not \(count)")
      }
    }
  }

  @Test func aSpanWithoutAnIdIsLeftOutAlone() throws {
    let batch = try read(
      OTLPFixture.request([
        OTLPFixture.span(1), OTLPFixture.span(2) { $0.traceID = Data(count: 16) },
        OTLPFixture.span(3) { $0.spanID = Data() }, OTLPFixture.span(4),
      ]))
    #expect(batch.elements.map(\.id) == [SpanID(1), SpanID(4)])
    #expect(batch.refused == 2)
    #expect(batch.reason == "resourceSpans[0].scopeSpans[0].spans[1].traceId: is missing, or all 0")
  }

  @Test(
    arguments: [
      (.unspecified, .internal), (.internal, .internal), (.server, .server), (.client, .client), (.producer, .producer),
      (.consumer, .consumer), (.UNRECOGNIZED(9), .internal),
    ] as [(OTLP.Span.SpanKind, SpanKind)])
  func kinds(sent: OTLP.Span.SpanKind, kind: SpanKind) throws {
    #expect(try one { $0.kind = sent }.kind == kind)
  }

  @Test(
    arguments: [
      (.unset, .unset, ""), (.ok, .ok, ""), (.error, .error, "boom"), (.UNRECOGNIZED(7), .unset, ""),
    ] as [(OTLP.SpanStatus.StatusCode, SpanStatus, String)])
  func statuses(sent: OTLP.SpanStatus.StatusCode, status: SpanStatus, message: String) throws {
    let span = try one {
      $0.status.code = sent
      $0.status.message = "boom"
    }
    #expect(span.status == status)
    #expect(span.message == message)
    #expect(try one().status == .unset)
  }

  @Test func timesThatAreNotThere() throws {
    let running = try one { $0.endTimeUnixNano = 0 }
    #expect(running.start == Int64(OTLPFixture.epoch))
    #expect(running.duration == nil)
    let ended = try one { $0.startTimeUnixNano = 0 }
    #expect(ended.start == Int64(OTLPFixture.epoch) + 1_000_000_000)
    #expect(ended.duration == nil)
    let lost = try one {
      $0.startTimeUnixNano = 0
      $0.endTimeUnixNano = 0
    }
    #expect(lost.start == 77)
    let told = try one {
      $0.startTimeUnixNano = 0
      $0.endTimeUnixNano = 0
      $0.events = [.with { $0.name = "late" }, .with { $0.timeUnixNano = 5 }]
    }
    #expect(told.start == 5)
    #expect(told.events.map(\.time) == [5, 5])
  }

  @Test func aSpanWithoutTimesStandsAtItsParent() throws {
    let child = OTLPFixture.span(2) {
      $0.parentSpanID = OTLPFixture.id(1)
      $0.startTimeUnixNano = 0
      $0.endTimeUnixNano = 0
      $0.events = [.with { $0.name = "x" }]
    }
    let batch = try read(OTLPFixture.request([child, OTLPFixture.span(1)]))
    #expect(batch.elements.map(\.start) == [Int64(OTLPFixture.epoch), Int64(OTLPFixture.epoch)])
    #expect(batch.elements[0].events.map(\.time) == [Int64(OTLPFixture.epoch)])
  }

  @Test func anEndBeforeTheStartIsNoDuration() throws {
    #expect(try one { $0.endTimeUnixNano = $0.startTimeUnixNano - 1 }.duration == 0)
  }

  @Test func theYear2100IsATimeAnd2262IsNot() throws {
    let year2100: UInt64 = 4_102_444_800_000_000_000
    let span = try one {
      $0.startTimeUnixNano = year2100
      $0.endTimeUnixNano = year2100 + 1
    }
    #expect(span.start == Int64(year2100))
    #expect(span.duration == 1)
    for set: (inout OTLP.Span) -> Void in [
      { $0.startTimeUnixNano = 1 << 63 }, { $0.endTimeUnixNano = .max },
      { $0.events = [.with { $0.timeUnixNano = .max }] },
    ] {
      let batch = try read(OTLPFixture.request([OTLPFixture.span(1, set), OTLPFixture.span(2)]))
      #expect(batch.elements.map(\.id) == [SpanID(2)])
      #expect(batch.refused == 1)
      #expect(batch.reason.hasSuffix("ano: must be nanoseconds before the year 2262"))
    }
  }

  @Test func serviceAndInstance() throws {
    let all = [
      OTLPFixture.text("k8s.pod.name", "order-7f"), OTLPFixture.text("host.name", "app-1"),
      OTLPFixture.text("service.instance.id", "i-1"), OTLPFixture.text("service.name", "order"),
    ]
    #expect(try one(resource: all).service == "order")
    #expect(try one(resource: all).instance == "i-1")
    #expect(try one(resource: [all[0], all[1]]).instance == "app-1")
    #expect(try one(resource: [all[0]]).instance == "order-7f")
    #expect(try one().service == "")
    #expect(try one().instance == "")
  }

  @Test(arguments: ["peer.service", "server.address", "rpc.service", "db.system", "db.system.name"])
  func theOtherSideOfACall(name: String) throws {
    for kind in [OTLP.Span.SpanKind.client, .producer] {
      #expect(
        try one {
          $0.kind = kind
          $0.attributes = [OTLPFixture.text(name, "bank")]
        }.peer == "bank")
    }
    for kind in [OTLP.Span.SpanKind.server, .consumer, .internal] {
      #expect(
        try one {
          $0.kind = kind
          $0.attributes = [OTLPFixture.text(name, "bank")]
        }.peer == "")
    }
  }

  @Test func theMostTellingNameOfTheOtherSideCounts() throws {
    let span = try one {
      $0.kind = .client
      $0.attributes = [
        OTLPFixture.text("db.system", "sqlite"), OTLPFixture.text("server.address", "10.0.0.1"),
        OTLPFixture.text("peer.service", "bank"),
      ]
    }
    #expect(span.peer == "bank")
  }

  @Test func theHopIsReadFromWhatCarriesIt() throws {
    let number = OTLP.Attribute.with {
      $0.key = "ltxid"
      $0.value.intValue = 4
    }
    let header = OTLP.Attribute.with {
      $0.key = "http.request.header.x-ltxid"
      $0.value.arrayValue.values = [.with { $0.stringValue = "5" }]
    }
    #expect(try one { $0.attributes = [number] }.ltxid == LTXID(4))
    #expect(try one { $0.attributes = [OTLPFixture.text("ltxid", "3")] }.ltxid == LTXID(3))
    #expect(try one { $0.attributes = [header] }.ltxid == LTXID(5))
    #expect(try one { $0.attributes = [OTLPFixture.text("ltxid", "0")] }.ltxid == nil)
    #expect(try one { $0.attributes = [OTLPFixture.text("ltxid", "x")] }.ltxid == nil)
  }

  @Test func formerNamesAreKeptAndStandUnderThePresentOnesToo() throws {
    let span = try one {
      $0.attributes = [
        .with {
          $0.key = "http.status_code"
          $0.value.intValue = 404
        }, OTLPFixture.text("messaging.destination", "orders"),
      ]
    }
    #expect(span.attributes.count == 4)
    #expect(span[attribute: "http.status_code"] == 404)
    #expect(span[attribute: AttributeName.httpStatus] == 404)
    #expect(span[attribute: AttributeName.topic] == "orders")
    let present = try one {
      $0.attributes = [
        OTLPFixture.text("messaging.destination", "a"), OTLPFixture.text(AttributeName.topic, "b"),
      ]
    }
    #expect(present.attributes.count == 2)
  }
}
