import Operations
import Platform
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 11: a materialised view says what the rows say that it is made of, whatever comes twice, late, or in the middle of
/// its rebuild; and each read tells how far it is behind.
@Suite struct Row11ProjectionTests {
  /// Ten minutes, in which the view's instances crash where it hurts, its miner sleeps, and it is rebuilt.
  private static func findings(_ mistakes: Set<Mistake>) throws -> [String] {
    let stage = Stage(rate: 1.5) { settings in
      settings.mistakes = mistakes
      // The miner that slept publishes what is old: the view has to bear it by itself.
      settings.omissions = [.fence]
      // However often it crashes.
      settings.supervision.usual = .restart(after: 1_000_000_000)
      settings.mix = LoadMix(
        journeys: [(.buy, 4), (.history, 1)],
        sagas: [(.choreographed, 3), (.orchestrated, 1), (.join, 1), (.credit, 1), (.creditLarge, 1)])
    }
    var findings: [String] = []
    for minute in 0..<8 {
      for crash in ["P13,nth=2", "P14,nth=2"] {
        stage.world.crashPoints.arm(try CrashSpec(parsing: "order-history-updater:\(crash)"))
      }
      if minute % 3 == 0 { _ = stage.world.askForRebuild(of: ShopPlan.history) }
      for _ in 0..<4 {
        stage.world.crashPoints.arm(try CrashSpec(parsing: "order-history-updater:P7"))
        stage.run(15)
      }
    }
    stage.arm("order-history-updater:crash,ttl=20s")
    stage.run(15)
    findings += late(stage)
    stage.world.customers.close()
    stage.world.crashPoints.disarm()
    stage.run(60)
    findings += try differences(stage)
    // Every ten minutes the view is rebuilt by itself: that repairs what was wrong, and is not to be waited for above.
    stage.run(60)
    for point in [CrashPoint.viewWritten, .rebuilding, .overlappingLeases]
    where stage.world.crashPoints.count(of: point).struck == 0 {
      findings.append("\(point.name) was never passed")
    }
    return findings + stage.problems()
  }

  /// A read of a view that is not kept up to date just now, by somebody whose own order is not in it.
  private static func late(_ stage: Stage) -> [String] {
    let own = stage.order(user: "lee")
    let (count, stale) = (stage.answers.count, stage.world.counters.staleHistoryReads)
    var body = Payload()
    body.transaction = own?.hex
    stage.send(Request("GET /history", body: body, user: "lee"))
    stage.run(0.5)
    guard stage.answers.count > count else { return ["the view does not answer while it is not kept up to date"] }
    let shown = stage.answers[count].body
    var findings: [String] = []
    if shown.behind ?? 0 <= 0 || shown.age ?? 0 < 1_000_000_000 {
      findings.append("a read does not say how late it is")
    }
    if shown.isStale != true { findings.append("a read without the reader's own order is not told") }
    if stage.world.counters.staleHistoryReads <= stale { findings.append("a stale read is not counted") }
    return findings
  }

  /// The states of the orders, by number, as a database says them.
  private static func states(_ stage: Stage, of service: String, _ sql: String) throws -> [String] {
    try stage.world.disk(of: service)?.database.read { database in
      try database.all(sql) { "\($0.value(0) as Int64) \($0.value(1) as String)" }
    } ?? []
  }

  /// The table of the orders in the view that serves.
  private static func collection(_ stage: Stage) throws -> String {
    try HistoryView.plan.view.live(stage.world.documents(of: ShopPlan.historyUpdater)).collection(HistoryView.orders)
  }

  /// Orders of the last five minutes, of which neither side has forgotten any, that the view does not have as they are.
  private static func differences(_ stage: Stage) throws -> [String] {
    let since = stage.world.time.now - 300_000_000_000
    let rows = try states(
      stage, of: ShopPlan.order, "SELECT id, state FROM orders WHERE coalesce(finished, 1 << 62) > \(since) ORDER BY id"
    )
    let documents = try states(
      stage, of: ShopPlan.historyUpdater,
      """
      SELECT body ->> 'order' AS number, body ->> 'state' FROM \(try collection(stage))
      WHERE coalesce(body ->> 'finished', 1 << 62) > \(since) ORDER BY number
      """)
    var findings = rows.filter { !documents.contains($0) }.map { "order has \($0), and the view has not" }
    findings += documents.filter { !rows.contains($0) }.map { "the view has \($0), and order has not" }
    if rows.count < 100 { findings.append("there were \(rows.count) orders only") }
    return findings
  }

  @Test func theViewSaysWhatTheRowsSay() throws {
    let findings = try Self.findings([])
    #expect(findings == [])
  }

  @Test func withoutVersionsItDoesNot() throws {
    let findings = try Self.findings([.viewWithoutVersions])
    #expect(findings.contains { $0.hasSuffix("and the view has not") })
    #expect(findings.contains { $0.hasPrefix(Invariant.effectsHappenOnce.rawValue) })
  }
}
