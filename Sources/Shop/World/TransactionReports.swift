internal import Operations
internal import OrderedCollections
internal import Simulation
internal import TraceModel
internal import Transactions

/// Where the services say how a transaction stands: for the journal, for the screen, and for the question whether
/// everything has ended.
final class TransactionReports: @unchecked Sendable {
  private unowned let world: World
  /// Those that have not ended.
  private var open = OrderedDictionary<GTXID, TransactionState>()
  /// Ended without an order; they are no more than this if the order appears after all.
  private var refused = OrderedDictionary<GTXID, Int64>()
  private(set) var tally = TransactionTally()
  private(set) var committedOrders = 0
  /// When transactions were compensated for a technical reason in the last minute, oldest first.
  private var compensatedAt: [Int64] = []
  /// Since the start, by second: ended, and ended badly for a technical reason.
  private(set) var ended: UInt64 = 0
  private(set) var endedBadly: UInt64 = 0
  /// The latest that did not end well, oldest first.
  private(set) var notable: [GTXID] = []
  private static let notableKept = 200
  /// The latest that failed or were compensated for a technical reason, or are stuck, oldest first. The book may have
  /// forgotten them long ago.
  private(set) var failures: [GTXID] = []
  private static let failuresKept = 50
  private(set) var stuck: [(id: GTXID, order: Int64, reason: String)] = []

  init(world: World) {
    self.world = world
  }

  var openCount: Int { open.count }
  /// Oldest first.
  var openTransactions: [GTXID] { Array(open.keys) }
  func isOpen(_ id: GTXID) -> Bool { open[id] != nil }
  /// When the oldest of those that are on their way started; nil when none is. A stuck one waits for a person: it must
  /// not keep everything else from being forgotten.
  var oldestStart: Int64? {
    open.filter { $0.value != .stuck }.keys.map { world.book.entry($0)?.start ?? world.time.start }.min()
  }
  /// The orders of stuck transactions, which nothing forgets.
  var stuckOrders: [Int64] { stuck.map(\.order) }

  // MARK: At the gateway

  func started(_ id: GTXID, kind: String = TransactionKind.checkout, user: String, amount: String) {
    tally.started += 1
    var summary = TransactionSummary(
      gtxid: id, kind: kind, state: .running, start: world.time.now, duration: 0)
    summary.user = user
    summary.amount = amount
    if kind == TransactionKind.checkout { summary.step = ShopPlan.order }
    world.book.begin(summary)
    open[id] = .running
    write(id, .running, "")
  }

  /// A transaction was answered, and is over with that unless an order was taken in it, whatever it was called when it
  /// began: then its saga ends it.
  func answered(_ id: GTXID, _ status: Int, reason: String) {
    guard status < 500 else { return refusedAtGateway(id, reason: reason) }
    guard !hasOrder(id) else { return }
    end(id, status < 400 ? .committed : .rejected, reason: status < 400 ? "" : reason)
  }

  /// Nothing was accepted, as far as the gateway knows. An order may come of it all the same.
  func refusedAtGateway(_ id: GTXID, reason: String) {
    guard open[id] == .running, !hasOrder(id) else { return }
    end(id, .failed, reason: reason)
    refused[id] = world.time.now
    if refused.count > 10_000 { refused.removeFirst(5_000) }
  }

  private func hasOrder(_ id: GTXID) -> Bool { world.book.entry(id)?.orderState.isEmpty == false }

  /// An order that one local transaction has decided: no saga works on it.
  func decidedAtOnce(_ id: GTXID, _ state: TransactionState, order: String, reason: String) {
    if refused.removeValue(forKey: id) != nil {
      failures.removeAll { $0 == id }
      tally.failed -= 1
      open[id] = .running
      write(id, .running, "accepted after all")
    }
    world.book.update(id) { summary in
      summary.orderState = order
      summary.step = ""
      if summary.firstError.isEmpty { summary.firstError = reason }
    }
    end(id, state, reason: reason)
  }

  // MARK: In the saga

  /// - Parameter saga: how the order is carried out.
  func began(_ id: GTXID, _ saga: SagaKind, step: String) {
    // Where it came in nobody expected an order.
    if world.book.entry(id) == nil { started(id, user: "", amount: "") }
    world.sagas.began(id, saga, at: world.time.now)
    if refused.removeValue(forKey: id) != nil {
      failures.removeAll { $0 == id }
      tally.failed -= 1
      open[id] = .running
      write(id, .running, "accepted after all")
    }
    world.book.update(id) { summary in
      summary.state = .running
      summary.orderState = saga.first
      summary.step = step
    }
  }

  /// What the order comes to, whatever its customer said.
  func priced(_ id: GTXID, _ amount: Int64) {
    world.book.update(id) { $0.amount = PaymentService.won(amount) }
  }

  func step(_ id: GTXID, _ step: String) {
    world.sagas.moved(id)
    world.book.update(id) { $0.step = step }
  }

  func compensating(_ id: GTXID, order: String, step: String, reason: String) {
    switch open[id] {
    case .compensating: break
    case .running: open[id] = .compensating
    case .stuck:
      noLongerStuck(id)
      open[id] = .compensating
    default:
      // A transaction that had ended goes on: what was paid is given back.
      if world.book.entry(id)?.state == .committed {
        tally.committed -= 1
        committedOrders -= 1
      }
      if world.book.entry(id)?.state == .compensated { tally.compensated -= 1 }
      open[id] = .compensating
    }
    write(id, .compensating, reason)
    world.book.update(id) { summary in
      summary.state = .compensating
      summary.orderState = order
      summary.step = step
      if summary.firstError.isEmpty { summary.firstError = reason }
    }
  }

