import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing
import TraceModel

@testable import Connectors

@Suite struct OTLPLogsTests {
  private let limits = OTLPLimits(entries: 3, textBytes: 10)

  private func read(_ records: [OTLP.LogRecord]) throws -> OTLPBatch<LogEntry> {
    try OTLPLogs.read(OTLPFixture.logs(records), receivedAt: 77, limits: limits)
  }

  @Test func aLineWithAllThatBelongsToIt() throws {
    let batch = try read([
      .with {
        $0.timeUnixNano = 5
        $0.observedTimeUnixNano = 6
        $0.severityNumber = .error2
        $0.severityText = "ERROR"
        $0.body.stringValue = "no stock"
        $0.traceID = OTLPFixture.trace
        $0.spanID = OTLPFixture.id(3)
        $0.attributes = [OTLPFixture.text("sku", "18")]
        $0.droppedAttributesCount = 2
        $0.eventName = "stock.out"
      }
    ])
    let entry = try #require(batch.elements.first)
    #expect(
      entry
        == LogEntry(
          time: 5, severity: 18, severityText: "ERROR", body: "no stock", eventName: "stock.out", service: "order",
          instance: "app-1", gtxid: OTLPFixture.gtxid, span: SpanID(3), attributes: [SpanAttribute("sku", "18")],
          droppedAttributes: 2, origin: entry.origin))
    #expect(entry.origin?.resource["host.name"] == "app-1")
  }

  @Test func timesAndIdsThatAreNotThere() throws {
    let batch = try read([.with { $0.observedTimeUnixNano = 6 }, .with { $0.spanID = OTLPFixture.id(1) }])
    #expect(batch.elements.map(\.time) == [6, 77])
    #expect(batch.elements.map(\.gtxid) == [nil, nil])
    #expect(batch.elements.map(\.span) == [nil, nil], "a span is found by its transaction")
    #expect(batch.elements[0].body == .empty)
    #expect(batch.elements[0].severity == 0)
  }

  @Test func bodiesWithAStructureKeepIt() throws {
    let batch = try read([.with { $0.body.kvlistValue.values = [OTLPFixture.text("url", "/")] }])
    #expect(batch.elements[0].body == .map([SpanAttribute("url", "/")]))
  }

  @Test func longTextsAreCutBetweenCharacters() throws {
    let batch = try read([
      .with { $0.body.stringValue = "0123456789" }, .with { $0.body.stringValue = "0123456789a" },
      .with { $0.body.stringValue = "01234567한" },
    ])
    #expect(batch.elements.map(\.body) == ["0123456789", "0123456789…", "01234567…"])
    let named = try read([.with { ($0.eventName, $0.severityText) = ("0123456789a", "0123456789b") }])
    #expect(named.elements.map(\.eventName) == ["0123456789…"] && named.elements.map(\.severityText) == ["0123456789…"])
  }

  @Test func moreThanTheLimitIsLeftOutAndTold() throws {
    let batch = try read(Array(repeating: OTLP.LogRecord(), count: 5))
    #expect(batch.elements.count == 3)
    #expect(batch.refused == 2)
    #expect(
      batch.reason == "resourceLogs[0].scopeLogs[0].logRecords[3]: is one more than the 3 that are taken at a time")
  }

  @Test func wrongIdsSpoilTheRequestAndWrongTimesTheLine() throws {
    let fault = #expect(throws: OTLPFault.self) { try read([OTLP.LogRecord(), .with { $0.traceID = Data([1]) }]) }
    #expect(fault?.description == "resourceLogs[0].scopeLogs[0].logRecords[1].traceId: must be 16 bytes, not 1")
    let batch = try read([.with { $0.timeUnixNano = .max }, OTLP.LogRecord()])
    #expect(batch.elements.count == 1)
    #expect(
      batch.reason
        == "resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano: must be nanoseconds before the year 2262")
  }
}
