internal import Operations
internal import TraceCollector
internal import TraceModel

/// Takes the state of a system that is known by its spans, and by who reports metrics: what they do not tell stays unknown.
struct AttachedSnapshotBuilder: Sendable {
  private let identity: SystemIdentity
  private let traces: TraceStore
  private let metrics: MetricStore
  private let memory: @Sendable () -> Int?
  private var health = ReportedHealth()
  private var latencies = LatencyHistory()
  /// The operations that stand out, and when and over how long a time they were ranked.
  private var ranked: (second: Int64, window: RedWindow, board: OperationBoard)?

  /// Who reports metrics, what each instance did lately, and when that was asked.
  private var reporters: (second: Int64, services: [String: Set<String>], work: [[String]: InstanceFigures]) =
    (.min, [:], [:])
  /// Nanoseconds: an instance that has measured nothing for so long is gone. Most report once a minute.
  private static let reportsCount: Int64 = 300_000_000_000

  /// Of the last minutes those in which a span failed, newest first.
  private var failed: [TraceSummary] = []
  /// The looks of the last seconds, oldest first, and the newest arrival at each: what failed may have come later.
  private var looks: [(time: Int64, arrival: UInt64)] = []

  private static let transactionsShown = 600
  private static let failedShown = 200
  private static let failuresKept: Int64 = 300 * second
  private static let second: Int64 = 1_000_000_000

  /// - Parameters:
  ///   - isStill: time does not go by.
  ///   - memory: bytes that the program itself holds; nil where nobody asks.
  init(
    name: String, isStill: Bool, traces: TraceStore, metrics: MetricStore, memory: @escaping @Sendable () -> Int?
  ) {
    var identity = SystemIdentity(name: name, kind: .attached)
    identity.isStill = isStill
    self.identity = identity
    self.traces = traces
    self.metrics = metrics
    self.memory = memory
  }

  /// - Parameter window: over how long a time figures are that one may choose a window for.
  mutating func snapshot(now: Int64, window: RedWindow, receivers: [ReceiverSnapshot]) -> SystemSnapshot {
    var snapshot = SystemSnapshot(system: identity, time: now)
    snapshot.window = window
    snapshot.traffic = traffic(now: now)
    let newest = traces.summaries(newest: Self.transactionsShown)
    noteFailures(among: newest, now: now)
    // Looking at all series takes long, too.
    if reporters.second != now / Self.second {
      let work = traces.instanceFigures(now: now).map { ([$0.service, $0.instance], $0) }
      reporters = (
        now / Self.second, metrics.services(since: now - Self.reportsCount), Dictionary(work) { first, _ in first }
      )
    }
    snapshot.services = services(now: now, window: window, errors: latestErrors())
    // Ranking all operations takes long, and nobody reads so fast.
    if ranked.map({ $0.second != now / Self.second || $0.window != window }) ?? true {
      ranked = (now / Self.second, window, operations(window: window, now: now))
    }
    snapshot.operations = ranked?.board
    // Those that failed stay in sight while the others go by.
    let oldest = newest.last?.arrival ?? .max
    snapshot.transactions = (newest + failed.filter { $0.arrival < oldest }).map { TransactionSummary($0, now: now) }
    snapshot.moreHaveFailed = failed.count >= Self.failedShown
    snapshot.tally = tally(snapshot.transactions, now: now)
    snapshot.program = program(receivers)
    health.judge(&snapshot)
    snapshot.judge()
    return snapshot
  }

  private mutating func traffic(now: Int64) -> TrafficSnapshot {
    var traffic = TrafficSnapshot()
    let figures = traces.red(window: .tenSeconds, now: now)
    traffic.rate = figures.rate
    traffic.errorShare = figures.errorShare ?? 0
    (traffic.p50, traffic.p95, traffic.p99) = (figures.p50, figures.p95, figures.p99)
    let history = traces.history(now: now)
    traffic.rateSeries = whole(history.calls).map { Float($0) }
    traffic.errorSeries = whole(Array(zip(history.calls, history.errors))).map { calls, errors in
      calls > 0 ? min(1, Float(errors) / Float(calls)) * 100 : 0
    }
    latencies.note(figures, now: now)
    (traffic.p50Series, traffic.p95Series, traffic.p99Series) = (latencies.p50, latencies.p95, latencies.p99)
    return traffic
  }

