import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Once a minute, or by hand, what order calls paid is compared with what the company has charged.
@Suite struct ReconciliationJobTests {
  private func shown(_ stage: Stage) -> JobSnapshot? {
    stage.snapshot().jobs.first { $0.name == PaymentReconciliation.name }
  }

  private func report(_ stage: Stage) throws -> ReconciliationReport {
    try PaymentReconciliation(world: stage.world).report()
  }

  @Test func whatIsPaidIsWhatWasCharged() throws {
    let stage = Stage(rate: 4) { settings in
      settings.declined = 0.1
      settings.mix = LoadMix(journeys: [(.buy, 1)], sagas: [(.choreographed, 2), (.orchestrated, 1), (.join, 1)])
    }
    stage.run(140)
    let job = try #require(shown(stage))
    #expect(job.runs == 2 && job.failedRuns == 0 && job.last?.succeeded == true)
    #expect(job.last?.result.hasPrefix("0 mismatches") == true, "\(job)")
    #expect((job.last?.done ?? 0) > 150)
    let id = try #require(job.last.flatMap { GTXID($0.gtxid) })
    let span = try #require(stage.spans(id).first)
    #expect(span.operation == PaymentReconciliation.name && span.service == ShopPlan.historyUpdater)
    #expect(try report(stage).caseCount > 100)
  }

  /// The card is charged, and order does not note it.
  @Test(arguments: [false, true]) func aChargeForNothingIsListed(isForgotten: Bool) throws {
    let stage = Stage()
    if isForgotten {
      try stage.write(
        ShopPlan.order,
        "CREATE TRIGGER broken BEFORE UPDATE OF state ON orders WHEN NEW.state = 'PAID' BEGIN SELECT RAISE(IGNORE); END"
      )
    }
    let id = stage.order()
    stage.run(130)
    let found = try report(stage)
    #expect(found.mismatches.map(\.gtxid) == (isForgotten ? [id] : []))
    #expect(found.mismatches.first?.repairs.map(\.change) ?? [] == (isForgotten ? [-2000] : []))
    #expect(shown(stage)?.last?.result.hasPrefix(isForgotten ? "1 mismatches" : "0 mismatches") == true)
  }

  @Test func somebodyAsksForIt() throws {
    let stage = Stage()
    stage.order()
    stage.run(1)
    #expect(shown(stage)?.runs == 0)
    CommandDesk.carryOut(.runJob(name: PaymentReconciliation.name), in: stage.world)
    stage.run(3)
    #expect(shown(stage)?.runs == 1 && shown(stage)?.last?.done == 2)
    let shop = SimulatedShop(ShopSettings(rate: 0), startAt: 2_000_000_000, isStill: true)
    #expect(
      shop.perform(.runJob(name: "nothing")).sentence.hasSuffix(
        "there are rebuild order-history, reconciliation, settlement"))
  }
}
