internal import TraceModel

/// Who calls whom, found as spans come in, whichever side comes first; bounded in number.
struct ServiceGraph: Sendable {
  private struct Edge: Sendable {
    let caller: SymbolTable.Symbol
    let callee: SymbolTable.Symbol
    let kind: ServiceEdge.Kind
    var client = EdgeSeries()
    var server = EdgeSeries()
  }

  private let limit: Int
  private var edges: [Edge] = []
  private var places: [UInt64: Int] = [:]
  private var swept: Int64 = 0
  /// Calls and records of pairs that found no room.
  private(set) var leftOut = 0

  init(limit: Int) {
    self.limit = limit
  }

  var bytes: Int { edges.reduce(0) { $0 + $1.client.bytes + $1.server.bytes + MemoryLayout<Edge>.stride } }

  /// One side of a call, as its span tells.
  struct Half: Sendable {
    var service: SymbolTable.Symbol
    var failed: Bool
    /// As ``SpanIndex/Entry/length``.
    var length: UInt32

    init(service: SymbolTable.Symbol, failed: Bool, length: UInt32) {
      self.service = service
      self.failed = failed
      self.length = length
    }

    init(_ entry: SpanIndex.Entry) {
      self.init(
        service: entry.service, failed: entry.marks & SpanIndex.Entry.failed != 0, length: entry.length)
    }
  }

  /// Whom a CLIENT span speaks to, as far as it says so itself.
  enum Callee: Sendable {
    case unknown
    case named(SymbolTable.Symbol)
    case database(SymbolTable.Symbol)
  }

  /// Counts what a span tells of an edge, alone or with its other side, which `own` and `parent` may know.
  ///
  /// `own` is what was known of the span's id before, `parent` of its parent's, `consumers` are those that wait for it. One
  /// CLIENT is one call on both sides, however many answer it.
  mutating func note(
    _ half: Half, _ bits: SpanRecord.Bits, callee: Callee, own: inout SpanIndex.Entry, parent: inout SpanIndex.Entry?,
    consumers: [Half], second: Int64
  ) {
    switch bits.kind {
    case .client: call(half, callee, own: &own, second: second)
    case .producer:
      for consumer in consumers { carry(from: half, to: consumer, second: second) }
    case .server:
      // Zipkin's server shares its client's id, which will find it there; elsewhere the client is the parent.
      if own.has(.client) {
        answer(half, to: &own, second: second)
      } else if !bits.contains(.shared), var above = parent {
        answer(half, to: &above, second: second)
        parent = above
      }
    case .consumer:
      if let above = parent, above.has(.producer) { carry(from: Half(above), to: half, second: second) }
    case .internal: break
    }
  }

  /// A CLIENT span; its server may have come before it.
  private mutating func call(_ client: Half, _ callee: Callee, own: inout SpanIndex.Entry, second: Int64) {
    let server = own.has(.server) || own.marks & SpanIndex.Entry.serverWaits != 0 ? Half(own) : nil
    switch callee {
    case .database(let name):
      own.marks |= SpanIndex.Entry.edgeCounted | SpanIndex.Entry.answerCounted
      count(client.service, name, .database, second) { $0.client.record(client, second: second) }
    case .named(let name):
      own.peer = name
      callAndAnswer(client, name, server, own: &own, second: second)
    case .unknown:
      if let server { callAndAnswer(client, server.service, server, own: &own, second: second) }
    }
  }

  private mutating func callAndAnswer(
    _ client: Half, _ callee: SymbolTable.Symbol, _ server: Half?, own: inout SpanIndex.Entry, second: Int64
  ) {
    own.marks |= SpanIndex.Entry.edgeCounted | (server == nil ? 0 : SpanIndex.Entry.answerCounted)
    count(client.service, callee, .call, second) { edge in
      edge.client.record(client, second: second)
      if let server { edge.server.record(server, second: second) }
    }
  }

  /// A SERVER span met the id of its CLIENT.
  private mutating func answer(_ server: Half, to client: inout SpanIndex.Entry, second: Int64) {
    guard client.has(.client), client.marks & SpanIndex.Entry.answerCounted == 0 else { return }
    let isNew = client.marks & SpanIndex.Entry.edgeCounted == 0
    let callee = client.peer == SymbolTable.empty ? server.service : client.peer
    let caller = Half(client)
    client.marks |= SpanIndex.Entry.edgeCounted | SpanIndex.Entry.answerCounted
    count(caller.service, callee, .call, second) { edge in
      if isNew { edge.client.record(caller, second: second) }
      edge.server.record(server, second: second)
    }
  }

  private mutating func carry(from producer: Half, to consumer: Half, second: Int64) {
    count(producer.service, consumer.service, .message, second) { edge in
      edge.client.record(producer, second: second)
      edge.server.record(consumer, second: second)
    }
  }

