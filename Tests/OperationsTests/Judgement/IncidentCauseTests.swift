import Operations
import Testing
import TraceModel

/// What stands first in an incident: a service of which nothing is left, a registry, a deployment.
@Suite struct IncidentCauseTests: IncidentFixture {
  private func lose(_ index: Int, _ snapshot: inout SystemSnapshot) -> IncidentLink {
    let reason = "no instance is up: payment-1 killed by the scenario, not started again"
    (snapshot.services[index].health, snapshot.services[index].reason) = (.down, reason)
    (snapshot.services[index].instancesUp, snapshot.services[index].instancesAll) = (0, 2)
    return .service(name: snapshot.services[index].name, health: .down, what: reason)
  }

  /// Whoever killed it: no fault need be armed. What is only built wrong comes after it, and so does any other fault.
  @Test func aServiceWithoutInstanceIsACause() throws {
    var snapshot = healthy()
    let payment = lose(2, &snapshot)
    snapshot.services[1].consumes = [ConsumptionSnapshot(topic: "payments", group: "order")]
    snapshot.services[2].publishes = [PublicationSnapshot(topic: "payments")]
    snapshot.services[1].health = .degraded
    snapshot.judge()
    #expect(snapshot.incident == [payment], "who waits for it is no cause")
    let id = try #require(GTXID(high: 1, low: 1))
    snapshot.overdue = [OverdueTransactions(state: .running, step: "the join", gtxid: id, start: 0, count: 9)]
    var transaction = TransactionSummary(gtxid: id, kind: "checkout", state: .running, start: 0, duration: 0)
    (transaction.isOverdue, transaction.services) = (true, ["order", "payment"])
    snapshot.transactions = [transaction]
    snapshot.services[2].consumes = [ConsumptionSnapshot(topic: "orders", group: "payment")]
    snapshot.services[1].publishes = [PublicationSnapshot(topic: "orders")]
    arm(.service("order"), .mistake(.innerJoin), &snapshot)
    snapshot.judge()
    #expect(snapshot.incident.first == payment)
    #expect(
      snapshot.incident.dropFirst().first == .fault(place: "order", what: "forgets an answer that finds no other"))
    snapshot.faults.armed = []
    arm(.service("payment-gateway"), .outage, &snapshot)
    (snapshot.services[3].health, snapshot.services[3].reason) = (.down, "all calls to it fail")
    snapshot.judge()
    #expect(snapshot.incident.first == payment)
    #expect(
      snapshot.incident.dropFirst().first
        == .service(name: "payment-gateway", health: .down, what: "does not answer"))
  }

  @Test func whatAllLeanOnComesBeforeAServiceWithoutInstance() {
    var snapshot = healthy()
    let payment = lose(2, &snapshot)
    arm(.broker, .brokerDown, &snapshot)
    snapshot.judge()
    #expect(snapshot.incident == [.fault(place: "event bus", what: "does not answer"), payment])
    // A fault that says so is named with it; one of another kind does not explain it.
    snapshot.faults.armed = []
    arm(.service("payment"), .crash, &snapshot)
    snapshot.judge()
    #expect(snapshot.incident == [.service(name: "payment", health: .down, what: "crashed")])
    snapshot.faults.armed = []
    arm(.service("payment"), .latency(Self.second), &snapshot)
    snapshot.judge()
    #expect(snapshot.incident.first == payment)
  }

  @Test func aRegistryThatPreservesItselfIsTold() {
    var snapshot = healthy()
    snapshot.registry = RegistrySnapshot()
    snapshot.services.append(ServiceSnapshot(name: "registry"))
    snapshot.services[4].health = .up
    arm(.service("registry"), .partition, &snapshot)
    snapshot.services[1].health = .degraded
    snapshot.services[1].reason = "order-2 crashed"
    snapshot.judge()
    let order = IncidentLink.service(name: "order", health: .degraded, what: "order-2 crashed")
    #expect(snapshot.incident == [order])
    snapshot.registry?.isSelfPreserving = true
    (snapshot.services[4].health, snapshot.services[4].reason) = (.degraded, "in SELF-PRESERVATION")
    snapshot.judge()
    #expect(
      snapshot.incident == [
        .fault(place: "registry", what: "is cut off"),
        .service(name: "registry", health: .degraded, what: "is in SELF-PRESERVATION"), order,
      ])
  }

  @Test func aDeploymentThatGoesBackIsTold() {
    var snapshot = healthy()
    var deployment = DeploymentSnapshot(service: "order", phase: "canary")
    deployment.version = "v2-bad"
    deployment.members = [("order-1", "v2-bad"), ("order-2", "1.0.0")].map { instance, version in
      DeploymentSnapshot.Member(instance: instance, version: version, takesCalls: true)
    }
    snapshot.deployments = [deployment]
    snapshot.judge()
    #expect(snapshot.incident.isEmpty)
    snapshot.deployments[0].phase = "rolling back"
    snapshot.judge()
    #expect(snapshot.incident == [.trouble(place: "order", what: "goes back to 1.0.0")])
    (snapshot.deployments[0].phase, snapshot.deployments[0].ended) = ("rolled back", 99 * Self.second)
    snapshot.judge()
    #expect(snapshot.incident == [.trouble(place: "order", what: "went back to 1.0.0")])
    snapshot.deployments[0].ended = 30 * Self.second
    snapshot.judge()
    #expect(snapshot.incident.isEmpty)
  }

  /// Where the canary is why it is unwell that is told first.
  @Test func aCanaryThatFailsComesBeforeWhatIsDoneAboutIt() {
    var snapshot = healthy()
    var deployment = DeploymentSnapshot(service: "order", phase: "rolling back")
    deployment.version = "v2-bad"
    deployment.members = [("order-1", "v2-bad"), ("order-2", "1.0.0")].map { instance, version in
      DeploymentSnapshot.Member(instance: instance, version: version, takesCalls: true)
    }
    snapshot.deployments = [deployment]
    let reason = "canary v2-bad: errors 40 % against 0.2 %"
    (snapshot.services[1].health, snapshot.services[1].reason) = (.degraded, reason)
    snapshot.judge()
    #expect(
      snapshot.incident == [
        .service(name: "order", health: .degraded, what: reason),
        .trouble(place: "order", what: "goes back to 1.0.0"),
      ])
  }
}
