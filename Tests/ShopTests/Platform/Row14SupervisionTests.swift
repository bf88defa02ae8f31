import Operations
import Platform
import Simulation
import Testing

@testable import Shop

/// Who brings crashed instances back, and when.
@Suite struct Row14SupervisionTests: OperatorFixture {
  @Test(arguments: ["off", "restart", "back-off"]) func aKilledInstanceComesBackByItsSupervisor(word: String) throws {
    let policy = try #require(SupervisionPolicy(word: word))
    let stage = Stage { $0.supervision.exceptions = [("order", policy)] }
    perform(.killInstance(service: "order", instance: "order-1"), stage)
    #expect(snapshot(stage).service("order")?.instancesUp == 1)
    stage.run(4)
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

  /// Long enough to see what it does to the others; how long is said live.
  @Test func whoIsKilledStaysDownForSomeSeconds() {
    let stage = Stage()
    let instance = stage.world.service("order").instances[0]
    perform(.killInstance(service: "order", instance: "order-1"), stage)
    stage.run(2.9)
    #expect(!instance.isUp)
    stage.run(1)
    #expect(instance.isUp)
    perform(.configure(key: "order.supervisor", value: "restart=8s"), stage)
    stage.run(2)
    perform(.killInstance(service: "order", instance: "order-1"), stage)
    stage.run(7.9)
    #expect(!instance.isUp)
    stage.run(1)
    #expect(instance.isUp)
    #expect(stage.world.configuration.current["review.supervisor"] == "back-off")
    #expect(
      perform(.configure(key: "order.supervisor", value: "restart=soon"), stage).sentence.hasPrefix(
        "order.supervisor=restart=soon is no policy"))
  }
}
