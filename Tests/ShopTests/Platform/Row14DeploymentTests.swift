import Operations
import Platform
import Testing
import TraceCollector

@testable import Shop

/// Supervision, scaling and rolling deployments, seen from outside.
@Suite struct Row14DeploymentTests {
  private func snapshot(_ stage: Stage) -> SystemSnapshot {
    SnapshotBuilder(world: stage.world, external: TraceStore(budget: 1 << 20))
      .snapshot(speed: .asFastAsItCan, receivers: [], isStill: true)
  }

  /// Says whether the command was accepted, and carries it out if it was.
  @discardableResult
  private func perform(_ command: Command, _ stage: Stage) -> CommandOutcome {
    let outcome = CommandDesk(world: stage.world, snapshot: snapshot(stage)).outcome(of: command)
    if case .done = outcome { CommandDesk.carryOut(command, in: stage.world) }
    return outcome
  }

  // MARK: Supervision

  @Test(arguments: ["off", "restart", "back-off"]) func aKilledInstanceComesBackByItsSupervisor(word: String) throws {
    let policy = try #require(SupervisionPolicy(word: word))
    let stage = Stage { $0.supervision.exceptions = [("order", policy)] }
    perform(.killInstance(service: "order", instance: "order-1"), stage)
    #expect(snapshot(stage).service("order")?.instancesUp == 1)
    stage.run(3)
    #expect(snapshot(stage).service("order")?.instancesUp == (word == "off" ? 1 : 2))
    perform(.startInstance(service: "order", instance: "order-1"), stage)
    stage.run(1)
    #expect(snapshot(stage).service("order")?.instancesUp == 2)
  }

  @Test func backOffWaitsLongerEachTimeAndGivesUp() {
    let stage = Stage {
      $0.supervision.usual = .backOff(RestartBackOff(first: 1_000_000_000, limit: 3))
    }
    let instance = stage.world.service("review").instances[0]
    for wait in [1.0, 2, 4] {
      perform(.killInstance(service: "review", instance: "review-1"), stage)
      stage.run(wait - 0.1)
      #expect(!instance.isUp)
      stage.run(0.6)
      #expect(instance.isUp)
    }
    perform(.killInstance(service: "review", instance: "review-1"), stage)
    stage.run(120)
    #expect(!instance.isUp)
  }

  // MARK: Scaling

  @Test func scalesOutAndInUnderLoad() throws {
    let stage = Stage(rate: 5) { $0.mix = .ordinary }
    #expect(perform(.scale(service: "order", instances: 4), stage) == .done("order scales from 2 to 4 instances"))
    stage.run(60)
    let order = try #require(snapshot(stage).service("order"))
    #expect(order.instances.map(\.name) == ["order-1", "order-2", "order-3", "order-4"])
    #expect(order.instances.allSatisfy { $0.registered == "UP" && $0.health == .up && $0.rate > 0 })
    #expect(Set(order.instances.map(\.port)).count == 4)
    perform(.scale(service: "order", instances: 1), stage)
    stage.run(90)
    #expect(snapshot(stage).service("order")?.instances.map(\.name) == ["order-1"])
    #expect(snapshot(stage).registry?.leases.filter { $0.service == "order" }.count == 1)
    stage.world.customers.close()
    stage.run(60)
    #expect(stage.problems() == [])
    #expect(stage.world.transactions.currentTally().failed == 0)
  }

