internal import Concurrency
internal import EventBus
internal import Foundation
internal import Operations
internal import Simulation
internal import TraceCollector
internal import TraceModel

/// Takes the state of the shop at one moment. It stays on the simulation's thread.
final class SnapshotBuilder {
  unowned let world: World
  private let external: TraceStore
  private let reader: OperationsReader
  private let sagas = SagaBoardBuilder()
  let data = DataBoardBuilder()
  let latestErrors: LatestErrors
  private var knownSummaries = KnownSummaries()
  private let catalogue: FaultCatalogue
  private static let transactionsShown = 600
  private static let openShown = 400
  private static let externalShown = 200

  /// - Parameter external: spans that came in from outside.
  init(world: World, external: TraceStore) {
    self.world = world
    self.external = external
    reader = OperationsReader(broker: world.broker, observatory: world.observatory)
    latestErrors = LatestErrors(book: world.logBook)
    catalogue = ShopPlan.catalogue(world.settings.topology, world.settings.orderStore)
  }

  /// What can be ordered by hand.
  private static let desk: OrderDesk = {
    var desk = OrderDesk()
    desk.products = Product.all.map { OrderDesk.Product(sku: $0.sku, title: $0.title) }
    desk.sagas = SagaKind.allCases.map(\.rawValue)
    return desk
  }()

  /// Where the cockpit itself has read `__operations` to.
  var operationsPosition: Int64 { reader.position }

  func snapshot(
    speed: Speed, window: RedWindow = .tenSeconds, receivers: [ReceiverSnapshot], isStill: Bool
  ) -> SystemSnapshot {
    world.flushSpans()
    reader.read()
    let now = world.time.now
    var identity = SystemIdentity(name: "shop", kind: .simulated, speed: speed)
    identity.isStill = isStill
    var snapshot = SystemSnapshot(system: identity, time: now)
    snapshot.topics = topics()
    snapshot.busDownSince = world.observatory.busDownSince
    snapshot.breakers = breakers()
    snapshot.faults = faultBoard()
    snapshot.window = window
    snapshot.services = services(breakers: snapshot.breakers, faults: snapshot.faults, window: window)
    // One look at all keys, for both who show something of them.
    let kept = world.keyValueStore.contents()
    snapshot.edge = edge(kept)
    snapshot.faults.armed = snapshot.faults.armed.map { touched($0, snapshot) }
    snapshot.traffic = traffic()
    snapshot.scenarios.entries = world.scenarioEntries
    snapshot.scenarios.current = world.stage.progress
    snapshot.sagas = sagas.board(in: world)
    snapshot.orders = Self.desk
    snapshot.orders.sent = world.customers.sent
    snapshot.data = data.board(snapshot.topics, kept, in: world)
    snapshot.tally = world.transactions.currentTally()
    snapshot.transactions = transactions(now: now)
    snapshot.overdue = sagas.overdue(in: world)
    snapshot.views = views()
    snapshot.jobs = jobs()
    snapshot.events = reader.newestFirst
    snapshot.registry = registry()
    snapshot.configuration = configuration()
    snapshot.strangler = strangler(snapshot.topics)
    snapshot.deployments = deployments()
    snapshot.databaseServers = databaseServers()
    snapshot.program = program(receivers: receivers, isStill: isStill)
    snapshot.judge()
    return snapshot
  }

