import Drawing
import Operations
import Testing

@testable import Dashboard

struct ScenariosPanelTests {
  private static let second: Int64 = 1_000_000_000

  private static func entry(_ name: String, _ title: String, faults: Int = 1) -> ScenarioBoard.Entry {
    let spec = FaultSpec(target: .service("payment"), kind: .crash)
    return ScenarioBoard.Entry(
      Scenario(
        name: name, title: title, teaches: "A queue does not make a slow consumer fast; it only hides it for a while.",
        rate: 50, duration: 90 * second,
        steps: (0..<faults).map { ScenarioStep(at: Int64($0), deed: .command(.arm(spec)), words: "fault") },
        expectations: []))
  }

  private static var snapshot: SystemSnapshot {
    var snapshot = FaultsFixture.quiet
    snapshot.scenarios.entries = [
      entry("slow-consumer", "A consumer that cannot keep up"),
      entry("retry-storm", "Retries make a bad day worse", faults: 2),
    ]
    return snapshot
  }

  private static func playing(over: Bool = false) -> SystemSnapshot {
    var snapshot = snapshot
    func expectation(
      _ words: String, _ state: ScenarioProgress.State, _ moment: Int64?, _ figure: String?
    ) -> ScenarioProgress.Expectation {
      var expectation = ScenarioProgress.Expectation(words: words, because: "")
      (expectation.state, expectation.moment, expectation.figure) = (state, moment.map { $0 * second }, figure)
      return expectation
    }
    snapshot.scenarios.current = ScenarioProgress(
      name: "slow-consumer", title: "A consumer that cannot keep up", startedAt: snapshot.time - 32 * second,
      duration: 90 * second, endedAt: over ? snapshot.time : nil, steps: [],
      expectations: [
        expectation("by 30s: lag inventory > 500", .held, 12, "612"),
        expectation("always: errors < 5%", .failed, 20, "7.5%"),
        expectation("30s–80s once: lag inventory < 50", .pending, nil, "1,204"),
      ])
    return snapshot
  }

  private func stage(_ snapshot: SystemSnapshot, _ keys: String = "", columns: Int = 118, rows: Int = 36) -> PageStage<
    FaultsPage
  > {
    var stage = PageStage(FaultsPage(), snapshot, columns: columns, rows: rows)
    if !keys.isEmpty { stage.press(keys) }
    return stage
  }

  private func command(_ keys: String, _ snapshot: SystemSnapshot) -> Command? {
    let stage = stage(snapshot)
    var page = stage.page
    var actions: [Action] = []
    for key in Keys.parse(keys) { actions = page.press(key, stage.context) ?? [] }
    if case .effect(.perform(let command))? = actions.first { return command }
    return nil
  }

  @Test func theyStandBesideTheForecastWhereThereIsRoom() {
    let picture = stage(Self.snapshot).picture()
    #expect(picture.contains("scenarios ─"))
    #expect(picture.contains("▸ A consumer that cannot keep up"))
    #expect(picture.contains("2 faults"))
    #expect(picture.contains("before you arm"))
    #expect(!stage(Self.snapshot, columns: 80, rows: 24).picture().contains("A consumer that"))
  }

  @Test(arguments: [(40, 12), (80, 24), (118, 36), (200, 60)])
  func chosenAmongTheyHaveThePageAndSayWhatTheyTeach(columns: Int, rows: Int) {
    let picture = stage(Self.snapshot, "s", columns: columns, rows: rows).picture()
    #expect(picture.contains("▌▸ A consumer") || picture.contains("A consumer that cannot"), "\(picture)")
    #expect(picture.contains("A queue does not make"), "\(picture)")
    #expect(!picture.contains("what can be broken"))
  }

  @Test func enterPlaysTheOneUnderTheCursorAndStopsTheOneThatPlays() {
    #expect(command("s Enter", Self.snapshot) == .startScenario(name: "slow-consumer"))
    #expect(command("s j Enter", Self.snapshot) == .startScenario(name: "retry-storm"))
    #expect(command("s Enter", Self.playing()) == .stopScenario)
    #expect(command("s j Enter", Self.playing()) == .startScenario(name: "retry-storm"))
    #expect(command("s Enter", Self.playing(over: true)) == .startScenario(name: "slow-consumer"))
    #expect(command("Tab Enter", Self.snapshot) == .startScenario(name: "slow-consumer"))
  }

