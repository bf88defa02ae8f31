import Foundation
import Operations
import Testing

@Suite struct ConfigurationEntryTests {
  typealias Entry = ConfigurationSnapshot.Entry

  @Test(arguments: [
    ("order.pool", "", "order.pool", false),
    ("order>customer.breaker.sliding-window-size", "order>customer.breaker", "sliding-window-size", true),
    ("gateway>order.breaker.sliding-window-type", "gateway>order.breaker", "sliding-window-type", true),
    ("gateway>order.breaker.failure-rate-threshold", "gateway>order.breaker", "failure-rate-threshold", false),
    ("sliding-window-size", "", "sliding-window-size", false), ("결제.breaker.", "결제.breaker", "", false),
  ])
  func aKeyHasABreakerAndANameOfItsOwn(key: String, breaker: String, ownName: String, renewsWindow: Bool) {
    let entry = Entry(key: key, value: "20")
    #expect(entry.breaker == breaker && entry.ownName == ownName && entry.renewsWindow == renewsWindow)
  }

  /// What follows from the key is not written, and is there again.
  @Test func itIsWrittenAsKeyAndValue() throws {
    let entry = Entry(key: "gateway>order.breaker.sliding-window-size", value: "20")
    let data = try JSONEncoder().encode(entry)
    #expect(try JSONDecoder().decode([String: String].self, from: data) == ["key": entry.key, "value": "20"])
    #expect(try JSONDecoder().decode(Entry.self, from: data) == entry)
  }
}