  /// Counts what another piece of a CLIENT span says beyond those before it: that it failed, how long it took, or whom it
  /// calls.
  ///
  /// `own` is what those before say together, `first` whom the first of them speaks to, `callee` whom this one does.
  mutating func add(piece: Half, first: Callee, callee: Callee, own: inout SpanIndex.Entry, second: Int64) {
    // Where both sides have one id, what is known of it may be of the other side.
    let known = own.has(.server) ? Half(service: piece.service, failed: false, length: Entry.unknownLength) : Half(own)
    guard own.marks & Entry.edgeCounted != 0 else {
      var whole = own
      whole.merge(piece, isNewer: true)
      return call(Half(whole), callee, own: &own, second: second)
    }
    let isNewLength = known.length == Entry.unknownLength
    let rest = Half(
      service: piece.service, failed: piece.failed && !known.failed,
      length: isNewLength ? piece.length : Entry.unknownLength)
    guard rest.failed || rest.length != Entry.unknownLength else { return }
    let answerer: Callee = own.answerer == SymbolTable.empty ? .unknown : .named(own.answerer)
    for callee in [first, answerer, callee] {
      guard let place = place(from: piece.service, to: callee) else { continue }
      return edges[place].client.record(rest, second: second, calls: 0)
    }
  }

  private typealias Entry = SpanIndex.Entry

  private func place(from caller: SymbolTable.Symbol, to callee: Callee) -> Int? {
    switch callee {
    case .unknown: nil
    case .named(let name): places[Self.key(caller, name, .call)]
    case .database(let name): places[Self.key(caller, name, .database)]
    }
  }

  private static func key(
    _ caller: SymbolTable.Symbol, _ callee: SymbolTable.Symbol, _ kind: ServiceEdge.Kind
  ) -> UInt64 { UInt64(kind.rawValue) << 32 | UInt64(SlowestTraces.key(caller, callee)) }

  private mutating func count(
    _ caller: SymbolTable.Symbol, _ callee: SymbolTable.Symbol, _ kind: ServiceEdge.Kind, _ second: Int64,
    _ record: (inout Edge) -> Void
  ) {
    let key = Self.key(caller, callee, kind)
    let place = places[key] ?? edges.count
    if place == edges.count {
      guard edges.count < limit else {
        leftOut += 1
        return
      }
      places[key] = place
      edges.append(Edge(caller: caller, callee: callee, kind: kind))
    }
    record(&edges[place])
  }

  /// Now and then gives back what only windows gone by needed.
  mutating func sweep(second: Int64) {
    guard second >= swept + 10 else { return }
    swept = second
    for place in edges.indices {
      edges[place].client.sweep(second: second)
      edges[place].server.sweep(second: second)
    }
  }

  var count: Int { edges.count }

  /// Calls and messages: of a call what its CLIENT says, of a message what its CONSUMER does.
  func edges(symbols: SymbolTable, now: Int64, since: Int64) -> [ServiceEdge] {
    let second = RedSeries.second(of: now)
    return edges.compactMap { edge in
      guard edge.kind != .database else { return nil }
      let side = edge.kind == .message ? edge.server : edge.client
      let sum = side.minute(second: second)
      return ServiceEdge(
        caller: symbols[edge.caller], callee: symbols[edge.callee], kind: edge.kind, calls: sum.calls,
        errors: sum.errors, rate: RedSeries.rate(sum.calls, begin: second - 59, now: now, since: since),
        totalCalls: side.totalCalls, totalErrors: side.totalErrors)
    }
  }

  /// The one that came as number `place`, from 0, as seen from both sides.
  func edge(_ place: Int, symbols: SymbolTable, now: Int64, since: Int64) -> ServiceGraphEdge {
    let edge = edges[place]
    return ServiceGraphEdge(
      caller: symbols[edge.caller], callee: symbols[edge.callee], kind: edge.kind,
      client: edge.client.figures(now: now, since: since), server: edge.server.figures(now: now, since: since))
  }
}

/// The figures of one side of an edge over the last minute: less than those of a service, because edges are many.
struct EdgeSeries: Sendable {
  private var seconds = SecondRing(seconds: 60 + Int(ArrivalDelay.longest))
  private var durations = LatencyRing(windowSeconds: 60, slotSeconds: 20)
  private(set) var totalCalls = 0
  private(set) var totalErrors = 0

  var bytes: Int { seconds.bytes + durations.bytes }

  /// `calls` is 0 for what a call that was recorded before has still to say.
  mutating func record(_ half: ServiceGraph.Half, second: Int64, calls: UInt32 = 1) {
    totalCalls += Int(calls)
    totalErrors += half.failed ? 1 : 0
    seconds.record(second: second, calls: calls, errors: half.failed ? 1 : 0)
    if half.length != SpanIndex.Entry.unknownLength { durations.record(half.length, second: second) }
  }

  mutating func sweep(second: Int64) {
    durations.sweep(second: second)
  }

  func minute(second: Int64) -> (calls: Int, errors: Int) { seconds.sum(second: second, window: 60) }

  /// Nil where nothing was ever recorded.
  func figures(now: Int64, since: Int64) -> RedFigures? {
    guard totalCalls > 0 else { return nil }
    let second = RedSeries.second(of: now)
    let sum = minute(second: second)
    var lengths = LatencySum()
    durations.sum(second: second, into: &lengths)
    let percentiles = lengths.percentiles([50, 95, 99])
    return RedFigures(
      window: .minute, calls: sum.calls, errors: sum.errors,
      rate: RedSeries.rate(sum.calls, begin: second - 59, now: now, since: since), p50: percentiles[0],
      p95: percentiles[1], p99: percentiles[2], totalCalls: totalCalls, totalErrors: totalErrors)
  }
}
