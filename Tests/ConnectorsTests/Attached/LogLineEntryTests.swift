import Connectors
import Operations
import Testing
import TraceModel

/// What a real system logged, as a line.
@Suite struct LogLineEntryTests {
  private func line(_ entry: LogEntry, limit: Int) -> LogLine { LogLine(entry, limit: limit) }

  @Test func theAttributesStandBehindTheText() {
    let entry = LogEntry(
      time: 5, severity: 17, body: "no stock", eventName: "stock.out", service: "order", instance: "order-1",
      attributes: [SpanAttribute("sku", "18"), SpanAttribute("left", .integer(0))])
    #expect(
      line(entry, limit: 100)
        == LogLine(
          time: 5, level: .error, service: "order", instance: "order-1", message: "stock.out no stock  sku=18 left=0"))
  }

  @Test(
    arguments: [
      (0, "FATAL", LogLine.Level.error), (0, "Warning", .warn), (0, "TRACE", .debug), (0, "", .info), (0, "odd", .info),
      (9, "FATAL", .info), (17, "", .error), (13, "x", .warn), (5, "", .debug),
    ] as [(UInt8, String, LogLine.Level)])
  func theNumberTellsTheLevelOrElseTheWord(number: UInt8, word: String, level: LogLine.Level) {
    let entry = LogEntry(time: 1, severity: number, severityText: word, body: "x", service: "a")
    #expect(line(entry, limit: 100).level == level)
  }

  /// Whether the text is long, an attribute, a body with a structure, or there are many attributes.
  @Test(arguments: [
    LogEntry(time: 1, body: .text(String(repeating: "x", count: 5_000)), service: "a"),
    LogEntry(
      time: 1, body: "x", service: "a", attributes: [SpanAttribute("k", .text(String(repeating: "한", count: 900)))]),
    LogEntry(time: 1, body: .map([SpanAttribute("k", .text(String(repeating: "x", count: 5_000)))]), service: "a"),
    LogEntry(time: 1, body: "x", eventName: String(repeating: "x", count: 5_000), service: "a"),
    LogEntry(time: 1, body: "x", service: "a", attributes: (0..<1_000).map { SpanAttribute("key\($0)", .integer(1)) }),
  ])
  func theWholeLineHasALimit(entry: LogEntry) {
    let message = line(entry, limit: 1_000).message
    #expect(message.utf8.count > 990 && message.utf8.count <= 1_000 + "…".utf8.count)
    #expect(message.hasSuffix("…"))
  }

  @Test func soHaveTheNames() {
    let name = String(repeating: "n", count: 5_000)
    let line = line(LogEntry(time: 1, body: "x", service: name, instance: name), limit: 1_000)
    #expect(line.service.utf8.count == 1_003 && line.instance.utf8.count == 1_003)
  }

  /// However many lines there may be, they take no more than their share.
  @Test func aSystemKeepsAsManyLinesAsThereIsRoomFor() {
    let system = AttachedSystem(name: "prod", budget: 4_000_000, now: { 0 })
    let text = String(repeating: "x", count: 60_000)
    for number in 0..<1_000 {
      system.receive(LogLine(LogEntry(time: Int64(number), body: .text(text), service: "a")))
    }
    let kept = system.log(LogFilter(), limit: 1_000)
    #expect(kept.last?.time == 999)
    #expect(500...560 ~= kept.count)
  }
}
