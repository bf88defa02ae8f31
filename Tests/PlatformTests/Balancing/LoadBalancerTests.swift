import TestSupport
import Testing

@testable import Platform

@Suite struct LoadBalancerTests {
  private let four = (1...4).map { instance("order", $0) }

  private func ids(_ balancer: inout LoadBalancer, _ count: Int, from list: [RegistryInstance]) -> [String] {
    (0..<count).compactMap { _ in balancer.choose(from: list, draw: first)?.id }
  }

  @Test func roundRobinGoesOnWhereItWasWhenTheListChanges() {
    var balancer = LoadBalancer()
    #expect(ids(&balancer, 5, from: four) == ["order-1", "order-2", "order-3", "order-4", "order-1"])
    #expect(ids(&balancer, 3, from: four.filter { $0.id != "order-2" }) == ["order-3", "order-4", "order-1"])
    #expect(ids(&balancer, 1, from: four.reversed()) == ["order-2"], "the order of the list means nothing")
  }

  @Test func whoIsNotUpOrUnavailableGetsNoCall() {
    var balancer = LoadBalancer()
    var list = four
    list[0].status = .outOfService
    let chosen = (0..<4).map { _ in balancer.choose(from: list, unavailable: ["order-3"], draw: first)?.id }
    #expect(chosen == ["order-2", "order-4", "order-2", "order-4"])
    #expect(balancer.choose(from: list, unavailable: ["order-2", "order-3", "order-4"], draw: first) == nil)
    #expect(balancer.withoutInstance == 1)
  }

  @Test func theLeastLoadedIsChosen() throws {
    var balancer = LoadBalancer(rule: .leastLoaded)
    #expect(ids(&balancer, 6, from: four) == ["order-1", "order-2", "order-3", "order-4", "order-1", "order-2"])
    balancer.finished(four[3])
    #expect(balancer.load(of: four[3]) == 0)
    #expect(ids(&balancer, 1, from: four) == ["order-4"])
  }

  @Test(arguments: UInt64(1)...20) func powerOfTwoChoicesTakesTheLessLoadedOfTwo(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var balancer = LoadBalancer(rule: .powerOfTwoChoices)
    let list = (10..<30).map { instance("order", $0) }
    for _ in 0..<2_000 { _ = balancer.choose(from: list) { random.below($0) } }
    let loads = list.map(balancer.load)
    #expect(loads.reduce(0, +) == 2_000)
    // With one choice the fullest of 20 would be about 2.5 standard deviations above the mean of 100.
    #expect(try #require(loads.max()) <= 105, "seed \(seed)")
  }

  @Test func theOwnZoneComesFirstWhileSomebodyIsThere() {
    var balancer = LoadBalancer(preferredZone: "a")
    let list = (1...4).map { instance("order", $0, zone: $0 % 2 == 0 ? "a" : "b") }
    #expect(ids(&balancer, 4, from: list) == ["order-2", "order-4", "order-2", "order-4"])
    let chosen = balancer.choose(from: list, unavailable: ["order-2", "order-4"], draw: first)
    #expect(chosen?.id == "order-1")
    #expect(balancer.crossZone == 1)
  }
}
