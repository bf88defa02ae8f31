internal import GRDB
internal import Operations
internal import Platform
internal import Resilience
internal import Transactions

/// One service of the shop: how large it is, whom it leans on, what it reads, and who it is when it runs.
struct ServicePlan: Sendable {
  var name: String
  var team: String
  var instances: Int
  var firstPort: Int
  /// Worker threads of an instance.
  var workers: Int
  /// Streams that an instance has open at most, on threads of their own; 0: it has no endpoint for streams.
  var streams = 0
  /// Nil: it keeps no database.
  var store: StorePlan?
  /// Its consumer group is called as the service is.
  var reads: [Subscription] = []
  var joins: [JoinPlan] = []
  var calls: [CallPlan] = []
  var isOutside = false
  /// Whether it asks the key-value store, whose state is then an indicator of its health.
  var usesKeyValueStore = false
  /// Whether it writes to the bus although it keeps no outbox.
  var publishesDirectly = false
  var objective = ServiceObjective()
  /// The program that an instance runs; one for each of its lives.
  var program: @Sendable (ServiceProcess) -> any ShopService
}

extension ServicePlan {
  var publishing: FaultCatalogue.Publishing {
    if publishesDirectly { return .directly }
    guard let store, store.publishes else { return .nothing }
    switch store.keeps {
    case .outbox: return .throughOutbox
    case .logMining: return .throughLog
    case .events: return .throughEvents
    }
  }
}

/// The database of a service.
struct StorePlan: Sendable {
  /// Connections of an instance.
  var connections: Int
  var tables: any ServiceTables.Type
  /// Whether what is committed here is published by a relay, however it is kept.
  var publishes = true
  /// How it is kept what is to be published.
  var keeps = OrderStore.outbox
  /// The service whose database it is, when it only reads there; nil: its own.
  var owner: String?
  /// The tables whose changes the database keeps a log of, for whoever mines it; of a document store it keeps those of all
  /// documents, or none.
  var captures: [String] = []
}

/// A database whose change log a service mines.
struct MinerPlan: Sendable {
  var source: String
  /// The service that does it.
  var miner: String
  /// Where it publishes what the changes mean.
  var topic: String
  /// Under which it keeps its position, and with which its message ids begin: the service's own, unless it has several.
  var name: String
  /// Whether changes are so few that it need not wake at each commit.
  var isSeldom: Bool

  init(source: String, miner: String, topic: String, name: String? = nil, isSeldom: Bool = false) {
    self.source = source
    self.miner = miner
    self.topic = topic
    self.name = name ?? miner
    self.isSeldom = isSeldom
  }

  var lease: String { name == miner ? "relay" : "relay of \(source)" }
}

/// What a service keeps: the tables of its own database, which nobody else touches.
protocol ServiceTables: SendableMetatype {
  /// SQL that makes the tables; those of an outbox and an inbox among them where it has such.
  static var schema: String { get }
  /// The documents of a document store, beside which there are tables for what is none of business; none: it is no
  /// document store.
  static var collections: [DocumentCollection] { get }
  /// Fills them once, before anybody comes.
  static func fill(_ database: Database) throws
  static func fill(_ documents: DocumentStore, now: Int64) throws
  /// Forgets what was finished before `time` and can be asked for by nobody.
  /// - Parameter orders: those of stuck transactions, which nothing forgets.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws
  static func prune(_ documents: DocumentStore, finishedBefore time: Int64, now: Int64) throws
  /// Whether there is any document that is ever forgotten.
  static var forgetsDocuments: Bool { get }
  /// What ``everyRound(_:_:)`` is called in the journal; nil: it has nothing to do.
  static var roundLabel: String? { get }
  /// What the service does every five seconds. `round` grows by 1 each time, over all lives of its instances.
  static func everyRound(_ round: Int64, now: Int64, _ database: Database) throws
  /// What is worth a line of the log, of all that has changed since this was called last.
  static func notes(now: Int64, _ database: Database) throws -> [ServiceNote]
}

/// A line for a service's log that is found out within a transaction, and written once that is committed.
struct ServiceNote: Sendable {
  var level: LogLine.Level
  var words: String
}

extension ServiceTables {
  static var collections: [DocumentCollection] { [] }
  static func fill(_ database: Database) throws {}
  static func fill(_ documents: DocumentStore, now: Int64) throws {}
  static func prune(_ documents: DocumentStore, finishedBefore time: Int64, now: Int64) throws {}
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {}
  static var forgetsDocuments: Bool { true }
  static var roundLabel: String? { nil }
  static func everyRound(_ round: Int64, now: Int64, _ database: Database) throws {}
  static func notes(now: Int64, _ database: Database) throws -> [ServiceNote] { [] }
}

/// A topic that a service reads.
struct Subscription: Sendable {
  var topic: String
  /// What the service calls the handling of each type of event: the operation of its CONSUMER spans.
  /// A type that is not named here is none of the service's business, and passed over.
  var operations: [String: String]
  /// False for events of such a type that are none of the service's business all the same.
  var concerns: @Sendable (_ type: String, Payload) -> Bool

  init(
    _ topic: String, _ operations: [String: String],
    where concerns: @escaping @Sendable (_ type: String, Payload) -> Bool = { _, _ in true }
  ) {
    self.topic = topic
    self.operations = operations
    self.concerns = concerns
  }
}

/// Two topics that a service joins by key into a third.
struct JoinPlan: Sendable {
  var group: String
  var left: String
  var right: String
  var output: String
  /// Nanoseconds that records which belong together may be apart.
  var window: Int64
  /// The types of what is decided.
  var verdicts: [String]
  /// The type of the record that comes of two records, or of one that found no partner, and what it says; nil for none.
  /// What was decided for the same key before stands: the last parameter has it, oldest first.
  var decide: @Sendable (_ left: Answer?, _ right: Answer?, _ before: [Verdict]) -> Answer?

  /// A record of a join, as far as the business sees it.
  struct Answer: Sendable, Equatable {
    var type: String
    var payload: Payload
  }

  /// What stands on the output topic.
  struct Verdict: Sendable, Equatable {
    var type: String
    /// The side that gave rise to it, where it says so.
    var source: String?
  }
}

/// Another service that a service calls, and under which guards.
struct CallPlan: Sendable {
  var callee: String
  var purpose: String
  /// More than a breaker calls slow, unless the caller cannot wait.
  var timeLimit: Duration = .seconds(8)
  var retry = RetrySettings()
  /// True when the caller can wait until the breaker lets it through, as a consumer can and a customer cannot.
  var retriesRefusals = false
  var breaker = ShopPlan.breaker
  var bulkhead = BulkheadSettings()
  /// Nil: nothing limits the rate of the calls.
  var rateLimiter: RateLimiterSettings?

  init(_ callee: String, _ purpose: String) {
    self.callee = callee
    self.purpose = purpose
  }
}

extension CallPlan {
  /// The same call under the guards that a file asks for. What it does not name stays as it is planned.
  func guarded(by file: ResilienceFileSettings?, caller: String) -> CallPlan {
    guard let guards = file?.guards(caller: caller, callee: callee) else { return self }
    var plan = self
    plan.breaker = guards.circuitBreaker ?? breaker
    plan.retry = guards.retry ?? retry
    plan.timeLimit = guards.timeLimiter?.timeoutDuration ?? timeLimit
    plan.bulkhead = guards.bulkhead ?? bulkhead
    plan.rateLimiter = guards.rateLimiter
    return plan
  }
}
