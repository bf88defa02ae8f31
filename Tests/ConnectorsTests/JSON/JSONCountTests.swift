import Testing

@testable import Connectors

struct JSONCountTests {
  private func count(_ json: String) -> JSONCount { Array(json.utf8).withUnsafeBytes { JSONCount(of: $0) } }

  @Test func whatStandsInQuotesIsNoObject() {
    #expect(count(#"{"a":"{\"{\\","b":{"c{":[{},{}]}}"#).objects == 4)
  }

  /// Names of members are read, too.
  @Test func everyValueCounts() {
    #expect(count(#"[1,2,"a,b:[{",null]"#).values == 4)
    #expect(count(#"{"a":1,"b":[2,3]}"#).values == 6)
    #expect(count("").values == 0)
  }
}
