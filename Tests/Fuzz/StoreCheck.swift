import TraceCollector
import TraceModel

/// Puts a batch into the smallest store there is, asks for all of it, and lets others push it out.
enum StoreCheck {
  private static let budget = 65_536
  private static let now: Int64 = 2_000_000_000_000_000_000

  /// More than the store holds, each span a transaction with a text of its own, whose id no short one means.
  private static let others = (1...120 as ClosedRange<UInt64>).compactMap { number -> TraceSpan? in
    guard let gtxid = GTXID(high: .max, low: ~number), let id = SpanID(number) else { return nil }
    let text = String(repeating: "\(number) ", count: 250)
    return TraceSpan(
      gtxid: gtxid, id: id, kind: .server, service: "other", operation: "op", start: now, duration: 1,
      attributes: [SpanAttribute("text", .text(text))])
  }

  /// - Parameter spans: what `batch` gives.
  static func check(_ batch: SpanBatch, of spans: [TraceSpan]) {
    let store = TraceStore(budget: budget)
    store.add(batch, now: now)
    expect(store, Transactions(spans), isWhole: store.statistics.evictedTraces == 0)
    ask(store)
    // What is there already.
    store.add(spans, now: now)
    store.add(others, now: now)
    precondition(store.statistics.evictedTraces > 0, "nothing was pushed out")
    expect(store, Transactions(spans), isWhole: false)
    expect(store, Transactions(others), isWhole: false)
    // It comes late, or as new.
    store.add(batch, now: now)
    ask(store)
    expect(store, Transactions(others), isWhole: false)
  }

  private struct Transactions {
    var spans: [GTXID: [TraceSpan]] = [:]
    /// Those whose spans are all kept as they are: nothing comes twice, and no short id means another one.
    var plain: [GTXID] = []

    init(_ all: [TraceSpan]) {
      var halves: [UInt64: Int] = [:]
      for span in all {
        if spans[span.gtxid] == nil { halves[span.gtxid.low, default: 0] += 1 }
        spans[span.gtxid, default: []].append(span)
      }
      for (id, ofOne) in spans where halves[id.low] == 1 && Set(ofOne.map(\.id)).count == ofOne.count {
        plain.append(id)
      }
    }
  }

  private static func expect(_ store: TraceStore, _ transactions: Transactions, isWhole: Bool) {
    let isComplete = isWhole && store.statistics.overflowed == 0
    for (id, wanted) in transactions.spans {
      let read = store.spans(of: id)
      guard transactions.plain.contains(id), isComplete || read.count == wanted.count else { continue }
      precondition(read == wanted || "\(read)" == "\(wanted)", "\(read) was put in as \(wanted)")
    }
  }

  private static func ask(_ store: TraceStore) {
    for summary in store.summaries(newest: 100, includingHidden: true) {
      precondition(store.summary(of: summary.gtxid) != nil, "\(summary.gtxid) is listed and not there")
    }
    for service in store.services(window: .quarterHour, now: now) {
      _ = store.operations(of: service.service, window: .quarterHour, now: now)
    }
    _ = store.edges(now: now)
    let statistics = store.statistics
    precondition(statistics.bytes <= budget, "\(statistics.bytes) bytes are over the budget")
    precondition(
      statistics.received
        == statistics.accepted + statistics.duplicates + statistics.late + statistics.overflowed,
      "\(statistics) does not add up")
  }
}
