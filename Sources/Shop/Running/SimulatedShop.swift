internal import Concurrency
public import EventBus
internal import Foundation
public import Operations
internal import Resilience
internal import Simulation
public import TraceCollector
public import TraceModel

/// The shop as a living system: it runs on a thread of its own, at the speed that is wanted, and tells what it is like.
public final class SimulatedShop: LiveSystem {
  /// What a shop can have that can break, wherever its databases are.
  public static var catalogue: FaultCatalogue { catalogue(.onOneServer) }

  /// What a shop has that can break, where its databases are as `topology` says.
  public static func catalogue(_ topology: TopologySettings) -> FaultCatalogue { ShopPlan.catalogue(topology, .outbox) }

  private struct State {
    var snapshot: SystemSnapshot
    var speed: Speed
    var window = RedWindow.tenSeconds
    var isStopping = false
    /// Each is asked for its figures whenever a snapshot is taken.
    var receivers: [@Sendable () -> ReceiverSnapshot] = []
  }

  let world: World
  private let external = ExternalReports()
  private let builder: Locked<BuilderBox>
  private let state: Locked<State>
  private let history: SnapshotHistory
  private let isStill: Bool
  private let condition = NSCondition()
  /// The search that was asked for last.
  private let search = Locked<RecordSearch?>(nil)
  /// Of what came from outside, and of the shop's own.
  private let logSearch = Locked<(foreign: LogSearch, own: LogSearch)?>(nil)
  /// Among those from outside, and among the shop's own.
  private let transactionSearch = Locked<(foreign: TransactionSearch, own: TransactionSearch)?>(nil)
  private let onChange = Locked<(@Sendable () -> Void)?>(nil)

  /// - Parameters:
  ///   - startAt: nanoseconds of virtual time that go by at once, before anybody looks.
  ///   - isStill: true when time is to stand still from then on.
  ///   - bus: an empty one, see ``ShopBus``; nil makes one in memory.
  public init(
    _ settings: ShopSettings, bus: Broker? = nil, startAt: Int64 = 0, speed: Speed = .paced(1), isStill: Bool = false
  ) {
    world = World(settings, bus: bus)
    self.isStill = isStill
    let builder = SnapshotBuilder(world: world, external: external.traces)
    self.builder = Locked(BuilderBox(builder: builder))
    history = SnapshotHistory(span: 900_000_000_000)
    world.sagas.isWatched = true
    world.begin()
    world.time.run(until: settings.epoch + startAt)
    let snapshot = builder.snapshot(speed: speed, receivers: [], isStill: isStill)
    state = Locked(State(snapshot: snapshot, speed: speed))
    history.add(snapshot)
    world.publishedTime.withLock { $0 = snapshot.time }
  }

  // The thread holds the shop: by now it has come to its end.
  deinit { world.end() }

  /// Lets time go by, until ``stop()``. `onChange` is called on the simulation's thread after each new snapshot.
  public func start(onChange: @escaping @Sendable () -> Void) {
    self.onChange.withLock { $0 = onChange }
    guard !isStill else { return }
    let thread = Thread { [self] in run() }
    thread.name = "simulation"
    thread.stackSize = 4 << 20
    thread.start()
  }

  public func stop() {
    state.withLock { $0.isStopping = true }
    wake()
  }

  /// Takes the state anew, where time stands still: to measure what that costs.
  public func retake() {
    precondition(isStill, "where time goes by, the simulation's thread does this")
    refresh()
  }

  /// Takes spans from outside. From any thread.
  public func receive(_ spans: SpanBatch) {
    external.traces.add(spans, now: world.publishedTime.withLock { $0 })
    // Where time stands still nobody else would notice.
    if isStill { refresh() }
  }

  /// Takes log lines from outside. From any thread.
  public func receive(_ lines: [LogLine]) {
    for line in lines { external.log.write(line) }
    if isStill { refresh() }
  }

  /// Says on the screen that a receiver is open, and what came in. `figures` is called from any thread.
  public func opened(receiver figures: @escaping @Sendable () -> ReceiverSnapshot) {
    state.withLock { $0.receivers.append(figures) }
    if isStill { refresh() }
  }

