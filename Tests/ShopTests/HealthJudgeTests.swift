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

  /// What ended an instance is known, and whether anybody starts it again.
  @Test func whoIsGoneSaysWhy() {
    let stage = Stage()
    func kill(_ service: String, _ instance: String, by hand: CommandDesk.Hand) {
      CommandDesk.carryOut(.killInstance(service: service, instance: instance), by: hand, in: stage.world)
    }
    func reason(_ service: String) -> String? { stage.snapshot().service(service)?.reason }
    kill(ShopPlan.order, "order-1", by: .person)
    #expect(reason(ShopPlan.order) == "order-1 killed by hand", "its supervisor starts it")
    kill(ShopPlan.payment, "payment-1", by: .scenario)
    kill(ShopPlan.payment, "payment-2", by: .scenario)
    #expect(
      reason(ShopPlan.payment) == "no instance is up: payment-1 killed by the scenario, not started again")
    stage.run(60)
    #expect(verdict(stage)?.health == .up)
    #expect(stage.snapshot().service(ShopPlan.payment)?.instancesUp == 0)
    let incident = stage.snapshot().incident.first
    guard case .service(ShopPlan.payment, .down, let what)? = incident else {
      Issue.record("no fault is armed, and payment is gone: \(String(describing: incident))")
      return
    }
    #expect(what.contains("killed by the scenario"))
    CommandDesk.carryOut(
      .startInstance(service: ShopPlan.payment, instance: "payment-1"), by: .scenario, in: stage.world)
    stage.run(2)
    #expect(reason(ShopPlan.payment) == "payment-2 killed by the scenario, not started again")
    stage.arm("order:crash")
    #expect(reason(ShopPlan.order) == "no instance is up: order-1 crashed")
  }

  /// The list, the page and the sentence have one word for it.
  @Test func aRegistryThatEvictsNobodyIsDegraded() throws {
    let stage = Stage()
    stage.run(60)
    stage.arm("registry:partition,share=70%")
    stage.run(125)
    let snapshot = stage.snapshot()
    #expect(snapshot.registry?.isSelfPreserving == true)
    let registry = try #require(snapshot.service(ShopPlan.registry))
    #expect(registry.health == .degraded && registry.reason == "in SELF-PRESERVATION")
    let named = snapshot.incident.compactMap { link -> Health? in
      if case .service(ShopPlan.registry, let health, _) = link { health } else { nil }
    }
    #expect(named == [.degraded])
  }
}
