import Operations
import Testing
import YAMLReading

@testable import Shop

@Suite struct ScenarioRunTests {
  private static func play(_ scenario: Scenario, seed: UInt64) -> SimulationReport {
    var settings = ShopSettings(seed: seed, rate: scenario.rate)
    // As the program starts it.
    settings.mix = .ordinary
    settings.scenario = scenario
    return SimulationRun(settings, duration: scenario.duration).run()
  }

  private static func failures(_ report: SimulationReport) -> [String] {
    (report.scenario?.expectations ?? []).filter { $0.state != .held }.map {
      "\($0.words): \($0.state) at \($0.moment ?? -1), \($0.figure ?? "not known")"
    }
  }

  /// What an expectation is about must be able to go wrong: without its steps a scenario fails. `make scenarios` plays
  /// those that are shipped.
  @Test func whatItDoesMakesItsExpectationsComeTrue() throws {
    var scenario = try scenario(
      "{at: 2s, fault: \"topic:inventory:poison=2\"}, {at: 4s, fault: \"broker:broker-down,ttl=3s\"}",
      "{by: 4s, that: dead-letters inventory = 2}, {from: 4s, by: 8s, that: outbox order > 20}, {finally: stuck = 0}",
      duration: 8)
    let report = Self.play(scenario, seed: 1)
    #expect(report.allHold, "\(Self.failures(report))")
    scenario.steps = []
    let idle = Self.play(scenario, seed: 1)
    #expect(idle.scenario?.failed == 2)
    #expect(!idle.allHold)
  }

  /// A shop that is built wrong breaks invariants: then the scenario says whether that was to be expected.
  @Test func aScenarioThatSpeaksOfInvariantsJudgesThem() throws {
    let steps = "{at: 1s, fault: \"order:dual-write\"}, {at: 2s, fault: \"broker:broker-down,ttl=2s\"}"
    for (expectation, holds) in [
      ("finally: broken-invariants > 0", true), ("finally: broken-invariants = 0", false),
      ("always: lag < 9999", false),
    ] {
      let report = Self.play(try scenario(steps, "{\(expectation)}", duration: 5), seed: 1)
      #expect(report.invariants.contains { !$0.holds })
      #expect(report.allHold == holds, "\(expectation)")
    }
  }

  private func scenario(_ steps: String, _ expect: String, duration: Int = 15) throws -> Scenario {
    let report = YAMLReport(file: "s")
    let yaml =
      "name: s\ntitle: s\nteaches: s\nrate: 30\nduration: \(duration)s\nsteps: [\(steps)]\nexpect: [\(expect)]\n"
    return try #require(ScenarioFile.read(yaml, report), "\(report.errors)")
  }

  /// A file of one's own stands beside those of the program, and can be played again.
  @Test func theScenarioOfTheRunIsListed() throws {
    let names = ScenarioLibrary.all.map(\.name)
    for own in [try scenario("", "{always: lag < 9999}"), try #require(ScenarioLibrary.named("retry-storm"))] {
      let stage = Stage { $0.scenario = own }
      let snapshot = stage.snapshot()
      #expect(snapshot.scenarios.entries.map(\.name) == (names.contains(own.name) ? names : [own.name] + names))
      let outcome = CommandDesk(world: stage.world, snapshot: snapshot).outcome(of: .startScenario(name: own.name))
      #expect(outcome == .done("scenario \(own.name) started"))
    }
  }

  @Test func aFalseExpectationFailsTheRun() throws {
    let report = Self.play(try scenario("", "{by: 3s, that: \"health gateway = DOWN\"}", duration: 3), seed: 1)
    #expect(report.invariants.filter { !$0.holds }.isEmpty)
    #expect(!report.allHold)
    #expect(report.scenario?.expectations.first?.figure == "UP")
  }

  @Test func oneSeedGivesTheSameVerdictsAtTheSameMoments() throws {
    let script = try scenario(
      "{at: 3s, fault: \"payment-gateway:outage\"}",
      "{by: 12s, that: \"breaker payment>payment-gateway = OPEN\"}, {always: lag < 5000}", duration: 12)
    let (first, second) = (Self.play(script, seed: 5), Self.play(script, seed: 5))
    #expect(first.digest == second.digest)
    #expect(first.scenario?.expectations.map(\.moment) == second.scenario?.expectations.map(\.moment))
    #expect(first.scenario?.expectations.first?.state == .held)
  }

  // MARK: Live

  /// Its own faults end with it, its victims live again, and the rate is what it was.
  @Test func atItsEndItLeavesTheShopAsItWas() throws {
    let stage = Stage(rate: 20)
    let script = try scenario(
      "{at: 1s, fault: \"payment:latency=100ms\"}, {at: 2s, rate: 40}, {at: 3s, kill: order/1}",
      "{always: lag < 100000}", duration: 6)
    stage.arm("inventory:latency=1ms")
    stage.world.stage.start(script)
    #expect(stage.world.faults.armed.isEmpty)
    #expect(stage.world.customers.rate == 30)
    stage.run(4)
    #expect(stage.world.faults.armed.count == 1)
    #expect(stage.world.customers.rate == 40)
    #expect(stage.world.service("order").instances[0].isKilled)
    stage.run(3)
    #expect(stage.world.stage.progress?.isOver == true)
    #expect(stage.world.faults.armed.isEmpty)
    #expect(stage.world.customers.rate == 20)
    #expect(!stage.world.service("order").instances[0].isKilled)
  }