  /// What a scenario is judged by: the figures alone, without what only somebody who looks wants to see.
  func figures() -> SystemSnapshot {
    world.flushSpans()
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated), time: world.time.now)
    snapshot.topics = topics()
    snapshot.breakers = breakers()
    snapshot.faults = faultBoard()
    snapshot.services = services(breakers: snapshot.breakers, faults: snapshot.faults)
    snapshot.traffic = traffic()
    snapshot.tally = world.transactions.currentTally()
    snapshot.registry = registry()
    snapshot.deployments = deployments()
    snapshot.databaseServers = databaseServers()
    snapshot.edge = edgeFigures(world.keyValueStore.contents())
    return snapshot
  }

  private func traffic() -> TrafficSnapshot {
    var traffic = TrafficSnapshot()
    let series = world.observatory.series
    let figures = world.traces.red(window: .tenSeconds, now: world.time.now)
    (traffic.rate, traffic.errorShare) = series.current
    traffic.p50 = figures.p50
    traffic.p95 = figures.p95
    traffic.p99 = figures.p99
    let reports = world.broker.isAvailable ? world.observatory.lag.reports : []
    if reports.contains(where: { $0.totalLag != nil }) {
      traffic.lag = reports.reduce(0) { $0 + ($1.totalLag ?? 0) }
    }
    traffic.lagGrowth = reports.reduce(0) { $0 + ($1.trend.direction == .steady ? 0 : $1.trend.recordsPerSecond) }
    traffic.rateSeries = series.rate
    traffic.errorSeries = series.errors
    traffic.p50Series = series.p50
    traffic.p95Series = series.p95
    traffic.p99Series = series.p99
    traffic.lagSeries = series.lag
    return traffic
  }

  /// Newest first; the shop's own and those from outside together.
  private func transactions(now: Int64) -> [TransactionSummary] {
    let newest = world.book.newest(Self.transactionsShown)
    // Those that are still on their way, and those that did not end well, stay in sight while the others go by.
    let oldest = newest.last?.start ?? .max
    var seen: Set<GTXID> = []
    let lasting = (world.transactions.openTransactions.prefix(Self.openShown) + world.transactions.notable)
      .filter { seen.insert($0).inserted }
    let kept = world.book.entries(lasting).filter { $0.start < oldest }
      .sorted { $0.start != $1.start ? $0.start > $1.start : $0.gtxid > $1.gtxid }
    let own = newest + kept
    let traces = world.traces.summaries(of: own.map(\.gtxid), known: &knownSummaries)
    var rows = zip(own, traces).map { Self.completed($0, with: $1, now: now) }
    let foreign = external.summaries(newest: Self.externalShown).map { TransactionSummary($0, now: now) }
    guard !foreign.isEmpty else { return rows }
    // Those from outside have their own clocks: they stand on top, where they are seen to come in.
    rows.insert(contentsOf: foreign, at: 0)
    return rows
  }

  /// The row of one of the shop's own transactions.
  static func row(_ trace: TraceSummary, in world: World, now: Int64) -> TransactionSummary {
    guard let entry = world.book.entry(trace.gtxid) else {
      // Of those that the book has forgotten, and of what was never in it, the spans are all that is known.
      var summary = TransactionSummary(trace, now: now)
      summary.isExternal = false
      return summary
    }
    return completed(entry, with: trace, now: now)
  }

  /// What the saga says of a transaction, with what its spans say.
  private static func completed(
    _ summary: TransactionSummary, with trace: TraceSummary?, now: Int64
  ) -> TransactionSummary {
    var summary = summary
    if let trace { summary.add(trace, now: now) }
    if !summary.state.hasEnded {
      summary.duration = now - summary.start
      summary.isOverdue = summary.state != .stuck && summary.duration > TransactionSummary.overdueAfter
    }
    return summary
  }

  private func faultBoard() -> FaultBoard {
    var board = FaultBoard()
    board.catalogue = catalogue
    for index in board.catalogue.services.indices {
      board.catalogue.services[index].instances = world.service(board.catalogue.services[index].name).instances.count
    }
    board.armed = world.faults.armed
    board.builtIn = Mistake.allCases.filter(world.settings.mistakes.contains)
    return board
  }

  /// How much goes where a fault is: the service's own rate, or its callers' when it is gone; the records of a topic.
  private func touched(_ fault: ArmedFault, _ snapshot: SystemSnapshot) -> ArmedFault {
    var fault = fault
    let rate =
      switch fault.spec.target {
      case .topic(let name): snapshot.topics.first { $0.name == name }?.inRate ?? 0
      case .broker: snapshot.topics.reduce(0) { $0 + $1.inRate }
      case .keyValueStore: snapshot.edge.gateways.flatMap(\.routes).reduce(0) { $0 + $1.rate }
      default: snapshot.services.first { $0.name == fault.spec.target.service }?.rate ?? 0
      }
    fault.touches = rate * fault.spec.scope.share
    return fault
  }

  private func program(receivers: [ReceiverSnapshot], isStill: Bool) -> ProgramSnapshot {
    var program = ProgramSnapshot()
    let (own, foreign) = (world.traces.statistics, external.statistics)
    program.spansAccepted = UInt64(own.accepted) + UInt64(foreign.accepted)
    program.spansDropped = UInt64(own.overflowed) + UInt64(foreign.overflowed) + UInt64(foreign.late)
    program.spansEvicted = UInt64(own.evictedSpans) + UInt64(foreign.evictedSpans)
    program.traceBytes = own.bytes + foreign.bytes
    program.store = own.joined(with: foreign)
    program.residentBytes = isStill ? nil : ProcessMemory.residentBytes
    program.operationsPosition = reader.position
    program.operationsLag = reader.lag
    program.receivers = receivers
    return program
  }

  /// Everything that is known of one transaction; nil when nothing is. From any thread.
  static func detail(_ id: GTXID, in world: World, external: ExternalReports) -> TransactionDetail? {
    let now = world.publishedTime.withLock { $0 }
    let foreign = external.traces.summary(of: id)
    let trace = world.traces.summary(of: id) ?? foreign
    var summary = trace.map { TransactionSummary($0, now: now) }
    if var own = world.book.entry(id) {
      if let trace = world.traces.summary(of: id) { own.add(trace, now: now) }
      if !own.state.hasEnded { own.duration = max(0, now - own.start) }
      summary = own
    }
    guard let summary else { return nil }
    let own = world.traces.spans(of: id)
    let spans = own.isEmpty ? external.traces.spans(of: id) : own
    // Half of an id finds its transaction; lines are kept by the whole of it.
    let lines = world.logBook.lines(LogFilter(gtxid: summary.gtxid), limit: linesShown)
    let log = LogAnswer(lines).joined(
      with: LogAnswer(external.log(of: summary.gtxid, limit: linesShown)), limit: linesShown)
    return TransactionDetail(summary: summary, tree: CallTree.build(spans: spans), log: log.lines)
  }

  private static let linesShown = 200
}

