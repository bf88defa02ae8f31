import Operations
import Testing
import TraceModel

@Suite struct IncidentTests: IncidentFixture {
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

  /// Who cannot reach what all lean on is no cause; the events that wait for it are its effect.
  @Test func whatAllLeanOnComesFirst() throws {
    var snapshot = healthy()
    snapshot.services[1].health = .degraded
    snapshot.services[1].reason = "order-1 cannot reach the bus"
    (snapshot.services[1].outboxDepth, snapshot.services[1].outboxAge) = (1_040, 21 * Self.second)
    var overdue = OverdueTransactions(
      state: .running, step: "", gtxid: try #require(GTXID(high: 1, low: 1)), start: 0, count: 457)
    overdue.unpublished = "ORDER_CREATE"
    snapshot.overdue = [overdue]
    snapshot.faults.catalogue.services = [entry("order", .throughOutbox)]
    arm(.broker, .brokerDown, &snapshot)
    snapshot.judge()
    #expect(
      snapshot.incident == [
        .fault(place: "event bus", what: "does not answer"), .outbox(service: "order", events: 1_040),
        .overdue(457, reason: "no ORDER_CREATE was published"),
      ])
    snapshot.faults.armed[0].isOn = false
    snapshot.overdue = []
    snapshot.services[1].outboxAge = Self.second
    snapshot.judge()
    #expect(
      snapshot.incident == [.service(name: "order", health: .degraded, what: "order-1 cannot reach the bus")])
  }

  /// Who does not use what is down is unwell for a reason of its own.
  @Test func whoDoesNotLeanOnWhatIsDownIsTold() {
    var snapshot = healthy()
    snapshot.faults.catalogue.services = [entry("gateway", .nothing), entry("order", .throughOutbox)]
    snapshot.faults.catalogue.services[0].usesKeyValueStore = true
    (snapshot.services[0].health, snapshot.services[0].reason) = (.degraded, "the key-value store does not answer")
    (snapshot.services[1].health, snapshot.services[1].reason) = (.degraded, "60 % errors in the last minute")
    arm(.keyValueStore, .down, &snapshot)
    arm(.service("order"), .errors(0.6), &snapshot)
    let store = IncidentLink.fault(place: "key-value store", what: "does not answer")
    snapshot.judge()
    #expect(snapshot.incident == [store, .service(name: "order", health: .degraded, what: "fails 60 %")])
    snapshot.faults.armed[1].isOn = false
    snapshot.judge()
    #expect(
      snapshot.incident == [store, .service(name: "order", health: .degraded, what: "60 % errors in the last minute")])
    // Who calls somebody that leans on it does so too.
    snapshot.services[1].calls = [CallSnapshot(callee: "gateway")]
    snapshot.judge()
    #expect(snapshot.incident == [store])
  }

  /// Who has a fault of its own beside what all lean on is named with that.
  @Test func aFaultOfItsOwnIsToldBesideWhatAllLeanOn() {
    var snapshot = healthy()
    snapshot.faults.catalogue.services = [entry("order", .throughOutbox), entry("payment", .directly)]
    for index in [1, 2] {
      snapshot.services[index].health = .degraded
      snapshot.services[index].reason = "\(snapshot.services[index].name)-1 cannot reach the bus"
    }
    arm(.broker, .brokerDown, &snapshot)
    arm(.instance(service: "payment", number: 2), .latency(2 * Self.second), &snapshot)
    snapshot.judge()
    #expect(
      snapshot.incident == [
        .fault(place: "event bus", what: "does not answer"),
        .service(name: "payment", health: .degraded, what: "payment-2 answers late"),
      ])
  }

  /// It is no cause, and yet what customers have of it.
  @Test func whoFailsForWhatAllLeanOnIsItsEffect() {
    var snapshot = healthy()
    snapshot.faults.catalogue.services = [entry("gateway", .nothing), entry("order", .nothing)]
    for index in [0, 1] {
      snapshot.faults.catalogue.services[index].usesKeyValueStore = true
      snapshot.services[index].health = .degraded
      snapshot.services[index].reason = "the key-value store does not answer"
    }
    arm(.keyValueStore, .down, &snapshot)
    let store = IncidentLink.fault(place: "key-value store", what: "does not answer")
    snapshot.judge()
    #expect(snapshot.incident == [store], "nobody has noticed yet")
    (snapshot.services[0].errorShare, snapshot.services[1].errorShare) = (0.97399, 0.2)
    snapshot.judge()
    #expect(snapshot.incident == [store, .service(name: "gateway", health: .degraded, what: "97.4 % errors")])
  }

  @Test func whoCallsWhatIsBrokenComesBeforeWhoWaitsForTheCaller() {
    var snapshot = healthy()
    arm(.service("payment-gateway"), .outage, &snapshot)
    for (index, p99) in [(1, 5 * Self.second), (2, Self.second)] {
      snapshot.services[index].health = .degraded
      snapshot.services[index].p99 = p99
    }
    // Each reads what the other publishes.
    for (reader, writer) in [(1, 2), (2, 1)] {
      let topic = snapshot.services[writer].name
      snapshot.services[reader].consumes = [ConsumptionSnapshot(topic: topic, group: snapshot.services[reader].name)]
      snapshot.services[writer].publishes = [PublicationSnapshot(topic: topic)]
    }
    let payment = IncidentLink.service(name: "payment", health: .degraded, what: "is unwell")
    snapshot.judge()
    #expect(snapshot.incident == [.fault(place: "payment-gateway", what: "does not answer"), payment])
  }

  @Test func aStormOfRetriesIsTold() {
    var snapshot = healthy()
    arm(.edge(from: "gateway", to: "order"), .errors(0.6), &snapshot)
    snapshot.services[0].health = .degraded
    (snapshot.services[0].calls[0].rate, snapshot.services[0].calls[0].retryRate) = (98, 48)
    snapshot.judge()
    #expect(
      snapshot.incident == [
        .fault(place: "gateway→order", what: "fails 60 %"),
        .service(name: "gateway", health: .degraded, what: "is unwell"), .retries(48),
      ])
    snapshot.services[0].calls[0].retryRate = 19
    snapshot.judge()
    #expect(snapshot.incident.count == 2, "some retries are what they are there for")
  }

  @Test func aBrokenCallIsTheRootOfWhatItsCallerSuffers() {
    var snapshot = healthy()
    arm(.edge(from: "gateway", to: "order"), .errors(0.6), &snapshot)
    snapshot.judge()
    #expect(snapshot.incident.isEmpty, "what hurts nobody is no incident")
    snapshot.services[0].calls[0].errorShare = 0.6
    snapshot.services[2].health = .degraded
    snapshot.judge()
    #expect(
      snapshot.incident == [.service(name: "payment", health: .degraded, what: "is unwell")],
      "payment does not wait for the gateway")
    snapshot.services[2].health = .up
    snapshot.services[0].health = .degraded
    snapshot.services[0].reason = "8.4 % errors in the last minute"
    snapshot.breakers = [breaker("payment", "payment-gateway", .closed), breaker("gateway", "order", .disabled)]
    snapshot.judge()
    #expect(
      snapshot.incident == [
        .fault(place: "gateway→order", what: "fails 60 %"), .breaker(label: "gateway→order", state: .disabled),
        .service(name: "gateway", health: .degraded, what: "8.4 % errors in the last minute"),
      ])
  }

  /// The company is known by calls alone: while all threads wait for it, none is made.
  @Test func aRootThatNobodySeesIsNamedBeforeWhoWaitsForIt() {
    var snapshot = healthy()
    arm(.service("payment-gateway"), .outage, &snapshot)
    snapshot.services[2].health = .degraded
    snapshot.services[2].reason = "payment answered 503: no answer in time"
    snapshot.services[2].workers = PoolUse(used: 32, size: 32, waiting: 9)
    snapshot.judge()
    let busy = IncidentLink.service(name: "payment", health: .degraded, what: "32/32 threads busy")
    #expect(snapshot.incident == [.fault(place: "payment-gateway", what: "does not answer"), busy])
    snapshot.services[3].health = .down
    snapshot.judge()
    #expect(
      snapshot.incident == [.service(name: "payment-gateway", health: .down, what: "does not answer"), busy])
  }

  /// Who reads what another publishes waits for it as who calls it does; errors come before slowness.
  @Test func topicsAreDependenciesToo() {
    var snapshot = healthy()
    snapshot.services[1].health = .degraded
    snapshot.services[1].reason = "p99 5.24 s in the last minute"
    (snapshot.services[1].p99, snapshot.services[1].consumes) = (
      5 * Self.second, [ConsumptionSnapshot(topic: "order", group: "order")]
    )
    snapshot.services[2].health = .degraded
    snapshot.services[2].reason = "67 % errors in the last minute"
    (snapshot.services[2].errorShare, snapshot.services[2].publishes) = (0.67, [PublicationSnapshot(topic: "order")])
    let payment = IncidentLink.service(name: "payment", health: .degraded, what: "67 % errors in the last minute")
    snapshot.judge()
    #expect(snapshot.incident == [payment])
    // Each waits for the other.
    snapshot.services[2].calls.append(CallSnapshot(callee: "order"))
    snapshot.judge()
    #expect(snapshot.incident == [payment])
    arm(.instance(service: "order", number: 2), .latency(Self.second), &snapshot)
    snapshot.judge()
    #expect(
      snapshot.incident == [.service(name: "order", health: .degraded, what: "order-2 answers late")],
      "what was broken on purpose comes first")
  }

  @Test func ordersThatHangAreAnIncidentOfTheirOwn() throws {
    var snapshot = healthy()
    let id = try #require(GTXID(high: 1, low: 1))
    snapshot.overdue = [
      OverdueTransactions(state: .compensating, step: "payment", gtxid: id, start: 0, count: 500),
      OverdueTransactions(state: .running, step: "the join", gtxid: id, start: 0, count: 140),
      OverdueTransactions(state: .running, step: "item", gtxid: id, start: 0, count: 2),
    ]
    snapshot.judge()
    let overdue = IncidentLink.overdue(142, reason: "140 of 142 wait for the join")
    #expect(snapshot.incident == [overdue])
    var transaction = TransactionSummary(gtxid: id, kind: "checkout", state: .running, start: 0, duration: 0)
    (transaction.isOverdue, transaction.services) = (true, ["gateway", "order", "payment"])
    snapshot.transactions = [transaction]
    arm(.service("order"), .mistake(.viewWithoutVersions), &snapshot)
    snapshot.judge()
    #expect(snapshot.incident == [overdue], "no order waits for a view")
    arm(.service("payment"), .mistake(.noBreaker), &snapshot)
    snapshot.judge()
    #expect(snapshot.incident == [overdue], "nobody of them waits for payment")
    arm(.service("order"), .mistake(.innerJoin), &snapshot)
    snapshot.judge()
    #expect(
      snapshot.incident.first == .fault(place: "order", what: "forgets an answer that finds no other"))
    snapshot.faults.armed.removeLast()
    snapshot.overdue[2].step = "item, payment on ITEM_RESERVED"
    snapshot.judge()
    guard case .fault(place: "payment", _) = snapshot.incident.first else {
      Issue.record("some wait for payment, which is built wrong: \(snapshot.incident)")
      return
    }
    snapshot.overdue[2].unpublished = "ORDER_CREATE"
    snapshot.overdue[2].count = 1_200
    snapshot.judge()
    #expect(
      snapshot.incident.last == .overdue(1_340, reason: "no ORDER_CREATE was published for 1,200 of 1,340"))
    snapshot.overdue = [snapshot.overdue[0]]
    snapshot.judge()
    #expect(snapshot.incident.isEmpty, "what is undone has its own figures")
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

  @Test func aBusThatIsDownIsAnAlert() {
    var snapshot = healthy()
    snapshot.topics = [TopicSnapshot(name: "payment"), TopicSnapshot(name: "orders")]
    snapshot.judge()
    #expect(snapshot.alerts.isEmpty)
    for index in 0..<2 { snapshot.topics[index].isAvailable = false }
    snapshot.busDownSince = 90 * Self.second
    snapshot.judge()
    let alert = snapshot.alerts.first
    #expect(alert?.rule == "event bus is down" && alert?.subject == "event bus" && alert?.value == "2 topics away")
    #expect(alert?.since == 90 * Self.second && alert?.isSevere == true)
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
