import Operations
import TestSupport
import TraceCollector
import TraceModel

/// States of systems that nobody would draw: empty, huge, with names from hell.
struct RandomSnapshot {
  var numbers: SeededGenerator

  private static let names = [
    "payment", "payment-gateway", "", "a", "결제게이트웨이서비스결제게이트웨이서비스결제게이트웨이서비스", "x\u{1B}[2J\u{7}y", "\u{202E}evil",
    String(repeating: "very-long-name-", count: 20), "👩‍👩‍👧‍👦 family", "e\u{301}\u{301}\u{301}", "a\nb\tc", "order",
  ]
  private static let counts: [Int64] = [0, 1, 7, 999, 1_000, 1_204, 9_999_999, .max, -1, .min]
  private static let times: [Int64] = [
    0, 1, ShopFixture.now, ShopFixture.now - 1, .max, .min, ShopFixture.now + 90_000_000_000,
  ]
  private static let shares: [Double] = [0, 0.0001, 0.01, 0.05, 0.5, 1, 7, -1, .nan, .infinity, 1e14]

  mutating func name() -> String { numbers.pick(Self.names) }
  mutating func count() -> Int64 { numbers.pick(Self.counts) }
  mutating func time() -> Int64 { numbers.pick(Self.times) }
  mutating func share() -> Double { numbers.pick(Self.shares) }
  mutating func flag() -> Bool { Bool.random(using: &numbers) }
  mutating func some<Value>(_ value: Value) -> Value? { flag() ? value : nil }
  mutating func id() -> GTXID { ShopFixture.id(numbers.next() >> 48, numbers.next() >> 48) }
  private mutating func trend() -> LagTrend { numbers.pick([.steady, .growing(share()), .draining(share())]) }

  private mutating func series() -> [Float] {
    let length = numbers.pick([0, 1, 2, 59, 60, 61, 500])
    return (0..<length).map { _ in Float(share()) }
  }

  mutating func list<Value>(_ make: (inout Self) -> Value) -> [Value] {
    let length = numbers.pick([0, 0, 1, 2, 5, 40])
    return (0..<length).map { _ in make(&self) }
  }

  mutating func next() -> SystemSnapshot {
    var snapshot = SystemSnapshot(
      system: SystemIdentity(name: name(), kind: numbers.pick([.simulated, .attached, .remote])), time: time())
    snapshot.system.speed = numbers.pick([nil, .paced(0.1), .paced(1), .asFastAsItCan])
    snapshot.system.isStill = flag()
    snapshot.traffic = traffic()
    snapshot.services = list { $0.service() }
    snapshot.breakers = list { $0.breaker() }
    snapshot.topics = list { $0.topic() }
    snapshot.transactions = list { $0.transaction() }
    snapshot.attention = list { random in
      AttentionItem(
        state: random.numbers.pick(TransactionState.allCases), gtxid: random.id(), duration: random.count(),
        reason: random.name(), count: Int(random.count()))
    }
    snapshot.incident = list { $0.link() }
    snapshot.strangler = some(strangler())
    snapshot.events = list { $0.event() }
    snapshot.alerts = list { random in
      AlertItem(
        rule: random.name(), subject: random.name(), since: random.time(), value: random.name(), team: random.name(),
        isSevere: random.flag())
    }
    snapshot.faults = faults()
    snapshot.scenarios = scenarios()
    snapshot.sagas = sagas()
    snapshot.data = data()
    snapshot.orders = orders()
    snapshot.program.residentBytes = some(Int(count()))
    snapshot.program.spansDropped = numbers.pick([0, 1, .max])
    snapshot.program.spansEvicted = numbers.pick([0, 1, .max])
    return snapshot
  }

  private mutating func traffic() -> TrafficSnapshot {
    var traffic = TrafficSnapshot()
    traffic.rate = share()
    traffic.errorShare = share()
    traffic.p50 = some(count())
    traffic.p95 = some(count())
    traffic.p99 = some(count())
    traffic.lag = some(count())
    traffic.lagGrowth = share()
    traffic.rateSeries = series()
    traffic.errorSeries = series()
    traffic.p50Series = series()
    traffic.p95Series = series()
    traffic.p99Series = series()
    traffic.lagSeries = series()
    return traffic
  }

