import Operations
import Platform
import Simulation
import Testing
import TraceCollector
import TraceModel

@testable import Shop

/// Scaling and rolling deployments, seen from outside.
@Suite struct Row14DeploymentTests: OperatorFixture {
  // MARK: Scaling

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

  /// Ten minutes at 3 tx/s, in which two services go to a new version, so many instances at a time.
  private func rolled(atATime count: Int) -> Stage {
    let stage = Stage(seed: 7, rate: 3) {
      $0.mix = .ordinary
      $0.deployment.maximumUnavailable = count
    }
    stage.run(60)
    perform(.deploy(service: "order", version: "v2", canary: nil), stage)
    perform(.deploy(service: "catalog", version: "v2", canary: nil), stage)
    stage.run(540)
    stage.world.customers.close()
    stage.run(60)
    return stage
  }

  /// What customers have lost by it, as the spans say, and instances that took no part in it, as the registry lists them.
  private func findings(_ stage: Stage) -> [String] {
    var findings: [String] = []
    let told = stage.operations()
    let listed = stage.world.registryBook?.registry.listing.instances ?? []
    let spans = stage.tracesOfAll().joined().filter { $0.kind == .server }
    for name in ["order", "catalog"] {
      if !told.contains(where: { $0.subject == name && $0.change == "runs v2" }) {
        findings.append("nobody was told that \(name) runs v2")
      }
      let instances = listed.filter { $0.app == name }
      if instances.count != 2 { findings.append("\(instances.count) of \(name) are listed") }
      for instance in instances where instance.version != "v2" || instance.status != .up {
        findings.append("\(instance.id) runs \(instance.version), \(instance.status.rawValue)")
      }
      // Those before, and those after it.
      let served = Set(spans.filter { $0.service == name }.map(\.instance))
      if served.count != 4 { findings.append("\(served.count) instances of \(name) took calls") }
    }
    if stage.failures() > 0 { findings.append("\(stage.failures()) requests have failed") }
    if stage.partialPages() > 0 { findings.append("\(stage.partialPages()) pages were not whole") }
    return findings
  }

  @Test func tenMinutesWithTwoDeploymentsAndNoRequestIsLost() {
    let stage = rolled(atATime: 1)
    #expect(findings(stage) == [])
    #expect(stage.problems() == [])
    #expect(stage.roots().count { $0.operation == "POST /orders" && $0.httpStatus == 202 } > 400)
  }

  /// All at a time, and nobody is there meanwhile.
  @Test func notOneAfterTheOtherRequestsAreLost() {
    let findings = findings(rolled(atATime: 2))
    #expect(findings.contains { $0.hasSuffix("requests have failed") }, "\(findings)")
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
    // Three errors are enough, and whoever met one was served by the other instance.
    let tally = stage.world.transactions.currentTally()
    #expect(tally.failed <= tally.started / 100)
  }

