import Concurrency
import Connectors
import Foundation
import NIOCore
import Testing
import TraceModel

@Suite(.timeLimit(.minutes(1))) struct ZipkinReceiverTests {
  private static let span = #"{"traceId":"a","id":"b","timestamp":5}"#

  @Test func takesSpans() async throws {
    try await RunningReceiver.run { running async throws in
      let answer = try await running.client.post("[\(Self.span)]")
      #expect(answer?.status == 202)
      #expect(answer?.body == "")
      #expect(running.received.map { $0.map(\.start) } == [[5000]])
      #expect(running.receiver.counts.requests == 1)
      #expect(running.receiver.counts.accepted == 1)
      #expect(running.receiver.counts.spans == 1)
      #expect(running.receiver.counts.bytes == UInt64(Self.span.utf8.count + 2))
    }
  }

  @Test func emptyBodiesAreTaken() async throws {
    try await RunningReceiver.run { running async throws in
      #expect(try await running.client.post("")?.status == 202)
      #expect(try await running.client.post("[]")?.status == 202)
      #expect(try await running.client.post("", headers: ["Content-Encoding: gzip"])?.status == 202)
      #expect(running.received == [])
      #expect(running.receiver.counts.accepted == 3)
    }
  }

  @Test(arguments: [
    ([], 202), (["Content-Type: application/json"], 202), (["Content-Type: Application/JSON; charset=utf-8"], 202),
    (["Content-Type: application/json ;q=1"], 202), (["Content-Type: text/plain"], 415),
    (["Content-Type: application/x-www-form-urlencoded"], 202), (["Content-Type: multipart/form-data"], 415),
    (["Content-Type: application/x-protobuf"], 415), (["Content-Type: application/jsonx"], 415),
    (["Content-Type:"], 415), (["Content-Encoding: identity"], 202), (["Content-Encoding: br"], 415),
  ])
  func types(headers: [String], status: Int) async throws {
    try await RunningReceiver.run { running async throws in
      let answer = try await running.client.post("[\(Self.span)]", headers: headers)
      #expect(answer?.status == status)
      #expect(running.received.count == (status == 202 ? 1 : 0))
    }
  }

  @Test func aWrongTypeIsToldWhatWouldBeRight() async throws {
    try await RunningReceiver.run { running async throws in
      let type = try await running.client.post("[]", headers: ["Content-Type: application/x-protobuf"])
      #expect(
        type?.body == "the body is declared as application/x-protobuf: send JSON with the header "
          + "Content-Type: application/json\n")
      let encoding = try await running.client.post("[]", headers: ["Content-Encoding: br"])
      #expect(encoding?.body == "the body is encoded as br: send it plain, as gzip or as deflate\n")
      #expect(running.receiver.counts[.unsupportedType] == 1)
      #expect(running.receiver.counts[.unsupportedEncoding] == 1)
    }
  }

  @Test func nothingOfABadBodyIsKeptAndItGoesOn() async throws {
    try await RunningReceiver.run { running async throws in
      let notJSON = try await running.client.post("[\(Self.span),]")
      #expect(notJSON?.status == 400)
      #expect(
        notJSON?.body == "the body is not JSON at line 1, column 41: send an array of Zipkin v2 spans\n")
      let bad = try await running.client.post(#"[\#(Self.span),{"traceId":"X","id":"1"}]"#)
      #expect(bad?.status == 400)
      #expect(bad?.headers["content-type"] == "text/plain; charset=utf-8")
      #expect(
        bad?.body == "span 1: traceId \"X\" must be 1 to 32 lower-case hexadecimal digits, not all 0\n")
      #expect(running.received == [])
      #expect(try await running.client.post("[\(Self.span)]")?.status == 202)
      #expect(running.received.count == 1)
      #expect(running.receiver.counts[.malformedBody] == 1)
      #expect(running.receiver.counts[.invalidSpan] == 1)
      #expect(running.receiver.counts.requests == 3)
    }
  }

  /// A few kilobytes of gzip bring them.
  @Test func moreObjectsThanAreReadAtOnceAreRefused() async throws {
    try await RunningReceiver.run { running async throws in
      let endpoints = String(repeating: "{},", count: 1_000_000)
      let many = try await running.client.post(#"[{"traceId":"a","id":"1","annotations":[\#(endpoints){}]}]"#)
      #expect(many?.status == 413)
      #expect(many?.body == "the body holds more than 1000000 objects: send fewer spans at a time\n")
      let numbers = String(repeating: "1,", count: 4_000_000)
      let values = try await running.client.post(#"[{"traceId":"a","id":"1","unread":[\#(numbers)1]}]"#)
      #expect(values?.status == 413)
      #expect(values?.body == "the body holds more than 4000000 values: send fewer spans at a time\n")
      #expect(running.received == [] && running.receiver.counts[.tooLarge] == 2)
    }
  }

  @Test func otherMethodsAndPaths() async throws {
    try await RunningReceiver.run { running async throws in
      for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        let answer = try await running.client.request(method, "/api/v2/spans")
        #expect(answer?.status == 405)
        #expect(answer?.headers["allow"] == "POST")
        #expect(answer?.body == "this path takes POST\n")
      }
      #expect(try await running.client.request("POST", "/health")?.headers["allow"] == "GET, HEAD")
      let unknown = try await running.client.request("POST", "/api/v1/spans")
      #expect(unknown?.status == 404)
      #expect(
        unknown?.body == "there is nothing at /api/v1/spans: POST spans to /api/v2/spans, GET /health\n")
      #expect(try await running.client.request("GET", "/")?.status == 404)
      let health = try await running.client.request("GET", "/health?x=1")
      #expect(health?.status == 200)
      #expect(health?.body == "ok\n")
      let head = try await running.client.request("HEAD", "/health")
      #expect(head?.status == 200 && head?.body == "" && head?.headers["content-length"] == "3")
      #expect(running.receiver.counts[.wrongMethod] == 5)
      #expect(running.receiver.counts[.unknownPath] == 2)
    }
  }

  @Test func gzipBodies() async throws {
    try await RunningReceiver.run { running async throws in
      for (encoding, body) in [
        ("gzip", GzipFixture.span), ("GZIP", GzipFixture.span), ("x-gzip", GzipFixture.span),
        ("deflate", GzipFixture.deflatedSpan),
      ] {
        let answer = try await running.client.request(
          "POST", "/api/v2/spans", headers: ["Content-Encoding: \(encoding)"], body: body)
        #expect(answer?.status == 202)
      }
      #expect(running.received.map { $0.map(\.operation) } == Array(repeating: ["get"], count: 4))
      let cut = try await running.client.request(
        "POST", "/api/v2/spans", headers: ["Content-Encoding: gzip"], body: Array(GzipFixture.span.dropLast()))
      #expect(cut?.status == 400)
      #expect(cut?.body == "the body does not decompress: it is not whole gzip\n")
      #expect(running.receiver.counts[.malformedCompression] == 1)
    }
  }

  /// Deflate without its head, which some senders take for deflate, and with it, but cut.
  @Test func deflateThatIsNone() async throws {
    try await RunningReceiver.run { running async throws in
      for (body, fault) in [
        (
          GzipFixture.deflatedSpan.dropFirst(2).dropLast(4),
          "deflate begins as zlib does (RFC 1950), and this is raw deflate, or something else"
        ), (GzipFixture.deflatedSpan.dropLast(), "it is not whole"),
      ] {
        let answer = try await running.client.request(
          "POST", "/api/v2/spans", headers: ["Content-Encoding: deflate"], body: Array(body))
        #expect(answer?.status == 400 && answer?.body == "the body does not decompress: \(fault)\n")
      }
    }
  }

  @Test func requestsOnOneConnectionAreAnsweredInTurn() async throws {
    try await RunningReceiver.run { running async throws in
      let body = "[\(Self.span)]"
      let one = "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n"
      let text = one + "\r\n" + body + one + "\r\n" + body + one + "Connection: close\r\n\r\n" + body
      let answers = LoopbackClient.parse(try await running.client.exchange([ByteBuffer(string: text)]))
      #expect(answers.map(\.status) == [202, 202, 202])
      #expect(running.received.count == 3)
    }
  }

  @Test func concurrentPosts() async throws {
    try await RunningReceiver.run { running async throws in
      try await withThrowingTaskGroup(of: Int?.self) { group in
        for sender in 1...20 {
          let body = "[" + (1...50).map { "{\"traceId\":\"\(sender)\",\"id\":\"\($0)\"}" }.joined(separator: ",") + "]"
          group.addTask { try await running.client.post(body)?.status }
        }
        for try await status in group { #expect(status == 202) }
      }
      #expect(running.received.count == 20)
      #expect(running.received.allSatisfy { $0.count == 50 && Set($0.map(\.gtxid)).count == 1 })
      #expect(running.receiver.counts.spans == 1000)
    }
  }

  @Test func countsAreCodable() async throws {
    try await RunningReceiver.run { running async throws in
      _ = try await running.client.request("GET", "/nowhere")
      _ = try await running.client.post("x")
      #expect(
        running.receiver.counts.rejected == [
          ReceiverCounts.Rejected(reason: .malformedBody, requests: 1),
          ReceiverCounts.Rejected(reason: .unknownPath, requests: 1),
        ])
      let counts = running.receiver.counts
      #expect(try JSONDecoder().decode(ReceiverCounts.self, from: JSONEncoder().encode(counts)) == counts)
    }
  }
}
