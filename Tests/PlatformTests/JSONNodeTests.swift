import TestSupport
import Testing

@testable import Platform

@Suite struct JSONNodeTests {
  @Test func equalValuesAreEqualBytes() throws {
    let one = try JSONNode(text: #" {"b": [1, 2.5, -3e2], "a": {"x": null, "t": true}, "ü": "\u00e9\n\ud83d\ude00"} "#)
    #expect(
      String(decoding: one.bytes, as: UTF8.self) == #"{"a":{"t":true,"x":null},"b":[1,2.5,-300.0],"ü":"é\n😀"}"#)
    #expect(try JSONNode(one.bytes).bytes == one.bytes)
    #expect(one.value(at: "b.1") == .number(2.5))
    #expect(one.value(at: "a.t")?.plainText == "true")
    #expect(one.value(at: "a.y") == nil)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "\"\u{1}\"", "\"a", "nul", "1 2", "\"\\ud800\"", "{a:1}", "1e999",
    "\"\\u+123\"", String(repeating: "[", count: 100),
  ])
  func whatIsNoJSONIsRefusedWithAPlace(text: String) {
    #expect(throws: JSONNodeError.self) { try JSONNode(text: text) }
  }

  @Test(arguments: UInt64(1)...50) func whatIsWrittenIsReadAgain(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let node = Self.node(&random, depth: 0)
    #expect(try JSONNode(node.bytes).bytes == node.bytes, "seed \(seed)")
  }

  private static func node(_ random: inout SeededGenerator, depth: Int) -> JSONNode {
    switch random.below(depth > 3 ? 5 : 7) {
    case 0: return .null
    case 1: return .bool(random.chance(50))
    case 2: return .integer(Int64(bitPattern: random.next()))
    case 3: return .number(Double(random.below(1_000_000)) / 8)
    case 4:
      let scalars = (0..<random.below(8)).compactMap { _ in UnicodeScalar(UInt32(random.below(0x3000))) }
      return .text(String(String.UnicodeScalarView(scalars)))
    case 5: return .array((0..<random.below(4)).map { _ in node(&random, depth: depth + 1) })
    default:
      return .object((0..<random.below(4)).map { JSONNode.Member("k\(9 - $0)", node(&random, depth: depth + 1)) })
    }
  }
}
