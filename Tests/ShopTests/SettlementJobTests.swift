import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Bills are paid by a batch job: its runs, its transactions, and the rows that it leaves.
@Suite struct SettlementJobTests {
  private func shown(_ stage: Stage) -> JobSnapshot? { stage.snapshot().jobs.first { $0.name == Settlement.name } }

  /// More bills than one step takes, and an instance that crashes between two steps: another goes on with the same run.
  @Test func aRunGoesOnElsewhere() throws {
    let stage = Stage()
    let now = stage.world.time.now - Settlement.payAfter - 1
    for order in 1...120 {
      try stage.write(
        ShopPlan.customer,
        "INSERT INTO reservation(order_id, customer, amount, state, hop, changed) VALUES (?, 'kim', 100, 'RESERVED', 1, ?)",
        [Int64(1_000 + order), now])
    }
    try stage.write(ShopPlan.customer, "UPDATE customer SET reserved = 12000 WHERE name = 'kim'")
    CommandDesk.carryOut(.runJob(name: Settlement.name), in: stage.world)
    for _ in 0..<200 where shown(stage)?.current == nil { stage.run(0.01) }
    let run = try #require(shown(stage)?.current)
    #expect(run.done == 50 && run.total == 120)
    let owner = try #require(
      stage.world.disk(of: ShopPlan.customer)?.database.read {
        try $0.first("SELECT owner FROM job_run", []) { $0.value(0) as String }
      })
    stage.arm("\(owner.replacing("customer-", with: "customer/")):crash,ttl=30s")
    stage.run(2)
    #expect(shown(stage)?.current?.done == 50)
    stage.run(8)
    #expect(shown(stage)?.current == nil)
    let paid = try #require(
      stage.world.disk(of: ShopPlan.customer)?.database.read {
        try $0.first("SELECT bills, amount FROM settlement WHERE gtxid = ?", [run.gtxid]) { row in
          (bills: row.value(0) as Int64, amount: row.value(1) as Int64)
        }
      })
    #expect(paid.bills == 120 && paid.amount == 12_000)
    #expect(stage.spans(GTXID(run.gtxid))[0][attribute: AttributeName.subject] == .text("120 bills paid, 12,000 KRW"))
    #expect(stage.credit(of: "kim") == 0)
  }

  @Test func somebodyAsksForIt() {
    let stage = Stage()
    stage.run(1)
    #expect(shown(stage)?.runs == 0)
    CommandDesk.carryOut(.runJob(name: Settlement.name), in: stage.world)
    stage.run(3)
    #expect(shown(stage)?.runs == 1 && shown(stage)?.last?.result == "0 bills paid, 0 KRW")
  }
}
