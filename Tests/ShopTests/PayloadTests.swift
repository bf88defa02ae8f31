import Foundation
import Testing

@testable import Shop

@Suite struct PayloadTests {
  private static let nested: Payload = {
    var payload = Payload(order: 7)
    payload["lines"] = .objects([Payload(sku: "sku-01", quantity: 2), Payload(), Payload(sku: "sku-02")])
    payload["fresh"] = .truth(true)
    payload["late"] = .truth(false)
    payload["none"] = .objects([])
    payload["locked"] = .texts(["order/7", "order/8"])
    payload["inner"] = .object(Payload(order: 8, state: "PENDING"))
    return payload
  }()

  private let payloads = [
    Payload(),
    Payload(order: 1, user: "kim", sku: "sku-07", quantity: 2, amount: 38_000),
    Payload(order: .max, amount: .min, reason: "", hop: 0),
    Payload(
      reason: "payment refused: breaker \"x\" is OPEN\\\n\t\r\u{8}\u{c}\u{1}\u{1f}\u{7f} / → 한국 🂡", state: "PENDING",
      step: "a,b:{}"),
    nested,
  ]

  /// What Foundation writes with sorted keys and plain slashes.
  private func reference(_ payload: Payload) throws -> String {
    let data = try JSONSerialization.data(
      withJSONObject: object(payload), options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }

  private func object(_ payload: Payload) -> [String: Any] {
    var object: [String: Any] = [:]
    for field in payload.fields {
      switch field.value {
      case .text(let text): object[field.name] = text
      case .number(let number): object[field.name] = number
      case .truth(let truth): object[field.name] = truth
      case .object(let inner): object[field.name] = self.object(inner)
      case .texts(let texts): object[field.name] = texts
      case .objects(let objects): object[field.name] = objects.map(self.object)
      }
    }
    return object
  }

  @Test func itIsWrittenAsFoundationWritesIt() throws {
    for payload in payloads {
      let wanted = try reference(payload)
      #expect(String(decoding: payload.json, as: UTF8.self) == wanted)
    }
  }

  @Test func whatIsWrittenIsRead() {
    for payload in payloads { #expect(Payload(json: payload.json) == payload) }
    #expect(Payload.plain(payloads[1].json) == payloads[1], "the plain form needs no decoder")
    #expect(Payload.plain(Self.nested.json) == Self.nested, "lists are plain, too")
    #expect(Payload.plain(payloads[3].json) == nil, "escapes are for the decoder")
  }

  @Test func fieldsStandInTheOrderOfTheirNames() {
    var payload = Payload()
    for name in ["sku", "amount", "user", "order", "amount"] { payload[name] = .text(name) }
    #expect(payload.fields.map(\.name) == ["amount", "order", "sku", "user"])
    payload["order"] = nil
    payload["nothing"] = nil
    #expect(payload.fields.map(\.name) == ["amount", "sku", "user"])
  }

  @Test(arguments: [
    #" { "order" : 7 , "user" : "k\u0069m" } "#, #"{"user":"kim","order":7.0}"#,
    #"{"user":"kim","order":7,"sku":null}"#,
  ])
  func otherJSONIsReadToo(text: String) {
    #expect(Payload(json: Array(text.utf8)) == Payload(order: 7, user: "kim"))
  }

  @Test func whatIsOfAnotherTypeIsMissing() {
    let payload = Payload(json: Array(#"{"order":"7","user":7}"#.utf8))
    #expect(payload?.fields.count == 2)
    #expect(payload?.order == nil && payload?.user == nil)
  }

  @Test(arguments: [
    "", "{", "}", "[]", "{}}", "{,}", #"{"order"}"#, #"{"order":}"#, #"{"order":07}"#, #"{"order":-}"#,
    #"{"order":9223372036854775808}"#, #"{"user":"kim"#, #"{"user":"kim" "sku":"a"}"#, #"{"a":[1]}"#,
    #"{"a":{"b":1.5}}"#,
    #"{"a":tru}"#, #"{"a":[{}}"#,
  ])
  func whatIsNoPayloadIsRefused(text: String) {
    #expect(Payload(json: Array(text.utf8)) == nil)
  }

  @Test func brokenBytesNeverBreakTheReader() {
    for whole in [payloads[1].json, Self.nested.json] {
      for length in 0..<whole.count { #expect(Payload(json: Array(whole.prefix(length))) == nil) }
      for place in whole.indices {
        var broken = whole
        broken[place] = 0xFF
        #expect(Payload.plain(broken) == nil, "byte \(place)")
      }
    }
  }
}