  private mutating func service() -> ServiceSnapshot {
    var service = ServiceSnapshot(name: name())
    service.health = numbers.pick(Health.allCases)
    service.reason = name()
    service.since = time()
    service.isOutside = flag()
    service.instancesUp = Int(count() & 0xFFFF)
    service.instancesAll = Int(count() & 0xFFFF)
    service.rate = share()
    service.errorShare = share()
    service.p99 = some(count())
    if flag() {
      service.windowed = RedFigures(
        window: numbers.pick(RedWindow.allCases), calls: Int(count() & 0xFFFF), errors: Int(count() & 0xFFFF),
        rate: share(), p50: some(count()), p95: some(count()), p99: some(count()), totalCalls: 1, totalErrors: 1)
    }
    service.pulse = series()
    service.lag = some(count())
    service.lagVerdict = some(numbers.pick(LagVerdict.allCases))
    service.breaker = some(numbers.pick(BreakerState.allCases))
    service.instances = list { InstanceSnapshot(name: $0.name(), port: 1) }
    service.team = name()
    service.calls = list { random in
      var call = CallSnapshot(callee: random.name())
      (call.rate, call.errorShare) = (random.share(), random.share())
      call.breakerState = random.some(random.numbers.pick(BreakerState.allCases))
      call.messages = random.list {
        MessageFormSnapshot(name: $0.name(), bytes: Int($0.count() & 0xFFFF), time: $0.count())
      }
      return call
    }
    service.publishes = list { PublicationSnapshot(topic: $0.name(), rate: $0.share()) }
    service.consumes = list { random in
      var consumption = ConsumptionSnapshot(topic: random.name(), group: random.name())
      consumption.verdict = random.some(random.numbers.pick(LagVerdict.allCases))
      return consumption
    }
    return service
  }

  private mutating func breaker() -> BreakerSnapshot {
    var breaker = BreakerSnapshot(id: name(), caller: name(), instance: name(), callee: name())
    breaker.configuredAs = name()
    breaker.state = numbers.pick(BreakerState.allCases)
    breaker.since = time()
    breaker.failureRate = some(share())
    breaker.slowRate = some(share())
    breaker.buffered = Int(count() & 0xFFFF)
    breaker.rejected = numbers.pick([0, 7, .max])
    breaker.trialFrom = some(time())
    breaker.isStuck = flag()
    breaker.settings.trialCalls = Int(count() & 0xFF)
    breaker.settings.slowCallDuration = count()
    breaker.transitions = list { random in
      BreakerTransition(
        time: random.time(), from: random.some(random.numbers.pick(BreakerState.allCases)),
        to: random.numbers.pick(BreakerState.allCases), reason: random.name())
    }
    return breaker
  }

  private mutating func topic() -> TopicSnapshot {
    var topic = TopicSnapshot(name: name())
    topic.inRate = share()
    topic.worstGroup = name()
    topic.lag = some(count())
    topic.verdict = some(numbers.pick(LagVerdict.allCases))
    topic.trend = trend()
    topic.lagSeries = series()
    topic.groups = list { random in
      var group = GroupSnapshot(name: random.name())
      group.lag = random.some(random.count())
      group.verdict = random.some(random.numbers.pick(LagVerdict.allCases))
      group.trend = random.trend()
      group.why = [random.name()]
      group.emptyIn = random.some(random.count())
      group.oldestUnread = random.some(random.time())
      group.lastRebalance = random.some(random.time())
      return group
    }
    topic.isAvailable = numbers.pick([true, true, true, false])
    return topic
  }

  private mutating func transaction() -> TransactionSummary {
    var summary = TransactionSummary(
      gtxid: id(), kind: name(), state: numbers.pick(TransactionState.allCases), start: time(), duration: count())
    summary.firstError = name()
    summary.services = [name(), name()]
    summary.isOverdue = flag()
    return summary
  }

  private mutating func link() -> IncidentLink {
    switch Int.random(in: 0..<9, using: &numbers) {
    case 5: .fault(place: name(), what: name())
    case 6: .trouble(place: name(), what: name())
    case 7: .outbox(service: name(), events: Int(count()))
    case 8: .overdue(Int(count()), reason: name())
    case 0: .service(name: name(), health: numbers.pick(Health.allCases), what: name())
    case 1: .breaker(label: name(), state: numbers.pick(BreakerState.allCases))
    case 2: .lag(topic: name(), lag: count(), trend: trend(), verdict: numbers.pick(LagVerdict.allCases))
    case 3: .compensated(Int(count()))
    default: .stuck(Int(count()))
    }
  }

