import TestSupport
import Testing

@testable import Platform

@Suite struct RollingDeploymentTests {
  private func deployment(
    _ count: Int = 3, settings: DeploymentSettings = DeploymentSettings(), canary: CanaryStage? = nil
  ) -> RollingDeployment {
    RollingDeployment(
      of: "order", to: "2", instances: (1...count).map { ("order-\($0)", "1", true) }, settings: settings,
      canary: canary)
  }

  /// Carries everything out at once; stops at `limit` orders.
  @discardableResult
  private func run(
    _ deployment: inout RollingDeployment, now: Int64 = epoch, limit: Int = 1_000,
    outcome: (DeploymentInstruction) -> DeploymentOutcome = { _ in .done }
  ) -> [String] {
    var log: [String] = []
    while log.count < limit {
      let orders = deployment.next(now: now)
      if orders.isEmpty { break }
      for order in orders {
        switch order {
        case .canaryShare(let share): log.append("share \(share)")
        case .instance(let instruction):
          log.append("\(instruction.step.rawValue) \(instruction.instance.suffix(1)) \(instruction.version)")
          deployment.report(instruction.number, outcome(instruction), now: now)
        }
      }
    }
    return log
  }

  @Test func oneByOneInTheirOrder() {
    var deployment = deployment(2)
    let log = run(&deployment)
    #expect(
      log == [
        "drain 1 2", "deregister 1 2", "replace 1 2", "register 1 2", "awaitHealth 1 2",
        "drain 2 2", "deregister 2 2", "replace 2 2", "register 2 2", "awaitHealth 2 2",
      ])
    #expect(deployment.phase == .completed)
    #expect(deployment.members.map(\.version) == ["2", "2"])
    #expect(deployment.next(now: epoch).isEmpty)
  }

  @Test func asManyAtATimeAsMayBeUnavailable() {
    var deployment = deployment(4, settings: DeploymentSettings(maximumUnavailable: 2))
    #expect(deployment.next(now: epoch).count == 2)
    #expect(deployment.unavailable == 2)
    #expect(deployment.next(now: epoch).isEmpty, "nothing comes twice")
  }

  @Test func whoTakesNoCallsAnywayComesFirstAndCounts() {
    var deployment = deployment(3)
    deployment.observe("order-3", isServing: false)
    guard case .instance(let first)? = deployment.next(now: epoch).first else {
      Issue.record("there is something to do")
      return
    }
    #expect(first.instance == "order-3")
    #expect(deployment.unavailable == 1)
  }

  @Test func callsThatDoNotEndAreCutOff() {
    var deployment = deployment(1)
    _ = deployment.next(now: epoch)
    #expect(deployment.deadline == epoch + 30 * second)
    #expect(deployment.next(now: epoch + 30 * second - 1).isEmpty)
    guard case .instance(let next)? = deployment.next(now: epoch + 30 * second).first else {
      Issue.record("it goes on")
      return
    }
    #expect(next.step == .deregister)
  }

  @Test func aStepThatFailsIsTriedAgainAndThenAllGoesBack() {
    var deployment = deployment(3)
    var log = run(&deployment) { $0.step == .awaitHealth && $0.instance == "order-2" ? .failed("DOWN") : .done }
    #expect(deployment.deadline == epoch + 5 * second)
    log = run(&deployment, now: epoch + 5 * second) {
      $0.step == .awaitHealth && $0.version == "2" ? .failed("DOWN") : .done
    }
    #expect(log.first == "awaitHealth 2 2", "once more")
    #expect(deployment.phase == .rolledBack(reason: "order-2, awaitHealth: DOWN"))
    #expect(deployment.members.map(\.version) == ["1", "1", "1"])
    #expect(deployment.members.allSatisfy { $0.isServing })
    #expect(log.contains("replace 1 1"), "the one that was done already, too")
    #expect(!log.contains { $0.hasSuffix("3 2") })
  }

  @Test func anAbortBeforeTheReplacementOnlyPutsItBack() {
    var deployment = deployment(2)
    _ = run(&deployment, limit: 2)
    deployment.abort(reason: "operator")
    #expect(run(&deployment) == ["register 1 1", "awaitHealth 1 1"])
    #expect(deployment.phase == .rolledBack(reason: "operator"))
  }

  @Test func aLateOutcomeOfWhatWasGivenUpMeansNothing() {
    var deployment = deployment(1)
    _ = run(&deployment, limit: 2)
    guard case .instance(let replace)? = deployment.next(now: epoch).first else {
      Issue.record("the replacement follows")
      return
    }
    #expect(replace.step == .replace)
    deployment.abort(reason: "operator")
    deployment.report(replace.number, .done, now: epoch)
    #expect(deployment.members[0].version == "1")
    #expect(run(&deployment).first == "replace 1 1", "whether it was replaced nobody knows")
  }

  @Test func canariesGetTheirShareAndAreLookedAt() {
    var deployment = deployment(3, canary: CanaryStage(basisPoints: 500, hold: 60 * second))
    #expect(
      run(&deployment) == [
        "drain 1 2", "deregister 1 2", "replace 1 2", "share 500", "register 1 2", "awaitHealth 1 2",
      ])
    #expect(deployment.phase == .canary(until: epoch + 60 * second))
    #expect(deployment.deadline == epoch + 60 * second)
    #expect(deployment.next(now: epoch + 59 * second).isEmpty)
    var aborted = deployment
    aborted.abort(reason: "errors")
    let wayBack = ["share 0", "drain 1 1", "deregister 1 1", "replace 1 1", "register 1 1", "awaitHealth 1 1"]
    #expect(run(&aborted) == wayBack)
    #expect(aborted.phase == .rolledBack(reason: "errors"))
    var promoted = deployment
    promoted.promote()
    #expect(run(&promoted).prefix(2) == ["share 0", "drain 2 2"])
    #expect(promoted.phase == .completed)
    #expect(run(&deployment, now: epoch + 60 * second).first == "share 0")
    #expect(deployment.phase == .completed)
  }

  @Test(arguments: UInt64(1)...100) func itEndsInOneVersionAndNeverTakesTooMany(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let limit = 1 + random.below(3)
    let count = 1 + random.below(8)
    let canary = random.chance(40) ? CanaryStage(instances: 1 + random.below(2), basisPoints: 100, hold: second) : nil
    var deployment = deployment(
      count, settings: DeploymentSettings(maximumUnavailable: limit, attempts: 1 + random.below(3)), canary: canary)
    let failing = random.below(25)
    let abortAt = random.chance(40) ? random.below(60) : .max
    // What really runs and takes calls, by what was carried out.
    var running = [String: String](uniqueKeysWithValues: (1...count).map { ("order-\($0)", "1") })
    var outside: Set<String> = []
    var open: [DeploymentInstruction] = []
    var share = 0
    var now = epoch
    var steps = 0
    while !deployment.isFinished, steps < 20_000 {
      steps += 1
      if steps == abortAt { deployment.abort(reason: "operator") }
      for order in deployment.next(now: now) {
        switch order {
        case .canaryShare(let basisPoints): share = basisPoints
        case .instance(let instruction):
          open.append(instruction)
          if instruction.step == .drain { outside.insert(instruction.instance) }
        }
      }
      #expect(outside.count <= limit, "seed \(seed), step \(steps)")
      now += Int64(random.below(4)) * second
      guard !open.isEmpty, random.chance(80) else { continue }
      // What is asked of one instance happens in order, however late.
      let instance = open[random.below(open.count)].instance
      let instruction = open.remove(at: open.firstIndex { $0.instance == instance } ?? 0)
      // Some outcomes never come, others come although nothing happened, or the other way round.
      if random.chance(failing / 3) { continue }
      let fails = random.chance(failing)
      if !fails || random.chance(30) {
        if instruction.step == .replace { running[instruction.instance] = instruction.version }
        if instruction.step == .awaitHealth { outside.remove(instruction.instance) }
      }
      deployment.report(instruction.number, fails ? .failed("no") : .done, now: now)
    }
    #expect(deployment.isFinished, "seed \(seed)")
    #expect(share == 0, "seed \(seed)")
    let versions = Set(deployment.members.map(\.version))
    if case .completed = deployment.phase { #expect(versions == ["2"], "seed \(seed)") }
    if case .rolledBack = deployment.phase { #expect(versions == ["1"], "seed \(seed)") }
    for instruction in open where instruction.step == .replace { running[instruction.instance] = nil }
    #expect(deployment.members.allSatisfy { $0.isServing && $0.step == nil }, "seed \(seed)")
    #expect(
      deployment.members.allSatisfy { running[$0.id] == nil || running[$0.id] == $0.version }, "seed \(seed)")
  }
}
