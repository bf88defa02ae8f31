import Shop
import TraceCollector
import TraceModel

/// What the span store takes in and answers in a second.
struct CollectorBenchmarks {
  let rounds: Int

  func run() -> [BenchResult] {
    // First, as long as nothing else has had memory that it could be given again.
    var results =
      large() + [
        taken("ingest, values from 5 to 50,000", isConstant: false, spans: 1_000_000),
        taken("ingest, constant values", isConstant: true, spans: 1_000_000),
      ]
    let (store, bytes) = filled(spans: 1_000_000)
    results.append(
      BenchResult("resident, values from 5 to 50,000", unit: "bytes/span", of: [bytes], note: "what the store charges"))
    results += answers(store)
    results.append(tree(spans: 10_000))
    return results
  }

  // MARK: Taking in

  private func taken(_ name: String, isConstant: Bool, spans: Int) -> BenchResult {
    var source = SpanSource(isConstant: isConstant)
    var batches = source.batches(128)
    let rates = (0...rounds).map { _ -> Double in
      let store = TraceStore(budget: 1 << 30)
      return Double(spans) / source.fill(store, with: &batches, spans: spans)
    }
    // The first one pays for the memory.
    return BenchResult(
      name, unit: "spans/s", of: Array(rates.dropFirst()),
      note: "one thread, batches of \(SpanSource.batch), 9 attributes, decoded records to indexed")
  }

  private func filled(spans: Int) -> (TraceStore, bytesPerSpan: Double) {
    var source = SpanSource(isConstant: false)
    var batches = source.batches(128)
    let store = TraceStore(budget: 1 << 30)
    _ = source.fill(store, with: &batches, spans: spans)
    let statistics = store.statistics
    return (store, Double(statistics.bytes) / Double(statistics.spans))
  }

  // MARK: Answers

  private func answers(_ store: TraceStore) -> [BenchResult] {
    let rows = store.summaries(newest: 1_000)
    guard let oldest = rows.last?.gtxid else { preconditionFailure("a store that was filled holds transactions") }
    return [
      timed("transaction by GTXID, 8 spans", unit: "µs", note: "1 M spans held") {
        _ = store.spans(of: oldest)
      },
      timed("newest 50 by duration and service", unit: "ms", note: "1 M spans looked through, none found") {
        _ = store.summaries(
          newest: 50, matching: .all([.duration(.greater, 3_600_000_000_000), .service(.equals("svc-9"))]))
      },
      timed("newest 50 by an attribute", unit: "ms", note: "1 M spans looked through, none found") {
        _ = store.summaries(newest: 50, matching: .attribute("k8.attribute", .text(.equals("nothing"))))
      },
    ]
  }

  // MARK: Five million spans

  /// What they take of memory as the system counts it, and how fast one transaction of them is found: each time another
  /// one, which nobody has looked at lately.
  private func large() -> [BenchResult] {
    let before = ProcessMemory.residentBytes ?? 0
    var source = SpanSource(isConstant: false, spans: 50)
    var batches = source.batches(128)
    let store = TraceStore(budget: 1 << 30)
    _ = source.fill(store, with: &batches, spans: 5_000_000)
    let statistics = store.statistics
    let resident = Double((ProcessMemory.residentBytes ?? 0) - before) / Double(statistics.spans)
    let rows = store.summaries(newest: statistics.traces)
    let times = stride(from: 1, to: rows.count, by: max(1, rows.count / 2_000)).map { place in
      let began = ContinuousClock.now
      _ = store.spans(of: rows[place].gtxid)
      return (ContinuousClock.now - began) / .seconds(1) * 1e6
    }
    return [
      BenchResult(
        "resident at 5 M spans", unit: "bytes/span", of: [resident],
        note: "as the system counts it; budget 1 GiB, \(statistics.evictedSpans) evicted"),
      BenchResult(
        "transaction by GTXID, 50 spans", unit: "µs", of: times, note: "5 M spans held; 2,000 transactions in turn"),
    ]
  }

  // MARK: A call tree

  private func tree(spans count: Int) -> BenchResult {
    var source = SpanSource(isConstant: true)
    let spans = source.tree(of: count)
    return timed("call tree, \(count) spans", unit: "ms", note: "with critical path and self time") {
      let tree = CallTree.build(spans: spans)
      _ = tree.criticalPath(tree.defaultPathKind)
    }
  }

  private func timed(_ name: String, unit: String, note: String, _ body: () -> Void) -> BenchResult {
    body()
    let scale = unit == "µs" ? 1e6 : 1e3
    return BenchResult(
      name, unit: unit,
      of: (0..<rounds).map { _ in
        let began = ContinuousClock.now
        body()
        return (ContinuousClock.now - began) / .seconds(1) * scale
      }, note: note)
  }
}
