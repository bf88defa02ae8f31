internal import Concurrency
internal import Foundation
public import Operations
public import TraceCollector
public import TraceModel

/// A real system, known by what its services report: spans, and log lines beside them. It cannot be commanded.
public final class AttachedSystem: LiveSystem {
  private struct State {
    var snapshot: SystemSnapshot
    var isStopping = false
    /// What is asked for seldom tells little in ten seconds.
    var window = RedWindow.minute
    /// Each is asked for its figures whenever a snapshot is taken.
    var receivers: [@Sendable () -> ReceiverSnapshot] = []
  }

  public let traces: TraceStore
  private let metrics = MetricStore(budget: AttachedSystem.metricBudget)
  private let log: LogBook
  private let now: @Sendable () -> Int64
  private let builder: Locked<AttachedSnapshotBuilder>
  private let state: Locked<State>
  private let history = SnapshotHistory(span: 900_000_000_000)
  private let logSearch = Locked<LogSearch?>(nil)
  private let search = Locked<TransactionSearch?>(nil)
  private let onChange = Locked<(@Sendable () -> Void)?>(nil)
  private let condition = NSCondition()

  /// Bytes of metrics that are kept.
  private static let metricBudget = 32_000_000
  /// Lines of the log that are kept, and bytes that they may take.
  private static let logCapacity = 100_000
  private static let logBudget = LogBook.usualBytes
  private static let betweenSnapshots = 0.25

  /// - Parameters:
  ///   - name: what the screen calls it.
  ///   - budget: bytes of spans; at least 65,536.
  ///   - isStill: its time does not go by, and nothing more comes in.
  ///   - memory: bytes that the program itself holds, asked for with each state; nil where they are not shown.
  ///   - now: the time of day in nanoseconds since the Unix epoch. Called from any thread.
  public init(
    name: String, budget: Int, isStill: Bool = false, memory: @escaping @Sendable () -> Int? = { nil },
    now: @escaping @Sendable () -> Int64
  ) {
    self.now = now
    var settings = TraceStoreSettings(budget: budget)
    settings.waitsForBatches = !isStill
    traces = TraceStore(settings)
    log = LogBook(capacity: Self.logCapacity, bytes: Self.logBudget)
    var builder = AttachedSnapshotBuilder(
      name: name, isStill: isStill, traces: traces, metrics: metrics, memory: memory)
    let snapshot = builder.snapshot(now: now(), window: .minute, receivers: [])
    self.builder = Locked(builder)
    state = Locked(State(snapshot: snapshot))
    history.add(snapshot)
  }

  /// Looks anew four times a second, on a thread of its own, until ``stop()``. `onChange` is called there after each new
  /// snapshot.
  public func start(onChange: @escaping @Sendable () -> Void) {
    self.onChange.withLock { $0 = onChange }
    let thread = Thread { [self] in run() }
    thread.name = "attached"
    thread.start()
  }

  public func stop() {
    condition.lock()
    state.withLock { $0.isStopping = true }
    condition.signal()
    condition.unlock()
  }

  /// Says on the screen that a receiver is open, and what came in. `figures` is called from any thread.
  public func opened(receiver figures: @escaping @Sendable () -> ReceiverSnapshot) {
    state.withLock { $0.receivers.append(figures) }
  }

  /// Takes spans. From any thread.
  public func receive(_ spans: [TraceSpan]) { traces.add(spans, now: now()) }

  /// Takes spans that were laid out before. From any thread.
  public func receive(_ batch: SpanBatch) { traces.add(batch, now: now()) }

  /// Takes points of metrics. From any thread.
  public func receive(_ points: [MetricPoint]) { metrics.add(points, receivedAt: now()) }

  /// Takes a line of the log. From any thread.
  public func receive(_ line: LogLine) { log.write(line) }

  /// Takes the state anew: for who does not ``start(onChange:)`` it.
  public func refresh() {
    // Published with the lock held: of several threads that come here the last one must win.
    builder.withLock { builder in
      let (window, receivers) = state.withLock { ($0.window, $0.receivers) }
      var snapshot = builder.snapshot(now: now(), window: window, receivers: receivers.map { $0() })
      (snapshot.program.metrics, snapshot.program.log) = (metricStatistics, logStatistics)
      history.add(snapshot)
      state.withLock { $0.snapshot = snapshot }
    }
    onChange.withLock { $0 }?()
  }

