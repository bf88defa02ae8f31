import Operations
import Testing
import TraceModel

@testable import Shop

/// What is read from the log as it grows is what looking through all of it finds.
@Suite struct LatestErrorsTests {
  private static let id = GTXID(String(repeating: "7", count: 32))

  private static func line(_ number: Int) -> LogLine {
    LogLine(
      time: Int64(number), level: LogLine.Level.allCases[number * 7 % 4],
      service: ["order", "payment", "item"][number * 5 % 3], instance: "", gtxid: number % 11 == 0 ? nil : id,
      message: "line \(number)")
  }

  private static func found(of service: String, in book: LogBook) -> [ServiceErrorLine] {
    book.lines(LogFilter(atLeast: .warn, service: service), limit: 8).reversed().compactMap { line in
      line.gtxid.map { ServiceErrorLine(time: line.time, gtxid: $0, message: line.message) }
    }
  }

  @Test(arguments: [1, 3, 50, 170])
  func readingOnFindsTheSame(step: Int) {
    let book = LogBook(capacity: 200)
    let latest = LatestErrors(book: book)
    for number in 0..<600 {
      book.write(Self.line(number))
      guard number % step == 0 else { continue }
      latest.read()
      for service in ["order", "payment", "item"] {
        #expect(latest.errors(of: service) == Self.found(of: service, in: book), "\(service) after \(number)")
      }
    }
    #expect(!latest.errors(of: "order").isEmpty && latest.errors(of: "nobody").isEmpty)
  }

  /// Nobody has to look after a declined card.
  @Test func whatBusinessTurnedBackIsNoError() {
    let book = LogBook(capacity: 10)
    let latest = LatestErrors(book: book)
    for message in ["order 1 is cancelled: card declined", "order 2 is cancelled: breaker is OPEN"] {
      book.write(
        LogLine(time: 1, level: .warn, service: "order", instance: "", gtxid: Self.id, message: message))
    }
    latest.read()
    #expect(latest.errors(of: "order").map(\.message) == ["order 2 is cancelled: breaker is OPEN"])
  }
}
