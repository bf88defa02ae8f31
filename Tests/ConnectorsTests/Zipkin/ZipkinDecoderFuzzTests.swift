import Connectors
import Foundation
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

  private static func mutated(by random: inout SplitMix) -> [UInt8] {
    var body = valid
    for _ in 0...random.below(4) {
      let place = random.below(body.count)
      switch random.below(6) {
      case 0: body[place] = UInt8(random.below(256))
      case 1: body.removeSubrange(place..<min(body.count, place + 1 + random.below(12)))
      case 2: body.insert(contentsOf: Array(pieces[random.below(pieces.count)].utf8), at: place)
      case 3: body.removeSubrange(place...)
      case 4:
        let end = min(body.count, place + 1 + random.below(40))
        body.insert(contentsOf: body[place..<end], at: random.below(body.count))
      default: body[place] ^= 1 << UInt8(random.below(8))
      }
      if body.isEmpty { body = [0x5B] }
    }
    return body
  }

  @Test(arguments: 0..<8)
  func allOrNothing(batch: UInt64) throws {
    var taken = 0
    for seed in batch * 1000..<batch * 1000 + 1000 {
      var random = SplitMix(seed: seed)
      let body = Self.mutated(by: &random)
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

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int {
    Int(next() % UInt64(bound))
  }
}
