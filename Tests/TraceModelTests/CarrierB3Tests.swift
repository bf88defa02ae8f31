import Testing
import TraceModel

@Suite struct CarrierB3Tests {
  private let id = GTXID(high: 0x8f3a_91c0_7b5e_44d2, low: 0xa6f0_c3d9_1e77_21c9)
  private let trace = Carrier.Header("X-B3-TraceId", "8f3a91c07b5e44d2a6f0c3d91e7721c9")
  private let span = Carrier.Header("X-B3-SpanId", "b7ad6b7169203331")

  private func found(_ gtxid: GTXID?, _ span: UInt64 = 0xb7ad_6b71_6920_3331) throws -> Carrier.Extraction {
    .found(.init(gtxid: try #require(gtxid), ltxid: nil, span: SpanID(span)))
  }

  @Test func severalHeadersCarryATransaction() throws {
    #expect(Carrier.extract([trace, span]) == (try found(id)))
    #expect(
      Carrier.extract([
        .init("x-b3-spanid", "B7AD6B7169203331"), .init("x-b3-traceid", trace.value),
        .init("x-b3-parentspanid", "00f067aa0ba902b7"), .init("x-b3-sampled", "1"), .init("x-b3-flags", "0"),
      ]) == (try found(id)))
    #expect(
      Carrier.extract([.init("X-B3-TraceId", "a6f0c3d91e7721c9"), span])
        == (try found(GTXID(high: 0, low: 0xa6f0_c3d9_1e77_21c9))))
    for sampled in ["0", "1", "true", "false", "True"] {
      #expect(Carrier.extract([trace, span, .init("X-B3-Sampled", sampled)]) == (try found(id)))
    }
    #expect(Carrier.extract([trace, span, .init("X-B3-Flags", "1")]) == (try found(id)))
  }

  @Test func aHopComesBesideThem() throws {
    let hop = Carrier.Header("X-LTXID", "3")
    #expect(
      Carrier.extract([trace, span, hop])
        == .found(.init(gtxid: try #require(id), ltxid: LTXID(3), span: SpanID(0xb7ad_6b71_6920_3331))))
  }

  @Test func whatGoesFirst() throws {
    let other = GTXID(high: 0, low: 1)
    let text = String(repeating: "0", count: 31) + "1"
    let single = Carrier.Header("b3", "\(text)-00000000000000aa-1")
    let parent = Carrier.Header("traceparent", "00-\(text)-00000000000000bb-01")
    #expect(Carrier.extract([trace, span, single]) == (try found(other, 0xAA)))
    #expect(Carrier.extract([trace, span, parent]) == (try found(other, 0xBB)))
    // A decision alone says nothing of a transaction: the several headers do.
    #expect(Carrier.extract([trace, span, .init("b3", "1")]) == (try found(id)))
  }

  @Test func aDecisionAloneIsNoTransaction() {
    #expect(Carrier.extract([.init("X-B3-Sampled", "0")]) == .absent)
    #expect(Carrier.extract([.init("X-B3-Flags", "1"), .init("X-B3-ParentSpanId", "x")]) == .absent)
  }

  @Test(arguments: [
    ("X-B3-TraceId", "8f3a"), ("X-B3-TraceId", String(repeating: "0", count: 32)),
    ("X-B3-TraceId", String(repeating: "g", count: 32)), ("X-B3-TraceId", ""),
    ("X-B3-SpanId", "b7ad"), ("X-B3-SpanId", String(repeating: "0", count: 16)), ("X-B3-SpanId", ""),
    ("X-B3-ParentSpanId", "b7ad"), ("X-B3-ParentSpanId", "zzzzzzzzzzzzzzzz"), ("X-B3-Sampled", "2"),
    ("X-B3-Sampled", "d"), ("X-B3-Flags", "2"),
  ])
  func whatCannotBeReadIsNamed(name: String, value: String) {
    let headers = [Carrier.Header(name, value)] + [trace, span].filter { $0.name != name }
    #expect(Carrier.extract(headers) == .malformed(header: name, value: value))
  }

  @Test func oneIdWithoutTheOther() {
    #expect(Carrier.extract([trace]) == .malformed(header: "X-B3-SpanId", value: ""))
    #expect(Carrier.extract([span]) == .malformed(header: "X-B3-TraceId", value: ""))
  }

  @Test func whatIsInjectedIsExtracted() throws {
    let id = try #require(id)
    let parent = try #require(SpanID(0x00f0_67aa_0ba9_02b7))
    let headers = Carrier.b3Headers(gtxid: id, span: try #require(SpanID(0xb7ad_6b71_6920_3331)), parent: parent)
    #expect(headers == [trace, span, .init("X-B3-ParentSpanId", "00f067aa0ba902b7"), .init("X-B3-Sampled", "1")])
    #expect(Carrier.extract(headers) == (try found(id)))
    #expect(Carrier.b3Headers(gtxid: id, span: parent).count == 3)
  }
}
