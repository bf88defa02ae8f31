internal import EventBus
internal import OrderedCollections
internal import TraceCollector
internal import TraceModel

/// Watches a run for what must never happen: a second effect of one message, a transaction whose spans are no tree.
final class Audit: @unchecked Sendable {
  private var traces = OrderedDictionary<GTXID, AuditedTrace>()
  /// Transactions that were judged, and when: their records may be read once more.
  private var judged = OrderedDictionary<GTXID, Int64>()
  private var effects = OrderedDictionary<String, Int64>()
  private struct Reader: Hashable {
    var group: String
    var place: TopicPartition
  }

  /// The highest offset that a group was given in a partition.
  private var delivered: [Reader: Int64] = [:]
  private(set) var problems: [AuditProblem] = []
  private(set) var checkedTraces: UInt64 = 0

  /// After its end a transaction is judged when so long nothing was heard of it.
  private static let quiet: Int64 = 30_000_000_000
  private static let problemsKept = 20
  /// Longer than any record can be delivered again.
  private static let memory: Int64 = 600_000_000_000

  /// How many transactions and effects are remembered.
  var count: Int { traces.count + judged.count + effects.count }

  func add(_ problem: AuditProblem) {
    if problems.count < Self.problemsKept { problems.append(problem) }
  }

  // MARK: Effects

  /// True when this group was given the record before.
  func noteDelivery(group: String, topic: String, partition: Int, offset: Int64) -> Bool {
    let reader = Reader(group: group, place: TopicPartition(topic: topic, partition: partition))
    guard let highest = delivered[reader] else {
      delivered[reader] = offset
      return false
    }
    if offset <= highest { return true }
    delivered[reader] = offset
    return false
  }

  func effect(of message: String, in topic: String, at time: Int64) {
    let key = "\(topic) \(message)"
    if effects[key] != nil {
      add(AuditProblem(invariant: .effectsHappenOnce, what: "message \(message) on \(topic) had a second effect"))
    }
    effects[key] = time
  }

  // MARK: Traces

  /// True while any span has begun and not ended.
  var isUnderWay: Bool { traces.values.contains(where: \.isUnderWay) }

  /// - Parameter time: when it was reported, which the span's own clock need not know.
  func see(_ span: TraceSpan, at time: Int64) {
    traces[span.gtxid, default: AuditedTrace()].add(span, at: time)
  }

  /// A span has begun, and must be reported some time.
  func began(_ id: SpanID, of transaction: GTXID, at time: Int64) {
    traces[transaction, default: AuditedTrace()].begin(id, at: time)
  }

  /// Judges what is over and has been quiet for long enough, and forgets it. Call it every few seconds.
  /// - Parameter horizon: nothing that happened before it can have consequences any more.
  func judge(now: Int64, horizon: Int64, isOpen: (GTXID) -> Bool) {
    judgeTraces(now: now, isOpen: isOpen) { id, trace in
      now - trace.lastHeard > Self.quiet && trace.lastHeard < horizon && !trace.isUnderWay && !isOpen(id)
    }
    Self.forget(&effects, before: horizon - Self.memory)
    Self.forget(&judged, before: horizon - Self.memory)
  }

  /// Removes what is older, a minute's worth at a time.
  private static func forget<Key>(_ times: inout OrderedDictionary<Key, Int64>, before: Int64) {
    guard let oldest = times.values.first, oldest < before - 60_000_000_000 else { return }
    times.removeFirst(times.values.firstIndex { $0 >= before } ?? times.count)
  }

  /// Judges everything: the run is over.
  func judgeAll(now: Int64, isOpen: (GTXID) -> Bool) {
    judgeTraces(now: now, isOpen: isOpen) { _, _ in true }
  }

  private func judgeTraces(now: Int64, isOpen: (GTXID) -> Bool, where isDue: (GTXID, AuditedTrace) -> Bool) {
    traces.removeAll { id, trace in
      guard isDue(id, trace) else { return false }
      checkedTraces += 1
      let isKnown = judged.updateValue(now, forKey: id) != nil
      if let what = isKnown ? trace.flawOfRepetition : trace.flaw(isOver: !isOpen(id)) {
        add(AuditProblem(invariant: .spansFormATree, what: "transaction \(id): \(what)"))
      }
      return true
    }
  }
}

/// Something that did not hold.
struct AuditProblem: Sendable {
  var invariant: Invariant
  var what: String
}