  /// The seconds that are over: where time stands still it does so when the next one has just begun.
  private func whole<Element>(_ seconds: [Element]) -> ArraySlice<Element> {
    identity.isStill ? seconds.dropLast() : seconds[...]
  }

  private func services(now: Int64, window: RedWindow, errors: [String: [ServiceErrorLine]]) -> [ServiceSnapshot] {
    let instances = Dictionary(grouping: traces.instances(), by: \.service)
    let edges = traces.graph(now: now)
    let calls = Dictionary(grouping: edges, by: \.caller)
    let other = window == .tenSeconds ? nil : window
    let figures = traces.services(window: .tenSeconds, and: other, now: now)
    var services = figures.filter { !$0.service.isEmpty }.map { own in
      var service = ServiceSnapshot(name: own.service)
      (service.p50, service.p95, service.p99) = (own.figures.p50, own.figures.p95, own.figures.p99)
      service.rate = own.figures.rate
      service.errorShare = own.figures.errorShare ?? 0
      service.pulse = whole(own.history.calls).suffix(60).map { Float($0) }
      service.endpoints = endpoints(of: own.service, window: window, now: now)
      service.endpointWindow = window
      service.windowed = own.others
      return service
    }
    // Who is only called, or only calls, stands in the graph alone; who only measures, among the metrics.
    var known = Set(services.map(\.name))
    let called = edges.flatMap { $0.kind == .database ? [$0.caller] : [$0.caller, $0.callee] }
    for name in called + instances.keys + reporters.services.keys
    where !name.isEmpty && known.insert(name).inserted {
      services.append(ServiceSnapshot(name: name))
    }
    for place in services.indices {
      let name = services[place].name
      services[place].calls = (calls[name] ?? []).map(Self.call)
      services[place].callWindow = .minute
      let measured = reporters.services[name]
      let names = instances[name]?.map(\.instance) ?? measured?.sorted() ?? []
      services[place].instances = names.filter { !$0.isEmpty }.map {
        InstanceSnapshot($0, reporters.work[[name, $0]])
      }
      services[place].isOutside = instances[name] == nil && measured == nil
      services[place].instancesAll = services[place].instances.count
      services[place].instancesUp = services[place].instances.count
      services[place].latestErrors = errors[name] ?? []
      services[place].tellsTopics = false
      if let minute = traces.minute(of: name, now: now) { charge(minute, to: &services[place].objective) }
    }
    return services.sorted { $0.name < $1.name }
  }

  private static let errorsShown = 20

  /// Spans that come late may add to a transaction, and those that are evicted are let go.
  private mutating func noteFailures(among newest: [TraceSummary], now: Int64) {
    looks.removeAll { $0.time < now - Self.latenessSeen }
    let arrival = min(looks.first?.arrival ?? 0, newest.last?.arrival ?? 0)
    let found = traces.failed(newest: Self.failedShown, after: arrival, depth: Self.depthSeen)
    if let newest = newest.first, looks.last?.time != now { looks.append((now, newest.arrival)) }
    let again = Set(found.map(\.arrival))
    let known = failed.filter { !again.contains($0.arrival) }
    let recent = traces.summaries(of: known.map(\.gtxid)).compactMap(\.self).filter { $0.end > now - Self.failuresKept }
    failed = Array((found + recent).prefix(Self.failedShown))
  }

  private static let latenessSeen: Int64 = 5 * second
  private static let depthSeen = 100_000