  // MARK: LiveSystem

  public func snapshot() -> SystemSnapshot { state.withLock { $0.snapshot } }

  public func snapshot(at time: Int64) -> SystemSnapshot { history.nearest(to: time) ?? snapshot() }

  public func snapshot(from time: Int64) -> SystemSnapshot { history.first(from: time) ?? snapshot() }

  public var historyStart: Int64 { history.start ?? snapshot().time }

  public func transaction(_ id: GTXID) -> TransactionDetail? {
    SnapshotBuilder.detail(id, in: world, external: external)
  }

  public func spans(of id: GTXID) -> [TraceSpan] {
    let own = world.traces.spans(of: id)
    return CallTree.build(spans: own.isEmpty ? external.traces.spans(of: id) : own).reportedSpans
  }

  public func saga(_ id: GTXID) -> SagaDetail? {
    SagaTimeline(world: world).detail(id, returnedBy: snapshot().sagas.saga(id)?.returnedBy)
  }

  public func store(of service: String) -> StoreDetail? { world.disk(of: service).map { StoreReader(disk: $0).detail } }

  public func order(_ key: String) -> OrderAnswer { OrderReader(world: world, now: snapshot().time).answer(key) }

  public func transactions(withPrefix prefix: String) -> [GTXID] {
    Array((external.traces.find(prefix: prefix, limit: 50) + world.traces.find(prefix: prefix, limit: 50)).prefix(50))
  }

  public func transactions(_ question: TransactionQuestion, limit: Int, takesNewer: Bool) -> TransactionAnswer {
    let now = snapshot().time
    let foreignRow = { TransactionSummary($0, now: now) }
    let ownRow = { [world] in SnapshotBuilder.row($0, in: world, now: now) }
    return transactionSearch.withLock { searches in
      var (foreign, own) =
        searches.flatMap { $0.own.question == question && $0.own.limit == limit ? $0 : nil }
        ?? (
          TransactionSearch(question, limit: limit, spansAreAll: true),
          TransactionSearch(question, limit: limit, spansAreAll: false)
        )
      searches = nil
      let end = ContinuousClock.now + Self.longestSearch
      foreign.lookOn(in: external.traces, takesNewer: takesNewer, row: foreignRow) { ContinuousClock.now >= end }
      own.lookOn(in: world.traces, takesNewer: takesNewer, row: ownRow) { ContinuousClock.now >= end }
      searches = (foreign, own)
      return foreign.answer(row: foreignRow).joined(with: own.answer(row: ownRow), limit: limit)
    }
  }

  public func export(_ question: TransactionQuestion) -> TransactionExport {
    let now = snapshot().time
    return TransactionExport([
      .init(question, in: external.traces, spansAreAll: true) { TransactionSummary($0, now: now) },
      .init(question, in: world.traces, spansAreAll: false) { [world] in SnapshotBuilder.row($0, in: world, now: now) },
    ])
  }

  public func records(_ filter: RecordFilter, limit: Int, takesNewer: Bool) -> RecordAnswer {
    search.withLock { search in
      // What became of a letter may be what is looked for, and changes.
      let isAnother = search?.filter != filter || search?.limit != limit || takesNewer && filter.lettersOf != nil
      if isAnother { search = RecordSearch(filter, limit: limit, broker: world.broker) }
      let end = ContinuousClock.now + Self.longestSearch
      search?.lookOn(takesNewer: takesNewer) { ContinuousClock.now >= end }
      return search?.answer ?? RecordAnswer()
    }
  }

  /// Whoever asks draws the screen, and has keys to answer.
  private static let longestSearch: Duration = .milliseconds(6)

  public func preview(_ move: OffsetMove) -> OffsetPreview {
    do throws(BusError) {
      return .possible(
        try world.broker.groups.previewSeek(
          group: move.group, topic: move.topic, partitions: move.partition.map { [$0] }, to: move.target))
    } catch {
      return .refused("\(error)")
    }
  }

  public func log(_ filter: LogFilter, limit: Int) -> [LogLine] {
    let (foreign, own) = (external.log.lines(filter, limit: limit), world.logBook.lines(filter, limit: limit))
    return LogAnswer(foreign).inTheOrderOfTime.joined(with: LogAnswer(own), limit: limit).lines
  }

