import Drawing
import Operations
import Testing

@testable import Dashboard

/// The scenario that plays, on every page.
@Suite struct ScenarioLineTests {
  private static let second: Int64 = 1_000_000_000

  private func snapshot(at seconds: Int64, over: Bool = false, fails: Bool = false) -> SystemSnapshot {
    var snapshot = ShopFixture.quiet
    let start = snapshot.time - seconds * Self.second
    var (opens, closes) = (
      ScenarioProgress.Expectation(words: "breaker a>b = OPEN", because: "ten calls are enough"),
      ScenarioProgress.Expectation(words: "breaker a>b = CLOSED", because: "the trial calls succeed")
    )
    if seconds >= 13 { (opens.state, opens.moment) = (fails ? .failed : .held, 13 * Self.second) }
    if over { (closes.state, closes.moment) = (.held, 60 * Self.second) }
    snapshot.scenarios.current = ScenarioProgress(
      name: "breaker-opens", title: "A breaker opens", startedAt: start, duration: 80 * Self.second,
      endedAt: over ? start + 80 * Self.second : nil,
      steps: [
        .init(at: 10 * Self.second, words: "fault b:outage", isDone: seconds >= 10),
        .init(at: 30 * Self.second, words: "end b:outage", isDone: seconds >= 30),
      ], expectations: [opens, closes])
    return snapshot
  }

  @Test(
    arguments: [
      (5, "▸ breaker-opens  5 s of 80 s  ✓ 0 of 2"),
      (11, "▸ breaker-opens  11 s of 80 s  ✓ 0 of 2   10 s fault b:outage"),
      (14, "▸ breaker-opens  14 s of 80 s  ✓ 1 of 2   10 s fault b:outage   ✓ ten calls are enough"),
      (33, "▸ breaker-opens  33 s of 80 s  ✓ 1 of 2   30 s end b:outage   ✓ ten calls are enough"),
    ] as [(Int64, String)])
  func itTellsTheStory(seconds: Int64, line: String) {
    var cockpit = Cockpit(snapshot(at: seconds))
    for page in "1234567890" {
      cockpit.press(String(page))
      #expect(cockpit.lines[2] == "  " + line, "page \(page)")
    }
  }

  /// Several at one moment are told as one, and where not both have room the newer one is told.
  @Test func whatIsNewerGoesFirst() {
    var now = snapshot(at: 33)
    now.scenarios.current?.steps.append(.init(at: 30 * Self.second, words: "start b/1", isDone: true))
    #expect(
      Cockpit(now).lines[2]
        == "  ▸ breaker-opens  33 s of 80 s  ✓ 1 of 2   30 s end b:outage +1   ✓ ten calls are enough")
    now.scenarios.current?.expectations[0].because = String(repeating: "enough is enough, ", count: 6)
    #expect(Cockpit(now).lines[2] == "  ▸ breaker-opens  33 s of 80 s  ✓ 1 of 2   30 s end b:outage +1")
    now.scenarios.current?.expectations[0].moment = 31 * Self.second
    #expect(Cockpit(now).lines[2].hasPrefix("  ▸ breaker-opens  33 s of 80 s  ✓ 1 of 2   ✓ enough is enough, enough"))
    #expect(Cockpit(now).lines[2].hasSuffix("…"))
  }

  @Test func bothTimesAreInTheSameUnits() {
    var now = snapshot(at: 140)
    now.scenarios.current?.duration = 150 * Self.second
    #expect(Cockpit(now).lines[2].contains("140 s of 150 s"), "\(Cockpit(now).lines[2])")
  }

  @Test func whatDidNotComeTrueIsSaid() {
    #expect(
      Cockpit(snapshot(at: 14, fails: true)).lines[2]
        == "  ▸ breaker-opens  14 s of 80 s  ✓ 0  ✗ 1 of 2   10 s fault b:outage   ✗ ten calls are enough")
  }

  @Test func itStaysAWhileAfterItsEnd() {
    #expect(
      Cockpit(snapshot(at: 85, over: true)).lines[2]
        == "  ✓ breaker-opens  over  ✓ 2 of 2   30 s end b:outage   ✓ the trial calls succeed")
    #expect(Cockpit(snapshot(at: 115, over: true)).lines[2].isEmpty)
  }

  @Test func whereNoLineIsLeftItStandsInTheLast() {
    let cockpit = Cockpit(snapshot(at: 14), columns: 80, rows: 24)
    #expect(cockpit.lastLine.hasSuffix("▸ breaker-opens 14 s ✓1  0.7 ms"))
    // On every page, and as much of a long name as a quarter of the line has room for.
    var now = snapshot(at: 14, fails: true)
    now.scenarios.current?.name = "rolling-deployment-of-a-bad-version"
    var long = Cockpit(now, columns: 80, rows: 24)
    for page in "1234567890" {
      long.press(String(page))
      #expect(long.lastLine.hasSuffix("rolling-de…d-version 14 s ✓0 ✗1  0.7 ms"), "page \(page): \(long.lastLine)")
    }
    #expect(Cockpit(snapshot(at: 14), columns: 60, rows: 36).canvas(.ascii).violations.isEmpty)
  }
}
