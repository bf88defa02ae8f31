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

  /// Not every error is worth a line of the log, and yet it is one of those that the share of errors counts.
  @Test(arguments: ["order:errors=100%,route=/orders", "db:order:db-down"]) func whatFailedIsShownThoughNobodyLoggedIt(
    fault: String
  ) throws {
    let stage = Stage()
    stage.run(2)
    stage.arm(fault)
    stage.order()
    stage.run(5)
    let order = try #require(stage.snapshot().service(ShopPlan.order))
    let id = try #require(order.latestErrors.first?.gtxid)
    #expect(order.errorShare > 0 && stage.state(id) == .failed, "\(order.latestErrors)")
    #expect(order.latestErrors.allSatisfy { !$0.message.hasPrefix("GET /health") })
    #expect(order.latestErrors.map(\.time) == order.latestErrors.map(\.time).sorted(by: >))
  }

  /// A transaction that stands in the log is not told of once more.
  @Test func theLogSaysMore() {
    let (book, other) = (LogBook(capacity: 10), GTXID(String(repeating: "8", count: 32)))
    let latest = LatestErrors(book: book)
    book.write(
      LogLine(time: 5, level: .error, service: "order", instance: "", gtxid: Self.id, message: "not charged"))
    latest.read()
    let failures = [(9, Self.id, "POST /orders: no"), (7, other, "POST /orders: no"), (3, other, "card declined")]
      .compactMap { time, id, message in id.map { ServiceErrorLine(time: Int64(time), gtxid: $0, message: message) } }
    #expect(failures.count == 3)
    let errors = latest.errors(of: "order", and: failures)
    #expect(errors.map(\.message) == ["POST /orders: no", "not charged"] && errors.map(\.time) == [7, 5])
  }
}