  public func searchLog(_ filter: LogFilter, limit: Int, takesNewer: Bool) -> LogAnswer {
    logSearch.withLock { searches in
      var (foreign, own) =
        searches.flatMap { $0.own.filter == filter && $0.own.limit == limit ? $0 : nil }
        ?? (
          LogSearch(filter, limit: limit, in: external.log), LogSearch(filter, limit: limit, in: world.logBook)
        )
      searches = nil
      let end = ContinuousClock.now + Self.longestSearch
      foreign.lookOn(in: external.log, takesNewer: takesNewer) { ContinuousClock.now >= end }
      own.lookOn(in: world.logBook, takesNewer: takesNewer) { ContinuousClock.now >= end }
      searches = (foreign, own)
      return foreign.answer.inTheOrderOfTime.joined(with: own.answer, limit: limit)
    }
  }

  public func show(figuresOver window: RedWindow) {
    state.withLock { $0.window = window }
    if isStill { refresh() } else { wake() }
  }

  @discardableResult
  public func perform(_ command: Command) -> CommandOutcome {
    let outcome = CommandDesk(world: world, snapshot: snapshot()).outcome(of: command)
    guard case .done = outcome else { return outcome }
    if case .setSpeed(let speed) = command {
      guard !isStill else { return .refused("time stands still here: start without --frozen to let it go by") }
      state.withLock { $0.speed = speed }
    }
    world.time.inject { [world] in CommandDesk.carryOut(command, in: world) }
    if isStill { step() } else { wake() }
    return outcome
  }

  // MARK: Time

  /// Slices of time: short enough that a command shows at once.
  private static let slice: Duration = .milliseconds(20)
  private static let betweenSnapshots: Duration = .milliseconds(100)

  private func run() {
    var pace = Pace(now: ContinuousClock.now, virtual: world.time.now)
    var lastSnapshot = ContinuousClock.now
    while !state.withLock({ $0.isStopping }) {
      let speed = state.withLock { $0.speed }
      let began = ContinuousClock.now
      // Asked before: what is commanded meanwhile is carried out, and shown, with the next slice.
      let isCommanded = hasCommand
      if isCommanded { hasCommand = false }
      world.time.run(until: pace.target(at: began, speed: speed, virtual: world.time.now))
      let now = ContinuousClock.now
      if now - lastSnapshot >= Self.betweenSnapshots || isCommanded {
        refresh()
        lastSnapshot = now
      }
      pause(until: began + Self.slice, speed: speed)
    }
  }

  /// Carries out what was injected, where time stands still.
  private func step() {
    builder.withLock { _ in world.time.run(until: world.time.now) }
    refresh()
  }

  private func refresh() {
    // Published with the lock held: where time stands still several threads come here, and the last one must win.
    builder.withLock { box in
      let (speed, window, receivers) = state.withLock { ($0.speed, $0.window, $0.receivers) }
      let snapshot = box.builder.snapshot(
        speed: speed, window: window, receivers: receivers.map { $0() }, isStill: isStill)
      world.publishedTime.withLock { $0 = snapshot.time }
      history.add(snapshot)
      state.withLock { $0.snapshot = snapshot }
    }
    onChange.withLock { $0 }?()
  }

  private var hasCommand: Bool {
    get { commandWaits.withLock { $0 } }
    set { commandWaits.withLock { $0 = newValue } }
  }
  private let commandWaits = Locked(false)

  private func wake() {
    condition.lock()
    hasCommand = true
    condition.signal()
    condition.unlock()
  }

  private func pause(until due: ContinuousClock.Instant, speed: Speed) {
    guard speed != .asFastAsItCan else { return }
    let left = Double((due - .now).wholeNanoseconds) / 1e9
    guard left > 0 else { return }
    condition.lock()
    if !hasCommand { _ = condition.wait(until: Date(timeIntervalSinceNow: left)) }
    condition.unlock()
  }
}

/// The builder belongs to whoever lets time go by: the simulation's thread, or, where it stands still, whoever asks.
private struct BuilderBox: @unchecked Sendable {
  let builder: SnapshotBuilder
}
