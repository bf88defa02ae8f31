import Foundation
import Testing

@testable import Shop

@Suite struct OrderPayloadTests {
  private let payloads = [
    OrderPayload(),
    OrderPayload(order: 1, user: "kim", sku: "sku-07", quantity: 2, amount: 38_000),
    OrderPayload(order: .max, amount: .min, reason: "", hop: 0),
    OrderPayload(
      reason: "payment refused: breaker \"x\" is OPEN\\\n\t\r\u{8}\u{c}\u{1}\u{1f}\u{7f} / → 한국 🂡", state: "PENDING",
      step: "a,b:{}"),
  ]

  /// What Foundation writes with sorted keys and plain slashes.
  private func reference(_ payload: OrderPayload) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(payload), as: UTF8.self)
  }

  @Test func itIsWrittenAsFoundationWritesIt() throws {
    for payload in payloads {
      let wanted = try reference(payload)
      #expect(String(decoding: payload.json, as: UTF8.self) == wanted)
    }
  }

  @Test func whatIsWrittenIsRead() {
    for payload in payloads { #expect(OrderPayload(json: payload.json) == payload) }
    #expect(OrderPayload.plain(payloads[1].json) == payloads[1], "the plain form needs no decoder")
    #expect(OrderPayload.plain(payloads[3].json) == nil, "escapes are for the decoder")
  }

  @Test(arguments: [
    #" { "order" : 7 , "user" : "k\u0069m" } "#, #"{"order":7,"user":"kim","more":{"a":[1,2,{}]},"none":null}"#,
    #"{"user":"kim","order":7.0}"#, #"{"user":"kim","order":7,"sku":null}"#,
  ])
  func otherJSONIsReadToo(text: String) {
    #expect(OrderPayload(json: Array(text.utf8)) == OrderPayload(order: 7, user: "kim"))
  }

  @Test(arguments: [
    "", "{", "}", "[]", "{}}", "{,}", #"{"order"}"#, #"{"order":}"#, #"{"order":07}"#, #"{"order":-}"#,
    #"{"order":"7"}"#, #"{"order":9223372036854775808}"#, #"{"user":"kim}"#, #"{"user":"kim"#, #"{"user":7}"#,
    #"{"user":"kim" "sku":"a"}"#,
  ])
  func whatIsNoPayloadIsRefused(text: String) {
    #expect(OrderPayload(json: Array(text.utf8)) == nil)
  }

  @Test func brokenBytesNeverBreakTheReader() {
    let whole = payloads[1].json
    for length in 0..<whole.count { #expect(OrderPayload(json: Array(whole.prefix(length))) == nil) }
    for place in whole.indices {
      var broken = whole
      broken[place] = 0xFF
      #expect(OrderPayload.plain(broken) == nil, "byte \(place)")
    }
  }
}
