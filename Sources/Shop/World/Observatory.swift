internal import EventBus
internal import Foundation
internal import Operations
internal import OrderedCollections
internal import Resilience
internal import Simulation
internal import TraceCollector
internal import Transactions

/// Looks at the shop once a second of virtual time, whether anybody is watching or not: health, lag, breakers, series.
/// It also does what a broker and a collector do by the clock.
final class Observatory: @unchecked Sendable {
  let lag: LagMonitor
  let series = SecondSeries()
  private(set) var health = HealthJudge()
  private(set) var breakerHistory = OrderedDictionary<String, BreakerHistory>()
  private unowned var world: World?
  /// By group and topic, as its events name them.
  private var verdicts = OrderedDictionary<String, EventBus.LagVerdict>()
  private let broker: Broker
  private let encoder = JSONEncoder()

  /// Records are kept so long, and longer while a group has not read them.
  static let retention: Int64 = 480_000_000_000
  /// What tells that a record was acted on is kept for longer than any record can be delivered again: its retention, the
  /// age at which a segment closes, and a while until it is removed.
  static let memory: Int64 = retention + 90_000_000_000

  init(broker: Broker) {
    self.broker = broker
    var settings = LagMonitor.Settings()
    // What comes in half a second at the usual rate is on its way, not behind.
    settings.allowedLag = 12
    settings.warmUp = settings.samples
    lag = LagMonitor(broker: broker, settings: settings)
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  func begin(_ world: World) {
    self.world = world
    world.time.after(1_000_000_000) { [unowned self] in self.everySecond() }
    world.time.after(100_000_000) { [unowned self] in self.everyTenth() }
  }

  /// Appends an event to `__operations`.
  func publish(_ event: OperationalEvent, at now: Int64) {
    guard let data = try? encoder.encode(event) else {
      preconditionFailure("an operational event can be written as JSON")
    }
    let record = ProducerRecord(key: Array(event.subject.utf8), value: [UInt8](data))
    // What a disk does not take is in the journal in any case.
    do {
      note([event], at: try broker.append([record], to: TopicName.operations, now: now))
    } catch BusError.unavailable {
      if waiting.count < Self.waitingLimit { waiting.append((event, record)) }
    } catch {}
  }

  /// Since when the broker does not answer; nil while it does.
  private(set) var busDownSince: Int64?

  func noteBus(at now: Int64) { busDownSince = broker.isAvailable ? nil : busDownSince ?? now }

  /// What could not be told while the broker was away, of its own absence too.
  private var waiting: [(event: OperationalEvent, record: ProducerRecord)] = []
  private static let waitingLimit = 10_000
  /// The last that the broker took, and where.
  private var latest: [(offset: Int64, event: OperationalEvent)] = []
  private static let latestLimit = 300

  func tellWhatWaited(at now: Int64) {
    let told = waiting
    waiting = []
    // It has only just come back; a disk that refuses them loses them, as it does any other.
    guard let places = try? broker.append(told.map(\.record), to: TopicName.operations, now: now) else { return }
    note(told.map(\.event), at: places)
  }

  private func note(_ events: [OperationalEvent], at places: [RecordPosition]) {
    latest += zip(places, events).map { ($0.offset, $1) }
    if latest.count > 2 * Self.latestLimit { latest.removeFirst(latest.count - Self.latestLimit) }
  }

  /// What was told and nobody who has read up to an offset has seen, oldest first. That which the broker took just before
  /// it went away cannot be read there now, and what came after waits.
  func told(from offset: Int64) -> [OperationalEvent] {
    latest.filter { $0.offset >= offset }.map(\.event) + waiting.map(\.event)
  }

  func noteBreaker(_ id: String, became state: Resilience.CircuitBreakerState) {
    guard let world else { return }
    breakerHistory[id, default: BreakerHistory()].note(BreakerState(state), at: world.time.elapsed)
  }

  func judgeHealth() {
    guard let world else { return }
    for change in health.judge(world) { world.tell(change) }
  }

  /// Somebody moved a group's offsets.
  func noteMove(_ move: SeekPreview, now: Int64) {
    lag.offsetsMoved(group: move.group, now: now)
    series.noteMove(move)
  }

  // MARK: By the clock

  private func everyTenth() {
    guard let world else { return }
    world.time.after(100_000_000) { [unowned self] in self.everyTenth() }
    broker.tick(now: world.time.now)
  }

  private func everySecond() {
    guard let world else { return }
    world.time.after(1_000_000_000) { [unowned self] in self.everySecond() }
    world.flushSpans()
    // For looking up only.
    let gone = Set(world.services.flatMap(\.instances).filter { !$0.isUp }.map(\.name))
    lag.sample(now: world.time.now) { gone.contains($0) }
    noteBus(at: world.time.now)
    // There is nothing to say of who reads from a broker that nobody can ask.
    if broker.isAvailable { judgeLag(world) }
    series.sample(world)
    health.measure(world)
    judgeHealth()
    judgeDisk(world)
    for service in world.services {
      for process in service.instances.compactMap(\.process) {
        for client in process.clients { noteBreaker(client.breakerID, became: client.breaker.state) }
      }
    }
    let second = world.time.elapsed / 1_000_000_000
    if second % 5 == 0 { tidy(world) }
    if second % 60 == 0 { ProcessMemory.giveBack() }
  }

  /// Says once that the bus's disk takes nothing, and once that it does again.
  private func judgeDisk(_ world: World) {
    let refusal = broker.refusals.first
    guard (refusal != nil) != isDiskRefusing else { return }
    isDiskRefusing = refusal != nil
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .health, severity: isDiskRefusing ? .bad : .good, subject: "bus",
        change: isDiskRefusing ? "its disk takes nothing" : "its disk takes records again",
        reason: refusal.map { "\($0)" } ?? "", state: isDiskRefusing ? "DOWN" : "UP"))
  }

  private var isDiskRefusing = false

  private func tidy(_ world: World) {
    let now = world.time.now
    let horizon = world.horizon()
    broker.applyRetention(now: min(now, world.oldestUnreadRecord() ?? now))
    world.audit.judge(now: now, horizon: horizon) { world.transactions.isOpen($0) }
    let stuck = Set(world.transactions.stuck.map { PaymentService.key($0.id) })
    world.companyBooks.prune(before: horizon - Self.memory, keeping: stuck)
    let unread = PaymentReconciliation(world: world).readThrough(ShopPlan.company)
    let kept = max(min(horizon - Self.memory, unread), now - ChangeLog.retention)
    world.companyBooks.pruneStatement(before: kept)
    world.joins.forget(before: horizon)
    world.ledger.prune(before: horizon - Self.memory)
    FinalJudgement(world: world).judgeOffsets()
  }

  /// Each topic of a group by itself: of several that it reads, it may be behind in one.
  private func judgeLag(_ world: World) {
    for report in lag.reports {
      for topic in report.topics {
        guard let verdict = topic.verdict else { continue }
        let subject = "\(report.group)/\(topic.topic)"
        let before = verdicts.updateValue(verdict, forKey: subject)
        guard let before, before != verdict else { continue }
        world.tell(
          OperationalEvent(
            time: world.time.now, kind: .lag, severity: verdict == .ok ? .good : verdict == .warn ? .warning : .bad,
            subject: subject, change: "lag \(before.rawValue) → \(verdict.rawValue)",
            reason: "\(topic.totalLag ?? 0) records behind", state: verdict.rawValue))
      }
    }
  }
}

/// The worst state of one breaker in each two seconds of the last minute.
struct BreakerHistory {
  private(set) var cells: [BreakerState] = []
  private var current: Int64 = -1
  private var last = BreakerState.closed
  private static let width: Int64 = 2_000_000_000

  mutating func note(_ state: BreakerState, at elapsed: Int64) {
    let cell = elapsed / Self.width
    if current < 0 { current = cell - 1 }
    while current < cell {
      cells.append(last)
      current += 1
    }
    if cells.count > 30 { cells.removeFirst(cells.count - 30) }
    last = state
    if let index = cells.indices.last, Self.rank(state) > Self.rank(cells[index]) || cells.count == 1 {
      cells[index] = state
    }
  }

  private static func rank(_ state: BreakerState) -> Int {
    switch state {
    case .closed: 0
    case .metricsOnly: 1
    case .disabled: 2
    case .halfOpen: 3
    case .open: 4
    case .forcedOpen: 5
    }
  }
}

extension BreakerState {
  init(_ state: Resilience.CircuitBreakerState) {
    self = BreakerState(rawValue: state.rawValue) ?? .closed
  }
}
