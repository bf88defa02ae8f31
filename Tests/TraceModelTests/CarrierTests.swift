import Testing
import TraceModel

@Suite struct CarrierTests {
  private let id = GTXID(high: 0x8f3a_91c0_7b5e_44d2, low: 0xa6f0_c3d9_1e77_21c9)

  @Test func whatIsInjectedIsExtracted() throws {
    let id = try #require(id)
    let span = try #require(SpanID(0xb7ad_6b71_6920_3331))
    let headers = Carrier.headers(gtxid: id, ltxid: .first.next, span: span)
    #expect(
      headers.map(\.value) == [
        "8f3a91c07b5e44d2a6f0c3d91e7721c9", "2", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-01",
      ])
    #expect(Carrier.extract(headers) == .found(.init(gtxid: id, ltxid: .first.next, span: span)))
  }

  @Test func aForeignTracerCarriesNoHop() throws {
    let id = try #require(id)
    let span = try #require(SpanID(0xb7ad_6b71_6920_3331))
    for header in [
      Carrier.Header("Traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-00"),
      Carrier.Header("B3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-1"),
      Carrier.Header("traceparent", "01-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-00-more"),
      Carrier.Header("traceparent", "cc-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-ff"),
      Carrier.Header("traceparent", "01-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-00-"),
      Carrier.Header("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331"),
      Carrier.Header("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-0"),
      Carrier.Header("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-d-00f067aa0ba902b7"),
    ] {
      #expect(Carrier.extract([header]) == .found(.init(gtxid: id, ltxid: nil, span: span)), "\(header)")
    }
  }

  @Test(arguments: [
    ("X-GTXID", "8f3a"), ("X-GTXID", String(repeating: "0", count: 32)), ("X-GTXID", String(repeating: "g", count: 32)),
    ("traceparent", "00-8f3a-b7ad-01"), ("traceparent", "ff-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-01"),
    ("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9"), ("traceparent", ""),
    // Flags: none, half of them, no digits, more than them.
    ("traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331"),
    ("traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-"),
    ("traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-1"),
    ("traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-zz"),
    ("traceparent", "01-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-z0-more"),
    ("traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-010"),
    ("traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-01-more"),
    ("traceparent", "01-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-00.more"),
    // Versions.
    ("traceparent", "0g-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-01"),
    ("traceparent", "CC-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-01"),
    ("traceparent", "FF-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-01"),
    // Upper case.
    ("traceparent", "00-8F3A91C07B5E44D2A6F0C3D91E7721C9-b7ad6b7169203331-01"),
    ("traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-B7AD6B7169203331-01"),
    ("traceparent", "00-8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-0A"),
    // B3: neither a decision nor a parent.
    ("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-banana"),
    ("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-"),
    ("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-true"),
    ("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-1-xyz"),
    ("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-1-0000000000000000"),
    ("b3", "8f3a91c07b5e44d2a6f0c3d91e7721c9-b7ad6b7169203331-1-00f067aa0ba902b7-1"),
  ])
  func whatCannotBeReadIsNamed(name: String, value: String) {
    guard case .malformed(let header, let seen) = Carrier.extract([.init(name, value)]) else {
      Issue.record("\(name): \(value) was accepted")
      return
    }
    #expect(header.lowercased() == name.lowercased() && seen == value)
  }

  @Test func aMalformedHopIsNamed() {
    let headers = [Carrier.Header("x-gtxid", "8f3a91c07b5e44d2a6f0c3d91e7721c9"), .init("x-ltxid", "0")]
    #expect(Carrier.extract(headers) == .malformed(header: "X-LTXID", value: "0"))
  }

  /// Whoever is handed the last number there is cannot count on from it.
  @Test(arguments: ["4294967295", "4294967296", "2147483648", "+5", "-1", "", " 5", "5.0", "٥"])
  func aHopIsDigitsAndFarFromTheLastNumber(value: String) {
    let headers = [Carrier.Header("x-gtxid", "8f3a91c07b5e44d2a6f0c3d91e7721c9"), .init("x-ltxid", value)]
    #expect(Carrier.extract(headers) == .malformed(header: "X-LTXID", value: value))
  }

  @Test func aHopThatIsTakenCanBeCountedOnFrom() throws {
    let headers = [Carrier.Header("x-gtxid", "8f3a91c07b5e44d2a6f0c3d91e7721c9"), .init("x-ltxid", "2147483647")]
    guard case .found(let position) = Carrier.extract(headers) else {
      Issue.record("it was not taken")
      return
    }
    #expect(position.ltxid?.next == LTXID(2_147_483_648))
    #expect(HopCounter(at: try #require(position.ltxid)).nextCall() == LTXID(2_147_483_648))
  }

  @Test func noHeaderIsNoTransaction() {
    #expect(Carrier.extract([]) == .absent)
    #expect(Carrier.extract([.init("b3", "0")]) == .absent)
  }
}
