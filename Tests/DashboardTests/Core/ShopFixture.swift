import Operations
import TraceModel

/// One incident in a shop of sixteen services: the outside payment company is slow since half a minute.
enum ShopFixture {
  static let second: Int64 = 1_000_000_000
  /// 14:03:27 on the 14th of November 2023.
  static let now: Int64 = 1_699_970_607 * second

  static func at(_ minute: Int, _ seconds: Double) -> Int64 {
    now - 27 * second + Int64(minute) * 60 * second + Int64(seconds * 1e9)
  }

  static func id(_ head: UInt64, _ tail: UInt64) -> GTXID {
    guard let id = GTXID(high: head << 48 | 0x1234_5678_9abc, low: 0xdef0_1234_5678 << 16 | tail) else {
      preconditionFailure("an id is not zero")
    }
    return id
  }

  static var snapshot: SystemSnapshot {
    var snapshot = SystemSnapshot(
      system: SystemIdentity(name: "shop", kind: .simulated, speed: .paced(1)), time: now)
    snapshot.traffic = traffic
    snapshot.services = services
    snapshot.breakers = breakers
    snapshot.topics = topics
    snapshot.attention = attention
    snapshot.incident = incident
    snapshot.events = events
    snapshot.faults = faults
    snapshot.alerts = alerts
    snapshot.transactions = transactions
    snapshot.views = [ViewSnapshot(name: "order-history", service: "order-history-updater")]
    snapshot.jobs = [JobSnapshot(name: "rebuild order-history", service: "order-history-updater")]
    snapshot.program.residentBytes = 12_000_000
    return snapshot
  }

  /// The same shop before anything was broken.
  static var quiet: SystemSnapshot {
    var snapshot = SystemSnapshot(
      system: SystemIdentity(name: "shop", kind: .simulated, speed: .paced(1)), time: now)
    snapshot.services = services.map { service in
      var service = service
      service.health = .up
      service.reason = ""
      service.errorShare = 0
      service.p99 = 12_000_000
      return service
    }
    snapshot.topics = topics.map { topic in
      var topic = topic
      topic.verdict = .ok
      topic.lag = 3
      topic.trend = .steady
      return topic
    }
    snapshot.traffic.rate = 214
    snapshot.traffic.p99 = 84_000_000
    snapshot.traffic.lag = 9
    snapshot.faults.catalogue = faults.catalogue
    return snapshot
  }

  // MARK: Traffic

  private static var traffic: TrafficSnapshot {
    var traffic = TrafficSnapshot()
    traffic.rate = 214
    traffic.errorShare = 0.019
    traffic.p50 = 14_000_000
    traffic.p95 = 1_980_000_000
    traffic.p99 = 2_070_000_000
    traffic.lag = 1_214
    traffic.lagGrowth = 42
    for sample in 0..<60 {
      let since = sample - 30
      traffic.rateSeries.append(Float(214 + (sample * 37) % 25 - 12))
      traffic.errorSeries.append(since < 2 ? 0.001 : Float(0.012 + Double((sample * 7) % 10) / 800))
      traffic.p50Series.append(13)
      traffic.p95Series.append(since < 2 ? 40 : 1_980)
      traffic.p99Series.append(since < 1 ? 84 : 2_070)
      traffic.lagSeries.append(since < 1 ? 12 : Float(12 + since * 42))
    }
    return traffic
  }

  // MARK: Services

