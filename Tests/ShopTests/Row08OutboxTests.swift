import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 8: an order and its event are written both, or neither. While the bus is away orders are accepted all the same:
/// their events wait, and follow in order.
@Suite struct Row08OutboxTests {
  /// Ten minutes of the whole shop, in each of which order crashes right after a commit, and the bus is away for a while.
  private static func findings(_ mistakes: Set<Mistake>) throws -> [String] {
    let stage = Stage(rate: 2) {
      $0.mix = .ordinary
      $0.mistakes = mistakes
    }
    var (seen, findings) = (OrdersSeen(), [String]())
    for minute in 1...9 {
      stage.world.crashPoints.arm(try CrashSpec(parsing: "order:P2,nth=3"))
      stage.run(30)
      try seen.look(stage)
      let before = seen.rows.count
      stage.arm("broker:broker-down,ttl=8s")
      stage.run(7.5)
      try seen.look(stage)
      if seen.rows.count == before { findings.append("minute \(minute): no order was accepted without the bus") }
      let waiting = try stage.world.disk(of: ShopPlan.order)?.waiting()
      let age = waiting?.oldest.map { stage.world.time.now - $0 } ?? 0
      if waiting?.count ?? 0 == 0 || age < 1_000_000_000 { findings.append("minute \(minute): no event waits") }
      stage.run(22.5)
      if stage.world.outboxDepths.contains(where: { $0 > 3 }) { findings.append("minute \(minute): events still wait") }
    }
    stage.world.customers.close()
    stage.run(60)
    try seen.look(stage)
    if stage.world.outboxDepths.contains(where: { $0 > 0 }) { findings.append("events wait at the end") }
    if seen.rows.count < 350 { findings.append("there were \(seen.rows.count) orders only") }
    let crashes = stage.world.crashPoints.count(of: .afterCommit).struck
    if crashes != 9 { findings.append("order crashed \(crashes) times") }
    return findings + seen.findings + stage.problems()
  }

  @Test func everyOrderIsToldOf() throws {
    let findings = try Self.findings([])
    #expect(findings == [])
  }

  @Test func besideTheOutboxSomeAreNot() throws {
    let findings = try Self.findings([.dualWrite])
    #expect(findings.contains { $0.hasSuffix("nobody was told") })
    #expect(findings.contains { $0.hasSuffix("no event waits") })
  }
}
