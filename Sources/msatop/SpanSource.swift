import TraceCollector
import TraceModel

/// Spans as services report them: several of a transaction, over four services, CLIENT and SERVER in turn.
struct SpanSource {
  /// Spans of a batch, about.
  static let batch = 512
  static let start: Int64 = 1_700_000_000_000_000_000
  /// How many values each of the nine attributes is drawn from.
  private static let distinct = [5, 10, 50, 100, 500, 1_000, 5_000, 10_000, 50_000]

  /// Of a transaction.
  let spans: Int
  private var random = SplitMix(state: 7)
  private let values: [[String]]

  init(isConstant: Bool, spans: Int = 8) {
    self.spans = spans
    var random = SplitMix(state: 3)
    values = Self.distinct.map { count in
      (0..<(isConstant ? 1 : count)).map { _ in
        String((0..<20).map { _ in Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(random.next() % 26))) })
      }
    }
  }

  mutating func batches(_ count: Int) -> [SpanBatch] {
    (0..<count).map { _ in
      SpanBatch((0..<Self.batch / spans).flatMap { _ in transaction() })
    }
  }

  private mutating func transaction() -> [TraceSpan] {
    let gtxid = id()
    var ids: [SpanID] = []
    return (0..<spans).map { place in
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
      start: Self.start + Int64(place) * 1_000,
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

  /// Makes a batch one of other transactions.
  mutating func renew(_ batch: inout SpanBatch) {
    batch.renew(traces: random.next() | 1, spans: random.next() << 1 | 2)
  }

  /// Puts spans of other transactions each time; seconds that the store took.
  mutating func fill(_ store: TraceStore, with batches: inout [SpanBatch], spans: Int) -> Double {
    var seconds = 0.0
    var now = Self.start + 1_000_000_000
    var taken = 0
    var number = 0
    while taken < spans {
      let place = number % batches.count
      renew(&batches[place])
      let began = ContinuousClock.now
      store.add(batches[place], now: now)
      seconds += (ContinuousClock.now - began) / .seconds(1)
      now += 1_000_000
      taken += batches[place].count
      number += 1
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
