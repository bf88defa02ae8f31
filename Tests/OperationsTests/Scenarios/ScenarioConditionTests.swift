import Testing

@testable import Operations

@Suite struct ScenarioConditionTests {
  private let parser = ScenarioConditionParser(
    catalogue: FaultCatalogue(
      services: [
        .init(name: "payment", instances: 2, hasDatabase: false, consumes: true, isOutside: false),
        .init(name: "order", instances: 2, hasDatabase: true, consumes: true, isOutside: false),
      ], edges: [.init(from: "payment", to: "company")], databases: ["order"], groups: ["payment", "order"]),
    topics: ["payment"], refusals: ["revoked-token", "no-token"])

  private func problem(_ text: String) -> ScenarioConditionError? {
    do throws(ScenarioConditionError) {
      _ = try parser.parse(text)
      return nil
    } catch { return error }
  }

  @Test(arguments: [
    "breaker payment>company = OPEN", "breaker payment-2>company != CLOSED", "health payment = OUT_OF_SERVICE",
    "verdict payment != OK", "errors < 5%", "errors payment >= 0.5%", "p99 <= 500ms", "p95 order > 2s", "rate > 10.5",
    "lag > 100", "lag payment = 0", "open <= 20", "outbox order > 100", "outbox-age order < 3s",
    "instances payment = 1",
    "members payment = 2", "stuck = 0", "dead-letters = 0", "dead-letters payment = 0", "restarts order >= 1",
    "rebalances payment > 0", "retries payment > 10", "cut-off payment > 1", "refused payment > 1",
    "broken-invariants = 0", "registry = SELF_PRESERVATION", "registry != NORMAL", "listed payment = 2", "evicted = 0",
    "connections > 100", "too-many-connections > 10", "turned-away revoked-token >= 1", "revoked-tokens = 1",
    "revoked-passed = 0", "versions order = 2", "deployment order = rolled-back", "canary-errors order > 50%",
  ])
  func isRead(text: String) throws {
    #expect(problem(text) == nil)
    #expect(try parser.parse(text).description == text)
  }

  @Test(arguments: [
    ("", 0, "a condition is a figure, a comparison and a value, such as lag payment > 100"),
    ("lagg payment > 1", 0, "there is no figure \"lagg\"; do you mean lag?"),
    ("health = UP", 7, "health of what? There are payment, order"),
    ("delay payment > 1", 0, "there is no figure \"delay\"; there are breaker"),
    ("health nobody = UP", 7, "health of \"nobody\" is not known; there are payment, order"),
    ("health paymnt = UP", 7, "health of \"paymnt\" is not known; do you mean payment?"),
    ("health payment > UP", 15, "\">\" is no comparison; health takes = !="),
    ("health payment = OPEN", 17, "health cannot be \"OPEN\"; it is one of UP, DEGRADED"),
    ("lag payment >", 13, "lag is compared with what? a whole number"),
    ("lag payment", 11, "a comparison is missing; lag takes = != <= >= < >"),
    ("errors < 5", 9, "errors cannot be \"5\"; it is a share, such as 5%"),
    ("p99 < 500", 6, "p99 cannot be \"500\"; it is a duration, such as 500ms or 2s"),
    ("lag > 1 2", 8, "\"2\" is too much"),
    ("breaker order>payment = OPEN", 8, "breaker of \"order>payment\" is not known; there are payment>company"),
    ("breaker payment-3>company = OPEN", 8, "breaker of \"payment-3>company\" is not known"),
    ("stuck payment = 0", 6, "\"payment\" is no comparison"),
    ("registry = EVICTING", 11, "registry cannot be \"EVICTING\"; it is one of NORMAL, SELF_PRESERVATION"),
    ("evicted payment = 0", 8, "\"payment\" is no comparison"),
    ("turned-away > 1", 12, "turned-away of what? There are revoked-token, no-token"),
    ("turned-away revoked > 1", 12, "turned-away of \"revoked\" is not known; there are revoked-token, no-token"),
    ("deployment order = rolled", 19, "deployment cannot be \"rolled\"; it is one of rolling, canary, rolling-back"),
    ("canary-errors order > 1", 22, "canary-errors cannot be \"1\"; it is a share, such as 5%"),
    ("outbox payment = 0", 7, "outbox of \"payment\" is not known; there are order"),
  ])
  func aMistakeSaysWhereAndWhatIsAllowed(text: String, offset: Int, sentence: String) {
    let found = problem(text)
    #expect(found?.offset == offset, "\(text)")
    #expect(found?.description.hasPrefix(sentence) == true, "\(found?.description ?? "")")
  }

