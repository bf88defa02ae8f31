import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing

@testable import Connectors

@Suite struct OTLPJSONReaderTests {
  private func span(_ members: String) throws -> OTLP.Span {
    let body = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\(members)}]}]}]}"
    return try OTLPJSONReader.traces(Array(body.utf8)).resourceSpans[0].scopeSpans[0].spans[0]
  }

  /// `message` as OTLP writes it: as protobuf's own JSON, but for the ids.
  private func json(_ message: some Message) throws -> [UInt8] {
    let tree = try JSONSerialization.jsonObject(with: message.jsonUTF8Data())
    return Array(try JSONSerialization.data(withJSONObject: withHexadecimalIDs(tree)))
  }

  private func withHexadecimalIDs(_ tree: Any) -> Any {
    if let list = tree as? [Any] { return list.map(withHexadecimalIDs) }
    guard let object = tree as? [String: Any] else { return tree }
    return Dictionary(
      uniqueKeysWithValues: object.map { key, value in
        guard ["traceId", "spanId", "parentSpanId"].contains(key), let text = value as? String,
          let bytes = Data(base64Encoded: text)
        else { return (key, withHexadecimalIDs(value)) }
        return (key, bytes.map { String(format: "%02X", $0) }.joined())
      })
  }

  @Test func tracesAreReadAsTheyWereMeant() throws {
    var request = OTLPFixture.request([
      OTLPFixture.span(1) {
        $0.parentSpanID = OTLPFixture.id(2)
        $0.traceState = "a=\"1\""
        $0.flags = .max
        $0.kind = .consumer
        $0.status.code = .error
        $0.status.message = "주문 테이블 잠김\n\u{1F512}"
        $0.droppedAttributesCount = 1
        $0.droppedEventsCount = 2
        $0.droppedLinksCount = .max
        $0.endTimeUnixNano = .max
        $0.attributes = Self.values
        $0.events = [
          .with {
            $0.timeUnixNano = 5
            $0.name = "e"
            $0.attributes = Self.values
            $0.droppedAttributesCount = 9
          }
        ]
        $0.links = [
          .with {
            $0.traceID = OTLPFixture.trace
            $0.spanID = OTLPFixture.id(3)
            $0.traceState = "b"
            $0.flags = 3
            $0.attributes = Self.values
            $0.droppedAttributesCount = 8
          }
        ]
      }, OTLP.Span(),
    ])
    request.resourceSpans[0].schemaURL = "r"
    request.resourceSpans[0].resource.droppedAttributesCount = 7
    request.resourceSpans[0].scopeSpans[0].schemaURL = "s"
    request.resourceSpans[0].scopeSpans[0].scope = .with {
      $0.name = "library"
      $0.version = "1"
      $0.attributes = Self.values
      $0.droppedAttributesCount = 6
    }
    #expect(try OTLPJSONReader.traces(try json(request)) == request)
  }

  static let values: [OTLP.Attribute] = [
    OTLPFixture.text("text", "a\\\"/\u{8}\u{C}\n\r\t\u{1}é"), OTLPFixture.text("", ""),
    attribute("integer") { $0.intValue = .min }, attribute("real") { $0.doubleValue = -1.25e-7 },
    attribute("endless") { $0.doubleValue = -.infinity }, attribute("flag") { $0.boolValue = true },
    attribute("bytes") { $0.bytesValue = Data([0, 1, 250, 251]) },
    attribute("list") { $0.arrayValue.values = [.with { $0.intValue = 1 }, OTLP.Value()] },
    attribute("map") { $0.kvlistValue.values = [OTLPFixture.text("k", "v")] }, attribute("none") { _ in },
  ]

  private static func attribute(_ name: String, _ value: (inout OTLP.Value) -> Void) -> OTLP.Attribute {
    var attribute = OTLP.Attribute()
    attribute.key = name
    attribute.value = OTLP.Value()
    value(&attribute.value)
    return attribute
  }

  @Test func logsAreReadAsTheyWereMeant() throws {
    let request = OTLPFixture.logs([
      .with {
        $0.timeUnixNano = 1
        $0.observedTimeUnixNano = 2
        $0.severityNumber = .warn3
        $0.severityText = "WARN"
        $0.body.stringValue = "text"
        $0.attributes = Self.values
        $0.droppedAttributesCount = 3
        $0.flags = 1
        $0.traceID = OTLPFixture.trace
        $0.spanID = OTLPFixture.id(1)
        $0.eventName = "page.view"
      }
    ])
    #expect(try OTLPJSONReader.logs(try json(request)) == request)
  }

  @Test func metricsAreReadAsTheyWereMeant() throws {
    let request = OTLPFixture.metrics(OTLPMetricFixture.all)
    #expect(try OTLPJSONReader.metrics(try json(request)) == request)
  }

  @Test func idsAreHexadecimalInAnyCase() throws {
    let upper = try span(#""traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174""#)
    let mixed = try span(#""traceId":"5b8eFFF798038103d269b633813fc60c","spanId":"eee19b7ec3c1B174""#)
    #expect(upper.traceID.first == 0x5B && upper.traceID.last == 0x0C && upper.traceID.count == 16)
    #expect(upper.spanID == mixed.spanID && upper.traceID == mixed.traceID)
    #expect(try span(#""parentSpanId":"""#).parentSpanID.isEmpty)
    #expect(try span(#""parentSpanId":null"#).parentSpanID.isEmpty)
  }

  @Test func numbersAreNumbersOrTexts() throws {
    for number in ["1544712660000000000", "\"1544712660000000000\"", "1.54471266e18", "\"1544712660000000000.0\""] {
      #expect(try span("\"startTimeUnixNano\":\(number)").startTimeUnixNano == 1_544_712_660_000_000_000, "\(number)")
    }
    #expect(try span("\"endTimeUnixNano\":18446744073709551615").endTimeUnixNano == .max)
    #expect(try span("\"flags\":\"257\"").flags == 257)
  }

  @Test func enumsAreNumbersOrNames() throws {
    for kind in ["3", "\"3\"", "\"SPAN_KIND_CLIENT\""] { #expect(try span("\"kind\":\(kind)").kind == .client) }
    #expect(try span("\"kind\":77").kind == .UNRECOGNIZED(77))
    #expect(try span(#""status":{"code":"STATUS_CODE_ERROR"}"#).status.code == .error)
    #expect(try span(#""status":{"code":1}"#).status.code == .ok)
    let log = #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"SEVERITY_NUMBER_FATAL4"}]}]}]}"#
    #expect(
      try OTLPJSONReader.logs(Array(log.utf8)).resourceLogs[0].scopeLogs[0].logRecords[0].severityNumber == .fatal4)
  }

  @Test func whatNobodyKnowsIsPassedOver() throws {
    let span = try span(
      #""x":{"y":[1,{"z":null}],"t":"\"}"},"name":"n","spanid":"EEE19B7EC3C1B174","span_id":5,"attributes":null"#)
    #expect(span == .with { $0.name = "n" })
    #expect(try OTLPJSONReader.traces(Array("{\"x\":1e9, \"resourceSpans\" : [ ] }\n".utf8)) == OTLP.TracesRequest())
    #expect(try OTLPJSONReader.traces(Array("{}".utf8)) == OTLP.TracesRequest())
  }

  @Test func keysAndTextsWithEscapes() throws {
    #expect(try span(#""n\u0061me":"\u0041\ud83d\ude00\\""#).name == "A😀\\")
    #expect(try span(#""na\"me":1,"name":"a""#).name == "a")
  }

  @Test func bytesAreBase64InEitherAlphabet() throws {
    for text in ["+/+/", "-_-_"] {
      let value = try span(#""attributes":[{"key":"b","value":{"bytesValue":"\#(text)"}}]"#).attributes[0].value
      #expect(value.bytesValue == Data([0xFB, 0xFF, 0xBF]))
    }
    let short = try span(#""attributes":[{"key":"b","value":{"bytesValue":"AA"}}]"#).attributes[0].value
    #expect(short.bytesValue == Data([0]))
  }

  @Test func theLastOfSeveralValuesCounts() throws {
    let value = try span(#""attributes":[{"key":"b","value":{"intValue":"1","stringValue":"x"}}]"#).attributes[0].value
    #expect(value.stringValue == "x")
  }
}
