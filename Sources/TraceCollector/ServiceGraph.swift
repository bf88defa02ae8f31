internal import TraceModel

/// Who calls whom, found as spans come in, whichever side comes first; bounded in number.
struct ServiceGraph: Sendable {
  private struct Edge: Sendable {
    var caller: SymbolTable.Symbol
    var callee: SymbolTable.Symbol
    var kind: ServiceEdge.Kind
    var seconds = SecondRing(seconds: 60)
    var calls = 0
    var errors = 0
  }

  private let limit: Int
  private var edges: [Edge] = []
  private var places: [UInt64: Int] = [:]

  init(limit: Int) {
    self.limit = limit
  }

  var bytes: Int { edges.reduce(0) { $0 + $1.seconds.bytes + MemoryLayout<Edge>.stride } }

  /// Counts what a span tells of an edge, alone or with its other side, which `own` and `parent` may know.
  ///
  /// `own` is what was known of the span's id before, `parent` of its parent's; `peer` is whom a CLIENT names.
  mutating func note(
    kind: SpanKind, failed: Bool, service: SymbolTable.Symbol, peer: SymbolTable.Symbol?, own: inout SpanIndex.Entry,
    parent: inout SpanIndex.Entry?, second: Int64
  ) {
    switch kind {
    case .client:
      if let callee = peer ?? waitingService(own, SpanIndex.Entry.serverWaits) {
        own.marks |= SpanIndex.Entry.edgeCounted
        count(service, callee, .call, failed: failed, second: second)
      }
    case .producer:
      if let callee = waitingService(own, SpanIndex.Entry.consumerWaits) {
        let failed = own.marks & SpanIndex.Entry.waitingFailed != 0
        count(service, callee, .message, failed: failed, second: second)
      }
    case .server:
      // Zipkin's server shares its client's id; elsewhere the client is the parent.
      if own.has(.client) {
        answer(&own, service: service, failed: failed, second: second)
      } else if var above = parent {
        answer(&above, service: service, failed: failed, second: second)
        parent = above
      }
    case .consumer:
      guard var above = parent else { return }
      if above.has(.producer) {
        count(above.service, service, .message, failed: failed, second: second)
      } else {
        wait(SpanIndex.Entry.consumerWaits, at: &above, service: service, failed: failed)
        parent = above
      }
    case .internal: break
    }
  }

  /// A SERVER span met the id of its CLIENT.
  private mutating func answer(
    _ client: inout SpanIndex.Entry, service: SymbolTable.Symbol, failed: Bool, second: Int64
  ) {
    if client.has(.client), client.marks & SpanIndex.Entry.edgeCounted == 0 {
      client.marks |= SpanIndex.Entry.edgeCounted
      count(client.service, service, .call, failed: failed, second: second)
    } else {
      wait(SpanIndex.Entry.serverWaits, at: &client, service: service, failed: failed)
    }
  }

  /// Who waited for `entry`'s span, or, of a shared span, answered it before it was there.
  private func waitingService(_ entry: SpanIndex.Entry, _ mark: UInt16) -> SymbolTable.Symbol? {
    let answered = mark == SpanIndex.Entry.serverWaits && entry.has(.server)
    return answered || entry.marks & mark != 0 ? entry.service : nil
  }

  /// Leaves word with a span that is not there yet.
  private func wait(_ mark: UInt16, at entry: inout SpanIndex.Entry, service: SymbolTable.Symbol, failed: Bool) {
    guard !entry.isSeen else { return }
    entry.marks |= mark | (failed ? SpanIndex.Entry.waitingFailed : 0)
    entry.service = service
  }

  private mutating func count(
    _ caller: SymbolTable.Symbol, _ callee: SymbolTable.Symbol, _ kind: ServiceEdge.Kind, failed: Bool, second: Int64
  ) {
    let key = UInt64(kind.rawValue) << 32 | UInt64(SlowestTraces.key(caller, callee))
    let place = places[key] ?? edges.count
    if place == edges.count {
      guard edges.count < limit else { return }
      places[key] = place
      edges.append(Edge(caller: caller, callee: callee, kind: kind))
    }
    edges[place].calls += 1
    edges[place].errors += failed ? 1 : 0
    edges[place].seconds.record(second: second, calls: 1, errors: failed ? 1 : 0)
  }

  func edges(symbols: SymbolTable, now: Int64, since: Int64) -> [ServiceEdge] {
    let second = RedSeries.second(of: now)
    return edges.map { edge in
      let sum = edge.seconds.sum(second: second, window: 60)
      return ServiceEdge(
        caller: symbols[edge.caller], callee: symbols[edge.callee], kind: edge.kind, calls: sum.calls,
        errors: sum.errors, rate: RedSeries.rate(sum.calls, begin: second - 59, now: now, since: since),
        totalCalls: edge.calls, totalErrors: edge.errors)
    }
  }
}
