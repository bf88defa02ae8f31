import Connectors
import Testing

/// Every sentence a sender can get about its body.
@Suite struct ZipkinDecodingErrorTests {
  private func sentence(_ body: [UInt8]) -> String {
    do {
      return "taken: \(try ZipkinDecoder.decode(body, receivedAt: 0).count)"
    } catch {
      return error.description
    }
  }

  @Test(arguments: [
    ("x", 1, 1), ("[", 1, 2), ("]", 1, 1), ("[{]", 1, 3), ("[{\"traceId\":\"1\"}", 1, 17), ("[]]", 1, 3),
    ("[] x", 1, 4), ("\u{FEFF}[]", 1, 1), (" ", 1, 2), ("[,]", 1, 2), ("[{},]", 1, 5),
    ("[\n{\n \"id\":\"1\",}]", 3, 11),
    ("[{\"id\":\"1\"}\n,\n ]", 3, 2), ("['a']", 1, 2), ("[NaN]", 1, 2), ("// []", 1, 1), ("[tru]", 1, 5),
    ("[01]", 1, 3),
    ("[1.]", 1, 4), ("[.5]", 1, 2), ("[-]", 1, 3), ("[1e+]", 1, 5), ("[+1]", 1, 2), ("[\"a\u{1}\"]", 1, 4),
    ("[\"\\ud800\"]", 1, 3), ("[\"\\udc00\"]", 1, 3), ("[\"\\ud800\\u0041\"]", 1, 3), ("[\"\\u00g0\"]", 1, 3),
    ("[\"\\x\"]", 1, 3), ("[\"\\", 1, 3), ("[\"", 1, 3), ("{\"a\" 1}", 1, 6), ("{1:2}", 1, 2), ("{\"a\":1,}", 1, 8),
    ("[{\"id\":\"1\"} {}]", 1, 13), ("[{\"unknown\":{\"a\\q\":1}}]", 1, 16),
  ])
  func notJSON(body: String, line: Int, column: Int) {
    #expect(sentence(Array(body.utf8)) == Self.notJSON(line, column))
  }

  private static func notJSON(_ line: Int, _ column: Int) -> String {
    "the body is not JSON at line \(line), column \(column): send an array of Zipkin v2 spans"
  }

  @Test func brokenEncodingIsNotJSON() {
    let body = Array("[{\"unknown\":\"".utf8) + [0xFF, 0xC0] + Array("\"}]".utf8)
    #expect(sentence(body) == Self.notJSON(1, 14))
    #expect(sentence([0, 0, 0]) == Self.notJSON(1, 1))
    #expect(sentence([0, 0xFF]) == Self.notJSON(1, 1), "what comes first is told")
    #expect(sentence([0x5B, 0xFF, 0]) == Self.notJSON(1, 2))
  }

