internal import Concurrency
internal import EventBus
internal import Foundation
internal import Operations
internal import OrderedCollections
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceCollector
internal import TraceModel
internal import Transactions

/// Everything of one run: time, machines, network, bus, disks, and who watches. It stays on the simulation's thread;
/// what other threads read (bus, spans, log, transactions) is safe from any.
final class World: @unchecked Sendable {
  let settings: ShopSettings
  let time: VirtualTime
  /// Of those who are no instance: customers, checks, roll-outs.
  let life: Life
  let journal: EventJournal
  let broker: Broker
  let traces: TraceStore
  let logBook: LogBook
  let book: TransactionBook
  let counters = RunCounters()
  let publications = PublicationBook()
  let audit: Audit
  let ledger = EventLedger()
  let sagas = SagaRegister()
  let edge = EdgeBooks()
  let strangler = StranglerBook()
  let messages = MessageBook()
  let commits = CommitBook()
  /// Whether the legacy shop is beside the new services, and both tell each other what they do.
  let hasLegacy: Bool
  /// What reviews that are forgotten came to, by database and product: their scores stay.
  var forgottenScores: [String: [String: ReviewTables.Score]] = [:]
  let observatory: Observatory
  /// The registry's memory; nil while it is down.
  var registryBook: RegistryBook?
  /// Nil where each service has a server of its own.
  private(set) var sharedDatabase: SharedDatabase?
  /// What ``horizon()`` was, and when.
  var knownHorizon: (time: Int64, found: Int64)?
  private(set) var services: [DeployedService] = []
  private var disks: [ServiceDisk] = []
  /// The time of the last snapshot, for other threads.
  let publishedTime: Locked<Int64>
  /// What callers saw of each company outside, and of each of its operations.
  private var calls = OrderedDictionary<String, CallStatistics>()
  private var work = OrderedDictionary<String, CallStatistics>()
  private var routes = OrderedDictionary<Route, CallStatistics>()
  private var edges = OrderedDictionary<Edge, CallStatistics>()
  private(set) var failures = FailureBook()
  /// Groups that have begun a moment ago, and of which nobody is told yet.
  var groupsBegun: [GroupEvent] = []
  private var spans: [TraceSpan] = []
  private var gtxids = OrderedDictionary<String, RandomStream>()

  private(set) lazy var network = Network(world: self)
  private(set) lazy var faults = FaultSwitchboard(world: self)
  private(set) lazy var crashPoints = CrashPoints(world: self)
  private(set) lazy var customers = Customers(world: self)
  private(set) lazy var companyBooks = CompanyBooks(world: self)
  private(set) lazy var transactions = TransactionReports(world: self)
  private(set) lazy var rollbacks = RollbackLedger(world: self)
  private(set) lazy var checks = HealthChecks(world: self)
  private(set) lazy var configuration = ConfigurationDesk(world: self)
  private(set) lazy var deployments = DeploymentDesk(world: self)
  private var lastPort = 49_151
  private(set) lazy var joins = JoinBacklog(ShopPlan.services.flatMap(\.joins)) { [unowned self] in
    joinKind(at: ShopPlan.order) == .inner
  }
  private(set) lazy var keyValueStore = KeyValueMachine(world: self)
  /// Whose tokens are good: member issues them, the gateways verify them.
  private(set) lazy var tokens = makeTokens()
  private(set) lazy var stage = ScenarioStage(world: self)
  /// What the cockpit lists.
  private(set) lazy var scenarioEntries = settings.scenarios.map { ScenarioBoard.Entry($0) }

  /// - Parameters:
  ///   - events: where the lines of the journal go beside its hash.
  ///   - bus: an empty one; nil makes one in memory.
  init(_ settings: ShopSettings, events: FileHandle? = nil, bus: Broker? = nil) {
    if let obstacle = settings.obstacle { preconditionFailure(obstacle) }
    var settings = settings
    settings.topology = settings.topologyAtStart
    self.settings = settings
    hasLegacy = settings.stranglerAtStart.isUnderWay
    time = VirtualTime(startingAt: settings.epoch)
    life = Life(on: time)
    publishedTime = Locked(settings.epoch)
    journal = EventJournal(file: events)
    traces = TraceStore(
      budget: settings.traceBudget, hiddenKinds: TransactionKind.hidden)
    logBook = LogBook(capacity: 20_000)
    book = TransactionBook(capacity: settings.transactionsKept)
    audit = Audit()
    do {
      broker = try bus ?? ShopBus.open()
      observatory = Observatory(broker: broker)
      try createTopics()
    } catch {
      preconditionFailure("the shop's topics cannot be made: \(error)")
    }
    observeBus()
  }

  private func createTopics() throws {
    let shop = TopicSettings(
      partitions: ShopPlan.partitions, retentionAge: Observatory.retention, retentionBytes: nil, segmentBytes: 64 << 10,
      segmentAge: 60_000_000_000)
    for name in ShopPlan.topics {
      try broker.createTopic(name, settings: shop)
    }
    try broker.createTopic(TopicName.operations, settings: TopicSettings(retentionAge: 3_600_000_000_000))
  }

