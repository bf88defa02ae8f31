public import TraceCollector
public import TraceModel

/// One service, all its instances together.
public struct ServiceSnapshot: Sendable, Codable {
  public var name: String
  public var health = Health.unknown
  /// The indicator that decides the health, and why: `breaker payment-gateway is OPEN`. Empty when all is well.
  public var reason = ""
  /// When the health last changed.
  public var since: Int64 = 0
  public var team = ""
  public var version = ""
  /// True for a company that is not ours: no instances of it can be seen from inside.
  public var isOutside = false
  public var instancesUp = 0
  public var instancesAll = 0
  public var restarts = 0
  /// Requests and records handled a second, over the last 10 s, as all figures up to ``p99`` are.
  public var rate = 0.0
  public var errorShare = 0.0
  public var p50: Int64?
  public var p95: Int64?
  public var p99: Int64?
  /// The same figures over ``SystemSnapshot/window``; nil where that is 10 s, or nobody knows them.
  public var windowed: RedFigures?
  /// Requests a second, one sample a second, oldest first, at most 60.
  public var pulse: [Float] = []
  /// Worker threads.
  public var workers: PoolUse?
  /// Database connections of all instances together; nil when it keeps no database.
  public var connections: PoolUse?
  /// What it keeps in memory of its store; nil where it asks the store each time.
  public var cache: CacheUse?
  /// The worst state among its breakers; nil when it has none.
  public var breaker: BreakerState?
  /// Records its groups have not read; nil when it reads no topic.
  public var lag: Int64?
  public var lagVerdict: LagVerdict?
  /// Events that are committed and not yet published, and the age of the oldest; nil where there is no outbox.
  public var outboxDepth: Int?
  public var outboxAge: Int64?
  /// Nanoseconds: events that are published sooner are on their way, and wait for nothing.
  public static let unpublishedAfter: Int64 = 5_000_000_000
  public var objective = ServiceObjective()
  public var instances: [InstanceSnapshot] = []
  public var endpoints: [EndpointSnapshot] = []
  /// Over how long a time the figures of ``endpoints`` are, and those of ``calls``.
  public var endpointWindow = RedWindow.tenSeconds
  public var callWindow = RedWindow.tenSeconds
  public var calls: [CallSnapshot] = []
  public var consumes: [ConsumptionSnapshot] = []
  public var publishes: [PublicationSnapshot] = []
  /// Whether it is known which topics it reads. Where it is not, its metrics may be: ``LiveSystem/metrics(of:limit:)``.
  public var tellsTopics = true
  /// Newest first.
  public var latestErrors: [ServiceErrorLine] = []
  /// Ids of faults that are on and touch it.
  public var faults: [Int] = []

  public init(name: String) {
    self.name = name
  }

  /// The figures over ``window``: the one that somebody wants to see, where they are known for it.
  public var seen: SeenFigures {
    guard let windowed else { return SeenFigures(rate: rate, errorShare: errorShare, p50: p50, p95: p95, p99: p99) }
    return SeenFigures(
      rate: windowed.rate, errorShare: windowed.errorShare ?? 0, p50: windowed.p50, p95: windowed.p95,
      p99: windowed.p99)
  }

  /// Over how long a time the figures of ``seen`` are.
  public var window: RedWindow { windowed?.window ?? .tenSeconds }

  /// Whether an instance is not up, those left aside that are being replaced: without a process, and out of service as
  /// somebody wants it.
  public var lacksInstances: Bool {
    instancesUp + instances.count { $0.health == .outOfService && $0.workers == nil } < instancesAll
  }

  /// Whether nobody has asked it for anything of late.
  public var isIdle: Bool { rate == 0 && p99 == nil }
}

/// How a service does over some time: requests and records a second, the share that failed, and nanoseconds.
public struct SeenFigures: Sendable, Equatable {
  public let rate: Double
  public let errorShare: Double
  public let p50: Int64?
  public let p95: Int64?
  public let p99: Int64?

  /// Whether nobody has asked for anything in that time.
  public var isIdle: Bool { rate == 0 && p99 == nil }
}

/// What was promised of a service.
public struct ServiceObjective: Sendable, Equatable, Codable {
  /// Share of requests that may fail.
  public var errorShare = 0.01
  public var p99: Int64 = 1_000_000_000
  /// The share of the errors allowed over the last minute that is not used up: 1 is all of it, below 0 overdrawn.
  public var budgetLeft = 1.0

  public init() {}
}

/// How much of a bounded resource is in use.
public struct PoolUse: Sendable, Equatable, Codable {
  public var used: Int
  public var size: Int
  public var waiting: Int

  public init(used: Int, size: Int, waiting: Int) {
    self.used = used
    self.size = size
    self.waiting = waiting
  }

