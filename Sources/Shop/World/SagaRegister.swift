internal import EventBus
internal import Operations
internal import OrderedCollections
internal import TraceModel
internal import Transactions

/// Which kind of saga each transaction is, how many of them ended how, and which events they have published: what a
/// screen needs beyond the services' own databases. It changes nothing, and no run depends on it.
final class SagaRegister {
  /// One saga as far as the services have told.
  struct Entry {
    let kind: SagaKind
    let start: Int64
    var state: TransactionState
    /// When it came into its state.
    var since: Int64
    var reason = ""
    /// Grows with each change and each record: what was made of the entry before is then out of date.
    var version = 0
    /// Types of its events in the order of publication, each once; those of the join saga's answers with their topics.
    var events: [String] = []
    /// Its customer gave back what was ordered: that is undone by a transaction of its own.
    var isReturned = false
    private(set) var returnedBy: GTXID?
    /// Types of the events of that transaction, each once.
    private(set) var returnEvents: [String] = []

    mutating func goBack(on event: String, in transaction: GTXID) {
      version += 1
      returnedBy = transaction
      if !returnEvents.contains(event) { returnEvents.append(event) }
    }

    mutating func add(_ event: String) {
      version += 1
      if !events.contains(event) { events.append(event) }
    }
  }

  /// Those that have not ended, in the order in which they began.
  private(set) var open = OrderedDictionary<GTXID, Entry>()
  /// The latest that have ended, oldest first.
  private(set) var ended = OrderedDictionary<GTXID, Entry>()
  private var counts = OrderedDictionary<SagaKind, [TransactionState: Int]>()
  /// Whether events are taken down: where nobody looks they need not be.
  var isWatched = false

  private static let endedKept = 400

  func entry(_ id: GTXID) -> Entry? { open[id] ?? ended[id] }

  /// How many have ended in a state since the start.
  func count(_ kind: SagaKind, _ state: TransactionState) -> Int { counts[kind]?[state] ?? 0 }

  func began(_ id: GTXID, _ kind: SagaKind, at time: Int64) {
    guard open[id] == nil, ended[id] == nil else { return }
    open[id] = Entry(kind: kind, start: time, state: .running, since: time)
  }

  /// Its state has changed. One that had ended may go on.
  func became(_ id: GTXID, _ state: TransactionState, reason: String, at time: Int64) {
    guard var entry = entry(id), entry.state != state else { return }
    if entry.state.hasEnded { counts[entry.kind, default: [:]][entry.state, default: 0] -= 1 }
    entry.state = state
    entry.since = time
    entry.version += 1
    if !reason.isEmpty { entry.reason = reason }
    if reason == BusinessReason.returned { entry.isReturned = true }
    guard state.hasEnded else {
      ended.removeValue(forKey: id)
      open[id] = entry
      return
    }
    counts[entry.kind, default: [:]][state, default: 0] += 1
    open.removeValue(forKey: id)
    ended[id] = entry
    if ended.count > 2 * Self.endedKept { ended.removeFirst(Self.endedKept) }
  }

  /// Something about it has changed, and not its state.
  func moved(_ id: GTXID) {
    if open[id] != nil { open[id]?.version += 1 } else { ended[id]?.version += 1 }
  }

  /// A record was published.
  func see(_ record: EventRecord, topic: String) {
    guard isWatched, let type = record.headerText(RecordHeaderName.type), type != EventType.tick,
      !ShopPlan.miners.contains(where: { $0.topic == topic }), topic != TopicName.legacyEvents,
      let id = record.headerText(Carrier.gtxid).flatMap({ GTXID($0) })
    else { return }
    if Self.ofReturns.contains(type), let order = Payload(json: record.value)?.transaction.flatMap({ GTXID($0) }),
      order != id
    {
      if open[order] != nil { open[order]?.goBack(on: type, in: id) } else { ended[order]?.goBack(on: type, in: id) }
      return
    }
    let isAnswer = topic == TopicName.stock || topic == TopicName.payments
    let name = isAnswer ? Self.answer(type, on: topic) : type
    if open[id] != nil { open[id]?.add(name) } else { ended[id]?.add(name) }
  }

  /// What is published while an order is given back.
  private static let ofReturns: Set<String> = [
    EventType.orderFailed, EventType.paymentRefunded, EventType.itemReleased, EventType.orderRejected,
    EventType.creditReleased,
  ]

  /// `stock ACCEPTED`: what item and payment answer is called the same.
  static func answer(_ type: String, on topic: String) -> String { "\(topic) \(type)" }
}