  /// Starts every machine, opens the doors, and sets the faults that were ordered.
  func begin() {
    let plans = ShopPlan.services.map { $0.keeping(settings.orderStore) }
    disks = plans.compactMap { plan in
      guard let store = plan.store, store.owner == nil else { return nil }
      return ServiceDisk(name: plan.name, store: store, at: time.now)
    }
    if settings.topology.databases == .shared { sharedDatabase = SharedDatabase(settings.topology, world: self) }
    services = plans.map { DeployedService(plan: $0, world: self) }
    let seeds = RegistryListing(
      instances: services.filter { !$0.plan.isOutside }.flatMap(\.instances).map(\.registration), version: 0)
    for instance in services.flatMap(\.instances) { instance.known.apply(seeds, now: time.now) }
    for instance in services.flatMap(\.instances) { instance.start() }
    observatory.begin(self)
    checks.begin()
    customers.open()
    carryOutSettings()
  }

  /// Ends every task, and lets go of the machines, which know the world as it knows them: without this nothing of it is
  /// ever freed. Call it once, when nobody asks any more.
  func end() {
    // They stay to be found while tasks come to their ends.
    for instance in services.flatMap(\.instances) { instance.stop() }
    life.end()
    time.end()
    for service in services { service.letGo() }
    services = []
  }

  // MARK: Who is where

  func service(_ name: String) -> DeployedService {
    guard let service = services.first(where: { $0.name == name }) else {
      preconditionFailure("the plan has no service \(name)")
    }
    return service
  }

  /// A port that nobody has, from the range for such (IANA's dynamic ports).
  func nextPort() -> Int {
    lastPort = lastPort == 65_535 ? 49_152 : lastPort + 1
    return lastPort
  }

  func disk(of service: String) -> ServiceDisk? { disks.first { $0.name == service } }

  func random(_ purpose: String) -> RandomStream { RandomStream(seed: settings.seed, purpose) }

  private func makeTokens() -> TokenAuthority {
    var stream = random("tokens/secret")
    return TokenAuthority(
      secret: (0..<32).map { _ in UInt8(truncatingIfNeeded: stream.next()) },
      settings: TokenSettings(accessLifetime: settings.edge.tokenLifetime))
  }

  /// A new transaction's id, from the instance where it begins.
  func makeGTXID(at instance: ServiceInstance) -> GTXID {
    var stream = gtxids[instance.name] ?? random("\(instance.name)/gtxid")
    defer { gtxids[instance.name] = stream }
    while true {
      if let id = GTXID(high: stream.next(), low: stream.next()) { return id }
    }
  }

  /// Brings every instance into the state that the armed faults and the operator want.
  func applyCrashes() {
    for service in services {
      for instance in service.instances {
        if instance.isKilled || faults.isCrashed(service.name, instance: instance.number) {
          if instance.isUp { faults.noteCrash(of: service.name, instance: instance.number) }
          instance.crash()
        } else {
          instance.start()
        }
      }
    }
    healthMayHaveChanged()
  }

  func healthMayHaveChanged() { observatory.judgeHealth() }

  // MARK: What happened

  func report(_ span: TraceSpan) {
    journal.line("span", at: time.elapsed) { words in
      words.add(span.gtxid)
      words.add(span.id)
      words.add(span.parent)
      words.add(Int64(span.ltxid?.number ?? 0))
      words.add(Int64(span.kind.rawValue))
      words.add(span.instance)
      words.add(span.operation)
      words.add(span.start - settings.epoch)
      words.add(span.duration ?? -1)
      words.add(Int64(span.status.rawValue))
      words.add(span.message)
      for attribute in span.attributes {
        switch attribute.value {
        case .integer(let number): words.add(attribute.name, UInt8(ascii: "="), number)
        case .text(let text): words.add(attribute.name, UInt8(ascii: "="), text)
        case .real, .boolean, .bytes, .list, .map, .empty:
          words.add(attribute.name, UInt8(ascii: "="), "\(attribute.value)")
        }
      }
      for event in span.events { words.add(event.name, UInt8(ascii: "@"), event.time - settings.epoch) }
    }
    counters.spans += 1
    audit.see(span, at: time.now)
    // How long a stream was open says nothing of how fast its instance is.
    if !ServiceProcess.isOfPlatform(span.operation) { failures.note(span) }
    if span.kind == .server || span.kind == .consumer, !GatewayStream.isOne(span.operation) {
      work[span.instance, default: CallStatistics()].add(span, now: time.now)
    }
    if span.kind == .client {
      edges[Edge(caller: span.service, callee: span.peer), default: CallStatistics()].add(span, now: time.now)
      if Self.companies.contains(span.peer) {
        calls[span.peer, default: CallStatistics()].add(span, now: time.now)
        routes[Route(service: span.peer, operation: span.operation), default: CallStatistics()].add(span, now: time.now)
      }
    }
    spans.append(span)
    if spans.count >= 256 { flushSpans() }
  }