  /// 0…1.
  public var share: Double { size == 0 ? 0 : Double(used) / Double(size) }
}

public struct InstanceSnapshot: Sendable, Codable {
  /// `payment-2`
  public var name: String
  public var port: Int
  public var health = Health.unknown
  public var reason = ""
  public var version = ""
  public var since: Int64 = 0
  public var restarts = 0
  /// Calls a second; nil where nobody knows.
  public var rate: Double?
  public var errorShare = 0.0
  public var p99: Int64?
  public var workers: PoolUse?
  public var connections: PoolUse?
  /// What the registry says of it, `UP` or `OUT_OF_SERVICE`: a crashed instance is listed until it is evicted. Nil when
  /// it is not listed, or the registry cannot be asked.
  public var registered: String?
  /// The version of the configuration that it has taken over; nil before the first.
  public var configurationVersion: Int?
  /// Nanoseconds until its lease ends; below 0, it has ended.
  public var leaseLeft: Int64?
  /// Bytes that its process holds, and at which it is ended; nil when it does not run, or nobody knows.
  public var memory: Int64?
  public var memoryLimit: Int64?

  public init(name: String, port: Int) {
    self.name = name
    self.port = port
  }
}

/// One operation of a service: a route, or the handling of an event.
public struct EndpointSnapshot: Sendable, Codable {
  public var operation: String
  public var rate = 0.0
  public var errorShare = 0.0
  public var p50: Int64?
  public var p95: Int64?
  public var p99: Int64?
  public var total: UInt64 = 0

  public init(operation: String) {
    self.operation = operation
  }
}

/// One edge: what a service calls, and the guards on the way.
public struct CallSnapshot: Sendable, Codable {
  public var callee: String
  public var purpose = ""
  public var rate = 0.0
  public var errorShare = 0.0
  /// Nanoseconds as the caller sees them, and as the called one does; nil where nobody tells.
  public var p99: Int64?
  public var answerP99: Int64?
  /// The rate and the share of failures as the called one sees them; nil where it tells nothing.
  public var answerRate: Double?
  public var answerErrorShare: Double?
  /// Whether a database is called, which tells nothing itself.
  public var isDatabase = false
  /// Whether nobody is called: the one writes messages, and the other reads them.
  public var isMessage = false
  /// Of the rate, what is made again after a failure.
  public var retryRate = 0.0
  /// Ids of the breakers on this edge, one an instance of the caller; empty when there is none.
  public var breakers: [String] = []
  public var breakerState: BreakerState?
  public var failureRate: Double?
  public var retryAttempts = 1
  /// Attempts beyond the first, and calls that were given up.
  public var retried: UInt64 = 0
  public var gaveUp: UInt64 = 0
  public var timeLimit: Int64?
  public var cutOff: UInt64 = 0
  public var bulkhead: PoolUse?
  public var bulkheadRefused: UInt64 = 0
  /// Permits a period, and how many were refused; nil when there is no rate limiter.
  public var rateLimit: Int?
  public var rateRefused: UInt64 = 0
  /// Where both ends speak more than one form: the one that is sent, and then what the others would be.
  public var messages: [MessageFormSnapshot] = []

  public init(callee: String) {
    self.callee = callee
  }
}

/// What one call comes to in one form, question and answer together.
public struct MessageFormSnapshot: Sendable, Equatable, Codable {
  /// `protobuf`
  public var name: String
  public var bytes: Int
  /// Nanoseconds to write both messages, and to read them at the other end.
  public var time: Int64

  public init(name: String, bytes: Int, time: Int64) {
    self.name = name
    self.bytes = bytes
    self.time = time
  }
}

/// A topic that a service reads.
public struct ConsumptionSnapshot: Sendable, Codable {
  public var topic: String
  public var group: String
  public var lag: Int64?
  public var verdict: LagVerdict?
  public var trend = LagTrend.steady
  public var state = ""
  public var members = 0

  public init(topic: String, group: String) {
    self.topic = topic
    self.group = group
  }
}

/// A topic that a service has written to.
public struct PublicationSnapshot: Sendable, Equatable, Codable {
  public var topic: String
  /// Records a second.
  public var rate: Double

  public init(topic: String, rate: Double = 0) {
    self.topic = topic
    self.rate = rate
  }
}

public struct ServiceErrorLine: Sendable, Equatable, Codable {
  public var time: Int64
  public var gtxid: GTXID
  /// The span that failed, where it is known.
  public var span: SpanID?
  public var message: String

  public init(time: Int64, gtxid: GTXID, span: SpanID? = nil, message: String) {
    self.time = time
    self.gtxid = gtxid
    self.span = span
    self.message = message
  }
}
