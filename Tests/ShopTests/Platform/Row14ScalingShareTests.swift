import Operations
import Simulation
import Testing

@testable import Shop

/// What becomes of a canary's share where a service is scaled, and no canary is looked at.
@Suite struct Row14ScalingShareTests {
  private static let key = "catalog.canary"

  private static func share(_ stage: Stage) -> String? { stage.world.configuration.current[key] }

  private func perform(_ command: Command, _ stage: Stage) {
    guard case .done = CommandDesk(world: stage.world, snapshot: stage.snapshot()).outcome(of: command) else {
      Issue.record("\(command) was refused")
      return
    }
    CommandDesk.carryOut(command, in: stage.world)
  }

  /// Until the operation that is under way has ended, and a little more.
  private func end(_ stage: Stage) {
    for _ in 0..<90 where stage.snapshot().deployments.first?.ended == nil { stage.run(1) }
    stage.run(3)
  }

  /// A share of a version of which there are none, or of which all are: scaling takes it away, as it is said of a rollout.
  @Test(arguments: ["v9 50%", "1.0.0 10%"]) func whoIsScaledHasNoShareLeft(left: String) {
    let stage = Stage(seed: 4, rate: 1) { $0.mix = .ordinary }
    perform(.configure(key: Self.key, value: left), stage)
    #expect(Self.share(stage) == left)
    perform(.scale(service: "catalog", instances: 3), stage)
    #expect(Self.share(stage) == "off")
    // One that is set meanwhile goes when it is through.
    perform(.configure(key: Self.key, value: left), stage)
    end(stage)
    #expect(stage.snapshot().service("catalog")?.instances.count == 3 && Self.share(stage) == "off")
    let known = stage.world.service("gateway").instances.compactMap(\.process)
    #expect(known.allSatisfy { $0.configurationInUse.value.canary(of: "catalog") == nil })
  }

  /// Without config nobody can be told of it; it goes as soon as there is one.
  @Test func whatCannotBePublishedIsTakenAwayLater() {
    let stage = Stage(seed: 4, rate: 1) { $0.mix = .ordinary }
    perform(.configure(key: Self.key, value: "v9 50%"), stage)
    stage.arm("config:crash,ttl=40s")
    perform(.scale(service: "catalog", instances: 3), stage)
    stage.run(35)
    #expect(Self.share(stage) == "v9 50%")
    stage.run(30)
    #expect(Self.share(stage) == "off")
  }

  /// The twin: a service that has two versions keeps the share that is between them.
  @Test func whatIsSharedBetweenTwoVersionsStays() throws {
    let stage = Stage(seed: 4, rate: 1) { $0.mix = .ordinary }
    stage.world.service("catalog").instances[0].replace(with: "v2")
    stage.run(3)
    perform(.configure(key: Self.key, value: "v2 10%"), stage)
    perform(.scale(service: "catalog", instances: 3), stage)
    end(stage)
    #expect(Self.share(stage) == "v2 10%")
    // The last one of its own version is the first that goes.
    perform(.scale(service: "catalog", instances: 1), stage)
    end(stage)
    #expect(Set(stage.snapshot().service("catalog")?.instances.map(\.version) ?? []) == ["v2"])
    #expect(Self.share(stage) == "off")
  }
}
