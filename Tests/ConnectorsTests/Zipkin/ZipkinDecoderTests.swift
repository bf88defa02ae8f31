import Connectors
import Testing
import TraceModel

@Suite struct ZipkinDecoderTests {
  private func decode(_ text: String, receivedAt: Int64 = 77) throws -> [TraceSpan] {
    try ZipkinDecoder.decode(Array(text.utf8), receivedAt: receivedAt)
  }

  private func only(_ fields: String) throws -> TraceSpan {
    try #require(try decode("[{\"traceId\":\"1\",\"id\":\"2\",\(fields)}]").first)
  }

  @Test func everythingASpanCanSay() throws {
    let spans = try decode(
      """
      [{
        "traceId": "463ac35c9f6413ad48485a3953bb6124", "parentId": "6b221d5bc9e6496c", "id": "5b4185666d50f68b",
        "kind": "CLIENT", "name": "GET /Orders", "timestamp": 1541485537488973, "duration": 2033,
        "localEndpoint": {"serviceName": "Order", "ipv4": "10.1.2.3", "port": 8080},
        "remoteEndpoint": {"serviceName": "Inventory", "ipv6": "2001:db8::1", "port": 9000},
        "annotations": [{"timestamp": 1541485537489000, "value": "wire send"}],
        "tags": {"http.status_code": "503", "error": "no stock", "b": "2", "a": "1"}, "debug": true
      }]
      """)
    let expected = TraceSpan(
      gtxid: try #require(GTXID("463ac35c9f6413ad48485a3953bb6124")), id: try #require(SpanID(hex: "5b4185666d50f68b")),
      parent: SpanID(hex: "6b221d5bc9e6496c"), kind: .client, service: "order", instance: "10.1.2.3:8080",
      operation: "get /orders", start: 1_541_485_537_488_973_000, duration: 2_033_000, status: .error,
      message: "no stock", peer: "inventory",
      attributes: [
        SpanAttribute("a", "1"), SpanAttribute("b", "2"), SpanAttribute("error", "no stock"),
        SpanAttribute("http.status_code", "503"), SpanAttribute(AttributeName.httpStatus, 503),
        SpanAttribute("network.peer.address", "2001:db8::1"), SpanAttribute("network.peer.port", 9000),
      ],
      events: [SpanEvent(time: 1_541_485_537_489_000_000, name: "wire send")])
    #expect(spans == [expected])
  }

  @Test func emptyBodiesHoldNothing() throws {
    #expect(try decode("") == [])
    #expect(try decode("[]") == [])
    #expect(try decode(" [ ] \n") == [])
  }