  private static let table:
    [(name: String, health: Health, up: Int, all: Int, rate: Double, errors: Double, p99: Int64)] =
      [
        ("payment-gateway", .down, 1, 1, 0.3, 1, 2_410), ("payment", .down, 2, 2, 4.1, 0.976, 2_030),
        ("gateway", .degraded, 3, 3, 214, 0.019, 2_070), ("recommendation", .degraded, 1, 2, 71, 0.012, 148),
        ("catalog", .up, 2, 2, 88, 0.001, 61), ("review", .up, 2, 2, 74, 0, 18), ("search", .up, 2, 2, 62, 0, 24),
        ("inventory", .up, 2, 2, 50, 0, 14), ("order", .up, 2, 2, 46, 0, 22), ("customer", .up, 2, 2, 46, 0, 11),
        ("item", .up, 2, 2, 41, 0, 16), ("cart", .up, 2, 2, 33, 0, 9), ("member", .up, 2, 2, 12, 0.002, 38),
        ("order-history", .up, 1, 1, 9, 0, 12), ("aggregate", .up, 1, 1, 6.2, 0, 7),
        ("shipping", .up, 2, 2, 0.2, 0, 31),
      ]

  private static var services: [ServiceSnapshot] {
    table.map { row in
      var service = ServiceSnapshot(name: row.name)
      service.health = row.health
      service.reason = row.health == .down ? "breaker payment-gateway is OPEN" : ""
      service.since = at(-1, 57.2)
      service.instancesUp = row.up
      service.instancesAll = row.all
      service.rate = row.rate
      service.errorShare = row.errors
      service.p99 = row.p99 * 1_000_000
      service.pulse = (0..<60).map { Float(row.rate * (1 + Double(($0 * 7) % 5) / 12)) }
      service.instances = (1...row.all).map { InstanceSnapshot(name: "\(row.name)-\($0)", port: 41_870 + $0) }
      return service
    }
  }

  // MARK: Breakers, topics

  private static var breakers: [BreakerSnapshot] {
    var settings = BreakerSettingsSnapshot()
    settings.windowSize = 10
    settings.failureRateThreshold = 50
    (settings.trialCalls, settings.minimumCalls) = (3, 5)
    settings.openWait = 10 * second
    func breaker(_ caller: String, _ callee: String, _ state: BreakerState, since: Int64) -> BreakerSnapshot {
      var breaker = BreakerSnapshot(id: "\(caller)>\(callee)", caller: caller, instance: caller, callee: callee)
      breaker.state = state
      breaker.since = since
      breaker.settings = settings
      breaker.minimumCalls = 5
      return breaker
    }
    var open = breaker("payment", "payment-gateway", .open, since: at(0, 20.8))
    open.failureRate = 100
    open.failed = 3
    open.buffered = 3
    open.trialFrom = at(0, 30.8)
    open.rejected = 287
    open.transitions = [
      BreakerTransition(time: at(0, 20.8), from: .halfOpen, to: .open, reason: "3 of 3 trial calls failed")
    ]
    var half = breaker("catalog", "recommendation", .halfOpen, since: at(0, 25.9))
    half.trial = [BreakerCall(isFailure: false, isSlow: false, duration: 12_000_000, gtxid: nil)]
    let names = ["catalog", "order", "search", "cart", "member", "order-history"]
    let closed =
      names.map { breaker("gateway", $0, .closed, since: at(-120, 0)) }
      + ["item", "review"].map { breaker("catalog", $0, .closed, since: at(-120, 0)) }
      + [breaker("order", "customer", .closed, since: 0), breaker("search", "member", .closed, since: 0)]
      + [breaker("shipping", "customer", .closed, since: 0)]
    return [open, half] + closed
  }

  private static var topics: [TopicSnapshot] {
    func topic(_ name: String, _ lag: Int64, _ series: [Float]) -> TopicSnapshot {
      var topic = TopicSnapshot(name: name)
      topic.partitions = 4
      topic.worstGroup = name
      topic.lag = lag
      topic.verdict = .ok
      topic.lagSeries = series
      return topic
    }
    var payment = topic("payment", 1_204, [12, 14, 10, 96, 260, 480, 720, 960, 1_204])
    payment.verdict = .warn
    payment.trend = .growing(42)
    var group = GroupSnapshot(name: "payment")
    group.state = "Stable"
    group.members = ["payment-1", "payment-2"]
    group.lag = 1_204
    group.verdict = .warn
    group.trend = .growing(42)
    group.why = ["The lag grew over the whole window, from 12 to 1,204."]
    payment.groups = [group]
    return [
      payment, topic("inventory", 5, [5, 3, 6, 4, 5, 4, 6, 3, 5]), topic("order", 3, [3, 4, 2, 3, 4, 3, 2, 4, 3]),
    ]
  }

