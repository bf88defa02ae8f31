import Connectors
import Foundation
import TestSupport
import Testing
import TraceModel

/// Damaged bodies are taken whole or refused whole, and never end the program.
@Suite struct ZipkinDecoderFuzzTests {
  private static let pieces = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-", "0", "1e999", "1.5", "99999999999999999999",
    "\"traceId\"", "\"tags\"", "\"\\ud800\"", "\"\\u0000\"", " ", "\u{0}", "\u{FEFF}", "{}", "[]",
    "-9223372036854775808",
    "9223372036854775807",
  ]

  private static let valid = Array(
    #"""
    [{"traceId":"463ac35c9f6413ad48485a3953bb6124","parentId":"6b221d5bc9e6496c","id":"5b4185666d50f68b",
      "kind":"SERVER","name":"get","timestamp":1541485537488973,"duration":2033,"shared":true,
      "localEndpoint":{"serviceName":"order","ipv4":"10.1.2.3","port":8080},
      "remoteEndpoint":{"serviceName":"api","ipv6":"::1","port":53367},
      "annotations":[{"timestamp":1541485537489000,"value":"ws"}],
      "tags":{"http.status_code":"200","error":"","caf\u00e9":"\"\\"}},
     {"traceId":"463ac35c9f6413ad48485a3953bb6124","id":"6b221d5bc9e6496c","timestamp":0,"duration":0},
     {"traceId":"1","id":"2","annotations":[{"timestamp":0,"value":"x"}]}]
    """#.utf8)

  @Test(arguments: 0..<8)
  func allOrNothing(batch: UInt64) throws {
    var taken = 0
    for seed in batch * 1000..<batch * 1000 + 1000 {
      var random = SeededGenerator(seed: seed)
      let body = random.damaged(Self.valid, pieces: Self.pieces)
      let spans: [TraceSpan]
      do {
        spans = try ZipkinDecoder.decode(body, receivedAt: 1)
      } catch {
        #expect(!error.description.isEmpty, "seed \(seed)")
        continue
      }
      taken += 1
      // Another reader has to find as many spans in it.
      let array = try? JSONSerialization.jsonObject(with: Data(body)) as? [Any]
      #expect(spans.count == array?.count, "seed \(seed): \(String(decoding: body, as: UTF8.self))")
      for span in spans {
        #expect(span.end >= span.start, "seed \(seed)")
        #expect(span.parent != span.id, "seed \(seed)")
      }
    }
    #expect(taken > 20, "some mutations leave a valid body")
  }
}
