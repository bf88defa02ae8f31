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

  /// Counts what `span` tells of an edge, alone or with its other side, which `index` may know.
  ///
  /// `place` is the span's own in the index, `parent` its parent's; `peer` is the symbol of whom a CLIENT names.
  mutating func note(
    _ span: TraceSpan, service: SymbolTable.Symbol, peer: SymbolTable.Symbol?, index: inout SpanIndex, place: Int,
    parent: Int?, second: Int64
  ) {
    let failed = span.status == .error
    switch span.kind {
    case .client:
      if let callee = peer ?? waitingService(index[place], SpanIndex.Entry.serverWaits) {
        index[place].marks |= SpanIndex.Entry.edgeCounted
        count(service, callee, .call, failed: failed, second: second)
      }
    case .producer:
      let entry = index[place]
      if let callee = waitingService(entry, SpanIndex.Entry.consumerWaits) {
        let failed = entry.marks & SpanIndex.Entry.waitingFailed != 0
        count(service, callee, .message, failed: failed, second: second)
      }
    case .server:
      // Zipkin's server shares its client's id; elsewhere the client is the parent.
      guard let other = index[place].has(.client) ? place : parent else { return }
      if index[other].has(.client), index[other].marks & SpanIndex.Entry.edgeCounted == 0 {
        index[other].marks |= SpanIndex.Entry.edgeCounted
        count(index[other].service, service, .call, failed: failed, second: second)
      } else if !index[other].isSeen {
        wait(SpanIndex.Entry.serverWaits, at: other, in: &index, service: service, failed: failed)
      }
    case .consumer:
      guard let parent else { return }
      if index[parent].has(.producer) {
        count(index[parent].service, service, .message, failed: failed, second: second)
      } else if !index[parent].isSeen {
        wait(SpanIndex.Entry.consumerWaits, at: parent, in: &index, service: service, failed: failed)
      }
    case .internal: break
    }
  }

  /// Who waited for `entry`'s span, or, of a shared span, answered it before it was there.
  private func waitingService(_ entry: SpanIndex.Entry, _ mark: UInt16) -> SymbolTable.Symbol? {
    let answered = mark == SpanIndex.Entry.serverWaits && entry.has(.server)
    return answered || entry.marks & mark != 0 ? entry.service : nil
  }

  private func wait(
    _ mark: UInt16, at place: Int, in index: inout SpanIndex, service: SymbolTable.Symbol, failed: Bool
  ) {
    index[place].marks |= mark | (failed ? SpanIndex.Entry.waitingFailed : 0)
    index[place].service = service
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