/// The cockpit's own reading of `__operations`. Its position is kept here, not at the broker. While the bus is away it
/// knows from whoever writes to it what is to come.
final class OperationsReader {
  private let broker: Broker
  private let observatory: Observatory
  private let decoder = JSONDecoder()
  private(set) var position: Int64 = 0
  private(set) var lag: Int64 = 0
  private var events: [OperationalEvent] = []
  private static let kept = 300

  init(broker: Broker, observatory: Observatory) {
    self.broker = broker
    self.observatory = observatory
  }

  /// By their times: what has waited for the bus stands on it behind newer ones.
  var newestFirst: [OperationalEvent] {
    let all = events + observatory.told(from: position).suffix(Self.kept).map(Self.shown)
    let sorted = all.enumerated().sorted { left, right in
      left.element.time != right.element.time ? left.element.time > right.element.time : left.offset > right.offset
    }
    return sorted.prefix(Self.kept).map(\.element)
  }

  func read() {
    guard let topic = try? broker.topic(TopicName.operations), let bounds = try? topic.bounds(partition: 0) else {
      return
    }
    position = max(position, bounds.lowerBound)
    while let batch = try? topic.read(partition: 0, from: position, maximumRecords: 256), let last = batch.records.last
    {
      for record in batch.records {
        guard let event = try? decoder.decode(OperationalEvent.self, from: Data(record.value)) else { continue }
        events.append(Self.shown(event))
      }
      position = last.offset + 1
    }
    lag = max(0, bounds.upperBound - position)
    if events.count > Self.kept { events.removeFirst(events.count - Self.kept) }
  }
}

extension OperationsReader {
  /// The record has plain digits, as programs read them.
  private static func shown(_ event: OperationalEvent) -> OperationalEvent {
    guard event.kind == .lag else { return event }
    var event = event
    event.reason = grouped(event.reason)
    return event
  }

  /// `1 record behind`, `4,134 records behind` from the same without commas.
  private static func grouped(_ reason: String) -> String {
    let words = reason.split(separator: " ")
    guard words.count == 3, words[1] == "records", let count = Int64(words[0]) else { return reason }
    return "\(Count.of(count, "record")) \(words[2])"
  }
}