  @Test(arguments: [("[", 1), ("{\"a\":", 5)])
  func bottomlessNestingIsRefused(opening: String, length: Int) {
    let body = String(repeating: opening, count: 200_000)
    #expect(
      sentence(Array(body.utf8))
        == "the body is over 500 levels deep at line 1, column \(500 * length + 1): send an array of Zipkin v2 spans")
  }

  @Test func nestingAsDeepAsIsAllowedIsRead() {
    let deep = String(repeating: "[", count: 498) + String(repeating: "]", count: 498)
    #expect(sentence(Array("[{\"traceId\":\"1\",\"id\":\"1\",\"x\":\(deep)}]".utf8)) == "taken: 1")
  }

  @Test func everythingJSONHasIsRead() {
    let value =
      #"[0,-0,-1.5,1e9,1E-2,1.0e+3,true,false,null,"","\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é😀",{},[],{"a":[{}]}]"#
    #expect(sentence(Array("\r\n\t [ {\"traceId\" : \"1\",\"id\":\"1\",\"x\":\(value)} ] ".utf8)) == "taken: 1")
  }

  @Test(arguments: ["{}", "null", "1", "\"x\"", "{\"spans\":[]}"])
  func notAnArray(body: String) {
    #expect(sentence(Array(body.utf8)) == "the body is not an array: send an array of Zipkin v2 spans")
  }

  private static let trace = "1 to 32 lower-case hexadecimal digits, not all 0"
  private static let span = "1 to 16 lower-case hexadecimal digits, not all 0"
  private static let late = "must be microseconds that end before the year 2262"

  @Test(arguments: [
    ("1", "span 1 must be an object with traceId and id"),
    ("null", "span 1 is null: it must be an object with traceId and id"),
    (#"{"id":"1"}"#, "span 1: traceId is missing: it must be \(trace)"),
    (#"{"traceId":"1"}"#, "span 1: id is missing: it must be \(span)"),
    (#"{"traceId":null,"id":"1"}"#, "span 1: traceId is null: it must be \(trace)"),
    (#"{"traceId":1,"id":"1"}"#, "span 1: traceId must be \(trace)"),
    (#"{"traceId":"","id":"1"}"#, "span 1: traceId \"\" must be \(trace)"),
    (#"{"traceId":"00","id":"1"}"#, "span 1: traceId \"00\" must be \(trace)"),
    (#"{"traceId":"ABC","id":"1"}"#, "span 1: traceId \"ABC\" must be \(trace)"),
    (#"{"traceId":"0x1","id":"1"}"#, "span 1: traceId \"0x1\" must be \(trace)"),
    (
      #"{"traceId":"463ac35c9f6413ad48485a3953bb61240","id":"1"}"#,
      "span 1: traceId \"463ac35c9f6413ad48485a3953bb61240\" must be \(trace)"
    ),
    (#"{"traceId":"1","id":"0"}"#, "span 1: id \"0\" must be \(span)"),
    (#"{"traceId":"1","id":"\u001b\u202e"}"#, "span 1: id \"\\u{1b}\\u{202e}\" must be \(span)"),
    (#"{"traceId":"1","id":"12345678901234567"}"#, "span 1: id \"12345678901234567\" must be \(span)"),
    (#"{"traceId":"1","id":"1","parentId":""}"#, "span 1: parentId \"\" must be \(span)"),
    (#"{"traceId":"1","id":"1","parentId":7}"#, "span 1: parentId must be \(span)"),
    (
      #"{"traceId":"1","id":"1","kind":"client"}"#,
      "span 1: kind \"client\" must be CLIENT, SERVER, PRODUCER or CONSUMER"
    ),
    (#"{"traceId":"1","id":"1","kind":3}"#, "span 1: kind must be CLIENT, SERVER, PRODUCER or CONSUMER"),
    (#"{"traceId":"1","id":"1","name":[]}"#, "span 1: name must be text"),
    (#"{"traceId":"1","id":"1","timestamp":"5"}"#, "span 1: timestamp must be a whole number of microseconds"),
    (#"{"traceId":"1","id":"1","timestamp":1.5}"#, "span 1: timestamp must be a whole number of microseconds"),
    (#"{"traceId":"1","id":"1","timestamp":1e999}"#, "span 1: timestamp must be a whole number of microseconds"),
    (#"{"traceId":"1","id":"1","timestamp":9223372036854776}"#, "span 1: timestamp \(late)"),
    (#"{"traceId":"1","id":"1","duration":{}}"#, "span 1: duration must be a whole number of microseconds"),
    (#"{"traceId":"1","id":"1","duration":9223372036854776}"#, "span 1: duration \(late)"),
    (
      #"{"traceId":"1","id":"1","timestamp":9223372036854775,"duration":1}"#, "span 1: duration \(late)"
    ),
    (#"{"traceId":"9","id":"1","duration":9223372036854775}"#, "span 1: duration \(late)"),
    (#"{"traceId":"1","id":"1","shared":1}"#, "span 1: shared must be true or false"),
    (#"{"traceId":"1","id":"1","localEndpoint":"x"}"#, "span 1: localEndpoint must be an object"),
    (#"{"traceId":"1","id":"1","localEndpoint":{"serviceName":5}}"#, "span 1: localEndpoint.serviceName must be text"),
    (
      #"{"traceId":"1","id":"1","localEndpoint":{"port":"80"}}"#,
      "span 1: localEndpoint.port must be a whole number up to 65535"
    ),
    (
      #"{"traceId":"1","id":"1","remoteEndpoint":{"port":65536}}"#,
      "span 1: remoteEndpoint.port 65536 must be a whole number up to 65535"
    ),
    (#"{"traceId":"1","id":"1","remoteEndpoint":[]}"#, "span 1: remoteEndpoint must be an object"),
    (#"{"traceId":"1","id":"1","annotations":{}}"#, "span 1: annotations must be an array"),
    (
      #"{"traceId":"1","id":"1","annotations":["x"]}"#,
      "span 1: annotations[0] must be an object with timestamp and value"
    ),
    (
      #"{"traceId":"1","id":"1","annotations":[{"timestamp":1,"value":"a"},{"value":"x"}]}"#,
      "span 1: annotations[1].timestamp is missing: it must be a whole number of microseconds"
    ),
    (
      #"{"traceId":"1","id":"1","annotations":[{"timestamp":"1","value":"x"}]}"#,
      "span 1: annotations[0].timestamp must be a whole number of microseconds"
    ),
    (
      #"{"traceId":"1","id":"1","annotations":[{"timestamp":1}]}"#,
      "span 1: annotations[0].value is missing: it must be text"
    ),
    (
      #"{"traceId":"1","id":"1","annotations":[{"timestamp":9223372036854776,"value":"x"}]}"#,
      "span 1: annotations[0].timestamp \(late)"
    ),
    (#"{"traceId":"1","id":"1","tags":[]}"#, "span 1: tags must be an object of texts"),
    (#"{"traceId":"1","id":"1","tags":{"a":null}}"#, "span 1: tags.a must be text"),
    (#"{"traceId":"1","id":"1","tags":{"timestamp":true}}"#, "span 1: tags.timestamp must be text"),
    (#"{"traceId":"1","id":"1","tags":{"port":{}}}"#, "span 1: tags.port must be text"),
    (#"{"traceId":"1","id":"1","tags":{"7":[]}}"#, "span 1: tags.7 must be text"),
  ])
  func invalidSpan(second: String, expected: String) {
    let first = #"{"traceId":"9","id":"9","timestamp":5}"#
    #expect(sentence(Array("[\(first),\(second)]".utf8)) == expected)
  }
}
