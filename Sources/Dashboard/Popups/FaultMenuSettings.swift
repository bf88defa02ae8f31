import Operations
import Widgets

/// What is set up in the menu of faults: a kind, how strong, for whom and how long.
struct FaultMenuSettings: Sendable, Hashable {
  static let delays: [Int64] = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000, 60_000]
    .map { $0 * 1_000_000 }
  static let shares: [Double] = [0.01, 0.02, 0.05] + (1...10).map { Double($0) / 10 }
  /// Nanoseconds; nil: until it is switched off.
  static let times: [Int64?] = [30_000_000_000, 120_000_000_000, 600_000_000_000, nil]

  static let pools = [0, 1, 2, 5, 10]
  static let serverLimits = [5, 10, 20, 50, 70, 100, 151]
  static let skews: [Int64] = [-60_000, -10_000, -2_000, -500, -100, 100, 500, 2_000, 10_000, 60_000]
    .map { $0 * 1_000_000 }
  /// Bytes a second.
  static let leaks: [Int64] = [1, 2, 5, 10, 20, 50, 100].map { $0 * 1_000_000 }
  static let poisons = [1, 2, 5, 10, 100]

  let service: String
  let instances: Int
  /// The topic that is meant by faults of records; nil where there is none.
  var topic: String?
  var kind: FaultKind.Name
  /// 0: all instances; else the number of one.
  var instance = 0
  var delay: Int64 = 2_000_000_000
  var slowness: Int64 = 500_000_000
  var errors = 1.0
  var pool = 0
  var serverLimit = 20
  var skew: Int64 = 2_000_000_000
  var leak: Int64 = 10_000_000
  var poison = 1
  var duplicates = 0.05
  var share = 1.0
  var time: Int64? = 30_000_000_000

  init(service: String, instances: Int, kind: FaultKind.Name) {
    self.service = service
    self.instances = instances
    self.kind = kind
  }

  var target: FaultTarget {
    switch Self.target(of: kind, service: service, topic: topic) {
    case .service where instance > 0: .instance(service: service, number: instance)
    case let target: target
    }
  }

  /// What a kind strikes: records are on a topic, the bus is there for all, anything else belongs to the service.
  static func target(of kind: FaultKind.Name, service: String, topic: String?) -> FaultTarget {
    switch kind {
    case .poison, .duplicate: topic.map { .topic($0) } ?? .service(service)
    case .brokerDown: .broker
    case .full, .down: .keyValueStore
    case .maxConnections: .sharedDatabase
    default: .service(service)
    }
  }

  /// Whether the kind strikes instances, of which one can be chosen.
  var strikesInstances: Bool {
    ![.poison, .duplicate, .brokerDown, .full, .down, .maxConnections].contains(kind) && kind.mistake == nil
  }

  var spec: FaultSpec {
    FaultSpec(
      target: target, kind: faultKind, scope: FaultScope(share: takesShare ? share : 1), timeToLive: time)
  }

  private var faultKind: FaultKind {
    switch kind {
    case .latency: .latency(delay)
    case .errors: .errors(errors)
    case .slowConsumer: .slowConsumer(slowness)
    case .pool: .pool(pool)
    case .maxConnections: .maxConnections(serverLimit)
    case .skew: .skew(skew)
    case .leak: .leak(leak)
    case .poison: .poison(poison)
    case .duplicate: .duplicate(duplicates)
    case .crash, .databaseDown, .outage, .partition, .loseBeforeOutbox, .brokerDown, .dualWrite, .noIdempotency,
      .noBreaker, .innerJoin, .viewWithoutVersions, .noHandBack, .full, .down:
      kind.usual
    }
  }

  var takesIntensity: Bool { kind.usual.intensity != nil }
  /// What is gone is gone for everybody.
  var takesShare: Bool { [.latency, .errors, .slowConsumer, .loseBeforeOutbox].contains(kind) }

  /// What the slider of the intensity is called.
  var intensityName: String {
    switch kind {
    case .errors: "failing"
    case .pool: "left"
    case .maxConnections: "accepts"
    case .skew: "ahead"
    case .leak: "loses"
    case .poison: "records"
    case .duplicate: "twice"
    default: "delay"
    }
  }

  var intensityText: String { FaultText.amount(of: faultKind) }

  /// Where the slider stands, 0…1.
  var intensityPosition: Double {
    switch kind {
    case .errors: Self.position(of: errors, in: Self.shares)
    case .duplicate: Self.position(of: duplicates, in: Self.shares)
    case .pool: Self.position(of: pool, in: Self.pools)
    case .maxConnections: Self.position(of: serverLimit, in: Self.serverLimits)
    case .skew: Self.position(of: skew, in: Self.skews)
    case .leak: Self.position(of: leak, in: Self.leaks)
    case .poison: Self.position(of: poison, in: Self.poisons)
    case .latency: Self.position(of: delay, in: Self.delays)
    default: Self.position(of: slowness, in: Self.delays)
    }
  }

  /// Puts the slider of the intensity somewhere, 0…1.
  mutating func slideIntensity(to position: Double) {
    func value<Value>(_ scale: [Value]) -> Value { scale[Int((position * Double(scale.count - 1)).rounded())] }
    switch kind {
    case .errors: errors = value(Self.shares)
    case .duplicate: duplicates = value(Self.shares)
    case .pool: pool = value(Self.pools)
    case .maxConnections: serverLimit = value(Self.serverLimits)
    case .skew: skew = value(Self.skews)
    case .leak: leak = value(Self.leaks)
    case .poison: poison = value(Self.poisons)
    case .latency: delay = value(Self.delays)
    default: slowness = value(Self.delays)
    }
  }

  mutating func stepIntensity(by step: Int) {
    switch kind {
    case .latency: delay = Self.stepped(delay, by: step, in: Self.delays)
    case .slowConsumer: slowness = Self.stepped(slowness, by: step, in: Self.delays)
    case .errors: errors = Self.stepped(errors, by: step, in: Self.shares)
    case .duplicate: duplicates = Self.stepped(duplicates, by: step, in: Self.shares)
    case .pool: pool = Self.stepped(pool, by: step, in: Self.pools)
    case .maxConnections: serverLimit = Self.stepped(serverLimit, by: step, in: Self.serverLimits)
    case .skew: skew = Self.stepped(skew, by: step, in: Self.skews)
    case .leak: leak = Self.stepped(leak, by: step, in: Self.leaks)
    case .poison: poison = Self.stepped(poison, by: step, in: Self.poisons)
    default: break
    }
  }

  mutating func stepShare(by step: Int) { share = Self.stepped(share, by: step, in: Self.shares) }

  mutating func stepInstance(by step: Int) { instance = max(0, min(instances > 1 ? instances : 0, instance + step)) }

  mutating func stepTime(by step: Int) {
    let place = Self.times.firstIndex(of: time) ?? 0
    time = Self.times[max(0, min(Self.times.count - 1, place + step))]
  }

  /// Takes over what an armed fault was set up with.
  mutating func take(_ spec: FaultSpec) {
    kind = spec.kind.name
    switch spec.kind {
    case .latency(let late): delay = late
    case .slowConsumer(let late): slowness = late
    case .errors(let share): errors = share
    case .duplicate(let share): duplicates = share
    case .pool(let count): pool = count
    case .maxConnections(let count): serverLimit = count
    case .skew(let offset): skew = offset
    case .leak(let bytes): leak = bytes
    case .poison(let count): poison = count
    case .crash, .databaseDown, .outage, .partition, .loseBeforeOutbox, .brokerDown, .full, .down, .mistake: break
    }
    if case .topic(let name) = spec.target { topic = name }
    // There may be fewer instances by now.
    if case .instance(_, let number) = spec.target { instance = max(0, min(number, max(1, instances))) }
    share = spec.scope.share
    time = spec.timeToLive
  }

  /// The next value on the scale; one that is not on it goes to the nearest on that side.
  private static func stepped<Value: Comparable>(_ value: Value, by step: Int, in scale: [Value]) -> Value {
    let next = step > 0 ? scale.first { $0 > value } : scale.last { $0 < value }
    return next ?? value
  }

  private static func position<Value: Comparable>(of value: Value, in scale: [Value]) -> Double {
    Double(scale.lastIndex { $0 <= value } ?? 0) / Double(scale.count - 1)
  }
}
