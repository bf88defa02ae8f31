import OTLPMessages
import SwiftProtobuf
import Testing

@testable import Connectors

/// What is wrong is said with the place where it is and what would be right.
@Suite struct OTLPFaultTests {
  private func fault(_ json: String) -> OTLPFault? {
    do throws(OTLPFault) {
      _ = try OTLPJSONReader.traces(Array(json.utf8))
      return nil
    } catch {
      return error
    }
  }

  private func inSpan(_ members: String) -> OTLPFault? {
    fault(
      """
      {"resourceSpans": [{"resource": {"attributes": [{"key": "a,[{", "value": {"stringValue": "}]"}}]},
        "scopeSpans": [{"spans": []}, {"spans": [{"name": "a"}, {\(members)}]}]}]}
      """)
  }

  @Test(arguments: [
    (
      #""traceId": "5b8e""#,
      "resourceSpans[0].scopeSpans[1].spans[1].traceId: \"5b8e\" must be 32 hexadecimal digits"
    ),
    (
      #""traceId": "5B8EFFF798038103D269B633813FC60G""#,
      "resourceSpans[0].scopeSpans[1].spans[1].traceId: \"5B8EFFF798038103D269B633813FC60G\" must be 32 hexadecimal digits"
    ),
    (
      #""name": "x", "spanId": "7uGbfsPBsXQ=""#,
      "resourceSpans[0].scopeSpans[1].spans[1].spanId: \"7uGbfsPBsXQ=\" must be 16 hexadecimal digits"
    ),
    (#""parentSpanId": 5"#, "resourceSpans[0].scopeSpans[1].spans[1].parentSpanId: must be text"),
    (
      #""links": [{}, {"traceId": "00"}]"#,
      "resourceSpans[0].scopeSpans[1].spans[1].links[1].traceId: \"00\" must be 32 hexadecimal digits"
    ),
    (
      #""startTimeUnixNano": -1"#,
      "resourceSpans[0].scopeSpans[1].spans[1].startTimeUnixNano: must be a whole number from 0 to 18446744073709551615"
    ),
    (
      #""startTimeUnixNano": "soon""#,
      "resourceSpans[0].scopeSpans[1].spans[1].startTimeUnixNano: must be a whole number from 0 to 18446744073709551615"
    ),
    (
      #""startTimeUnixNano": "0x10""#,
      "resourceSpans[0].scopeSpans[1].spans[1].startTimeUnixNano: must be a whole number from 0 to 18446744073709551615"
    ),
    (
      #""flags": 4294967296"#,
      "resourceSpans[0].scopeSpans[1].spans[1].flags: must be a whole number from 0 to 4294967295"
    ),
    (
      #""flags": 1.5"#,
      "resourceSpans[0].scopeSpans[1].spans[1].flags: must be a whole number from 0 to 4294967295"
    ),
    (
      #""kind": "CLIENT""#,
      "resourceSpans[0].scopeSpans[1].spans[1].kind: \"CLIENT\" must be one of SPAN_KIND_UNSPECIFIED, "
        + "SPAN_KIND_INTERNAL, SPAN_KIND_SERVER, SPAN_KIND_CLIENT, SPAN_KIND_PRODUCER, SPAN_KIND_CONSUMER"
    ),
    (#""attributes": {}"#, "resourceSpans[0].scopeSpans[1].spans[1].attributes: must be an array"),
    (#""attributes": [null]"#, "resourceSpans[0].scopeSpans[1].spans[1].attributes[0]: must be an object"),
    (
      #""attributes": [{"key": "a", "value": "b"}]"#,
      "resourceSpans[0].scopeSpans[1].spans[1].attributes[0].value: must be an object"
    ),
    (
      #""attributes": [{"value": {"boolValue": "true"}}]"#,
      "resourceSpans[0].scopeSpans[1].spans[1].attributes[0].value.boolValue: must be true or false"
    ),
    (
      #""attributes": [{"value": {"doubleValue": "much"}}]"#,
      "resourceSpans[0].scopeSpans[1].spans[1].attributes[0].value.doubleValue: must be a number"
    ),
    (
      #""attributes": [{"value": {"bytesValue": "*"}}]"#,
      "resourceSpans[0].scopeSpans[1].spans[1].attributes[0].value.bytesValue: must be base64"
    ),
  ])
  func theFieldIsNamed(members: String, sentence: String) {
    let fault = inSpan(members)
    #expect(fault?.description == sentence)
    #expect(fault?.isMalformed == false)
  }

  @Test(arguments: [
    ("[]", "the body must be an object"), ("5", "the body must be an object"),
    ("{", "the body is not JSON at line 1, column 2"), ("", "the body is not JSON at line 1, column 1"),
    ("{}x", "the body is not JSON at line 1, column 3"),
    ("{\n \"a\": 1,}", "the body is not JSON at line 2, column 9"),
    ("{\"resourceSpans\": [{},]}", "the body is not JSON at line 1, column 23"),
    ("{\"resourceSpans\": [{} {}]}", "the body is not JSON at line 1, column 23"),
    ("{\"resourceSpans\": nope}", "the body is not JSON at line 1, column 20"),
    ("{\"resourceSpans\" []}", "the body is not JSON at line 1, column 18"),
    ("{\"x\": [1, 2}}", "the body is not JSON at line 1, column 12"),
    ("{\"x\": \"\u{1}\"}", "the body is not JSON at line 1, column 8"),
    ("{\"x\": \"\\ud800\"}", "the body is not JSON at line 1, column 8"),
    ("{\"x\": 01}", "the body is not JSON at line 1, column 8"),
    ("{x: 1}", "the body is not JSON at line 1, column 2"),
  ])
  func whatIsNoJSONIsToldWithItsPlace(json: String, sentence: String) {
    let fault = fault(json)
    #expect(fault?.description == sentence)
    #expect(fault?.isMalformed == true)
  }

  @Test func textThatIsNotUTF8() {
    let body = Array("{\"x\": \"".utf8) + [0xFF] + Array("\"}".utf8)
    let fault = #expect(throws: OTLPFault.self) { try OTLPJSONReader.traces(body) }
    #expect(fault?.description == "the body is not JSON at line 1, column 8")
    let first = #expect(throws: OTLPFault.self) { try OTLPJSONReader.traces([0, 0xFF]) }
    #expect(first?.description == "the body is not JSON at line 1, column 1", "what comes first is told")
  }

  /// It may be JSON all the same.
  @Test func whatNobodyReadsEndsSomewhereToo() {
    func deep(_ levels: Int) -> String {
      #"{"x": \#(String(repeating: "[", count: levels) + String(repeating: "]", count: levels))}"#
    }
    #expect(fault(deep(500)) == nil)
    let path = "x" + String(repeating: "[0]", count: 31) + "…"
    #expect(fault(deep(600))?.description == path + ": must not be 500 levels deep")
  }

  @Test func valuesWithinValuesEndSomewhere() {
    func nested(_ depth: Int) -> String {
      let value =
        String(repeating: #"{"arrayValue":{"values":["#, count: depth) + "{}" + String(repeating: "]}}", count: depth)
      return #""attributes": [{"value": \#(value)}]"#
    }
    #expect(inSpan(nested(40)) == nil)
    #expect(inSpan(nested(100_000))?.reason == "must not be 160 levels deep")
    // What nobody reads may be deeper, but has an end, too.
    #expect(inSpan("\"x\": " + String(repeating: "[", count: 490) + String(repeating: "]", count: 490)) == nil)
    #expect(inSpan("\"x\": " + String(repeating: "[", count: 1_000_000))?.reason == "must not be 500 levels deep")
  }

  @Test func protobufThatIsNone() {
    for bytes: [UInt8] in [[0xFF], [0x0A, 5, 1], [0x0A, 0x80], Array("{}".utf8)] {
      let fault = #expect(throws: OTLPFault.self) { () throws in
        let _: OTLP.TracesRequest = try OTLPProtobuf.read(bytes)
      }
      #expect(fault?.description == "the body is not the protobuf of an ExportTraceServiceRequest")
    }
  }
}
