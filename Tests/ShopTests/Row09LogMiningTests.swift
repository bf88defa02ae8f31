import Operations
import Platform
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 9: the service writes rows and nothing else; what others are told is mined from the log that its database keeps.
@Suite struct Row09LogMiningTests {
  /// Ten minutes of the whole shop, in each of which order crashes after a commit and its miner before its position is stored, and sleeps
  /// through its lease now and then.
  private static func findings(_ store: OrderStore, _ mistakes: Set<Mistake> = []) throws -> [String] {
    let stage = Stage(rate: 2) {
      $0.mix = .ordinary
      $0.orderStore = store
      $0.mistakes = mistakes
      // However often it crashes.
      $0.supervision.usual = .restart(after: 1_000_000_000)
    }
    var (seen, findings) = (OrdersSeen(), [String]())
    for minute in 0..<18 {
      let crashes = minute % 2 == 0 ? ["P2,nth=3", "P5,nth=5"] : ["P4,nth=2", "P7,nth=2"]
      for crash in crashes { stage.world.crashPoints.arm(try CrashSpec(parsing: "order:\(crash)")) }
      if minute % 6 == 3 { stage.arm("broker:broker-down,ttl=8s") }
      stage.run(30)
      findings += try seen.look(stage).compactMap { try flaw(of: $0, stage) }
    }
    stage.world.customers.close()
    stage.run(60)
    findings += try seen.look(stage).compactMap { try flaw(of: $0, stage) }
    if seen.rows.count < 350 { findings.append("there were \(seen.rows.count) orders only") }
    if seen.told.values.allSatisfy({ $0.count == 1 }) { findings.append("nothing was published again") }
    return findings + seen.findings + stage.problems()
  }

  /// What is wrong with a record, beside the images of the row that its id names; nil when it says what they say.
  private static func flaw(of told: OrdersSeen.Told, _ stage: Stage) throws -> String? {
    let parts = told.message.split(separator: "/").map(String.init)
    guard parts.count == 3, parts[0] == ShopPlan.order, let position = Int64(parts[1]),
      let change = try stage.world.disk(of: ShopPlan.order)?.database.changeLog?.change(at: position)
    else { return "the record of order \(told.order) names no change: \(told.message)" }
    guard change.operation == .insert, change.before == nil, let row = change.after else {
      return "the record of order \(told.order) is not what change \(position) says"
    }
    // The orchestrator has asked for the order; the answer to it is a row of its own.
    if told.topic == TopicName.replies {
      return row["payload"]?.blob.flatMap { SagaReply(payload: $0) }.flatMap { Payload(json: $0.body) } == told.payload
        ? nil : "the answer for order \(told.order) is not what change \(position) says"
    }
    guard row["id"]?.integer == told.order, row["user"]?.text == told.payload.user,
      row["amount"]?.integer == told.payload.amount, row["quantity"]?.integer == told.payload.quantity
    else { return "the record of order \(told.order) is not what change \(position) says" }
    return nil
  }

  @Test func whatIsToldIsWhatTheLogSays() throws {
    let findings = try Self.findings(.logMining)
    #expect(findings == [])
  }

  @Test func whatTheServiceTellsBesideItsRowsIsNot() throws {
    let findings = try Self.findings(.outbox, [.dualWrite])
    #expect(findings.contains { $0.hasSuffix("nobody was told") })
    #expect(findings.contains { $0.contains("names no change") })
  }
}