  @Test func theLeastASpanCanSay() throws {
    let span = try #require(try decode(#"[{"traceId":"0a","id":"0b"}]"#).first)
    #expect(
      span
        == TraceSpan(
          gtxid: try #require(GTXID(high: 0, low: 10)), id: try #require(SpanID(11)), service: "", operation: "",
          start: 77))
  }

  @Test func nullIsAbsentAndUnknownFieldsAreSkipped() throws {
    let span = try only(
      #"""
      "parentId":null,"kind":null,"name":null,"timestamp":null,"duration":null,"localEndpoint":null,
      "remoteEndpoint":{"serviceName":null,"ipv4":null,"ipv6":null,"port":null},"annotations":null,"tags":null,
      "shared":null,"debug":null,"flags":[{"a":[1,2,{}]}]
      """#)
    #expect(
      span
        == TraceSpan(
          gtxid: try #require(GTXID(high: 0, low: 1)), id: try #require(SpanID(2)), service: "", operation: "",
          start: 77))
  }

  @Test(arguments: [
    ("CLIENT", SpanKind.client), ("SERVER", .server), ("PRODUCER", .producer), ("CONSUMER", .consumer),
  ])
  func kinds(name: String, kind: SpanKind) throws {
    #expect(try only("\"kind\":\"\(name)\"").kind == kind)
  }

  @Test func aClientIsNeverShared() throws {
    #expect(try only(#""shared":true,"kind":"SERVER""#).isShared)
    #expect(try only(#""shared":true"#).isShared)
    #expect(try !only(#""shared":true,"kind":"CLIENT""#).isShared)
    #expect(try !only(#""shared":false,"kind":"SERVER""#).isShared)
  }

  @Test func aParentOfZerosOrOfItselfIsNone() throws {
    #expect(try only(#""parentId":"0000000000000000""#).parent == nil)
    #expect(try only(#""parentId":"0""#).parent == nil)
    #expect(try only(#""parentId":"02""#).parent == nil)
    #expect(try only(#""parentId":"03""#).parent == SpanID(3))
  }

  @Test func shortIdsArePadded() throws {
    let spans = try decode(
      #"""
      [{"traceId":"abc","id":"1"},{"traceId":"1abcdef0123456789","id":"1"},
       {"traceId":"0000000000000000000000000000abcd","id":"1"}]
      """#)
    #expect(
      spans.map(\.gtxid.hex) == [
        "00000000000000000000000000000abc", "000000000000000" + "1abcdef0123456789",
        "0000000000000000000000000000abcd",
      ])
  }

  @Test func wholeNumbersHoweverTheyAreWritten() throws {
    #expect(try only(#""timestamp":1.5e3,"duration":2000.0"#).start == 1_500_000)
    #expect(try only(#""timestamp":1.5e3,"duration":2000.0"#).duration == 2_000_000)
    #expect(try only(#""timestamp":9223372036854775"#).start == 9_223_372_036_854_775_000)
  }

  @Test func timesOfZeroOrLessAreAbsent() throws {
    let span = try only(#""timestamp":0,"duration":0"#)
    #expect(span.start == 77)
    #expect(span.duration == nil)
    let negative = try only(#""timestamp":-5,"duration":-5"#)
    #expect(negative.start == 77)
    #expect(negative.duration == nil)
  }

  @Test func anErrorTagIsAnErrorWhateverItSays() throws {
    for (tag, message) in [("\"\"", ""), ("\"false\"", "false"), ("\"Timeout\"", "Timeout"), ("1", "1")] {
      let span = try only("\"tags\":{\"error\":\(tag)}")
      #expect(span.status == .error)
      #expect(span.message == message)
      #expect(span[attribute: "error"] == .text(message))
    }
    #expect(try only(#""tags":{"Error":"x"}"#).status == .unset)
  }

  @Test func tagsGetTheNamesTheRestKnows() throws {
    let span = try only(#""tags":{"kafka.topic":"payment","http.status_code":404,"ratio":0.5}"#)
    #expect(span[attribute: AttributeName.topic] == "payment")
    #expect(span[attribute: AttributeName.httpStatus] == .integer(404))
    #expect(span[attribute: "http.status_code"] == "404")
    #expect(span[attribute: "ratio"] == "0.5")
    #expect(try only(#""tags":{"http.status_code":"abc"}"#)[attribute: AttributeName.httpStatus] == nil)
    let both = try only(#""tags":{"messaging.destination.name":"a","rabbit.queue":"b"}"#)
    #expect(both.attributes.filter { $0.name == AttributeName.topic } == [SpanAttribute(AttributeName.topic, "a")])
  }

  @Test(arguments: [
    (#"{"ipv4":"10.0.0.1","ipv6":"::1","port":80}"#, "10.0.0.1:80"), (#"{"ipv6":"::1","port":80}"#, "[::1]:80"),
    (#"{"ipv6":"::1"}"#, "::1"), (#"{"ipv4":"10.0.0.1","port":0}"#, "10.0.0.1"),
    (#"{"ipv4":"10.0.0.1","port":-1}"#, "10.0.0.1"), (#"{"port":80}"#, ":80"), (#"{}"#, ""),
  ])
  func instances(endpoint: String, instance: String) throws {
    #expect(try only("\"localEndpoint\":\(endpoint)").instance == instance)
  }

  /// One address of a side names it; nothing else that was told of the sides is lost.
  @Test(arguments: [
    (#""localEndpoint":{"ipv4":"10.0.0.1","ipv6":"::1"}"#, [SpanAttribute("zipkin.localEndpoint.ipv6", "::1")]),
    (#""localEndpoint":{"ipv6":"::1"}"#, []),
    (
      #""remoteEndpoint":{"ipv4":"10.0.0.2","ipv6":"::2","port":9000}"#,
      [
        SpanAttribute("network.peer.address", "10.0.0.2"), SpanAttribute("network.peer.port", 9000),
        SpanAttribute("zipkin.remoteEndpoint.ipv6", "::2"),
      ]
    ),
    (#""remoteEndpoint":{"port":9000}"#, [SpanAttribute("network.peer.port", 9000)]),
  ])
  func addressesOfBothVersionsAreKept(endpoint: String, attributes: [SpanAttribute]) throws {
    #expect(try only(endpoint).attributes == attributes)
  }

  @Test func annotationsAreEventsByTime() throws {
    let span = try only(
      #"""
      "timestamp":5,"annotations":[{"timestamp":9,"value":"late"},{"timestamp":0,"value":"timeless"},
      {"timestamp":7,"value":"early","endpoint":{}},{"timestamp":7,"value":"early too"}]
      """#)
    #expect(
      span.events == [
        SpanEvent(time: 5000, name: "timeless"), SpanEvent(time: 7000, name: "early"),
        SpanEvent(time: 7000, name: "early too"), SpanEvent(time: 9000, name: "late"),
      ])
  }

  @Test func controlCharactersAreKeptForTheScreenToShow() throws {
    #expect(try only(#""name":"a\u001b[2J\u0000b""#).operation == "a\u{1B}[2j\u{0}b")
  }
}

@Suite struct ZipkinMissingTimestampTests {
  private func starts(_ text: String) throws -> [Int64] {
    try ZipkinDecoder.decode(Array(text.utf8), receivedAt: 77).map(\.start)
  }

  @Test func itsOwnAnnotationComesFirst() throws {
    let spans = try ZipkinDecoder.decode(
      Array(
        #"""
        [{"traceId":"1","id":"2","annotations":[{"timestamp":0,"value":"x"},{"timestamp":9,"value":"b"},
          {"timestamp":4,"value":"a"}]},
         {"traceId":"1","id":"2","timestamp":3}]
        """#.utf8), receivedAt: 77)
    #expect(spans.map(\.start) == [4000, 3000])
    #expect(spans[0].events.map(\.time) == [4000, 9000, 4000])
  }

  @Test func thenTheOtherHalfThenTheParentThenTheTrace() throws {
    #expect(
      try starts(
        #"""
        [{"traceId":"1","id":"2","parentId":"1","shared":true},{"traceId":"1","id":"2","timestamp":30},
         {"traceId":"1","id":"1","timestamp":20},{"traceId":"1","id":"5","parentId":"1"},
         {"traceId":"1","id":"6","parentId":"5"},{"traceId":"1","id":"7","timestamp":10},{"traceId":"2","id":"2"}]
        """#) == [30_000, 30_000, 20_000, 20_000, 10_000, 10_000, 77])
  }

  @Test func aTimelessAnnotationStandsAtTheStartThatWasFound() throws {
    let spans = try ZipkinDecoder.decode(
      Array(#"[{"traceId":"1","id":"2","annotations":[{"timestamp":0,"value":"x"}]}]"#.utf8), receivedAt: 77)
    #expect(spans[0].events == [SpanEvent(time: 77, name: "x")])
  }
}
