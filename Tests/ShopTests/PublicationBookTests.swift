import Operations
import Testing

@testable import Shop

/// Who writes to which topic, counted as it happens.
@Suite struct PublicationBookTests {
  private static let second: Int64 = 1_000_000_000

  @Test func theRateIsOfTheLastTenSeconds() {
    let book = PublicationBook()
    for number in 0..<50 { book.note(by: "order", on: "inventory", now: Int64(number) * Self.second / 10) }
    #expect(
      book.publications(of: "order", now: 5 * Self.second) == [PublicationSnapshot(topic: "inventory", rate: 5)])
    // Three of the five seconds in which it wrote are too long ago.
    #expect(book.publications(of: "order", now: 12 * Self.second).map(\.rate) == [2])
    // It is still known that it writes there.
    #expect(book.publications(of: "order", now: 99 * Self.second) == [PublicationSnapshot(topic: "inventory")])
  }

  @Test func eachServiceAndEachTopicOfItsOwn() {
    let book = PublicationBook()
    book.note(by: "payment", on: "order", now: 0)
    book.note(by: "payment", on: "inventory", now: 0)
    book.note(by: "order", on: "inventory", now: 0)
    book.note(by: "payment", on: "order", now: 1)
    #expect(
      book.publications(of: "payment", now: Self.second) == [
        PublicationSnapshot(topic: "inventory", rate: 0.1), PublicationSnapshot(topic: "order", rate: 0.2),
      ])
    #expect(book.publications(of: "gateway", now: Self.second).isEmpty)
  }
}