  /// By the service whose own span failed: of the newest transactions, the newest first.
  private func latestErrors() -> [String: [ServiceErrorLine]] {
    var errors: [String: [ServiceErrorLine]] = [:]
    for failure in traces.failures(of: failed.map(\.gtxid))
    where errors[failure.service, default: []].count < Self.errorsShown {
      errors[failure.service, default: []].append(
        ServiceErrorLine(time: failure.end, gtxid: failure.gtxid, span: failure.id, message: failure.message))
    }
    // Their spans have come in packets, the newest packet first.
    return errors.mapValues { lines in
      lines.enumerated().sorted { (-$0.element.time, $0.offset) < (-$1.element.time, $1.offset) }.map(\.element)
    }
  }

  private func endpoints(of service: String, window: RedWindow, now: Int64) -> [EndpointSnapshot] {
    traces.operations(of: service, window: window, now: now).map { own in
      var endpoint = EndpointSnapshot(operation: own.operation)
      endpoint.rate = own.figures.rate
      endpoint.errorShare = own.figures.errorShare ?? 0
      (endpoint.p50, endpoint.p95, endpoint.p99) = (own.figures.p50, own.figures.p95, own.figures.p99)
      endpoint.total = UInt64(own.figures.totalCalls)
      return endpoint
    }
  }

  private static let operationsShown = 12

  private func operations(window: RedWindow, now: Int64) -> OperationBoard {
    func first(by ranking: OperationRanking) -> [OperationSnapshot] {
      traces.operations(first: Self.operationsShown, by: ranking, window: window, now: now).map { own in
        OperationSnapshot(
          service: own.service, operation: own.operation, rate: own.figures.rate, errors: own.figures.errors,
          errorShare: own.figures.errorShare ?? 0, p50: own.figures.p50, p99: own.figures.p99)
      }
    }
    var board = OperationBoard()
    (board.slowest, board.failing) = (first(by: .p99), first(by: .errorShare))
    return board
  }

  private static func call(_ edge: ServiceGraphEdge) -> CallSnapshot {
    var call = CallSnapshot(callee: edge.callee)
    let seen = edge.client ?? edge.server
    call.rate = seen?.rate ?? 0
    call.errorShare = seen?.errorShare ?? 0
    (call.p99, call.answerP99) = (edge.client?.p99, edge.server?.p99)
    (call.answerRate, call.answerErrorShare) = (edge.server?.rate, edge.server?.errorShare)
    call.isDatabase = edge.kind == .database
    call.isMessage = edge.kind == .message
    return call
  }

  private func charge(_ minute: (calls: Int, errors: Int), to objective: inout ServiceObjective) {
    let allowed = Double(minute.calls) * objective.errorShare
    objective.budgetLeft = allowed > 0 ? 1 - Double(minute.errors) / allowed : 1
  }

  private func tally(_ shown: [TransactionSummary], now: Int64) -> TransactionTally {
    var tally = TransactionTally()
    let figures = traces.red(window: .minute, now: now)
    tally.started = figures.totalCalls
    tally.failed = figures.totalErrors
    tally.running = shown.count { $0.state == .running }
    return tally
  }

  private func program(_ receivers: [ReceiverSnapshot]) -> ProgramSnapshot {
    let statistics = traces.statistics
    var program = ProgramSnapshot()
    program.spansAccepted = UInt64(statistics.accepted)
    program.spansDropped = UInt64(statistics.late + statistics.overflowed)
    program.spansEvicted = UInt64(statistics.evictedSpans)
    program.traceBytes = statistics.bytes
    program.store = statistics
    program.residentBytes = memory()
    program.receivers = receivers
    return program
  }
}

extension InstanceSnapshot {
  /// Whatever names the process, which may be `host:port` as a whole.
  fileprivate init(_ reported: String, _ work: InstanceFigures?) {
    self.init(name: reported, port: 0)
    health = .up
    guard let work else { return }
    (version, rate, errorShare, p99) = (work.version, work.rate, work.errorShare, work.p99)
  }
}