  /// Its share is too small to show among all calls of the service: the service says so itself, as long as it is there.
  @Test func aBadCanaryMakesItsServiceDegraded() throws {
    let stage = Stage(seed: 3, rate: 20) { $0.mix = .ordinary }
    stage.run(5)
    perform(.deploy(service: "catalog", version: "v2-bad", canary: 0.1), stage)
    var phases: Set<String> = []
    var alerts = 0
    for _ in 0..<2_000 {
      stage.run(0.1)
      let now = snapshot(stage)
      let (deployment, catalog) = (try #require(now.deployments.first), try #require(now.service("catalog")))
      if deployment.ended != nil { break }
      guard catalog.reason.hasPrefix("canary v2-bad") else { continue }
      #expect(catalog.health == .degraded && catalog.reason.hasSuffix(": errors 100 % against 0.0 %"))
      if deployment.phase == "canary" { #expect(catalog.reason.hasPrefix("canary v2-bad 10 %: ")) }
      phases.insert(deployment.phase)
      alerts += now.alerts.count { $0.subject == "catalog" }
    }
    #expect(phases == ["canary", "rolling back"] && alerts > 0)
    stage.run(5)
    #expect(snapshot(stage).service("catalog")?.health == .up)
  }

  /// As soon as that is pushed to those who call it, although it stays listed until it is drained.
  @Test func aCanaryThatIsTakenBackGetsNoCalls() throws {
    let stage = Stage(seed: 3, rate: 20) { $0.mix = .ordinary }
    perform(.deploy(service: "catalog", version: "v2-bad", canary: 0.1), stage)
    var (atTurn, atEnd, seconds) = (0, 0, 0)
    for _ in 0..<150 {
      stage.run(1)
      let deployment = try #require(snapshot(stage).deployments.first)
      if deployment.ended != nil { break }
      guard deployment.phase == "rolling back" else { continue }
      seconds += 1
      if seconds <= 3 { atTurn = deployment.canaryCalls }
      #expect(deployment.canaryShare == 0)
      if deployment.members.contains(where: { $0.version == "v2-bad" }) { atEnd = deployment.canaryCalls }
    }
    // What was on its way then may still come.
    #expect(atTurn > 0 && (atTurn...atTurn + 2).contains(atEnd), "\(atTurn) → \(atEnd)")
    #expect(Self.share(stage) == "off")
  }

  private static func share(_ stage: Stage) -> String? { stage.world.configuration.current["catalog.canary"] }

  /// No caller can know of a canary before its share is set, nor until it has gone again.
  @Test func aCanaryIsListedOnlyWhileItHasAShare() {
    let stage = Stage(rate: 2) { $0.mix = .ordinary }
    perform(.deploy(service: "catalog", version: "v2", canary: 0.1), stage)
    var (listed, open) = (0, 0)
    func look(_ seconds: Int) {
      for _ in 0..<(20 * seconds) {
        stage.run(0.05)
        let isListed = stage.world.registryBook?.registry.listing.instances.contains {
          $0.app == "catalog" && $0.version == "v2" && $0.status == .up
        }
        guard isListed == true else { continue }
        listed += 1
        let callers = [ShopPlan.gateway, ShopPlan.pageComposer].flatMap { stage.world.service($0).instances }
        let known = callers.compactMap { $0.process?.configurationInUse.value.canary(of: "catalog") }
        if known.count < callers.count { open += 1 }
      }
    }
    look(60)
    perform(.rollBackDeployment(service: "catalog"), stage)
    look(60)
    #expect(listed > 100 && open == 0, "\(open) of \(listed)")
    #expect(snapshot(stage).deployments.first?.phase == "rolled back")
    #expect(Self.share(stage) == "off")
  }

  /// The share is a value of the configuration: published under a version, pushed to every gateway, set to another one by an
  /// operator, and taken back.
  @Test func theShareOfACanaryIsConfiguration() throws {
    let stage = Stage(seed: 4, rate: 5) { $0.mix = .ordinary }
    perform(.deploy(service: "catalog", version: "v2", canary: 0.2), stage)
    for _ in 0..<120 where snapshot(stage).deployments.first?.phase != "canary" { stage.run(1) }
    #expect(Self.share(stage) == "v2 20%" && snapshot(stage).configuration?.version == 2)
    // Until those who call it have learnt of the canary from the registry, the others have its share.
    stage.run(40)
    let gateway = try #require(snapshot(stage).edge.gateway(ShopPlan.gateway))
    #expect(gateway.versions.map(\.version) == [2, 2])

    /// What the gateway's split says of a product, and the version that then answers.
    func asked(_ count: Int) -> [[String]] {
      var request = Request("GET /products/{sku}", argument: "sku-01")
      request.headers = [Carrier.Header("Accept-Version", "1")]
      return (0..<count).compactMap { _ in
        let spans = stage.spans(Stage.id(stage.ask(request)))
        let split = spans.first { $0.operation == "traffic-split" }?[attribute: AttributeName.subject]?.description
        let server = spans.first { $0.kind == .server && $0.service == "catalog" }
        let instance = stage.world.service("catalog").instances.first { $0.address == server?.instance }
        return [split ?? "", instance?.version ?? ""]
      }
    }
    let some = asked(40)
    #expect(some.allSatisfy { [["canary v2", "v2"], ["main version", "1.0.0"]].contains($0) }, "\(some)")
    #expect((1...20).contains(some.count { $0[1] == "v2" }))
    perform(.configure(key: "catalog.canary", value: "v2 100%"), stage)
    stage.run(2)
    #expect(asked(5) == Array(repeating: ["canary v2", "v2"], count: 5))
    #expect(snapshot(stage).deployments.first?.canaryShare == 1)
    perform(.rollBackConfiguration(version: 2), stage)
    stage.run(2)
    #expect(Self.share(stage) == "v2 20%" && asked(10).contains(["main version", "1.0.0"]))
    perform(.promoteDeployment(service: "catalog"), stage)
    stage.run(2)
    #expect(Self.share(stage) == "off" && asked(1)[0][0] == "")
  }

  /// Where nobody publishes nothing is listed that nobody knows the share of: it is tried again, and then goes back.
  @Test func withoutConfigThereIsNoCanary() throws {
    let stage = Stage(seed: 4, rate: 1) { $0.mix = .ordinary }
    perform(.deploy(service: "catalog", version: "v2", canary: 0.2), stage)
    stage.arm("config:crash,ttl=200s")
    stage.run(120)
    let deployment = try #require(snapshot(stage).deployments.first)
    #expect(deployment.phase == "rolled back" && deployment.reason.contains("share is not published"))
    #expect(Self.share(stage) == "off")
    #expect(
      perform(.deploy(service: "catalog", version: "v2", canary: 0.2), stage).sentence
        .hasPrefix("a canary's share is configuration, and no instance of config is up"))
  }

  /// What is set by hand, or left from a canary before, is taken away: the calls are shared alike.
  @Test func whoHasNoCanaryHasNoShare() {
    let stage = Stage(seed: 4, rate: 1) { $0.mix = .ordinary }
    perform(.configure(key: "catalog.canary", value: "v2 10%"), stage)
    #expect(Self.share(stage) == "v2 10%")
    perform(.deploy(service: "catalog", version: "v3", canary: nil), stage)
    #expect(Self.share(stage) == "off")
    perform(.configure(key: "catalog.canary", value: "v3 10%"), stage)
    stage.run(90)
    #expect(snapshot(stage).service("catalog")?.instances.map(\.version) == ["v3", "v3"])
    #expect(Self.share(stage) == "off")
  }

  /// A share that is refused is a step that fails.
  @Test func whereTheShareIsRefusedThereIsNoCanary() throws {
    let stage = Stage(seed: 4, rate: 1) { $0.mix = .ordinary }
    stage.world.configuration.server = try ConfigurationServer(
      initial: stage.world.configuration.current, now: stage.world.time.now,
      validate: { $0.canaries.isEmpty ? [] : ["no canaries today"] }, describe: { _ in [] })
    perform(.deploy(service: "catalog", version: "v2", canary: 0.2), stage)
    stage.run(120)
    let deployment = try #require(snapshot(stage).deployments.first)
    #expect(deployment.phase == "rolled back" && deployment.reason.contains("no canaries today"), "\(deployment)")
    // Once for each: the canary's share, and none of the calls when it is taken back.
    let told = stage.operations().filter { $0.change == "publishes no share of the calls" }.map(\.reason)
    #expect(told.map { $0.prefix { $0 != ":" } } == ["catalog.canary=v2 20%", "catalog.canary=v2 0%"])
    #expect(Self.share(stage) == "off")
  }

  /// Whoever is down cannot call a canary.
  @Test func whoIsDownIsNotWaitedForWithAShare() throws {
    let stage = Stage(seed: 4, rate: 1) { $0.mix = .ordinary }
    stage.run(5)
    #expect(stage.world.configuration.isPushed)
    stage.arm("review:crash")
    stage.run(1)
    try stage.world.configuration.set("catalog.canary", to: "v2 10%", by: "operator")
    #expect(!stage.world.configuration.isPushed)
    stage.run(3)
    #expect(stage.world.service("review").instances.contains { !$0.isUp } && stage.world.configuration.isPushed)
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