  private func run() {
    while !state.withLock({ $0.isStopping }) {
      refresh()
      condition.lock()
      if !state.withLock({ $0.isStopping }) {
        _ = condition.wait(until: Date(timeIntervalSinceNow: Self.betweenSnapshots))
      }
      condition.unlock()
    }
  }

  // MARK: What is kept beside the spans

  public var metricStatistics: MetricStoreStatistics { metrics.statistics }
  public var logStatistics: LogStatistics { log.statistics }

  // MARK: LiveSystem

  public func snapshot() -> SystemSnapshot { state.withLock { $0.snapshot } }
  public func snapshot(at time: Int64) -> SystemSnapshot { history.nearest(to: time) ?? snapshot() }
  public func snapshot(from time: Int64) -> SystemSnapshot { history.first(from: time) ?? snapshot() }
  public var historyStart: Int64 { history.start ?? snapshot().time }

  public func transaction(_ id: GTXID) -> TransactionDetail? {
    guard let trace = traces.summary(of: id) else { return nil }
    return TransactionDetail(
      summary: TransactionSummary(trace, now: now()), tree: CallTree.build(spans: traces.spans(of: trace.gtxid)),
      log: log(LogFilter(gtxid: trace.gtxid), limit: 200))
  }

  public func spans(of id: GTXID) -> [TraceSpan] { CallTree.build(spans: traces.spans(of: id)).reportedSpans }

  public func transactions(withPrefix prefix: String) -> [GTXID] { traces.find(prefix: prefix, limit: 50) }

  public func metrics(of service: String, limit: Int) -> [MetricSnapshot] {
    let series = metrics.series(of: service).map(MetricSnapshot.init)
    let named = series.map { (text: $0.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " "), series: $0) }
    let sorted = named.sorted {
      ($0.series.name, $0.text, $0.series.instance) < ($1.series.name, $1.text, $1.series.instance)
    }
    return sorted.prefix(limit).map(\.series)
  }

  public func transactions(_ question: TransactionQuestion, limit: Int, takesNewer: Bool) -> TransactionAnswer {
    search.withLock { search in
      var own =
        search.flatMap { $0.question == question && $0.limit == limit ? $0 : nil }
        ?? TransactionSearch(question, limit: limit, spansAreAll: true)
      search = nil
      let end = ContinuousClock.now + Self.longestSearch
      let row = { [now = now()] in TransactionSummary($0, now: now) }
      own.lookOn(in: traces, takesNewer: takesNewer, row: row) { ContinuousClock.now >= end }
      search = own
      return own.answer(row: row)
    }
  }

  public func export(_ question: TransactionQuestion) -> TransactionExport {
    TransactionExport([
      .init(question, in: traces, spansAreAll: true) { [now = now()] in TransactionSummary($0, now: now) }
    ])
  }

  /// Whoever asks draws the screen, and has keys to answer.
  private static let longestSearch: Duration = .milliseconds(6)

  /// The newest that came, in the order of their times.
  public func log(_ filter: LogFilter, limit: Int) -> [LogLine] { log.lines(filter, limit: limit).inTheOrderOfTime }

  public func searchLog(_ filter: LogFilter, limit: Int, takesNewer: Bool) -> LogAnswer {
    logSearch.withLock { search in
      if search?.filter != filter || search?.limit != limit { search = LogSearch(filter, limit: limit, in: log) }
      let end = ContinuousClock.now + Self.longestSearch
      search?.lookOn(in: log, takesNewer: takesNewer) { ContinuousClock.now >= end }
      return search?.answer.inTheOrderOfTime ?? LogAnswer()
    }
  }

  public func show(figuresOver window: RedWindow) {
    condition.lock()
    state.withLock { $0.window = window }
    condition.signal()
    condition.unlock()
    // Where time stands still nobody else looks anew.
    if snapshot().system.isStill { refresh() }
  }

  public func records(_ filter: RecordFilter, limit: Int, takesNewer: Bool) -> RecordAnswer { RecordAnswer() }

  public func preview(_ move: OffsetMove) -> OffsetPreview { .refused(Self.isReadOnly) }

  public func perform(_ command: Command) -> CommandOutcome { .refused(Self.isReadOnly) }

  private static let isReadOnly = "this is a real system, and msatop only watches it"
}
