import Testing

@testable import Connectors

struct JSONObjectsTests {
  @Test func whatStandsInQuotesIsNoObject() {
    let json = Array(#"{"a":"{\"{\\","b":{"c{":[{},{}]}}"#.utf8)
    #expect(json.withUnsafeBytes { JSONObjects.number(in: $0) } == 4)
  }
}
