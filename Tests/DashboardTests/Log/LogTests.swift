import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

struct LogTests {
  private static let lines: [LogLine] = (0..<60).map { (number: Int) -> LogLine in
    let isOrphan = number % 5 == 0
    return LogLine(
      time: ShopFixture.now - Int64(60 - number) * 300_000_000, level: LogLine.Level.allCases[number % 4],
      service: "payment", instance: "payment-\(number % 2 + 1)",
      gtxid: isOrphan ? nil : ShopFixture.id(0x8f3a, UInt64(number)), ltxid: .first,
      message: number == 58 ? "결제 게이트웨이 응답 시간 초과: 1,000 ms" : "charge \(number)")
  }

  /// The log as a world would answer it.
  private func answered(_ cockpit: inout Cockpit) -> LogFilter? {
    var asked: LogFilter?
    for effect in cockpit.effects {
      guard case .loadLog(let filter, let limit) = effect else { continue }
      asked = filter
      cockpit.send(.log(filter, Self.lines.filter(filter.lets).suffix(limit)))
    }
    return asked
  }

  @Test func everyLineWithItsTransaction() {
    var cockpit = Cockpit()
    cockpit.press("L")
    #expect(cockpit.text.contains("reading…"))
    let asked1 = answered(&cockpit)
    #expect(asked1 == LogFilter())
    let lines = cockpit.lines
    #expect(lines[10].hasPrefix("  log ━━━") && lines[10].hasSuffix("━ all levels  60 lines  following"))
    #expect(
      lines.contains {
        $0.hasPrefix("  14:03:26.400  WARN   payment-1 ") && $0.contains("8f3a…003a    #1   결제 게이트웨이 응답")
      })
    #expect(lines.contains { $0.hasPrefix(" ▌14:03:26.700  ERROR  payment-2 ") })
    #expect(cockpit.canvas().violations == [])
  }

  @Test func anAnswerAsksForNothingMore() {
    var cockpit = Cockpit()
    cockpit.press("L")
    cockpit.send(.log(LogFilter(), Self.lines))
    #expect(cockpit.effects.isEmpty)
    cockpit.send(.tick(1_000_000_000))
    cockpit.send(.snapshot(ShopFixture.snapshot))
    let asked2 = answered(&cockpit)
    #expect(asked2 == LogFilter())
  }

  @Test func movingUpStopsTheFlow() {
    var cockpit = Cockpit()
    cockpit.press("L")
    _ = answered(&cockpit)
    cockpit.press("Up")
    cockpit.send(.snapshot(ShopFixture.snapshot))
    #expect(cockpit.effects.isEmpty)
    #expect(cockpit.text.contains("standing still"))
    cockpit.press("G")
    let asked3 = answered(&cockpit)
    #expect(asked3 == LogFilter())
    #expect(cockpit.text.contains("following"))
  }

  @Test(arguments: [
    ("v", LogFilter(atLeast: .info)), ("v v", LogFilter(atLeast: .warn)), ("v v v v", LogFilter()),
    ("/ text:charge Enter", LogFilter(text: "charge")), ("/ text:charge Enter Esc", LogFilter()),
    ("v / text:x Enter x", LogFilter()),
  ])
  func narrowing(keys: String, filter: LogFilter) {
    var cockpit = Cockpit()
    cockpit.press("L " + keys)
    let asked4 = answered(&cockpit)
    #expect(asked4 == filter)
    #expect(cockpit.model.pages.log.wanted == filter)
  }

  @Test func theSubjectsLog() {
    var cockpit = Cockpit()
    cockpit.press("l")
    let asked5 = answered(&cockpit)
    #expect(asked5 == LogFilter(service: "payment-gateway"))
    #expect(cockpit.lastLine.hasPrefix(" log › payment-gateway   "))
    #expect(cockpit.text.contains("No line matches.  x all lines"))
    cockpit.press("[ Tab Tab Tab l")
    let asked6 = answered(&cockpit)
    #expect(asked6 == LogFilter(gtxid: ShopFixture.id(0x77b0, 0x9e02)))
    cockpit.press("x")
    let asked7 = answered(&cockpit)
    #expect(asked7 == LogFilter())
  }

  @Test func enterLeadsToTheTransaction() {
    var cockpit = Cockpit()
    cockpit.press("L")
    _ = answered(&cockpit)
    cockpit.press("Enter")
    #expect(cockpit.model.history.current == .transaction(ShopFixture.id(0x8f3a, 59), span: nil))
    cockpit.press("[")
    _ = answered(&cockpit)
    cockpit.press("Up Up Up Up Enter")
    #expect(cockpit.model.page == .log)
    #expect(cockpit.lastLine == " this line belongs to no transaction")
  }

  @Test func frozenItEndsAtTheMoment() {
    var cockpit = Cockpit()
    cockpit.press("L Space ,")
    var past = ShopFixture.snapshot
    past.time -= 1_000_000_000
    cockpit.send(.pastSnapshot(past))
    let asked8 = answered(&cockpit)
    #expect(asked8 == LogFilter(until: past.time))
  }
}
