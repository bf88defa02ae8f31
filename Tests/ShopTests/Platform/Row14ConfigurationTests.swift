import Operations
import Platform
import Simulation
import Testing
import TraceCollector
import TraceModel

@testable import Shop

/// Configuration that is pushed while everything runs, seen from outside.
@Suite struct Row14ConfigurationTests {
  private func snapshot(_ stage: Stage) -> SystemSnapshot {
    SnapshotBuilder(world: stage.world, external: TraceStore(budget: 1 << 20))
      .snapshot(speed: .asFastAsItCan, receivers: [], isStill: true)
  }

  @discardableResult
  private func perform(_ command: Command, _ stage: Stage) -> CommandOutcome {
    let outcome = CommandDesk(world: stage.world, snapshot: snapshot(stage)).outcome(of: command)
    if case .done = outcome { CommandDesk.carryOut(command, in: stage.world) }
    return outcome
  }

  @Test func aValueIsPushedToEveryInstance() {
    let stage = Stage()
    stage.run(2)
    #expect(snapshot(stage).configuration?.upToDate == snapshot(stage).configuration?.instances)
    let before = snapshot(stage).service("order")?.connections?.size ?? 0
    #expect(
      perform(.configure(key: "order.pool", value: "3"), stage)
        == .done("order.pool \(before / 2) → 3 for each of 2 instances"))
    stage.run(2)
    let now = snapshot(stage)
    #expect(now.service("order")?.connections?.size == 6)
    #expect(now.service("order")?.instances.map { $0.connections?.size } == [3, 3])
    #expect(now.configuration?.version == 2 && now.configuration?.changes == ["order.pool \(before / 2) → 3"])
    let own = now.services.filter { !$0.isOutside }.flatMap(\.instances)
    #expect(own.allSatisfy { $0.configurationVersion == 2 })
    perform(.rollBackConfiguration(version: 1), stage)
    stage.run(2)
    #expect(snapshot(stage).service("order")?.connections?.size == before)
    #expect(snapshot(stage).configuration?.version == 3 && snapshot(stage).configuration?.rolledBackTo == 1)
  }

  @Test func whoIsDownTakesItOverWhenItIsBackAndNobodyDoesWhileTheServerIsDown() {
    let stage = Stage()
    stage.arm("order/2:crash,ttl=20s")
    perform(.configure(key: "order.pool", value: "3"), stage)
    stage.run(10)
    #expect(snapshot(stage).service("order")?.instances.map(\.configurationVersion) == [2, nil])
    stage.run(15)
    #expect(snapshot(stage).service("order")?.instances.map(\.configurationVersion) == [2, 2])
    // It goes down with what was published and not yet pushed.
    perform(.configure(key: "order.pool", value: "4"), stage)
    stage.arm("config:crash,ttl=20s")
    stage.run(10)
    #expect(snapshot(stage).service("order")?.instances.map(\.configurationVersion) == [2, 2])
    stage.run(15)
    #expect(snapshot(stage).service("order")?.instances.map(\.configurationVersion) == [3, 3])
  }

  /// What is published later is not known to who cannot be told: it goes by what it has read when it started.
  @Test func whomNoPushHasReachedStaysOnWhatItStartedWith() {
    let stage = Stage()
    stage.arm("gateway/1:errors")
    stage.run(2)
    perform(.configure(key: "gateway.revocation", value: "open"), stage)
    stage.run(3)
    let processes = stage.world.service(ShopPlan.gateway).instances.compactMap(\.process)
    #expect(processes.map(\.configurationInUse.version) == [1, 2])
    #expect(processes.map { $0.configurationInUse.value[ShopConfiguration.revocation] } == ["closed", "open"])
    stage.world.faults.removeAll()
    stage.run(8)
    #expect(processes.map(\.configurationInUse.version) == [2, 2])
    // Whoever starts now reads what is published now, and waits for no push.
    perform(.configure(key: "order.pool", value: "3"), stage)
    stage.arm("order/2:crash,ttl=2s")
    var sizes: [Int] = []
    for _ in 0..<50 where sizes.isEmpty {
      stage.run(0.1)
      let fresh = stage.world.service("order").instances[1].process
      if let fresh, fresh.number > 1 { sizes.append(fresh.database?.connections.size ?? 0) }
    }
    #expect(sizes == [3])
  }

  @Test func nobodyPublishesWhileTheServerIsDown() {
    let stage = Stage()
    perform(.configure(key: "order.pool", value: "3"), stage)
    stage.arm("config:crash,ttl=10s")
    stage.run(1)
    let sentence = "no instance of config is up: nothing can be published before one is back"
    #expect(perform(.configure(key: "order.pool", value: "4"), stage) == .refused(sentence))
    #expect(perform(.rollBackConfiguration(version: 1), stage) == .refused(sentence))
    // It may go down between the answer and the deed.
    CommandDesk.carryOut(.configure(key: "order.pool", value: "4"), in: stage.world)
    CommandDesk.carryOut(.rollBackConfiguration(version: 1), in: stage.world)
    #expect(stage.world.configuration.server.current.number == 2)
    stage.run(15)
    #expect(
      perform(.configure(key: "order.pool", value: "4"), stage) == .done("order.pool 3 → 4 for each of 2 instances"))
    #expect(stage.world.configuration.server.current.number == 3)
  }

  /// How the gateways are set up is pushed, too, to both of them.
  @Test func gatewaysTakeOverCacheAndPolicyWhileTheyRun() {
    let stage = Stage()
    let page = Request("GET /products/{sku}", argument: "sku-01")
    func calls() -> Int {
      _ = stage.ask(page, instance: 1)
      return stage.spans(Stage.id(stage.ask(page, instance: 1))).filter { $0.kind == .client }.count
    }
    #expect(calls() > 5)
    #expect(
      perform(.configure(key: "gateway.cache.product-page", value: "10s"), stage)
        == .done("gateway.cache.product-page off → 10s"))
    stage.run(2)
    #expect(calls() == 0)
    stage.run(11)
    #expect(stage.callees(stage.ask(page, instance: 1)) == [ShopPlan.pageComposer])
    perform(.configure(key: "gateway.cache.product-page", value: "off"), stage)
    stage.run(2)
    #expect(calls() > 5)

    #expect(stage.snapshot().edge.gateways.allSatisfy { !$0.failsOpen })
    stage.arm("kv:down")
    let refused = stage.ask(page, seconds: 1)
    #expect(refused.status == 503 && refused.body.text("title") == "revocation-unknown")
    perform(.configure(key: "gateway.revocation", value: "open"), stage)
    stage.run(2)
    let passed = stage.ask(page, seconds: 5)
    #expect(passed.status == 200 && Stage.header(GatewayService.unchecked, passed) == "fail-open")
    #expect(stage.snapshot().edge.gateways.allSatisfy { $0.failsOpen })
    perform(.rollBackConfiguration(version: 1), stage)
    stage.run(2)
    #expect(stage.ask(page, seconds: 1).status == 503)
    // A new instance begins with what is published.
    perform(.configure(key: "gateway.revocation", value: "open"), stage)
    stage.arm("gateway/1:crash,ttl=1s")
    stage.run(3)
    #expect(stage.ask(page, instance: 1, seconds: 5).status == 200)
  }

  @Test(arguments: [
    ("order.pool", "many", "order.pool=many is no number of connections from 1 to 1000"),
    ("order.pool", "0", "order.pool=0 is no number"), ("nobody.pool", "3", "there is no setting nobody.pool"),
    ("order.canary", "v2", "order.canary=v2 is neither off nor a version and its share of the calls; say v2 10%"),
    ("balancing.rule", "best", "balancing.rule=best is no rule; there are round-robin"),
    ("order.supervisor", "maybe", "order.supervisor=maybe is no policy"),
    (
      "gateway.cache.product-page", "long",
      "gateway.cache.product-page=long is neither off nor a duration from 1ms to 1h; say 10s"
    ), ("gateway.cache.product-page", "2h", "gateway.cache.product-page=2h is neither off nor"),
    ("gateway.revocation", "ajar", "gateway.revocation=ajar is no policy; there are closed, open"),
  ])
  func refusesWhatCannotBe(key: String, value: String, sentence: String) {
    let stage = Stage()
    let outcome = perform(.configure(key: key, value: value), stage)
    guard case .refused(let said) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(said.hasPrefix(sentence))
    stage.run(2)
    #expect(snapshot(stage).configuration?.version == 1)
  }

  @Test func ruleAndSupervisorAreChangedLive() {
    let stage = Stage()
    perform(.configure(key: "balancing.rule", value: "zone"), stage)
    perform(.configure(key: "order.supervisor", value: "off"), stage)
    stage.run(3)
    #expect(stage.world.service("gateway").instances[0].process?.directory.rule == .zone)
    #expect(snapshot(stage).registry?.rule == "zone")
    perform(.killInstance(service: "order", instance: "order-1"), stage)
    stage.run(10)
    #expect(snapshot(stage).service("order")?.instancesUp == 1)
  }
}
