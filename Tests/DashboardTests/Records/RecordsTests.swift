import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard
@testable import EventBus

struct RecordsTests {
  private static func line(_ number: Int, letter state: DeadLetterState? = nil) -> RecordLine {
    var line = RecordLine(
      partition: number % 3, offset: Int64(1_000 + number), time: ShopFixture.now - Int64(60 - number) * 300_000_000,
      key: "\(number)", payload: "{\"order\":\(number),\"user\":\"kim\"}")
    line.type = "ITEM_RESERVED"
    line.gtxid = number % 5 == 0 ? nil : ShopFixture.id(0x8f3a, UInt64(number))
    line.headers = [RecordLine.Header("message-id", "m-\(number)")]
    line.bytes = 210
    line.letter = state.map {
      DeadLetterLine(
        topic: "payment", offset: Int64(number), reason: "fault: errors", deliveries: 10, group: "payment", state: $0)
    }
    return line
  }

  private static let records = (0..<60).map { line($0) }
  private static let letters = [line(1, letter: .retried), line(2, letter: .open), line(3, letter: .open)]

  /// Page 4, the cursor on the topic payment, and these keys; each question is answered as a world would.
  private func cockpit(_ keys: String, columns: Int = 118, rows: Int = 36) -> (Cockpit, asked: [RecordFilter]) {
    var cockpit = Cockpit(columns: columns, rows: rows)
    cockpit.press(":")
    cockpit.press("t o p i c s Enter")
    cockpit.press("g")
    var asked: [RecordFilter] = []
    for key in keys.split(separator: " ") {
      cockpit.press(String(key))
      asked += Self.answer(&cockpit)
    }
    return (cockpit, asked)
  }

  private static func answer(_ cockpit: inout Cockpit) -> [RecordFilter] {
    var asked: [RecordFilter] = []
    for effect in cockpit.effects {
      guard case .loadRecords(let filter, _) = effect else { continue }
      asked.append(filter)
      let all = filter.lettersOf == nil ? records : letters
      cockpit.send(
        .records(
          filter,
          RecordAnswer(all.filter { $0.has(filter.words) && (filter.partition ?? $0.partition) == $0.partition })))
    }
    return asked
  }