  // MARK: What needs somebody, what happened

  private static var attention: [AttentionItem] {
    [
      AttentionItem(
        state: .stuck, gtxid: id(0x77b0, 0x9e02), duration: 252 * second, reason: "ReleaseStock failed 5×", count: 1),
      AttentionItem(
        state: .compensated, gtxid: id(0x8f3a, 0x21c9), duration: 2_070_000_000, reason: "gateway time-out", count: 119),
      AttentionItem(
        state: .running, gtxid: id(0xc41d, 0x0b7f), duration: 26_100_000_000, reason: "waits for payment", count: 1_204),
    ]
  }

  private static var incident: [IncidentLink] {
    [
      .service(name: "payment-gateway", health: .down, what: "times out"),
      .breaker(label: "payment→payment-gateway", state: .open),
      .lag(topic: "payment", lag: 1_204, trend: .growing(42), verdict: .warn), .compensated(119),
    ]
  }

  private static var events: [OperationalEvent] {
    let edge = "payment → payment-gateway"
    return [
      OperationalEvent(
        time: at(0, 21), kind: .breaker, severity: .bad, subject: edge, change: "HALF → OPEN",
        reason: "3 of 3 trial calls failed", state: BreakerState.open.rawValue),
      OperationalEvent(
        time: at(0, 20), kind: .breaker, severity: .warning, subject: edge, change: "OPEN → HALF",
        state: BreakerState.halfOpen.rawValue),
      OperationalEvent(
        time: at(0, 8.3), kind: .lag, severity: .warning, subject: "payment", change: "lag grows: WARN",
        state: LagVerdict.warn.rawValue),
      OperationalEvent(
        time: at(-1, 58.8), kind: .breaker, severity: .bad, subject: edge, change: "CLOSED → OPEN",
        reason: "5 of 10 calls failed", state: BreakerState.open.rawValue),
      OperationalEvent(
        time: at(-1, 57.2), kind: .fault, severity: .warning, subject: "payment-gateway", change: "latency +2 s, 90 s"),
    ]
  }

  private static var faults: FaultBoard {
    var board = FaultBoard()
    board.catalogue = FaultCatalogue(
      services: table.map { row in
        FaultCatalogue.Service(
          name: row.name, instances: row.all, hasDatabase: ["order", "inventory"].contains(row.name),
          consumes: ["order", "inventory", "payment"].contains(row.name), isOutside: row.name == "payment-gateway")
      }, edges: [FaultCatalogue.Edge(from: "payment", to: "payment-gateway")], databases: ["order", "inventory"],
      groups: ["order", "inventory", "payment"])
    let spec = FaultSpec(
      target: .service("payment-gateway"), kind: .latency(2 * second), timeToLive: 90 * second)
    board.armed = [ArmedFault(id: 1, spec: spec, armedAt: at(-1, 57.2), endsAt: at(1, 27.2))]
    return board
  }

  private static var alerts: [AlertItem] {
    [
      AlertItem(
        rule: "error rate over 5 %", subject: "payment", since: at(-1, 59), value: "97.6 %", team: "checkout",
        isSevere: true),
      AlertItem(
        rule: "lag grows", subject: "payment/payment", since: at(0, 8), value: "1,204", team: "checkout",
        isSevere: false),
    ]
  }

  private static var transactions: [TransactionSummary] {
    var summary = TransactionSummary(
      gtxid: id(0x8f3a, 0x21c9), kind: "checkout", state: .compensated, start: at(-1, 57.3), duration: 2_070_000_000)
    summary.firstError = "payment gateway: no answer in 1,000 ms"
    summary.hops = 9
    summary.services = ["gateway", "order", "inventory", "payment"]
    return [summary]
  }
}
