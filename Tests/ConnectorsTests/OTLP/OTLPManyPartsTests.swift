import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing

@testable import Connectors

/// Requests of more messages than are made of one, on the way that requests go. A few kilobytes of gzip bring them.
@Suite(.timeLimit(.minutes(1))) struct OTLPManyPartsTests {
  private static let most = OTLPParts.most

  private func answer(_ body: [UInt8], to path: String, as type: String = RunningOTLP.protobuf) async throws -> (
    status: Int?, spans: Int, logs: Int
  ) {
    var taken: (status: Int?, spans: Int, logs: Int) = (nil, 0, 0)
    try await RunningOTLP.run { running async throws in
      let answer = try await running.client.request("POST", path, headers: [type], body: body)
      let counts = running.receiver.counts
      #expect(counts[.tooLarge] == (answer?.status == 413 ? 1 : 0))
      taken = (answer?.status, Int(counts.spans), Int(counts.logs))
    }
    return taken
  }

  /// A span with the rest of its bytes behind what a request is made of.
  private func span(with rest: [UInt8]) throws -> [UInt8] {
    let span: [UInt8] = try OTLPFixture.span(1).serializedBytes()
    return OTLPPartsTests.wrapped(1, OTLPPartsTests.wrapped(2, OTLPPartsTests.wrapped(2, span + rest)))
  }

  @Test(arguments: [false, true]) func aSpanOfManyEvents(isOver: Bool) async throws {
    let count = Self.most / (isOver ? 1 : 20)
    let refused = try await answer(try span(with: OTLPPartsTests.empty(count, field: 11)), to: "/v1/traces")
    #expect(refused.status == (isOver ? 413 : 200) && refused.spans == (isOver ? 0 : 1))
  }

  @Test func aResourceOfManyAttributes() async throws {
    let resource = OTLPPartsTests.wrapped(1, OTLPPartsTests.empty(Self.most, field: 1))
    let body = try OTLPPartsTests.wrapped(1, resource) + span(with: [])
    let refused = try await answer(body, to: "/v1/traces")
    #expect(refused.status == 413 && refused.spans == 0)
  }

  /// Groups and scopes count, though nothing is in them.
  @Test func manyScopesOrGroups() async throws {
    let scopes = OTLPPartsTests.wrapped(1, OTLPPartsTests.empty(Self.most, field: 2))
    for body in [scopes, OTLPPartsTests.empty(Self.most + 1, field: 1)] {
      let refused = try await answer(body, to: "/v1/traces")
      #expect(refused.status == 413 && refused.spans == 0)
    }
    let inJSON = repeatElement("{}", count: Self.most).joined(separator: ",")
    let body = Array(#"{"resourceSpans":[{"scopeSpans":[\#(inJSON)]}]}"#.utf8)
    #expect(try await answer(body, to: "/v1/traces", as: RunningOTLP.json).status == 413)
  }

  /// What a resource says is kept once for each of its scopes.
  @Test(arguments: [false, true]) func aResourceOfManyScopes(hasSpans: Bool) async throws {
    var resource = OTLP.Resource()
    resource.attributes = [OTLPFixture.text("long", String(repeating: "x", count: 20_000))]
    let span: [UInt8] = try OTLPFixture.span(1).serializedBytes()
    let scope = hasSpans ? OTLPPartsTests.wrapped(2, OTLPPartsTests.wrapped(2, span)) : [0x12, 0]
    let scopes = Array(repeatElement(scope, count: 20_000).joined())
    let head: [UInt8] = try resource.serializedBytes()
    let taken = try await answer(OTLPPartsTests.wrapped(1, OTLPPartsTests.wrapped(1, head) + scopes), to: "/v1/traces")
    #expect(taken.status == (hasSpans ? 413 : 200) && taken.spans == 0)
    let text = #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}"#
    let group =
      #"{"resource":{"attributes":[{"key":"k","value":{"stringValue":"\#(String(repeating: "x", count: 20_000))"}}]},"#
      + #""scopeSpans":[\#(repeatElement(hasSpans ? #"{"spans":[\#(text)]}"# : "{}", count: 20_000).joined(separator: ","))]}"#
    let inJSON = try await answer(Array(#"{"resourceSpans":[\#(group)]}"#.utf8), to: "/v1/traces", as: RunningOTLP.json)
    #expect(inJSON.status == (hasSpans ? 413 : 200) && inJSON.spans == 0)
  }

  @Test func manySpansOfAFewEventsEach() async throws {
    let span: [UInt8] = try OTLPFixture.span(1).serializedBytes()
    let one = OTLPPartsTests.wrapped(2, span + OTLPPartsTests.empty(1_000, field: 11))
    let spans = Array(repeatElement(one, count: Self.most / 1_000).joined())
    let refused = try await answer(OTLPPartsTests.wrapped(1, OTLPPartsTests.wrapped(2, spans)), to: "/v1/traces")
    #expect(refused.status == 413 && refused.spans == 0)
  }

  @Test func aSpanOfManyEventsInJSON() async throws {
    let events = repeatElement("{}", count: Self.most).joined(separator: ",")
    let span = #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","events":[\#(events)]}"#
    let body = Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(span)]}]}]}"#.utf8)
    let refused = try await answer(body, to: "/v1/traces", as: RunningOTLP.json)
    #expect(refused.status == 413 && refused.spans == 0)
  }

  /// Behind a field that the count cannot walk over, and the generated code can.
  @Test func manyLogRecordsBehindAGroup() async throws {
    let records = OTLPPartsTests.empty(Self.most, field: 2)
    let body: [UInt8] =
      [0xA3, 0x06, 0xA4, 0x06] + OTLPPartsTests.wrapped(1, OTLPPartsTests.wrapped(2, records))
    let refused = try await answer(body, to: "/v1/logs")
    #expect(refused.status == 413 && refused.logs == 0)
  }

  /// A log line that is JSON itself is one text.
  @Test func bracesInATextAreTaken() async throws {
    let text = String(repeating: "{", count: 2 * Self.most + 1)
    let record = #"{"body":{"stringValue":"\#(text)"}}"#
    let body = Array(#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[\#(record)]}]}]}"#.utf8)
    let taken = try await answer(body, to: "/v1/logs", as: RunningOTLP.json)
    #expect(taken.status == 200 && taken.logs == 1)
  }
}
