import Operations
import TraceModel

/// A shop in one incident: the payment company answers 2 s late, so the breaker to it is open and payment's topic lags.
enum IncidentFixture {
  static let second: Int64 = 1_000_000_000
  static let hour: Int64 = 3_600 * second
  /// 14:03:27 on a Monday.
  static let now: Int64 = 1_772_409_600 * second + 14 * hour + 3 * 60 * second + 27 * second

  static func at(_ hours: Int64, _ minutes: Int64, _ seconds: Double) -> Int64 {
    1_772_409_600 * second + hours * hour + minutes * 60 * second + Int64(seconds * 1e9)
  }

  static func id(_ text: String) -> GTXID {
    guard let id = GTXID(text) else { preconditionFailure("\(text) is not a transaction id") }
    return id
  }

  static let timeOut = id("1be4000000000000000000000000" + "6f05")
  static let notPermitted = id("c90d000000000000000000000000" + "e1a8")

  /// Everything at 14:03:27.
  static func snapshot() -> SystemSnapshot {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated, speed: .paced(1)), time: now)
    snapshot.services = services()
    snapshot.breakers = breakers()
    snapshot.topics = topics()
    snapshot.events = events()
    snapshot.faults = faults()
    snapshot.sagas = sagas()
    snapshot.data = data()
    return snapshot
  }

  /// A system of which nothing is known yet.
  static func empty() -> SystemSnapshot {
    SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated, speed: .paced(1)), time: now)
  }

  static func faults() -> FaultBoard {
    var board = FaultBoard()
    let late = FaultSpec(target: .service("payment-gateway"), kind: .latency(2 * second))
    board.armed = [ArmedFault(id: 1, spec: late, armedAt: now - 30 * second, endsAt: nil)]
    return board
  }

  static func services() -> [ServiceSnapshot] {
    [
      gateway(), recommendation(), catalog(),
      plain("review", 74, 0, (6, 12, 18), busy: (3, 32), pool: (2, 10)),
      plain("search", 62, 0, (8, 17, 24), busy: (5, 32), lag: 2),
      plain("inventory", 50, 0, (5, 9, 14), busy: (3, 16), pool: (4, 10), lag: 5),
      plain("order", 46, 0, (9, 14, 22), busy: (6, 32), pool: (5, 20), lag: 3),
      plain("customer", 46, 0, (4, 8, 11), busy: (2, 16), pool: (2, 10)),
      plain("item", 41, 0, (5, 10, 16), busy: (3, 32), pool: (3, 10)),
      plain("cart", 33, 0, (3, 6, 9), busy: (1, 16)),
      plain("member", 12, 0.002, (11, 26, 38), busy: (2, 16), pool: (1, 10)),
      plain("order-history", 9, 0, (4, 8, 12), busy: (1, 8), lag: 0, instances: 1),
      plain("aggregate", 6.2, 0, (3, 5, 7), busy: (1, 4), lag: 2, instances: 1),
      shipping(), payment(), paymentGateway(),
    ]
  }

  /// A healthy service, up for two hours.
  static func plain(
    _ name: String, _ rate: Double, _ errors: Double, _ latency: (Int64, Int64, Int64), busy: (Int, Int)? = nil,
    pool: (Int, Int)? = nil, lag: Int64? = nil, instances: Int = 2
  ) -> ServiceSnapshot {
    var service = ServiceSnapshot(name: name)
    service.health = .up
    service.since = now - 2 * hour
    (service.team, service.version) = ("shop", "1.4.2")
    (service.instancesUp, service.instancesAll) = (instances, instances)
    (service.rate, service.errorShare) = (rate, errors)
    service.p50 = latency.0 * 1_000_000
    service.p95 = latency.1 * 1_000_000
    service.p99 = latency.2 * 1_000_000
    service.pulse = wave(rate)
    service.workers = busy.map { PoolUse(used: $0.0, size: $0.1, waiting: 0) }
    service.connections = pool.map { PoolUse(used: $0.0, size: $0.1, waiting: 0) }
    service.lag = lag
    service.lagVerdict = lag.map { _ in .ok }
    service.instances = (0..<instances).map { number in
      var instance = InstanceSnapshot(name: "\(name)-\(number + 1)", port: 41_000 + number)
      (instance.health, instance.since) = (.up, now - 2 * hour)
      instance.rate = rate / Double(instances)
      instance.p99 = service.p99
      return instance
    }
    return service
  }

  /// A minute at a steady rate, one sample a second.
  static func wave(_ rate: Double) -> [Float] {
    (0..<60).map { second in
      let swing = Double(second * 7 % 11 - 5) / 5
      return Float(rate * (1 + 0.3 * swing))
    }
  }

  /// A minute in which a rate falls 30 s ago.
  static func fall(_ from: Double, _ to: Double) -> [Float] {
    (0..<60).map { second in
      let before = from * (1 + 0.04 * Double(second % 3))
      return Float(second < 30 ? before : to)
    }
  }

  static func gateway() -> ServiceSnapshot {
    var service = plain("gateway", 214, 0.019, (14, 1980, 2070), busy: (96, 200), instances: 3)
    (service.health, service.reason, service.since) = (.degraded, "p99 2.07 s over its 1.00 s", now - 26 * second)
    service.version = "4.2.0"
    return service
  }

  static func recommendation() -> ServiceSnapshot {
    var service = plain("recommendation", 71, 0.012, (21, 96, 148), busy: (14, 16))
    (service.health, service.reason, service.since) = (.degraded, "recommendation-2 is down", now - 65 * second)
    service.instancesUp = 1
    service.instances[1].health = .down
    service.instances[1].reason = "crashed"
    return service
  }

  static func catalog() -> ServiceSnapshot {
    var service = plain("catalog", 88, 0.001, (18, 44, 61), busy: (9, 64), pool: (6, 20))
    service.breaker = .halfOpen
    return service
  }

  static func shipping() -> ServiceSnapshot {
    var service = plain("shipping", 0.2, 0, (12, 22, 31), busy: (0, 8), pool: (0, 10), lag: 0)
    (service.pulse, service.since) = (fall(42, 0.2), now - 28 * second)
    return service
  }

  static func paymentGateway() -> ServiceSnapshot {
    var service = plain("payment-gateway", 0.3, 1, (2010, 2350, 2410), instances: 1)
    (service.health, service.reason, service.since) = (.down, "every call fails", now - 30 * second)
    (service.isOutside, service.version, service.faults) = (true, "", [1])
    service.pulse = fall(46, 0.3)
    return service
  }

  static func payment() -> ServiceSnapshot {
    var service = plain("payment", 4.1, 0.976, (1990, 2010, 2030), busy: (8, 8), lag: 1204)
    (service.health, service.reason, service.since) = (.down, "breaker payment-gateway is OPEN", now - 28 * second)
    (service.version, service.team, service.restarts) = ("2.8.1", "checkout", 1)
    (service.breaker, service.lagVerdict) = (.open, .warn)
    service.pulse = fall(46, 4.1)
    for (number, port) in [41871, 41873].enumerated() {
      service.instances[number].port = port
      service.instances[number].rate = number == 0 ? 2.0 : 2.1
      service.instances[number].p99 = number == 0 ? 2_020_000_000 : 2_030_000_000
      service.instances[number].workers = PoolUse(used: 4, size: 4, waiting: 3)
    }
    (service.outboxDepth, service.outboxAge) = (3, 40_000_000)
    service.endpoints = [
      endpoint("on ITEM_RESERVED", 4.1, 0.976, total: 4_711), endpoint("POST /refunds", 0, 0, total: 12),
    ]
    service.calls = [paymentCall()]
    var consumption = ConsumptionSnapshot(topic: "payment", group: "payment")
    (consumption.lag, consumption.verdict, consumption.trend) = (1204, .warn, .growing(42))
    (consumption.state, consumption.members) = ("Stable", 2)
    service.consumes = [consumption]
    service.latestErrors = [
      ServiceErrorLine(
        time: at(14, 3, 26.9), gtxid: notPermitted, message: "CallNotPermitted: breaker payment-gateway is OPEN"),
      ServiceErrorLine(
        time: at(14, 3, 20.9), gtxid: timeOut, message: "PaymentGatewayTimeout: 결제 게이트웨이 응답 시간 초과 (1,000 ms)"),
    ]
    return service
  }

  static func endpoint(_ operation: String, _ rate: Double, _ errors: Double, total: UInt64) -> EndpointSnapshot {
    var endpoint = EndpointSnapshot(operation: operation)
    (endpoint.rate, endpoint.errorShare, endpoint.total) = (rate, errors, total)
    if rate > 0 { (endpoint.p50, endpoint.p95, endpoint.p99) = (1_990_000_000, 2_010_000_000, 2_030_000_000) }
    return endpoint
  }

  static func paymentCall() -> CallSnapshot {
    var call = CallSnapshot(callee: "payment-gateway")
    call.purpose = "charges the customer's card; no fallback"
    (call.rate, call.errorShare, call.failureRate) = (0.3, 1, 100)
    call.breakers = ["payment-1>payment-gateway", "payment-2>payment-gateway"]
    call.breakerState = .open
    (call.retryAttempts, call.retried, call.gaveUp) = (3, 1_822, 574)
    (call.timeLimit, call.cutOff) = (second, 118)
    call.bulkhead = PoolUse(used: 2, size: 25, waiting: 0)
    return call
  }
}
