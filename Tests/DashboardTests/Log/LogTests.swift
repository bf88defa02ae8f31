import Drawing
import Operations
import Testing
import TraceCollector
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

  /// A transaction in which payment is the first hop, called by one that carries none.
  private static func detail(_ number: UInt64) -> TransactionDetail {
    let id = ShopFixture.id(0x8f3a, number)
    let spans = ["client", "payment"].enumerated().compactMap { index, service in
      SpanID(UInt64(index + 1)).map { own in
        TraceSpan(
          gtxid: id, id: own, parent: index == 0 ? nil : SpanID(1), ltxid: index == 0 ? nil : .first, kind: .internal,
          service: service, instance: service, operation: "charge", start: ShopFixture.now, duration: 5, status: .ok)
      }
    }
    let summary = TransactionSummary(
      gtxid: id, kind: "checkout", state: .committed, start: ShopFixture.now, duration: 5)
    return TransactionDetail(summary: summary, tree: CallTree.build(spans: spans), log: [])
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
        $0.hasPrefix("  14:03:26.400  WARN   payment-1 ") && $0.contains("8f3a…003a  #1   결제 게이트웨이 응답")
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
    #expect(cockpit.text.contains("No line of payment-gateway is kept."))
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
    // It is read first, so that the cursor comes to stand on the hop that wrote the line.
    #expect(cockpit.model.page == .log)
    cockpit.send(.transaction(ShopFixture.id(0x8f3a, 59), Self.detail(59)))
    #expect(cockpit.model.history.current == .transaction(ShopFixture.id(0x8f3a, 59), span: SpanID(2)))
    cockpit.press("[")
    _ = answered(&cockpit)
    cockpit.press("Up Up Up Up Enter")
    #expect(cockpit.model.page == .log)
    #expect(cockpit.text.contains("log line") && cockpit.text.contains("transaction  none"), "\(cockpit.text)")
  }

  @Test func aTransactionThatIsGoneIsOpenedAllTheSame() {
    var cockpit = Cockpit()
    cockpit.press("L")
    _ = answered(&cockpit)
    cockpit.press("Enter")
    cockpit.send(.transaction(ShopFixture.id(0x8f3a, 59), nil))
    #expect(cockpit.model.history.current == .transaction(ShopFixture.id(0x8f3a, 59), span: nil))
  }

  /// Whoever does something else meanwhile is not taken away.
  @Test func anotherKeyKeepsTheLogOpen() {
    var cockpit = Cockpit()
    cockpit.press("L")
    _ = answered(&cockpit)
    cockpit.press("Enter Up")
    cockpit.send(.transaction(ShopFixture.id(0x8f3a, 59), Self.detail(59)))
    #expect(cockpit.model.page == .log)
  }

  // MARK: The language

  @Test func mistakesAreShownInPlaceAndTheLastFilterHolds() {
    var cockpit = Cockpit()
    cockpit.press("L / text:level>=warn")
    _ = answered(&cockpit)
    #expect(cockpit.text.contains("30 lines"))
    cockpit.press("text:_user=kim")
    // It is too long to stand beside what was typed, and is read whole above it.
    #expect(cockpit.lines.suffix(4).joined().contains("at 13: unknown word \"user\""))
    // What was right last, on the way there.
    #expect(cockpit.model.pages.log.wanted.text == "level>=warn user")
    // Enter keeps nothing that is wrong.
    cockpit.press("Enter")
    #expect(cockpit.model.filterLine != nil)
  }

  @Test func whatIsLookedForIsMarked() {
    var cockpit = Cockpit()
    cockpit.press("L / text:CHARGE Enter")
    _ = answered(&cockpit)
    let canvas = cockpit.canvas()
    guard let line = canvas.lines.firstIndex(where: { $0.contains(" charge 5") }),
      let column = canvas.lines[line].firstRange(of: "charge 5")
    else {
      Issue.record("no line is found")
      return
    }
    let x = canvas.lines[line].distance(from: canvas.lines[line].startIndex, to: column.lowerBound)
    #expect(canvas.style(x: x, y: line).foreground == .accent)
    #expect(canvas.style(x: x + 7, y: line).foreground != .accent)
  }

  @Test func whatStandsAround() {
    var cockpit = Cockpit()
    cockpit.press("L / text:inst=payment-1 Enter")
    _ = answered(&cockpit)
    #expect(cockpit.text.contains("30 lines"))
    cockpit.press("Up Up")
    let line = cockpit.model.pages.log.line(cockpit.model.context)
    cockpit.press("c")
    let asked = answered(&cockpit)
    #expect(asked == LogFilter())
    #expect(cockpit.text.contains("60 lines") && cockpit.text.contains("and around"))
    #expect(cockpit.model.pages.log.line(cockpit.model.context) == line)
    cockpit.press("N")
    let before = cockpit.model.pages.log.line(cockpit.model.context)
    #expect(before?.instance == "payment-1" && before?.time == line.map { $0.time - 600_000_000 })
    cockpit.press("n")
    #expect(cockpit.model.pages.log.line(cockpit.model.context) == line)
    cockpit.press("Esc")
    _ = answered(&cockpit)
    #expect(cockpit.text.contains("30 lines") && !cockpit.text.contains("and around"))
    #expect(cockpit.model.pages.log.line(cockpit.model.context) == line)
  }

  @Test func withoutAFilterNGoesToTheNextWarning() {
    var cockpit = Cockpit()
    cockpit.press("L")
    _ = answered(&cockpit)
    cockpit.press("g n")
    #expect(cockpit.model.pages.log.selected == 2)
    cockpit.press("n n N")
    #expect(cockpit.model.pages.log.selected == 3)
    cockpit.press("g N")
    #expect(cockpit.lastLine.contains("no warning or error above"))
    cockpit.press("c")
    #expect(cockpit.lastLine.contains("/ looks for something"))
  }

  @Test func yCopiesTheLine() {
    var cockpit = Cockpit()
    cockpit.press("L")
    _ = answered(&cockpit)
    cockpit.press("y")
    guard case .copy(let text)? = cockpit.effects.first else {
      Issue.record("nothing is copied")
      return
    }
    #expect(text == "14:03:26.700  ERROR  payment-2  \(ShopFixture.id(0x8f3a, 59).hex)  #1  charge 59")
  }

  /// What is not found yet is looked for on, and said.
  @Test func aSearchGoesOn() {
    var cockpit = Cockpit()
    cockpit.press("L")
    var progress = LogProgress()
    (progress.searched, progress.kept, progress.isComplete) = (512, 20_000, false)
    cockpit.send(.log(LogFilter(), Self.lines, progress: progress))
    #expect(
      cockpit.effects.contains { if case .searchLogOn(LogFilter(), limit: LogPage.limit) = $0 { true } else { false } })
    #expect(cockpit.text.contains("looked at 512 of 20,000"))
    cockpit.send(.log(LogFilter(), Self.lines))
    #expect(cockpit.effects.isEmpty)
    #expect(!cockpit.text.contains("looked at"))
  }

  /// A subject's log: of a breaker the instance that it lives in, of a topic those that write and read.
  @Test func theLogOfATopicAndOfABreaker() {
    let snapshot = MapFixture.snapshot()
    #expect(Subject.topic("inventory").logFilter(snapshot) == LogFilter(text: "svc=inventory,order,payment"))
    #expect(Subject.topic("audit").logFilter(snapshot) == nil)
    #expect(
      Subject.breaker("gateway-1>order").logFilter(snapshot) == LogFilter(service: "gateway", text: "inst=gateway-1"))
    #expect(
      Subject.instance(service: "payment", name: "payment-2").logFilter(snapshot)
        == LogFilter(service: "payment", text: "inst=payment-2"))
  }

  @Test(arguments: [Size(columns: 40, rows: 12), Size(columns: 80, rows: 24), Size(columns: 200, rows: 60)])
  func manyLinesFit(size: Size) {
    let lines = (0..<20_000).map { number in
      LogLine(
        time: ShopFixture.now - Int64(20_000 - number) * 10_000_000, level: LogLine.Level.allCases[number % 4],
        service: "payment", instance: "payment-1", message: "line \(number)")
    }
    var cockpit = Cockpit(columns: size.columns, rows: size.rows)
    cockpit.press("L")
    cockpit.send(.log(LogFilter(), lines))
    #expect(cockpit.text.contains("line 19999"))
    for glyphs in [GlyphSet.utf8, .ascii] { #expect(cockpit.canvas(glyphs).violations == []) }
    cockpit.press("g")
    #expect(cockpit.text.contains("line 0"))
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