  @Test(arguments: [
    (1_400_000.0, "1.4ms"), (84_300_000, "84ms"), (999_400_000, "999ms"), (1_006_000_000, "1.0s"),
    (12_340_000_000, "12.3s"),
  ])
  func aDurationIsSaidInItsUnit(nanoseconds: Double, words: String) throws {
    let condition = try parser.parse("p99 < 1s")
    #expect(condition.words(.number(nanoseconds)) == words)
  }

  // MARK: Figures

  private func judge(_ text: String, _ now: SystemSnapshot, since start: SystemSnapshot? = nil) throws -> Bool? {
    let start = start ?? SystemSnapshot(system: SystemIdentity(name: "s", kind: .simulated), time: 0)
    return try parser.parse(text).judge(ScenarioMoment(now), since: ScenarioMoment(start))?.holds
  }

  private var snapshot: SystemSnapshot {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "s", kind: .simulated), time: 0)
    snapshot.breakers = [(1, BreakerState.closed), (2, .open)].map { number, state in
      var breaker = BreakerSnapshot(
        id: "payment-\(number)>company", caller: "payment", instance: "payment-\(number)", callee: "company")
      breaker.state = state
      return breaker
    }
    return snapshot
  }

  @Test func theWorstOfSeveralBreakersCounts() throws {
    #expect(try judge("breaker payment>company = OPEN", snapshot) == true)
    #expect(try judge("breaker payment>company = CLOSED", snapshot) == false)
    #expect(try judge("breaker payment-1>company = CLOSED", snapshot) == true)
  }

  @Test func countsAreSinceTheScenarioBegan() throws {
    var (start, now) = (snapshot, snapshot)
    start.tally.stuck = 3
    now.tally.stuck = 3
    now.tally.running = 5
    #expect(try judge("stuck = 0", now, since: start) == true)
    now.tally.stuck = 4
    #expect(try judge("stuck = 1", now, since: start) == true)
    // What is open is open, whenever it began.
    #expect(try judge("open = 5", now, since: now) == true)
  }

  @Test func whatIsNotKnownIsNeitherTrueNorFalse() throws {
    #expect(try judge("lag > 0", snapshot) == nil)
    #expect(try judge("lag payment = 0", snapshot) == nil)
    #expect(try judge("p99 < 1s", snapshot) == nil)
    #expect(try judge("broken-invariants = 0", snapshot) == nil)
  }

  @Test func theLagOfAGroupIsThatOfAllItsTopics() throws {
    var now = snapshot
    now.topics = ["payment", "credit"].map { name in
      var topic = TopicSnapshot(name: name)
      var group = GroupSnapshot(name: "payment")
      (group.lag, group.verdict) = (name == "credit" ? 7 : 5, name == "credit" ? .stall : .ok)
      topic.groups = [group]
      return topic
    }
    #expect(try judge("lag payment = 12", now) == true)
    #expect(try judge("verdict payment = STALL", now) == true)
  }

  // MARK: The platform

  @Test func whatTheRegistryListsAndEvictsIsKnownWhileItIsThere() throws {
    var (start, now) = (snapshot, snapshot)
    for text in ["registry = NORMAL", "evicted = 0", "listed order = 0"] {
      #expect(try judge(text, now, since: start) == nil, "\(text)")
    }
    start.registry = RegistrySnapshot()
    start.registry?.evicted = 2
    now.registry = RegistrySnapshot()
    now.registry?.evicted = 5
    now.registry?.isSelfPreserving = true
    now.registry?.leases = ["order", "order", "payment"].map { service in
      RegistrySnapshot.Lease(
        service: service, id: "", status: "UP", zone: "a", version: "v1", age: 0, sinceRenewal: 0, remaining: 0)
    }
    #expect(try judge("registry = SELF_PRESERVATION", now, since: start) == true)
    #expect(try judge("registry = NORMAL", start, since: start) == true)
    #expect(try judge("evicted = 3", now, since: start) == true)
    #expect(try judge("listed order = 2", now, since: start) == true)
    #expect(try judge("listed payment = 2", now, since: start) == false)
  }

  @Test func connectionsAreThoseOfSharedServers() throws {
    #expect(try judge("connections >= 0", snapshot) == nil)
    #expect(try judge("too-many-connections >= 0", snapshot) == nil)
    var (start, now) = (snapshot, snapshot)
    start.databaseServers = [SharedDatabaseSnapshot(name: "shared", open: 10, maximum: 20, refused: 4, pools: [])]
    now.databaseServers = [
      SharedDatabaseSnapshot(name: "shared", open: 20, maximum: 20, refused: 9, pools: []),
      SharedDatabaseSnapshot(name: "shared-replica", open: 7, maximum: 20, refused: 1, pools: []),
    ]
    #expect(try judge("connections = 27", now, since: start) == true)
    #expect(try judge("too-many-connections = 6", now, since: start) == true)
  }

  @Test func whoIsTurnedAwayIsCountedByTheReasonAtAllGateways() throws {
    var (start, now) = (snapshot, snapshot)
    for (name, count) in [("gateway", 3), ("gateway-internal", 1)] as [(String, UInt64)] {
      var gateway = EdgeGateway(name: name)
      gateway.refusals = [
        EdgeGateway.Refusal(reason: "revoked-token", status: 401, count: count),
        EdgeGateway.Refusal(reason: "no-token", status: 401, count: 70),
      ]
      now.edge.gateways.append(gateway)
    }
    start.edge.gateways = [now.edge.gateways[1]]
    now.edge.revokedCount = 2
    now.edge.members.lateUsesPassed = 5
    start.edge.members.lateUsesPassed = 1
    #expect(try judge("turned-away revoked-token = 3", now, since: start) == true)
    #expect(try judge("turned-away no-token = 70", now, since: start) == true)
    #expect(try judge("revoked-tokens = 2", now, since: start) == true)
    #expect(try judge("revoked-passed = 4", now, since: start) == true)
  }

  @Test func howFarADeploymentIsIsOneWord() throws {
    #expect(try judge("deployment order = canary", snapshot) == nil)
    var now = snapshot
    var deployment = DeploymentSnapshot(service: "order", phase: "rolling back")
    now.deployments = [deployment]
    #expect(try judge("deployment order = rolling-back", now) == true)
    #expect(try judge("canary-errors order > 1%", now) == nil)
    deployment.canaryShare = 0.1
    now.deployments = [deployment]
    #expect(try judge("canary-errors order > 1%", now) == nil, "nobody has called it")
    (deployment.canaryCalls, deployment.canaryErrors) = (4, 3)
    now.deployments = [deployment]
    #expect(try judge("canary-errors order = 75%", now) == true)
    var service = ServiceSnapshot(name: "order")
    service.instances = ["v1", "v2", "v1"].map { version in
      var instance = InstanceSnapshot(name: version, port: 1)
      instance.version = version
      return instance
    }
    now.services = [service]
    #expect(try judge("versions order = 2", now) == true)
  }
}