  @Test func expectationsTickAsTheyAreDecided() {
    for keys in ["", "s"] {
      let picture = stage(Self.playing(), keys).picture()
      #expect(picture.contains("✓ by 30s: lag inventory > 500"), "\(picture)")
      #expect(picture.contains("✗ always: errors < 5%"))
      #expect(picture.contains("· 30s–80s once: lag inventory < 50"))
      #expect(picture.contains("✓ 1"))
      #expect(picture.contains("of 3"))
    }
    let chosen = stage(Self.playing(), "s").picture()
    #expect(chosen.contains("at 20 s   7.5%"), "\(chosen)")
    #expect(chosen.contains("32 s of 90 s"))
  }

  /// What it teaches stays in sight while it plays, and each expectation says why it is one where there is room.
  @Test(arguments: [(80, 24), (118, 36), (200, 60)]) func theLessonIsReadWhileItPlays(columns: Int, rows: Int) {
    var snapshot = Self.playing()
    snapshot.scenarios.entries += (1...19).map { Self.entry("scenario-\($0)", "Scenario \($0)") }
    snapshot.scenarios.entries[0].teaches += String(
      repeating: " It goes on for ever and ever and for one day.", count: 9)
    snapshot.scenarios.current?.expectations[0].because = "it reads too slowly"
    let picture = stage(snapshot, "s", columns: columns, rows: rows).picture()
    #expect(picture.contains("A queue does not make a slow consumer fast"), "\(picture)")
    #expect(picture.contains("✓ by 30s: lag inventory > 500"), "\(picture)")
    #expect(picture.contains("as it reads too slowly"), "\(picture)")
  }

  @Test func whatIsLeftToSimulateIsSaidSo() {
    var snapshot = Self.playing(over: true)
    snapshot.scenarios.current?.expectations[1].state = .held
    #expect(stage(snapshot, "s").picture().contains("over  ✓ 2  ✗ 0  of 3"), "one is open that is not told at rest")
    snapshot.scenarios.current?.expectations[2].needsRest = true
    #expect(
      stage(snapshot, "s").picture().contains("over  2 of 2 held; 1 more needs the system at rest: msatop simulate"))
    snapshot.scenarios.current?.expectations[1].state = .failed
    #expect(
      stage(snapshot, "s").picture().contains("over  1 of 2 held; 1 more needs the system at rest: msatop simulate"))
    snapshot.scenarios.current?.isStopped = true
    #expect(!stage(snapshot, "s").picture().contains("at rest: msatop simulate"))
  }

  @Test func aListThatGoesOnSaysSo() {
    var snapshot = Self.snapshot
    snapshot.scenarios.entries = (1...30).map { Self.entry("scenario-\($0)", "Scenario \($0)") }
    let picture = stage(snapshot, "s", columns: 80, rows: 24).picture()
    #expect(picture.contains("scenarios  1–") && picture.contains("/30 ━"), "\(picture)")
  }

  /// However many there are to choose from, what is expected of the one that plays is there as a whole, or it is said how
  /// much is not.
  @Test func whatIsExpectedIsNotCutOffInSilence() {
    var snapshot = Self.playing()
    snapshot.scenarios.entries += (1...19).map { Self.entry("scenario-\($0)", "Scenario \($0)") }
    for number in 1...12 {
      var expectation = ScenarioProgress.Expectation(words: "by 80s: restarts order = \(number)", because: "")
      expectation.needsRest = number > 10
      snapshot.scenarios.current?.expectations.append(expectation)
    }
    let picture = stage(snapshot, "s").picture()
    #expect(picture.contains("scenarios  1–"), "\(picture)")
    for number in 1...12 {
      #expect(
        picture.contains("restarts order = \(number) ") || picture.contains("restarts order = \(number)\n"),
        "\(picture)")
    }
    let small = stage(snapshot, "s", columns: 80, rows: 24).picture()
    #expect(small.contains("lag inventory < 50") && small.contains("▌▸ A consumer"), "\(small)")
    let left = small.split(separator: "\n").first { $0.contains(" more") }.map(String.init) ?? ""
    #expect(left.contains("and 6 more"), "\(small)")
  }

  @Test func aSystemWithoutScenariosHasNoPanel() {
    let picture = stage(FaultsFixture.quiet, "s").picture()
    #expect(!picture.contains("scenarios"))
    #expect(picture.contains("what can be broken"))
  }
}