  @Test func refusesWhatCannotBe() {
    let stage = Stage()
    #expect(perform(.scale(service: "order", instances: 0), stage) == .refused("a service has 1 to 16 instances"))
    #expect(perform(.scale(service: "order", instances: 2), stage) == .refused("order has 2 instances already"))
    #expect(perform(.scale(service: "payment-gateway", instances: 2), stage) == .refused("payment-gateway is not ours"))
    #expect(perform(.promoteDeployment(service: "order"), stage) == .refused("no canary of order is looked at"))
    #expect(perform(.deploy(service: "order", version: "1.0.0", canary: nil), stage).sentence.contains("already"))
    perform(.scale(service: "order", instances: 3), stage)
    #expect(
      perform(.deploy(service: "order", version: "v2", canary: nil), stage) == .refused("order is scaling already"))
  }

  // MARK: Rolling

  /// Ten minutes at 5 tx/s, in which two services go to a new version.
  @Test func rollsUnderLoadWithoutLosingARequest() throws {
    let stage = Stage(seed: 7, rate: 5) { $0.mix = .ordinary }
    stage.run(60)
    perform(.deploy(service: "order", version: "v2", canary: nil), stage)
    perform(.deploy(service: "catalog", version: "v2", canary: nil), stage)
    stage.run(240)
    let now = snapshot(stage)
    for name in ["order", "catalog"] {
      let deployment = try #require(now.deployments.first { $0.service == name })
      #expect(deployment.phase == "completed" && deployment.fewestServing == 1)
      #expect(now.service(name)?.instances.allSatisfy { $0.version == "v2" && $0.registered == "UP" } == true)
    }
    stage.run(300)
    stage.world.customers.close()
    stage.run(60)
    #expect(stage.problems() == [])
    let tally = stage.world.transactions.currentTally()
    #expect(tally.failed == 0 && tally.stuck == 0 && tally.committed > 100)
    #expect(stage.world.counters.partialPages == 0)
  }

  @Test func aBadVersionShowsInTheCanaryAndIsTakenBack() throws {
    let stage = Stage(seed: 3, rate: 20) { $0.mix = .ordinary }
    stage.run(5)
    perform(.deploy(service: "catalog", version: "v2-bad", canary: 0.1), stage)
    var sawCanary = false
    for _ in 0..<200 {
      stage.run(1)
      let deployment = try #require(snapshot(stage).deployments.first)
      if deployment.canaryShare == 0.1 { sawCanary = true }
      if deployment.ended != nil { break }
    }
    let deployment = try #require(snapshot(stage).deployments.first)
    #expect(sawCanary && deployment.phase == "rolled back")
    #expect(deployment.reason.contains("the canary of v2-bad fails"))
    #expect(snapshot(stage).service("catalog")?.instances.map(\.version) == ["1.0.0", "1.0.0"])
    // One in ten at most has suffered, and only while it was looked at.
    let tally = stage.world.transactions.currentTally()
    #expect(tally.failed > 0 && tally.failed < tally.started / 10)
  }

  /// What began before it was taken back into service must not close it afterwards.
  @Test func whatIsTakenBackWhileItDrainsGoesOnServing() throws {
    let stage = Stage(seed: 4, rate: 5) { $0.mix = .ordinary }
    perform(.deploy(service: "order", version: "v2", canary: nil), stage)
    stage.run(5)
    let instances = stage.world.service("order").instances
    #expect(instances.contains { !$0.takesCalls })
    perform(.rollBackDeployment(service: "order"), stage)
    stage.run(120)
    #expect(snapshot(stage).deployments.allSatisfy { $0.ended != nil })
    #expect(instances.allSatisfy { $0.takesCalls && $0.version == "1.0.0" })
    #expect(stage.world.transactions.currentTally().failed == 0)
  }

  /// What is planned is no ailment: an instance that drains, or is being replaced, is out of service and its service well.
  @Test func whatDrainsAsPlannedAlarmsNobody() throws {
    let stage = Stage(seed: 7, rate: 2) { $0.mix = .ordinary }
    perform(.deploy(service: "review", version: "v2", canary: nil), stage)
    var (isDrained, isReplaced, isOver) = (false, false, false)
    for _ in 0..<400 where !isOver {
      stage.run(0.2)
      var now = snapshot(stage)
      now.judge()
      let review = try #require(now.service("review"))
      #expect(review.health == .up && !review.lacksInstances, "\(review.reason)")
      #expect(!now.alerts.contains { $0.subject.hasPrefix("review") })
      for instance in review.instances where instance.health != .up {
        #expect(instance.health == .outOfService, "\(instance.reason)")
        if instance.workers == nil { isReplaced = true } else { isDrained = true }
      }
      isOver = now.deployments.first?.ended != nil
    }
    #expect(isDrained && isReplaced && isOver)
    // A crash is one, whoever deploys.
    perform(.deploy(service: "review", version: "v3", canary: nil), stage)
    perform(.killInstance(service: "review", instance: "review-2"), stage)
    stage.run(0.2)
    let review = try #require(snapshot(stage).service("review"))
    #expect(review.health == .degraded || review.health == .down)
    #expect(review.lacksInstances)
  }

  @Test func theRegistryIsNotDeployed() {
    let stage = Stage(rate: 1)
    #expect(perform(.deploy(service: "registry", version: "v2", canary: nil), stage).sentence.contains("crash it"))
  }

  @Test func aGoodCanaryIsPromotedAndCanBeTakenBackAfterwards() throws {
    let stage = Stage(seed: 4, rate: 20) { $0.mix = .ordinary }
    perform(.deploy(service: "catalog", version: "v2", canary: 0.2), stage)
    stage.run(120)
    let deployment = try #require(snapshot(stage).deployments.first)
    #expect(deployment.phase == "canary" && deployment.canaryErrors == 0)
    let share = Double(deployment.canaryCalls) / Double(deployment.canaryCalls + deployment.otherCalls)
    #expect((0.08...0.3).contains(share), "\(deployment)")
    perform(.promoteDeployment(service: "catalog"), stage)
    stage.run(90)
    #expect(snapshot(stage).service("catalog")?.instances.map(\.version) == ["v2", "v2"])
    #expect(perform(.rollBackDeployment(service: "catalog"), stage).sentence.contains("goes back"))
    stage.run(120)
    #expect(snapshot(stage).service("catalog")?.instances.map(\.version) == ["1.0.0", "1.0.0"])
    #expect(stage.world.transactions.currentTally().failed == 0)
  }
}
