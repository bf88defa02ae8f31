import Connectors
import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing
import TraceModel

@Suite(.timeLimit(.minutes(1))) struct OTLPReceiverTests {
  static let paths = ["/v1/traces", "/v1/metrics", "/v1/logs"]
  private let traces = OTLPFixture.request([OTLPFixture.span(1), OTLPFixture.span(2)])

  private func status(_ answer: LoopbackClient.Answer?) throws -> OTLP.RefusalStatus {
    let answer = try #require(answer)
    let body = Array(answer.body.utf8)
    return answer.headers["content-type"] == "application/x-protobuf"
      ? try OTLP.RefusalStatus(serializedBytes: body) : try OTLP.RefusalStatus(jsonUTF8Bytes: body)
  }

  @Test func allThreeKindsAreTaken() async throws {
    try await RunningOTLP.run { running async throws in
      let logs = OTLPFixture.logs([.with { $0.body.stringValue = "a" }, OTLP.LogRecord()])
      let metrics = OTLPFixture.metrics(OTLPMetricFixture.all)
      for answer in [
        try await running.post(traces, to: "/v1/traces"), try await running.post(logs, to: "/v1/logs"),
        try await running.post(metrics, to: "/v1/metrics"),
      ] {
        #expect(answer?.status == 200)
        #expect(answer?.headers["content-type"] == "application/x-protobuf")
        #expect(answer?.headers["content-length"] == "0")
      }
      #expect(running.received.spans.map(\.count) == [2])
      #expect(running.received.logs.map(\.count) == [2])
      #expect(running.received.metrics.map(\.count) == [7])
      let counts = running.receiver.counts
      #expect(counts.requests == 3 && counts.accepted == 3 && counts.rejected == [])
      #expect(counts.spans == 2 && counts.logs == 2 && counts.metrics == 7 && counts.leftOut == 0)
      #expect(counts.bytes > 100)
    }
  }

  @Test func jsonIsAnsweredWithJSON() async throws {
    try await RunningOTLP.run { running async throws in
      let body = """
        {"resourceSpans": [{"scopeSpans": [{"spans": [
          {"traceId": "5B8EFFF798038103D269B633813FC60C", "spanId": "EEE19B7EC3C1B174", "name": "I'm a server span",
           "startTimeUnixNano": "1544712660000000000", "endTimeUnixNano": "1544712661000000000", "kind": 2}]}]}]}
        """
      for type in ["application/json", "Application/JSON; charset=utf-8"] {
        let answer = try await running.client.request(
          "POST", "/v1/traces", headers: ["Content-Type: \(type)"], body: Array(body.utf8))
        #expect(answer?.status == 200)
        #expect(answer?.headers["content-type"] == "application/json")
        #expect(answer?.body == "{}")
      }
      #expect(running.received.spans.map { $0.map(\.kind) } == [[.server], [.server]])
      #expect(running.received.spans[0][0].gtxid.hex == "5b8efff798038103d269b633813fc60c")
    }
  }

  @Test(arguments: paths) func anEmptyRequestIsASuccess(path: String) async throws {
    try await RunningOTLP.run { running async throws in
      let protobuf = try await running.client.request("POST", path, headers: [RunningOTLP.protobuf])
      #expect(protobuf?.status == 200 && protobuf?.body == "")
      for body in ["", "{}"] {
        let answer = try await running.post(body, to: path)
        #expect(answer?.status == 200 && answer?.body == "{}")
      }
      #expect(running.received.isEmpty)
      #expect(running.receiver.counts.accepted == 3)
    }
  }

  @Test func gzipAndDeflate() async throws {
    try await RunningOTLP.run { running async throws in
      let body = GzipFixture.stored(try traces.serializedBytes())
      let gzip = ["Content-Encoding: gzip", RunningOTLP.protobuf]
      #expect(try await running.client.request("POST", "/v1/traces", headers: gzip, body: body)?.status == 200)
      #expect(running.received.spans.map(\.count) == [2])
      // One gzip after the other is one body (RFC 1952, 2.2): requests of protobuf behind each other are one request.
      #expect(try await running.client.request("POST", "/v1/traces", headers: gzip, body: body + body)?.status == 200)
      #expect(running.received.spans.map(\.count) == [2, 4])
      let zlib = ["Content-Encoding: deflate", RunningOTLP.protobuf]
      let small = GzipFixture.deflated(try traces.serializedBytes())
      #expect(try await running.client.request("POST", "/v1/traces", headers: zlib, body: small)?.status == 200)
      #expect(running.received.spans.map(\.count) == [2, 4, 2])
      // A JSON array in zlib's format: it decompresses, and is no request.
      let deflated = try await running.client.request(
        "POST", "/v1/traces", headers: ["Content-Encoding: deflate", RunningOTLP.json], body: GzipFixture.deflatedSpan)
      #expect(try status(deflated).message == "the body must be an object")
      let cut = try await running.client.request("POST", "/v1/traces", headers: gzip, body: Array(body.dropLast()))
      #expect(cut?.status == 400)
      #expect(try status(cut).message == "the body does not decompress: it is not whole gzip")
      #expect(running.receiver.counts[.malformedCompression] == 1)
    }
  }

  @Test func whatIsLeftOutIsToldWithTheRest() async throws {
    try await RunningOTLP.run { running async throws in
      let request = OTLPFixture.request([OTLPFixture.span(1), OTLPFixture.span(2) { $0.spanID = Data() }])
      let answer = try await running.post(request, to: "/v1/traces")
      #expect(answer?.status == 200)
      let response = try OTLP.TracesResponse(serializedBytes: Array(try #require(answer).body.utf8))
      #expect(response.partialSuccess.rejectedSpans == 1)
      #expect(
        response.partialSuccess.errorMessage
          == "resourceSpans[0].scopeSpans[0].spans[1].spanId: is missing, or all 0")
      #expect(running.received.spans.map { $0.map(\.id.value) } == [[1]])
      let counts = running.receiver.counts
      #expect(counts.requests == 1 && counts.accepted == 1 && counts.spans == 1 && counts.leftOut == 1)
      #expect(counts.elements == 2 && counts.ingestNanoseconds > 0 && counts.rejected == [])
      #expect(running.receiver.counts.leftOut == 1 && running.receiver.counts.spans == 1)
      let json = try await running.post(
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}"#, to: "/v1/traces")
      #expect(json?.status == 200)
      #expect(
        json?.body
          == #"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"resourceSpans[0].scopeSpans[0].spans[0].traceId: is missing, or all 0"}}"#
      )
      #expect(running.received.spans.count == 1)
    }
  }

  @Test(arguments: paths) func whatCannotBeReadIsRefusedInItsOwnType(path: String) async throws {
    try await RunningOTLP.run { running async throws in
      let protobuf = try await running.client.request("POST", path, headers: [RunningOTLP.protobuf], body: [0xFF])
      #expect(protobuf?.status == 400)
      #expect(protobuf?.headers["content-type"] == "application/x-protobuf")
      #expect(try status(protobuf).code == 3)
      #expect(try status(protobuf).message.hasPrefix("the body is not the protobuf of an Export"))
      let json = try await running.post("{\"a\":}", to: path)
      #expect(json?.status == 400)
      #expect(json?.headers["content-type"] == "application/json")
      #expect(json?.body == #"{"code":3,"message":"the body is not JSON at line 1, column 6"}"#)
      #expect(running.received.isEmpty)
      #expect(running.receiver.counts[.malformedBody] == 2)
    }
  }

  @Test func nothingOfARefusedRequestIsKept() async throws {
    try await RunningOTLP.run { running async throws in
      let request = OTLPFixture.request([OTLPFixture.span(1), OTLPFixture.span(2) { $0.traceID = Data([1]) }])
      let answer = try await running.post(request, to: "/v1/traces")
      #expect(answer?.status == 400)
      #expect(
        try status(answer).message == "resourceSpans[0].scopeSpans[0].spans[1].traceId: must be 16 bytes, not 1")
      #expect(running.received.isEmpty)
      #expect(running.receiver.counts[.invalidSpan] == 1 && running.receiver.counts.spans == 0)
    }
  }

  @Test func otherMethodsPathsAndTypes() async throws {
    try await RunningOTLP.run { running async throws in
      for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        let answer = try await running.client.request(method, "/v1/traces", headers: [RunningOTLP.protobuf])
        #expect(answer?.status == 405)
        #expect(answer?.headers["allow"] == "POST")
        #expect(try status(answer).code == 12 && status(answer).message == "this path takes POST")
      }
      let unknown = try await running.client.request("POST", "/v1/spans", headers: [])
      #expect(unknown?.status == 404)
      #expect(try status(unknown).code == 5)
      #expect(
        try status(unknown).message
          == "there is nothing at /v1/spans: POST spans to /v1/traces, metrics to /v1/metrics, log records to /v1/logs, GET /health"
      )
      let sentences = [
        "Content-Type: text/plain": "the body is declared as text/plain", "X: y": "the body is of no declared type",
      ]
      for (header, sentence) in sentences {
        let answer = try await running.client.request("POST", "/v1/logs", headers: [header], body: [1])
        #expect(answer?.status == 415)
        #expect(try status(answer).code == 3)
        #expect(answer?.headers["content-type"] == "application/json")
        #expect(
          try status(answer).message
            == sentence + ": send it with the header Content-Type: application/x-protobuf or application/json")
      }
      let encoding = try await running.client.request(
        "POST", "/v1/traces", headers: [RunningOTLP.protobuf, "Content-Encoding: zstd"], body: [1])
      #expect(encoding?.status == 415 && encoding?.headers["accept-encoding"] == "gzip, deflate")
      #expect(try status(encoding).message == "the body is encoded as zstd: send it plain, as gzip or as deflate")
      #expect(try await running.client.request("GET", "/health")?.status == 200)
      #expect(running.received.isEmpty)
      #expect(running.receiver.counts.rejectedRequests == 8)
    }
  }

  @Test func tooLargeBeforeAndAfterDecompression() async throws {
    var settings = ReceiverSettings()
    settings.bodyLimit = 1000
    try await RunningOTLP.run(settings: settings) { running async throws in
      let large = [UInt8](repeating: 0, count: 1001)
      let plain = try await running.client.request("POST", "/v1/metrics", headers: [RunningOTLP.protobuf], body: large)
      #expect(plain?.status == 413)
      #expect(plain?.headers["content-type"] == "application/x-protobuf")
      #expect(try status(plain).code == 8)
      #expect(try status(plain).message == "the body is over 1000 bytes: send fewer metrics at a time")
      let bomb = try await running.client.request(
        "POST", "/v1/logs", headers: [RunningOTLP.json, "Content-Encoding: gzip"], body: GzipFixture.bomb)
      #expect(bomb?.status == 413)
      #expect(bomb?.headers["content-type"] == "application/json")
      #expect(try status(bomb).code == 8)
      #expect(try status(bomb).message == "the body is over 1000 bytes: send fewer log records at a time")
      #expect(running.receiver.counts[.tooLarge] == 2)
    }
  }

  @Test func overloadIsToldWhenToComeAgain() async throws {
    var settings = ReceiverSettings()
    settings.waitingLimit = 100
    try await RunningOTLP.run(settings: settings) { running async throws in
      let body = [UInt8](repeating: 0, count: 101)
      let answer = try await running.client.request("POST", "/v1/traces", headers: [RunningOTLP.protobuf], body: body)
      #expect(answer?.status == 503)
      #expect(answer?.headers["retry-after"] == "1")
      #expect(try status(answer).code == 14)
      #expect(running.receiver.counts[.overloaded] == 1)
      #expect(try await running.post(OTLPFixture.request([]), to: "/v1/traces")?.status == 200)
    }
  }

  @Test func whereItListensByItself() {
    let receiver = OTLPReceiver(now: { 0 }, sinks: OTLPSinks(spans: { _ in }))
    #expect(receiver.address == ListenAddress(host: "127.0.0.1", port: 4318))
    #expect(receiver.name == "otlp-http")
  }
}
