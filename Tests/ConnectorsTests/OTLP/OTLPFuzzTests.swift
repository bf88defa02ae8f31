import Foundation
import OTLPMessages
import SwiftProtobuf
import TestSupport
import Testing
import TraceModel

@testable import Connectors

/// Damaged bodies are read whole or refused whole, and never end the program.
@Suite struct OTLPFuzzTests {
  private static let pieces = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-", "0", "1e999", "1.5", "99999999999999999999",
    "\"traceId\":", "\"value\":", "\"\\ud800\"", "\"\\u0000\"", " ", "\u{0}", "\u{FEFF}", "{}", "[]",
    "{\"arrayValue\":{\"values\":[{}]}}", "9223372036854775808",
  ]

  private static let json = Array(
    #"""
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},
      "scopeSpans":[{"scope":{"name":"l\u00e9","x":{}},"spans":[
       {"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","parentSpanId":"","name":"op\"",
        "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1544712661000000000,"kind":2,"flags":257,
        "attributes":[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"3"},{"doubleValue":1.5}]}}},
                      {"key":"b","value":{"bytesValue":"AAEC"}},{"key":"ltxid","value":{"intValue":4}}],
        "events":[{"timeUnixNano":0,"name":"e"}],"status":{"code":"STATUS_CODE_ERROR","message":"m"},
        "links":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174"}]},
       {"traceId":"5b8efff798038103d269b633813fc60d","spanId":"eee19b7ec3c1b175","name":null}]}]}]}
    """#.utf8)

  private func check(_ request: OTLP.TracesRequest, seed: UInt64) {
    guard let batch = try? OTLPSpans.read(request, receivedAt: 1) else { return }
    for span in batch.elements {
      #expect(span.end >= span.start, "seed \(seed)")
      #expect(span.parent != span.id, "seed \(seed)")
    }
    let sent = request.resourceSpans.flatMap(\.scopeSpans).reduce(0) { $0 + $1.spans.count }
    #expect(batch.elements.count + batch.refused == sent, "seed \(seed)")
  }

  @Test(arguments: 0..<8)
  func json(batch: UInt64) {
    var taken = 0
    for seed in batch * 1000..<batch * 1000 + 1000 {
      var random = SeededGenerator(seed: seed)
      let body = random.damaged(Self.json, pieces: Self.pieces)
      do throws(OTLPFault) {
        let request = try OTLPJSONReader.traces(body)
        taken += 1
        check(request, seed: seed)
        // Another reader has to find JSON in it, too.
        let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        #expect(object != nil, "seed \(seed): \(String(decoding: body, as: UTF8.self))")
      } catch {
        #expect(!error.description.isEmpty, "seed \(seed)")
      }
    }
    #expect(taken > 20, "some mutations leave a valid body")
  }

  @Test(arguments: 0..<4)
  func protobuf(batch: UInt64) throws {
    let valid: [UInt8] = try OTLPJSONReader.traces(Self.json).serializedBytes()
    var taken = 0
    for seed in batch * 1000..<batch * 1000 + 1000 {
      var random = SeededGenerator(seed: seed)
      let body = random.damaged(valid, pieces: Self.pieces)
      guard let request: OTLP.TracesRequest = try? OTLPProtobuf.read(body) else { continue }
      taken += 1
      check(request, seed: seed)
    }
    #expect(taken > 20, "some mutations leave a valid body")
  }
}