  private mutating func event() -> OperationalEvent {
    OperationalEvent(
      time: time(), kind: numbers.pick(OperationalEvent.Kind.allCases),
      severity: numbers.pick(OperationalEvent.Severity.allCases), subject: name(), change: name(), reason: name(),
      state: numbers.pick(["", "OPEN", "down", "STUCK", "WARN", "nonsense"]), gtxid: some(id()))
  }

  private mutating func faults() -> FaultBoard {
    var board = FaultBoard()
    board.catalogue = ShopFixture.snapshot.faults.catalogue
    board.armed = list { random in
      let name = random.name()
      let targets: [FaultTarget] = [.service(name), .instance(service: name, number: 1), .edge(from: name, to: name)]
      let kinds: [FaultKind] = [.crash, .latency(random.count()), .errors(random.share().isFinite ? 0.5 : 1)]
      var fault = ArmedFault(
        id: Int.random(in: 0..<1_000, using: &random.numbers),
        spec: FaultSpec(target: random.numbers.pick(targets), kind: random.numbers.pick(kinds)), armedAt: random.time(),
        endsAt: random.some(random.time()))
      fault.isOn = random.flag()
      fault.touches = random.share()
      return fault
    }
    return board
  }

  /// A transaction with a call tree of any shape: parents that are missing, come later, or are their own children; times
  /// that no number holds; facts of every kind. Nil now and then.
  mutating func detail(of id: GTXID) -> TransactionDetail? {
    guard numbers.pick([true, true, true, false]) else { return nil }
    let count = numbers.pick([0, 1, 2, 9, 60, 400])
    let spans = (0..<count).compactMap { span($0, of: id, beside: count) }
    var summary = transaction()
    summary.gtxid = id
    return TransactionDetail(summary: summary, tree: CallTree.build(spans: spans), log: list { $0.logLine() })
  }

  private mutating func span(_ number: Int, of id: GTXID, beside count: Int) -> TraceSpan? {
    guard let own = SpanID(UInt64(number + 1)) else { return nil }
    let names = [
      AttributeName.httpStatus, AttributeName.topic, AttributeName.partition, AttributeName.offset, AttributeName.wait,
      AttributeName.attempt, AttributeName.attempts, AttributeName.undoes, AttributeName.state, AttributeName.subject,
      name(),
    ]
    let attributes = list { random in
      SpanAttribute(
        random.numbers.pick(names),
        random.numbers.pick([
          .text(random.name()), .integer(random.count()), .real(random.share()), .boolean(random.flag()),
        ]))
    }
    let kinds = [SpanEventName.backOff, SpanEventName.refused, SpanEventName.breaker, SpanEventName.duplicate, name()]
    let around = numbers.pick([ShopFixture.now, ShopFixture.now, time()])
    return TraceSpan(
      gtxid: id, id: own,
      parent: number == 0 ? nil : SpanID(UInt64(numbers.pick([number, number / 2, 1, count + 7, number + 1, 0]))),
      ltxid: some(LTXID(UInt32(numbers.pick([1, 2, number + 1, 9_999])))).flatMap { $0 },
      kind: numbers.pick([.internal, .server, .client, .producer, .consumer]), service: name(), instance: name(),
      operation: name(), start: around &+ Int64(number) &* numbers.pick([0, 1_000_000, -1_000_000]),
      duration: some(numbers.pick([0, 1, 5_000_000, 90_000_000_000, .max, -1])),
      status: numbers.pick([.unset, .ok, .error]), message: name(), peer: name(), attributes: attributes,
      events: list { random in
        SpanEvent(time: around &+ random.count(), name: random.numbers.pick(kinds), attributes: attributes)
      })
  }

  mutating func logLine() -> LogLine {
    LogLine(
      time: time(), level: numbers.pick(LogLine.Level.allCases), service: name(), instance: name(), gtxid: some(id()),
      ltxid: some(.first), message: name() + " " + name())
  }
}
