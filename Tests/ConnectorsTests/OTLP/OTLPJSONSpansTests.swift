import OTLPMessages
import TestSupport
import Testing
import TraceCollector
import TraceModel

@testable import Connectors

/// Spans that are read straight from JSON are those that the careful reader reads.
@Suite struct OTLPJSONSpansTests {
  /// What the careful reader makes of a body; nil where it refuses that, or one of its spans.
  private func wanted(_ body: [UInt8]) -> [TraceSpan]? {
    guard let batch = try? OTLPSpans.read(try OTLPJSONReader.traces(body), receivedAt: 1), batch.refused == 0 else {
      return nil
    }
    return batch.elements
  }

  /// Of every other seed all is written in the usual way, and every span has what it must.
  @Test(arguments: 0..<60)
  func theyAreWhatTheCarefulReaderReads(seed: UInt64) {
    let isOrdinary = seed % 2 == 0
    var maker = OTLPWireSpansTests.Maker(random: SeededGenerator(seed: seed &+ 20_000), isWhole: isOrdinary)
    var share = ReadShare()
    for round in 0..<40 {
      var json = OTLPJSONMaker(seed: seed &* 1_000 &+ UInt64(round))
      if isOrdinary { json.oddity = 0 }
      let body = json.request(maker.request())
      let (read, wanted) = (OTLPJSONSpans.read(body)?.spans, wanted(body))
      #expect(
        read == nil || read == wanted, "seed \(seed), round \(round): \(String(decoding: body, as: UTF8.self))")
      share.count(read, of: wanted)
    }
    #expect(share.value >= (isOrdinary ? 0.9 : 0.5), "seed \(seed): \(share) are read straight")
  }

  /// What is taken of a damaged body is what the careful reader makes of it; what that refuses is never taken.
  @Test(arguments: 0..<60)
  func damagedOnesAreReadAlikeOrNotAtAll(seed: UInt64) {
    var maker = OTLPWireSpansTests.Maker(random: SeededGenerator(seed: seed &+ 30_000), isWhole: true)
    var share = ReadShare()
    for round in 0..<60 {
      var json = OTLPJSONMaker(seed: seed &* 1_000 &+ UInt64(round) &+ 500_000)
      json.oddity = min(json.oddity, 5)
      var body = json.request(maker.request())
      for _ in 0...maker.random.below(3) { Self.damage(&body, &maker.random) }
      let (read, wanted) = (OTLPJSONSpans.read(body)?.spans, wanted(body))
      #expect(
        read == nil || read == wanted, "seed \(seed), round \(round): \(String(decoding: body, as: UTF8.self))")
      share.count(read, of: wanted)
    }
    #expect(share.value >= 0.5, "seed \(seed): \(share) are read straight")
  }

  private static let pieces = [
    "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-", "0", "1e9", ".5", "99999999999999999999", " ",
    "\"\\ud800\"", "\"\\u0000\"", "\u{0}", "\u{FEFF}", "{}", "[]", "\"schemaUrl\":\"a\",", "\"scope\":{},", "é",
  ]

  private static func damage(_ body: inout [UInt8], _ random: inout SeededGenerator) {
    if body.isEmpty { body = [0x7B] }
    let place = random.below(body.count)
    switch random.below(6) {
    case 0: body[place] = UInt8(random.below(256))
    case 1: body[place] ^= 1 << UInt8(random.below(8))
    case 2: body.removeSubrange(place..<min(body.count, place + 1 + random.below(8)))
    case 3: body.insert(contentsOf: Array(pieces[random.below(pieces.count)].utf8), at: place)
    case 4: body.removeSubrange(place...)
    default: body.insert(contentsOf: body[place..<min(body.count, place + 1 + random.below(30))], at: place)
    }
  }

  private func body(_ span: String, behind: String = "") -> [UInt8] {
    Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(span)}]\#(behind)}]}]}"#.utf8)
  }

  private let ids = #""traceId":"5b8efff798038103d269b633813fc60c","spanId":"EEE19B7EC3C1B174""#
  private let times = #""startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1544712661000000000"#

  @Test func aPlainSpanIsRead() throws {
    let batch = try #require(
      OTLPJSONSpans.read(
        body(
          #"\#(ids),\#(times),"kind":3,"name":"a\u00e9\"","attributes":[{"key":"server.address","value":{"stringValue":"db-1"}},{"value":{"intValue":"-7"},"key":"n"}]"#
        )))
    let span = try #require(batch.spans.first)
    #expect(span.gtxid == GTXID(high: 0x5B8E_FFF7_9803_8103, low: 0xD269_B633_813F_C60C))
    #expect(span.id.value == 0xEEE1_9B7E_C3C1_B174 && span.duration == 1_000_000_000)
    #expect(span.kind == .client && span.operation == "aé\"" && span.peer == "db-1")
    #expect(span.attributes == [SpanAttribute("server.address", .text("db-1")), SpanAttribute("n", .integer(-7))])
  }

  /// A resource and a scope may stand behind what they are about, and a schema always does.
  @Test func whatStandsBehindTheSpansCounts() throws {
    let body = Array(
      #"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(ids),\#(times)}],"schemaUrl":"s","scope":{"name":"lib"}}],"schemaUrl":"r","resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]}}]}"#
        .utf8)
    let span = try #require(OTLPJSONSpans.read(body)?.spans.first)
    #expect(span.service == "order" && span.origin?.scope.name == "lib")
    #expect(span.origin?.resource.schema == "r" && span.origin?.scope.facts.schema == "s")
    #expect(wanted(body) == [span])
  }

  @Test(arguments: [
    #"{"resourceSpans":[],"resourceSpans":[]}"#, #"{"resourceSpans":[],}"#, #"{"resourceSpans":[]}{}"#, "", " ",
    #"{"resourceSpans":[{},]}"#, #"{"resourceSp\u0061ns":[]}"#, "[]", "{", #"{"x":1"#, #"{"x":nul}"#,
    "{\"x\":\"\u{1}\"}", #"{"resourceSpans":null"#,
  ])
  func whatIsUnusualOrWrongIsLeftToOthers(text: String) {
    #expect(OTLPJSONSpans.read(Array(text.utf8))?.count == nil)
  }

  @Test(arguments: [
    "{}", #"{"resourceSpans":null}"#, #" {"resourceSpans":[ ] } "#, #"{"x":[{}],"resourceSpans":[{}]}"#,
  ])
  func nothingIsRead(text: String) {
    #expect(OTLPJSONSpans.read(Array(text.utf8))?.isEmpty == true)
  }

  /// Of a span that cannot be taken the careful reader says why.
  @Test(arguments: [
    #""spanId":"eee19b7ec3c1b174""#, #""traceId":"5b8e","spanId":"eee19b7ec3c1b174""#,
    #""traceId":"5b8efff798038103d269b633813fc60g","spanId":"eee19b7ec3c1b174""#,
    #""traceId":"00000000000000000000000000000000","spanId":"eee19b7ec3c1b174""#,
  ])
  func aSpanWithoutItsIdsIsNotRead(ids: String) {
    #expect(OTLPJSONSpans.read(body("\(ids),\(times)"))?.count == nil)
  }

  /// Numbers, and where each of them is one that is read: `t` for a time, `c` for a count, `k` for a kind, `v` for a value.
  @Test(arguments: [
    ("0", "tckv"), ("00", ""), ("01", ""), ("-1", "kv"), ("1.0", "tckv"), ("1e3", "tckv"), ("\"007\"", "tckv"),
    ("\"-1\"", "kv"), ("\"1e3\"", "tcv"), ("9223372036854775807", "tv"), ("9223372036854775808", ""),
    ("18446744073709551615", ""), ("\"18446744073709551616\"", ""), ("\"12345678\"", "tckv"),
    ("\"123456789012345678\"", "tv"), ("true", ""), ("\"\"", ""), ("\"1", ""), ("1234567812345678123", "tv"),
    ("\" 1\"", ""),
  ])
  func numbersAreThoseOfTheCarefulReader(number: String, places: String) {
    for (member, place) in [
      ("startTimeUnixNano", "t"), ("flags", "c"), ("kind", "k"), ("droppedLinksCount", "c"),
    ] as [(String, Character)] {
      let body = body(
        #"\#(ids),"endTimeUnixNano":"9000000000000000000","startTimeUnixNano":"1","\#(member)":\#(number)"#)
      expect(body, isRead: places.contains(place), member)
    }
    expect(
      body(#"\#(ids),\#(times),"attributes":[{"key":"n","value":{"intValue":\#(number)}}]"#),
      isRead: places.contains("v"), "value")
  }

  private func expect(_ body: [UInt8], isRead: Bool, _ place: String) {
    let read = OTLPJSONSpans.read(body)?.spans
    #expect((read != nil) == isRead, "\(place)")
    if isRead { #expect(read == wanted(body), "\(place)") }
  }

  /// Lists within lists are read as deep as elsewhere.
  @Test(arguments: 140..<160)
  func depthIsLimitedAlike(depth: Int) {
    let value = (0..<depth / 3).reduce("{}") { value, _ in #"{"arrayValue":{"values":[\#(value)]}}"# }
    let body = body(#"\#(ids),\#(times),"attributes":[{"key":"n","value":\#(value)}]"#)
    #expect(OTLPJSONSpans.read(body)?.spans == wanted(body))
  }
}
