import Operations
import Platform
import Testing

@testable import Shop

/// What the scenarios about the platform show, with few customers; and the same scripts where the mechanism is not there:
/// then what they expect does not come true.
@Suite struct ScenarioMechanismTests {
  private static func scenario(_ name: String) throws -> Scenario { try #require(ScenarioLibrary.named(name)) }

  /// Plays it, or its first seconds.
  /// - Returns: what failed or was not decided, of that which is expected by then.
  private static func broken(
    _ scenario: Scenario, rate: Double, first seconds: Int64? = nil, _ change: (inout ShopSettings) -> Void = { _ in }
  ) throws -> (words: [String], world: World) {
    var scenario = scenario
    scenario.rate = rate
    if let seconds { scenario.duration = seconds * 1_000_000_000 }
    scenario.expectations.removeAll { expectation in
      switch expectation.span {
      case .by(let end, _), .during(_, let end): end > scenario.duration
      case .finally: true
      case .always: false
      }
    }
    let stage = Stage(rate: rate) {
      $0.scenario = scenario
      change(&$0)
    }
    stage.run(Double(scenario.duration / 1_000_000_000) - 1)
    let progress = try #require(stage.world.stage.progress)
    #expect(progress.isOver)
    return (progress.expectations.filter { $0.state != .held }.map(\.words), stage.world)
  }

  // MARK: Too many connections

  @Test func instancesTimesPoolSizeIsWhatTheServerBears() throws {
    let scenario = try Self.scenario("too-many-connections")
    #expect(try Self.broken(scenario, rate: 4, first: 112).words == [])
    var unhealed = scenario
    unhealed.steps.removeAll { $0.words.hasPrefix("set ") }
    let words = try Self.broken(unhealed, rate: 4, first: 112).words
    #expect(words == ["85s–110s: connections = 140", "95s–110s: errors order < 1%"])
  }

  @Test func serversOfTheirOwnKnowNoSuchFailure() throws {
    var scenario = try Self.scenario("too-many-connections")
    scenario.topology = ""
    let words = try Self.broken(scenario, rate: 4, first: 82).words
    #expect(words.contains("15s–30s once: connections = 151"))
    #expect(words.contains("30s–80s: too-many-connections > 20"))
    #expect(words.contains("45s–80s once: errors order > 10%"))
  }

  // MARK: The registry

  @Test(arguments: [true, false]) func selfPreservationIsWhatKeepsTheLivingListed(isOn: Bool) throws {
    let words = try Self.broken(try Self.scenario("registry-self-preservation"), rate: 1) {
      $0.discovery.registry.isSelfPreservationEnabled = isOn
    }.words
    if isOn { return #expect(words == []) }
    #expect(words.contains("120s–125s once: registry = SELF_PRESERVATION"))
    #expect(words.contains("180s–295s: evicted = 0"))
    #expect(words.contains("always: evicted < 2"))
  }

  // MARK: Tokens

  @Test func aRevokedTokenIsRefusedOnceAndNobodyElseIs() throws {
    let (words, world) = try Self.broken(try Self.scenario("token-revocation"), rate: 12)
    #expect(words == [])
    let refused = world.edge.refusals(for: .revokedToken)
    #expect(world.edge.logOuts == 3)
    #expect(world.edge.revokedUsesRefused >= 3 && world.edge.revokedUsesPassed == 0)
    // Beside those that were sent with a revoked token there may be some that were on their way when it was revoked.
    #expect(refused >= Int(world.edge.revokedUsesRefused) && refused < 15)
  }

  @Test func withoutTheListOfRevokedTokensTheyPass() throws {
    let (words, world) = try Self.broken(try Self.scenario("token-revocation"), rate: 12) {
      $0.edge.filtersLeftOut = ["revocation"]
    }
    #expect(words.contains("15s–20s once: turned-away revoked-token >= 1"))
    #expect(words.contains("always: revoked-passed = 0"))
    #expect(world.edge.refusals(for: .revokedToken) == 0)
  }

  // MARK: Deployments

  @Test func aCanaryBoundsWhatABadVersionCosts() throws {
    let scenario = try Self.scenario("rolling-deployment-of-a-bad-version")
    #expect(try Self.broken(scenario, rate: 6).words == [])
    var blind = scenario
    blind.steps[0].deed = .command(.deploy(service: "order", version: "v2-bad", canary: nil))
    let words = try Self.broken(blind, rate: 6, first: 110).words
    #expect(words.contains("always: errors gateway < 3%"))
    #expect(words.contains("40s–100s once: canary-errors order > 50%"))
  }

  @Test func aGoodVersionIsNotTakenBack() throws {
    var scenario = try Self.scenario("rolling-deployment-of-a-bad-version")
    scenario.steps[0].deed = .command(.deploy(service: "order", version: "v2", canary: 0.1))
    let words = try Self.broken(scenario, rate: 2, first: 112).words
    #expect(
      words == ["40s–100s once: canary-errors order > 50%", "40s–110s once: deployment order = rolling-back"])
  }
}