  func ended(_ id: GTXID, _ state: TransactionState, order: String, reason: String) {
    world.book.update(id) { summary in
      summary.orderState = order
      summary.step = ""
      if summary.firstError.isEmpty { summary.firstError = reason }
    }
    if state == .committed, open[id] != nil { committedOrders += 1 }
    end(id, state, reason: reason)
  }

  private func end(_ id: GTXID, _ state: TransactionState, reason: String) {
    guard let before = open.removeValue(forKey: id) else { return }
    if before == .stuck { noLongerStuck(id) }
    let now = world.time.now
    ended += 1
    switch state {
    case .committed: tally.committed += 1
    case .rejected: tally.rejected += 1
    case .failed:
      tally.failed += 1
      endedBadly += 1
    case .compensated:
      tally.compensated += 1
      world.faults.countCompensated()
      if !BusinessReason.isOne(reason) {
        endedBadly += 1
        compensatedAt.append(now)
        if compensatedAt.count % 1024 == 0 { forgetOldCompensations() }
      }
    default: break
    }
    world.book.update(id) { summary in
      summary.state = state
      summary.duration = now - summary.start
      if state == .failed || summary.firstError.isEmpty { summary.firstError = reason }
      summary.isBusinessDecision = BusinessReason.isOne(reason)
    }
    if state == .failed || state == .compensated && !BusinessReason.isOne(reason) { noteBadEnd(id) }
    if state != .committed { notable.append(id) }
    if notable.count > 2 * Self.notableKept { notable.removeFirst(Self.notableKept) }
    write(id, state, reason)
  }

  /// - Parameter order: its number where that is known; nil looks for the order of the transaction.
  func gotStuck(_ id: GTXID, order: Int64? = nil, because reason: String) {
    guard open[id] != nil, open[id] != .stuck else { return }
    open[id] = .stuck
    stuck.append((id, order ?? number(ofOrderOf: id) ?? 0, reason))
    noteBadEnd(id)
    tally.stuck += 1
    world.book.update(id) { summary in
      summary.state = .stuck
      summary.stuckReason = reason
    }
    write(id, .stuck, reason)
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .transaction, severity: .bad, subject: id.short, change: "STUCK", reason: reason,
        state: TransactionState.stuck.rawValue, gtxid: id))
  }

  private func noteBadEnd(_ id: GTXID) {
    failures.removeAll { $0 == id }
    failures.append(id)
    if failures.count > 2 * Self.failuresKept { failures.removeFirst(Self.failuresKept) }
  }

  private func number(ofOrderOf id: GTXID) -> Int64? {
    let order = try? world.disk(of: ShopPlan.order)?.database.read { try OrderTables.order(gtxid: id.hex, $0) }
    return order.flatMap(\.self)?.id
  }

  /// Why an order is stuck; nil where it is not.
  func standstill(of id: GTXID) -> String? {
    open[id] == .stuck && hasOrder(id) ? world.book.entry(id)?.stuckReason : nil
  }

  /// Somebody has helped a saga that was stuck: it goes forward again.
  func resumed(_ id: GTXID, step: String) {
    guard open[id] == .stuck else { return }
    noLongerStuck(id)
    open[id] = .running
    world.book.update(id) { summary in
      summary.state = .running
      summary.step = step
      summary.stuckReason = ""
    }
    write(id, .running, "helped by hand")
  }

  /// Somebody has settled the dead letter that a transaction waits for.
  func letterSettled(of id: GTXID, _ words: String) {
    guard open[id] == .stuck else { return }
    world.book.update(id) { $0.stuckReason = words }
  }

  /// It went on after all: another instance had been given the same record, say.
  private func noLongerStuck(_ id: GTXID) {
    stuck.removeAll { $0.id == id }
    failures.removeAll { $0 == id }
    tally.stuck -= 1
  }

  func customerSaw(_ id: GTXID, _ words: String) {
    world.book.update(id) { $0.customerSees = words }
  }

  // MARK: Looking

  /// The tally with what is going on just now.
  func currentTally() -> TransactionTally {
    forgetOldCompensations()
    var tally = tally
    for state in open.values {
      switch state {
      case .running: tally.running += 1
      case .compensating: tally.compensating += 1
      default: break
      }
    }
    tally.compensatedLately = compensatedAt.count
    return tally
  }

  private func forgetOldCompensations() {
    let since = world.time.now - 60_000_000_000
    compensatedAt.removeFirst(compensatedAt.firstIndex { $0 >= since } ?? compensatedAt.count)
  }

  /// True once nothing but stuck transactions is left.
  var allHaveEnded: Bool { open.values.allSatisfy { $0 == .stuck } }

  private func write(_ id: GTXID, _ state: TransactionState, _ reason: String) {
    world.sagas.became(id, state, reason: reason, at: world.time.now)
    world.stateChanged("transaction", id.hex, state.rawValue, reason)
  }
}

/// Reasons for turning back that are business, and no failure of the system.
enum BusinessReason {
  static let declined = "card declined"
  static let undeliverable = "no parcel goes to the address"
  static let soldOut = "is sold out"
  static let tooFew = "too few are left"
  static let noCredit = "credit limit exceeded"
  static let returned = "returned by the customer"

  static func isOne(_ reason: String) -> Bool {
    // An orchestrator says first which step was refused.
    [declined, undeliverable, noCredit, soldOut, tooFew, returned].contains { reason.hasSuffix($0) }
  }
}
