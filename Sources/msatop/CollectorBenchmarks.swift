import TraceCollector
import TraceModel

/// What the span store takes in and answers in a second.
struct CollectorBenchmarks {
  let rounds: Int

  private static let batch = 512
  private static let spansPerTrace = 8
  private static let start: Int64 = 1_700_000_000_000_000_000
  /// How many values each of the nine attributes is drawn from.
  private static let distinct = [5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000]

  func run() -> [BenchResult] {
    var results = [
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
      note: "one thread, batches of \(Self.batch), 9 attributes, decoded records to indexed")
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
      timed("transaction by GTXID, \(Self.spansPerTrace) spans", unit: "µs", note: "1 M spans held") {
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

  // MARK: Spans

  /// Spans as services report them: eight of a transaction, over four services, CLIENT and SERVER in turn.
  private struct SpanSource {
    private var random = SplitMix(state: 7)
    private let values: [[String]]

    init(isConstant: Bool) {
      var random = SplitMix(state: 3)
      values = CollectorBenchmarks.distinct.map { count in
        (0..<(isConstant ? 1 : count)).map { _ in
          String((0..<20).map { _ in Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(random.next() % 26))) })
        }
      }
    }

    mutating func batches(_ count: Int) -> [SpanBatch] {
      (0..<count).map { _ in
        SpanBatch((0..<CollectorBenchmarks.batch / spansPerTrace).flatMap { _ in transaction() })
      }
    }

    private mutating func transaction() -> [TraceSpan] {
      let gtxid = id()
      var ids: [SpanID] = []
      return (0..<spansPerTrace).map { place in
        ids.append(spanID())
        return span(ids[place], in: gtxid, under: place == 0 ? nil : ids[(place - 1) / 2], place: place)
      }
    }

    mutating func tree(of count: Int) -> [TraceSpan] {
      let gtxid = id()
      var ids: [SpanID] = []
      return (0..<count).map { place in
        ids.append(spanID())
        return span(ids[place], in: gtxid, under: place == 0 ? nil : ids[(place - 1) / 3], place: place)
      }
    }

    private mutating func span(_ id: SpanID, in gtxid: GTXID, under parent: SpanID?, place: Int) -> TraceSpan {
      TraceSpan(
        gtxid: gtxid, id: id, parent: parent, kind: parent == nil || place % 2 == 0 ? .server : .client,
        service: "svc-\(place % 4)", instance: "host-\(place % 4)", operation: "GET /api/v1/op\(place % 20)",
        start: CollectorBenchmarks.start + Int64(place) * 1_000,
        duration: 1_000_000 + Int64(random.next() % 90_000_000),
        status: random.next() % 100 == 0 ? .error : .unset,
        attributes: values.indices.map { number in
          let some = values[number]
          return SpanAttribute("k\(number).attribute", .text(some[Int(random.next() % UInt64(some.count))]))
        })
    }

    private mutating func id() -> GTXID {
      guard let id = GTXID(high: random.next(), low: random.next() | 1) else {
        preconditionFailure("an id with a bit in it is one")
      }
      return id
    }

    private mutating func spanID() -> SpanID {
      guard let id = SpanID(random.next() | 1) else { preconditionFailure("an id with a bit in it is one") }
      return id
    }

    /// Puts spans of other transactions each time; seconds that the store took.
    mutating func fill(_ store: TraceStore, with batches: inout [SpanBatch], spans: Int) -> Double {
      var seconds = 0.0
      var now = CollectorBenchmarks.start + 1_000_000_000
      for number in 0..<spans / CollectorBenchmarks.batch {
        let place = number % batches.count
        batches[place].renew(traces: random.next() | 1, spans: random.next() << 1 | 2)
        let began = ContinuousClock.now
        store.add(batches[place], now: now)
        seconds += (ContinuousClock.now - began) / .seconds(1)
        now += 1_000_000
      }
      return seconds
    }
  }

  /// A generator whose numbers are the same on every machine (SplitMix64).
  private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
      return mixed ^ mixed >> 31
    }
  }
}