  /// Spans go to the collector in batches. Call it before somebody looks.
  func flushSpans() {
    guard !spans.isEmpty else { return }
    traces.add(spans, now: time.now)
    spans.removeAll(keepingCapacity: true)
  }

  func committed(_ database: String, number: Int64, label: String) {
    counters.commits += 1
    journal.line("commit", at: time.elapsed) { words in
      words.add(database)
      words.add(number)
      words.add(label)
    }
  }

  /// A change of state that is no record of its own: of a transaction, say.
  func stateChanged(_ what: String, _ subject: String, _ state: String, _ reason: String) {
    journal.line("state", at: time.elapsed) { words in
      words.add(what)
      words.add(subject)
      words.add(state)
      words.add(reason)
    }
  }

  /// Something for the operator: a line of the journal and a record on `__operations`.
  func tell(_ event: OperationalEvent) {
    stateChanged(event.kind.rawValue, event.subject, event.change, event.reason)
    observatory.publish(event, at: time.now)
  }

  func breakerChanged(id: String, name: String, _ transition: CircuitBreakerTransition) {
    if transition.to == .open { faults.countOpenedBreaker() }
    let severity: OperationalEvent.Severity =
      switch transition.to {
      case .open, .forcedOpen: .bad
      case .halfOpen: .warning
      case .closed: .good
      case .disabled, .metricsOnly: .info
      }
    observatory.noteBreaker(id, became: transition.to)
    tell(
      OperationalEvent(
        time: time.now, kind: .breaker, severity: severity, subject: name,
        change: "\(transition.from.shortName) → \(transition.to.shortName)", reason: transition.reason.sentence,
        state: transition.to.rawValue, gtxid: transition.tag.flatMap { GTXID(high: $0.high, low: $0.low) }))
    healthMayHaveChanged()
  }

  private static let companies = Set(ShopPlan.services.filter(\.isOutside).map(\.name))

  /// What one service saw of another in the last ten seconds.
  func callStatistics(from caller: String, to callee: String) -> CallStatistics {
    let edge = Edge(caller: caller, callee: callee)
    edges[edge]?.forget(before: time.now)
    return edges[edge] ?? CallStatistics()
  }

  /// What callers saw of a company outside in the last ten seconds.
  func callStatistics(of service: String) -> CallStatistics {
    calls[service]?.forget(before: time.now)
    return calls[service] ?? CallStatistics()
  }

  /// What callers saw of each operation of a company outside in the last ten seconds, in the order of first use.
  func routeStatistics(of service: String) -> [(operation: String, statistics: CallStatistics)] {
    routes.keys.filter { $0.service == service }.map { route in
      routes[route]?.forget(before: time.now)
      return (route.operation, routes[route] ?? CallStatistics())
    }
  }

  /// What one instance did in the last ten seconds, by its address.
  func workStatistics(of instance: String) -> CallStatistics {
    work[instance]?.forget(before: time.now)
    return work[instance] ?? CallStatistics()
  }

  /// How many calls are remembered for those figures.
  var callsHeld: Int {
    [calls.values.map(\.count), edges.values.map(\.count), work.values.map(\.count), routes.values.map(\.count)]
      .joined()
      .reduce(0, +)
  }

  // MARK: The bus

  private func observeBus() {
    let world = Unowned(self)
    broker.onAppend { topic, partition, records in world.value.appended(topic, partition, records) }
    broker.onGroupEvent { event in world.value.groupChanged(event) }
  }

  private func appended(_ topic: String, _ partition: Int, _ records: [EventRecord]) {
    // What the bus writes for itself: on disk that is more than in memory, and the run is the same.
    guard !topic.hasPrefix("__") || topic == TopicName.operations else { return }
    for record in records {
      counters.records += 1
      journal.line("record", at: time.elapsed) { words in
        words.add(topic)
        words.add(partition)
        words.add(record.offset)
        words.add(record.keyText ?? "-")
        for header in record.headers { words.add(header.value) }
        words.add(topic == TopicName.operations ? [] : record.value)
      }
      joins.see(record, topic: topic, at: time.now)
      sagas.see(record, topic: topic)
      strangler.see(record, topic: topic)
    }
  }
}

/// One operation of one service.
struct Route: Hashable {
  var service: String
  var operation: String
}

/// The calls of one service to another.
struct Edge: Hashable {
  var caller: String
  var callee: String
}

/// Hands a class to a closure that outlives no one: both die with the world.
struct Unowned<Object: AnyObject>: @unchecked Sendable {
  unowned let value: Object

  init(_ value: Object) {
    self.value = value
  }
}

extension CircuitBreakerState {
  /// `HALF` for HALF_OPEN, as screens have it.
  var shortName: String { self == .halfOpen ? "HALF" : rawValue }
}
