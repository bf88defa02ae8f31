import Operations
import Testing
import TraceModel

@Suite struct IncidentTests {
  private static let second: Int64 = 1_000_000_000

  /// Gateway calls order, payment calls the company; nothing is wrong.
  private func healthy() -> SystemSnapshot {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated), time: 100 * Self.second)
    snapshot.services = ["gateway", "order", "payment", "payment-gateway"].map { name in
      var service = ServiceSnapshot(name: name)
      service.health = .up
      return service
    }
    snapshot.services[0].calls = [CallSnapshot(callee: "order")]
    snapshot.services[2].calls = [CallSnapshot(callee: "payment-gateway")]
    snapshot.services[3].isOutside = true
    return snapshot
  }

  @Test func nothingWrongIsNoIncident() {
    var snapshot = healthy()
    snapshot.tally.compensatedLately = 3
    snapshot.judge()
    #expect(snapshot.incident.isEmpty && snapshot.alerts.isEmpty && snapshot.attention.isEmpty)
  }

  @Test func theCauseIsTheServiceFurthestDown() {
    var snapshot = healthy()
    snapshot.services[2].health = .degraded
    snapshot.services[2].reason = "breaker payment-gateway is OPEN"
    snapshot.services[3].health = .down
    snapshot.services[3].reason = "100 % of the calls to it fail"
    var breaker = BreakerSnapshot(
      id: "payment-1>payment-gateway", caller: "payment", instance: "payment-1", callee: "payment-gateway")
    breaker.state = .open
    snapshot.breakers = [breaker]
    var topic = TopicSnapshot(name: "payment")
    (topic.lag, topic.verdict, topic.trend) = (1204, .warn, .growing(42))
    snapshot.topics = [topic]
    snapshot.tally.compensatedLately = 119
    snapshot.tally.stuck = 1
    snapshot.judge()
    #expect(
      snapshot.incident == [
        .service(name: "payment-gateway", health: .down, what: "100 % of the calls to it fail"),
        .breaker(label: "payment→payment-gateway", state: .open),
        .lag(topic: "payment", lag: 1204, trend: .growing(42), verdict: .warn), .compensated(119), .stuck(1),
      ])
  }

  /// Who cannot reach what all lean on is no cause.
  @Test func whatAllLeanOnComesFirst() {
    var snapshot = healthy()
    snapshot.services[1].health = .degraded
    snapshot.services[1].reason = "order-1 cannot reach the bus"
    let spec = FaultSpec(target: .broker, kind: .brokerDown)
    snapshot.faults.armed = [ArmedFault(id: 1, spec: spec, armedAt: 0, endsAt: nil)]
    snapshot.judge()
    #expect(
      snapshot.incident == [
        .service(name: "event bus", health: .down, what: "does not answer"),
        .service(name: "order", health: .degraded, what: "order-1 cannot reach the bus"),
      ])
    snapshot.faults.armed[0].isOn = false
    snapshot.judge()
    #expect(snapshot.incident.count == 1)
  }

  @Test func anArmedFaultSaysWhatIsWrong() {
    var snapshot = healthy()
    snapshot.services[3].health = .down
    let spec = FaultSpec(target: .service("payment-gateway"), kind: .latency(2 * Self.second))
    snapshot.faults.armed = [ArmedFault(id: 1, spec: spec, armedAt: 0, endsAt: nil)]
    snapshot.judge()
    #expect(snapshot.incident == [.service(name: "payment-gateway", health: .down, what: "times out")])
    snapshot.faults.armed[0].isOn = false
    snapshot.judge()
    #expect(snapshot.incident == [.service(name: "payment-gateway", health: .down, what: "is unwell")])
  }

  @Test func alertsNameTheirRuleAndTheirTeamTheWorstFirst() {
    var snapshot = healthy()
    snapshot.services[1].health = .degraded
    snapshot.services[1].since = 5
    snapshot.services[2].health = .down
    snapshot.services[2].since = 9
    snapshot.services[2].team = "money"
    snapshot.judge()
    #expect(snapshot.alerts.map(\.rule) == ["service is down", "service is degraded"])
    #expect(snapshot.alerts.first?.team == "money" && snapshot.alerts.first?.isSevere == true)
  }
}