  /// Each breaker that it left open, once, however often it forced it; one that is closed already not at all.
  @Test func atItsEndItClosesEachBreakerOnce() throws {
    let stage = Stage()
    let script = try scenario(
      "{at: 1s, breaker: gateway>order DISABLED}, {at: 2s, breaker: gateway>order FORCED_OPEN}, "
        + "{at: 1s, breaker: payment>payment-gateway DISABLED}, {at: 2s, breaker: payment>payment-gateway CLOSED}",
      "{always: lag < 100000}", duration: 4)
    stage.world.stage.start(script)
    stage.run(3)
    func told() -> [String] {
      stage.snapshot().events.filter { $0.change == "forced to CLOSED" }.map(\.subject).sorted()
    }
    let byStep = ["payment-1 → payment-gateway", "payment-2 → payment-gateway"]
    #expect(told() == byStep)
    stage.run(3)
    #expect(stage.world.stage.progress?.isOver == true)
    #expect(told() == ["gateway-1 → order", "gateway-2 → order"] + byStep)
    let states = stage.snapshot().breakers.filter { $0.callee == "order" && $0.caller == "gateway" }.map(\.state)
    #expect(states == [.closed, .closed])
  }

  /// Settings, sizes and versions as well, even if a service is on its way when it ends.
  @Test func atItsEndItTakesBackWhatItChanged() throws {
    let stage = Stage()
    let script = try scenario(
      "{at: 1s, set: order.pool 20}, {at: 2s, set: order.pool 30}, {at: 1s, scale: review 3}, "
        + "{at: 2s, deploy: cart v2}, {at: 3s, log-out: kim}", "{always: lag < 100000}", duration: 4)
    stage.world.stage.start(script)
    stage.run(3.5)
    #expect(stage.world.configuration.current["order.pool"] == "30")
    #expect(stage.world.service("review").instances.count == 3)
    #expect(stage.world.deployments.isBusy("cart"))
    #expect(stage.world.edge.logOuts == 1)
    stage.run(120)
    #expect(stage.world.stage.progress?.isOver == true)
    #expect(stage.world.configuration.current["order.pool"] == "10")
    #expect(stage.world.service("review").instances.map(\.name) == ["review-1", "review-2"])
    #expect(stage.world.service("cart").instances.allSatisfy { $0.version == "1.0.0" && $0.takesCalls })
    #expect(!stage.world.deployments.isBusy("cart") && !stage.world.deployments.isBusy("review"))
  }

  @Test func databasesAreWhereItNeedsThemOrItIsNotPlayed() throws {
    var settings = ShopSettings(rate: 20)
    settings.scenario = ScenarioLibrary.named("too-many-connections")
    #expect(World(settings).settings.topology.databases == .shared)
    let shop = SimulatedShop(ShopSettings(rate: 20), startAt: 1_000_000_000, isStill: true)
    #expect(
      shop.perform(.startScenario(name: "too-many-connections"))
        == .refused(
          "too-many-connections needs its databases on one server; start with --scenario too-many-connections"))
    #expect(shop.snapshot().scenarios.playing == nil)
  }

  @Test func stoppedItTakesBackWhatItDid() throws {
    let stage = Stage(rate: 20)
    stage.world.stage.start(
      try scenario("{at: 1s, fault: \"payment:latency=100ms\"}, {at: 5s, rate: 90}", "{always: lag < 100000}"))
    stage.run(2)
    stage.world.stage.stop()
    #expect(stage.world.faults.armed.isEmpty)
    stage.run(6)
    #expect(stage.world.customers.rate == 20)
    #expect(stage.world.stage.progress?.isStopped == true)
    #expect(stage.world.stage.progress?.expectations[0].state == .pending)
  }

  @Test func theCockpitStartsAndStopsOne() throws {
    let shop = SimulatedShop(ShopSettings(rate: 20), startAt: 1_000_000_000, isStill: true)
    #expect(shop.snapshot().scenarios.entries.map(\.name) == ScenarioLibrary.all.map(\.name))
    guard case .refused(let sentence) = shop.perform(.startScenario(name: "nothing")) else {
      Issue.record("started what there is not")
      return
    }
    #expect(sentence.contains("retry-storm"))
    #expect(shop.perform(.stopScenario) == .refused("no scenario plays"))
    #expect(shop.perform(.startScenario(name: "retry-storm")) == .done("scenario retry-storm started"))
    #expect(shop.snapshot().scenarios.playing?.name == "retry-storm")
    #expect(shop.perform(.stopScenario) == .done("scenario retry-storm stopped"))
    #expect(shop.snapshot().scenarios.playing == nil)
  }
}