  @Test func theNewestRecordsWithTheirTransactions() {
    let (cockpit, asked) = cockpit("t")
    #expect(asked == [RecordFilter(topic: "payment")])
    let lines = cockpit.lines
    #expect(lines[3].hasPrefix("  payment  records ━━") && lines[3].hasSuffix("━ 60 records   following"))
    #expect(
      lines.contains {
        $0.hasPrefix(" ▌14:03:26.700     2   1,059  59   8f3a…003b    ITEM_RESERVED") && $0.contains("{\"order\":59,")
      }, "\(cockpit.text)")
    #expect(lines.contains { $0.hasPrefix("  payment[2] @1,059 ──") && $0.hasSuffix("210 B") })
    #expect(lines.contains { $0.contains("message-id m-59") })
    #expect(cockpit.lastLine.hasPrefix(" topics › payment › records"))
    #expect(cockpit.canvas().violations == [])
  }

  @Test func enterLeadsToTheTransactionAndBack() {
    var (cockpit, _) = cockpit("t k Enter")
    guard case .loadTransaction(let id)? = cockpit.effects.first else {
      Issue.record("nothing was asked for")
      return
    }
    #expect(id == ShopFixture.id(0x8f3a, 58))
    cockpit.press("[")
    #expect(cockpit.lines[3].hasPrefix("  payment  records"))
  }

  @Test func movingUpStopsTheFlow() {
    var (cockpit, _) = cockpit("t Up")
    #expect(cockpit.text.contains("standing still"))
    cockpit.send(.snapshot(ShopFixture.snapshot))
    #expect(cockpit.effects.isEmpty)
    cockpit.press("G")
    #expect(Self.answer(&cockpit) == [RecordFilter(topic: "payment")])
    #expect(cockpit.text.contains("following"))
  }

  @Test func recordsThatAreFollowedHoldStillForASecond() {
    var (cockpit, _) = cockpit("t")
    cockpit.send(.snapshot(ShopFixture.snapshot))
    #expect(cockpit.effects.isEmpty)
    cockpit.send(.tick(1_000_000_000))
    cockpit.send(.snapshot(ShopFixture.snapshot))
    guard case .loadRecords(let filter, _)? = cockpit.effects.first else {
      Issue.record("no newer records were asked for")
      return
    }
    cockpit.send(.records(filter, RecordAnswer(Self.records + [Self.line(61)])))
    // Whoever presses now has seen the record of before.
    cockpit.press("Enter")
    guard case .loadTransaction(let meant)? = cockpit.effects.first else {
      Issue.record("nothing was asked for")
      return
    }
    #expect(meant == ShopFixture.id(0x8f3a, 59))
  }

  @Test func partitionsOneAfterTheOther() {
    let (_, asked) = cockpit("t p p")
    #expect(asked.map(\.partition) == [nil, 0, 1])
  }

  @Test func thePastIsReadAtOnce() {
    var (cockpit, _) = cockpit("t")
    cockpit.press("Space")
    var expected = RecordFilter(topic: "payment")
    expected.until = ShopFixture.now
    #expect(Self.answer(&cockpit) == [expected])
    #expect(cockpit.text.contains("60 records"))
  }

  @Test func whoComesBackFindsItAsItWas() {
    var (cockpit, _) = cockpit("t p p k k")
    let before = cockpit.lines[3]
    #expect(before.hasPrefix("  payment[1]  records"))
    cockpit.press("Enter")
    cockpit.press("[")
    _ = Self.answer(&cockpit)
    #expect(cockpit.lines[3] == before)
  }

  @Test func wordsNarrow() {
    var (cockpit, _) = cockpit("t")
    cockpit.press("/")
    cockpit.press("m - 5 8 Enter")
    #expect(Self.answer(&cockpit).last == RecordFilter(topic: "payment", text: "m-58"))
    #expect(cockpit.text.contains("1 record   following"))
  }

  @Test func deadLettersAreRetriedAndDiscarded() {
    var (cockpit, asked) = cockpit("D")
    #expect(asked == [RecordFilter(topic: "payment.DLT")])
    #expect(cockpit.lines[3].hasSuffix("━ 2 open   3 records   following"), "\(cockpit.text)")
    #expect(cockpit.text.contains("✗ fault: errors  tried 10× by payment, from offset 3"))
    cockpit.press("r")
    #expect(cockpit.commands.isEmpty && cockpit.text.contains("Put ITEM_RESERVED with key 3 back into payment[0]?"))
    cockpit.press("y")
    #expect(cockpit.commands == [.retryDeadLetter(topic: "payment", partition: 0, offset: 1_003)])
    cockpit.press("x")
    #expect(cockpit.commands.isEmpty && cockpit.text.contains("Discard ITEM_RESERVED with key 3?"))
    cockpit.press("y")
    #expect(cockpit.commands == [.discardDeadLetter(topic: "payment", partition: 0, offset: 1_003)])
    cockpit.press("k k r")
    #expect(cockpit.commands.isEmpty && cockpit.text.contains("this one is retried already"))
  }

  @Test(arguments: [(40, 12), (60, 16), (80, 24), (118, 36), (200, 60)]) func everySizeHoldsWhatItShows(
    columns: Int, rows: Int
  ) {
    for keys in ["t", "D", "R", "R Down Down", "R Enter"] {
      let (cockpit, _) = cockpit(keys, columns: columns, rows: rows)
      for glyphs in [GlyphSet.utf8, .ascii] { #expect(cockpit.canvas(glyphs).violations == [], "\(keys)") }
    }
  }

  // MARK: Moving offsets

  private static func plan(_ move: OffsetMove) -> OffsetPreview {
    .possible(
      SeekPreview(
        group: move.group, state: .stable,
        entries: (0..<3).map {
          SeekPreview.Entry(
            partition: TopicPartition(topic: move.topic, partition: $0), from: 900, to: 800, repeated: 100, skipped: 0,
            logEnd: 1_000)
        }))
  }

  @Test func offsetsAreMovedAfterAPreviewAndAQuestion() {
    var (cockpit, _) = cockpit("")
    cockpit.press("R")
    var moves: [OffsetMove] = []
    func answer() {
      for case .preview(let move) in cockpit.effects {
        moves.append(move)
        cockpit.send(.preview(move, Self.plan(move)))
      }
    }
    answer()
    // What is chosen first moves nothing.
    #expect(moves.last == OffsetMove(group: "payment", topic: "payment", target: .shift(0)))
    for key in ["text:-", "text:1", "text:0", "text:0"] {
      cockpit.press(key)
      answer()
    }
    #expect(moves.last?.target == .shift(-100))
    #expect(cockpit.text.contains("300 records are read again, 0 are never read."))
    cockpit.press("Enter")
    #expect(
      cockpit.commands.isEmpty && cockpit.text.contains("Move group payment on topic payment back by 100 records in"),
      "\(cockpit.text)")
    cockpit.press("y")
    #expect(
      cockpit.commands == [.moveOffsets(OffsetMove(group: "payment", topic: "payment", target: .shift(-100)))])
    #expect(cockpit.model.popups.isEmpty)
  }

  @Test func whatIsNoNumberIsNotMoved() {
    var (cockpit, _) = cockpit("R")
    for case .preview(let move) in cockpit.effects { cockpit.send(.preview(move, Self.plan(move))) }
    #expect(cockpit.text.contains("300 records are read again"))
    cockpit.press("x")
    #expect(cockpit.text.contains("\"x\" is no number: nothing would be moved."))
    #expect(!cockpit.text.contains("read again"))
    cockpit.press("Enter")
    #expect(cockpit.model.popups.count == 1 && cockpit.text.contains("is no number"))
  }

  @Test func lettersMoveAndWhatIsTypedTakesThePlaceOfTheExample() {
    var (cockpit, _) = cockpit("R")
    func targets() -> [SeekTarget] {
      cockpit.effects.compactMap { if case .preview(let move) = $0 { move.target } else { nil } }
    }
    cockpit.press("j 9 9")
    #expect(targets().last == .time(ShopFixture.now - 99 * 60_000_000_000))
    cockpit.press("k")
    #expect(targets() == [.shift(0)])
    cockpit.press("k")
    #expect(targets() == [.earliest])
  }

  @Test func aMoveThatMovesNothingIsNotAsked() {
    var (cockpit, _) = cockpit("R")
    for case .preview(let move) in cockpit.effects {
      let entry = SeekPreview.Entry(
        partition: TopicPartition(topic: "payment", partition: 0), from: 900, to: 900, repeated: 0, skipped: 0,
        logEnd: 1_000)
      cockpit.send(.preview(move, .possible(SeekPreview(group: move.group, state: .stable, entries: [entry]))))
    }
    cockpit.press("Enter")
    #expect(cockpit.model.popups.count == 1 && cockpit.text.contains("that moves nothing"))
  }

  // MARK: Searching

  @Test func aSearchSaysHowFarBackItHasLookedAndGoesOn() {
    var (cockpit, _) = cockpit("t")
    cockpit.press("/")
    cockpit.press("z")
    guard case .loadRecords(let filter, _)? = cockpit.effects.last else {
      Issue.record("nothing was asked for")
      return
    }
    var answer = RecordAnswer()
    (answer.searched, answer.kept, answer.isComplete) = (12_000, 28_012, false)
    cockpit.send(.records(filter, answer))
    #expect(cockpit.text.contains("None found yet: looked through 12,000 of 28,012 records."))
    guard case .searchOn(let next, _)? = cockpit.effects.first else {
      Issue.record("the search does not go on")
      return
    }
    #expect(next == filter)
    (answer.searched, answer.isComplete) = (28_012, true)
    cockpit.send(.records(filter, answer))
    #expect(cockpit.effects.isEmpty && cockpit.text.contains("No record has these words.  Esc clears"))
    #expect(cockpit.text.contains("all 28,012 looked through"))
  }

  @Test func deadLettersElsewhereAreOneKeyAway() {
    var snapshot = ShopFixture.snapshot
    guard let index = snapshot.topics.firstIndex(where: { $0.name != "payment" }) else { return }
    snapshot.topics[index].deadLetters = 3
    let name = snapshot.topics[index].name
    var cockpit = Cockpit(snapshot)
    cockpit.press(":")
    cockpit.press("t o p i c s Enter")
    cockpit.press("g")
    cockpit.press("D")
    guard case .loadRecords(let filter, _)? = cockpit.effects.first, filter.topic != name + ".DLT" else {
      Issue.record("the first topic is the one with the dead letters")
      return
    }
    cockpit.send(.records(filter, RecordAnswer()))
    #expect(cockpit.text.contains("Nothing was put aside.  Others have some: \(name) 3.  D goes there"))
    cockpit.press("D")
    guard case .loadRecords(let next, _)? = cockpit.effects.first else {
      Issue.record("nothing was asked for")
      return
    }
    #expect(next.topic == name + ".DLT")
  }

  @Test func whoLeavesFindsAllPartitionsAgain() {
    let (_, asked) = cockpit("t p Esc t")
    #expect(asked.map(\.partition) == [nil, 0, nil])
  }

  @Test(arguments: [
    ("{\"amount\":160000}", 12, "{\"amount\":…"), ("{\"amount\":160000}", 16, "{\"amount\":…"),
    ("{\"amount\":160000}", 17, "{\"amount\":160000}"), ("{\"order\":7,\"sku\"", 12, "{\"order\":7,…"),
  ])
  func noNumberIsCut(payload: String, width: Int, shown: String) {
    #expect(RecordsView.wholeNumbers(payload, width) == shown)
  }
}

extension Cockpit {
  /// What the last keys had done to the system.
  fileprivate var commands: [Command] {
    effects.compactMap { if case .perform(let command) = $0 { command } else { nil } }
  }
}
