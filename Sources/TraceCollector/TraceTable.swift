internal import DequeModule
internal import TraceModel

/// The traces that are held: found by id, walked from the newest, and evicted whole when their bytes are too many.
///
/// Oldest first; those that failed or were slow come last, as long as they hold no more than half of the bytes:
/// after a long outage there must be room for what comes in now.
struct TraceTable: Sendable {
  private struct Ticket: Sendable {
    var slot: Int32
    var arrival: UInt64
  }

  private var slots: [StoredTrace?] = []
  private var free: [Int32] = []
  /// The first trace with that low half; others follow through `nextSameLow`.
  private var heads: [UInt64: Int32] = [:]
  private var young: Deque<Ticket> = []
  private var kept: Deque<Ticket> = []
  private var demoted: Deque<Ticket> = []
  private var staleKept = 0
  private var keptBytes = 0
  private var oldest: Int32 = -1
  private(set) var newest: Int32 = -1
  private var arrivals: UInt64 = 0
  private(set) var count = 0
  private(set) var spans = 0
  private(set) var orphans = 0
  /// Of the traces alone.
  private(set) var traceBytes = 0
  private var slowest: SlowestTraces

  init(slowestKept: Int, operations: Int) {
    slowest = SlowestTraces(limit: slowestKept, operations: operations)
  }

  var bytes: Int { traceBytes + slowest.bytes + 12 * Room.charged(slots.count) }

  subscript(slot: Int32) -> StoredTrace {
    guard let trace = slots[Int(slot)] else { preconditionFailure("A trace was asked for that has been evicted.") }
    return trace
  }

  /// The trace in `slot` if it still is the one that arrived as number `arrival`.
  func trace(in slot: Int32, arrival: UInt64) -> StoredTrace? {
    guard let trace = slots[Int(slot)], trace.arrival == arrival else { return nil }
    return trace
  }

  /// The newest trace that arrived before number `arrival`; −1 when there is none.
  func newest(olderThan arrival: UInt64) -> Int32 {
    var slot = newest
    while slot >= 0, self[slot].arrival >= arrival { slot = self[slot].older }
    return slot
  }

  /// Finds by the whole id, or, where one of the two has 64 bits only, by the low half.
  func slot(of id: GTXID) -> Int32? {
    guard let head = heads[id.low] else { return nil }
    if id.high == 0 { return head }
    var half: Int32?
    var slot = head
    while slot >= 0 {
      guard let trace = slots[Int(slot)] else { break }
      if trace.id.high == id.high { return slot }
      if trace.id.high == 0 { half = slot }
      slot = trace.nextSameLow
    }
    return half
  }

  mutating func add(_ span: TraceSpan) -> Int32 {
    arrivals += 1
    let trace = StoredTrace(span, arrival: arrivals)
    let slot = free.popLast() ?? Int32(slots.count)
    trace.older = newest
    if let head = heads[span.gtxid.low] {
      trace.nextSameLow = slots[Int(head)]?.nextSameLow ?? -1
      slots[Int(head)]?.nextSameLow = slot
    } else {
      heads[span.gtxid.low] = slot
    }
    if newest >= 0 { slots[Int(newest)]?.newer = slot } else { oldest = slot }
    newest = slot
    young.append(Ticket(slot: slot, arrival: arrivals))
    traceBytes += trace.bytes
    count += 1
    if Int(slot) == slots.count { slots.append(trace) } else { slots[Int(slot)] = trace }
    return slot
  }

  /// Changes the trace in `slot`, and everything that is counted over all traces with it.
  mutating func update<Result>(_ slot: Int32, _ body: (StoredTrace) -> Result) -> Result {
    let trace = self[slot]
    let (bytes, spans, orphans) = (trace.bytes, trace.spans, trace.orphans)
    let result = body(trace)
    trace.weigh()
    let growth = trace.bytes - bytes
    traceBytes += growth
    if trace.place == .kept { keptBytes += growth }
    self.spans += trace.spans - spans
    self.orphans += trace.orphans - orphans
    return result
  }

  /// Compares how long the trace in `slot` takes by now with the slowest of its root's operation.
  mutating func rank(_ slot: Int32) {
    let trace = self[slot]
    guard let key = trace.rootKey else { return }
    if let old = trace.slowKey, old != key {
      slowest.remove(slot, key: old)
      trace.slowKey = nil
    }
    let isListed = trace.slowKey == key
    switch slowest.offer(slot, duration: trace.end &- trace.start, key: key, isListed: isListed) {
    case .isNotSlow: break
    case .isSlow: trace.slowKey = key
    case .replaced(let other):
      trace.slowKey = key
      slots[Int(other)]?.slowKey = nil
      demote(other)
    }
  }

  private mutating func demote(_ slot: Int32) {
    guard let trace = slots[Int(slot)], trace.place == .kept, !trace.isWorthKeeping else { return }
    trace.place = .demoted
    keptBytes -= trace.bytes
    demoted.append(Ticket(slot: slot, arrival: trace.arrival))
    staleKept += 1
    guard staleKept > 1_024, staleKept > kept.count / 2 else { return }
    kept = kept.filter { isCurrent($0, in: .kept) }
    staleKept = 0
  }

  private func isCurrent(_ ticket: Ticket, in place: StoredTrace.Place) -> Bool {
    trace(in: ticket.slot, arrival: ticket.arrival)?.place == place
  }

  /// Removes the trace whose turn it is and returns what it was; nil when there is none.
  mutating func evict(keptLimit: Int) -> StoredTrace? {
    while true {
      if let ticket = demoted.popFirst() {
        if isCurrent(ticket, in: .demoted) { return remove(ticket.slot) }
      } else if keptBytes > keptLimit || young.isEmpty, let ticket = kept.popFirst() {
        if isCurrent(ticket, in: .kept) { return remove(ticket.slot) }
        staleKept -= 1
      } else if let ticket = young.popFirst() {
        let trace = self[ticket.slot]
        guard trace.isWorthKeeping else { return remove(ticket.slot) }
        trace.place = .kept
        keptBytes += trace.bytes
        kept.append(ticket)
      } else {
        return nil
      }
    }
  }

  private mutating func remove(_ slot: Int32) -> StoredTrace? {
    guard let trace = slots[Int(slot)].take() else { return nil }
    free.append(slot)
    count -= 1
    spans -= trace.spans
    orphans -= trace.orphans
    traceBytes -= trace.bytes
    if trace.place == .kept { keptBytes -= trace.bytes }
    if let key = trace.slowKey { slowest.remove(slot, key: key) }
    if trace.older >= 0 { slots[Int(trace.older)]?.newer = trace.newer } else { oldest = trace.newer }
    if trace.newer >= 0 { slots[Int(trace.newer)]?.older = trace.older } else { newest = trace.older }
    unchain(slot, trace)
    return trace
  }

  private mutating func unchain(_ slot: Int32, _ trace: StoredTrace) {
    guard var before = heads[trace.id.low] else { return }
    if before == slot {
      heads[trace.id.low] = trace.nextSameLow >= 0 ? trace.nextSameLow : nil
      return
    }
    while let next = slots[Int(before)]?.nextSameLow, next >= 0 {
      if next == slot {
        slots[Int(before)]?.nextSameLow = trace.nextSameLow
        return
      }
      before = next
    }
  }
}
