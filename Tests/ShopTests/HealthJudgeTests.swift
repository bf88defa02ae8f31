import Operations
import Testing

@testable import Shop

/// How the health of a service is told from that of its instances.
@Suite struct HealthJudgeTests {
  private func verdict(_ stage: Stage) -> ServiceSnapshot? {
    stage.run(2)
    return stage.snapshot().service(ShopPlan.order)
  }

  /// Who is drained or has crashed is not counted as unwell.
  @Test func onlyThoseThatRunAndAreUnwellAreCounted() {
    let stage = Stage()
    let order = stage.world.service(ShopPlan.order).instances
    #expect(verdict(stage)?.health == .up)
    stage.arm("db:order:db-down")
    stage.run(20)
    #expect(verdict(stage)?.reason.hasPrefix("2 of 2 instances are unwell: ") == true)
    order[0].process?.isLeaving = true
    #expect(verdict(stage)?.reason.hasPrefix("1 of 2 instances is unwell: order answered 503") == true)
    for instance in order { instance.process?.isLeaving = true }
    #expect(verdict(stage)?.reason == "no instance takes calls: order-1 is drained")
    stage.arm("order:crash")
    #expect(verdict(stage)?.reason.hasPrefix("no instance is up: ") == true)
  }
}
