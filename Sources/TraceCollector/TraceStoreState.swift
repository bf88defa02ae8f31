internal import TraceModel

/// Everything a store's lock guards, and how one span finds its place in it.
struct TraceStoreState: Sendable {
  let settings: TraceStoreSettings
  var statistics = TraceStoreStatistics()
  var symbols: SymbolTable
  var traces: TraceTable
  var red: RedBook
  var graph: ServiceGraph
  private var forgotten: ForgottenTraces
  private var encoder = SpanEncoder()
  /// The earliest and the latest `now` that came with spans.
  private(set) var since: Int64 = .max
  private(set) var latest: Int64 = .min
  private let traceLimit: Int

  init(_ settings: TraceStoreSettings) {
    precondition(settings.budget >= 65_536, "A trace store needs a budget of at least 65,536 bytes.")
    self.settings = settings
    let budget = settings.budget
    symbols = SymbolTable(byteLimit: budget / 8)
    traces = TraceTable(slowestKept: settings.slowestKept, operations: min(8_192, budget / 2_048))
    red = RedBook(services: settings.services, operations: settings.operations)
    graph = ServiceGraph(limit: settings.edges)
    forgotten = ForgottenTraces(limit: min(65_536, budget / 1_024))
    traceLimit = budget / 4
  }

  var bytes: Int { traces.bytes + symbols.bytes + forgotten.bytes }

  mutating func add(_ spans: [TraceSpan], now: Int64) {
    since = min(since, now)
    latest = max(latest, now)
    statistics.received += spans.count
    // Spans of one transaction mostly come together.
    var last: (id: GTXID, slot: Int32)?
    for span in spans {
      let slot: Int32
      if let last, last.id == span.gtxid {
        slot = last.slot
      } else if let found = find(span) {
        slot = found
      } else {
        statistics.late += 1
        continue
      }
      last = (span.gtxid, slot)
      add(span, to: slot, now: now)
      if evict() { last = nil }
    }
    red.sweep(second: RedSeries.second(of: latest))
  }

  /// The slot of the span's trace, a new one if need be; nil for a trace that was evicted.
  private mutating func find(_ span: TraceSpan) -> Int32? {
    guard let slot = traces.slot(of: span.gtxid) else {
      return forgotten.contains(span.gtxid) ? nil : traces.add(span)
    }
    let trace = traces[slot]
    if trace.id.high == 0 { trace.id = span.gtxid }
    return slot
  }

  /// Returns whether anything was evicted.
  private mutating func evict() -> Bool {
    guard bytes > settings.budget else { return false }
    while bytes > settings.budget, let trace = traces.evict(keptLimit: settings.budget / 2) {
      statistics.evictedTraces += 1
      statistics.evictedSpans += trace.spans
      forgotten.insert(trace.id)
    }
    return true
  }

  private mutating func add(_ span: TraceSpan, to slot: Int32, now: Int64) {
    let trace = traces[slot]
    guard trace.spans < settings.spansPerTrace, trace.bytes < traceLimit else {
      statistics.overflowed += 1
      return
    }
    let mark = SpanIndex.Entry.mark(span.kind, shared: span.isShared)
    let entry = trace.index.place(of: span.id).map { trace.index[$0] }
    let isPiece = (entry?.marks ?? 0) & mark != 0
    if isPiece, let entry, isDuplicate(span, of: entry, in: trace) {
      statistics.duplicates += 1
      return
    }
    statistics.accepted += 1
    encoder.encode(span, base: trace.base, symbols: &symbols)
    let service = encoder.service ?? SymbolTable.other
    let isCall = span.kind == .client && !isPiece && !span.peer.isEmpty
    let peer = isCall ? symbols.symbol(for: span.peer, as: .operation) ?? SymbolTable.other : nil
    let rootKey = encoder.operation.map { SlowestTraces.key(service, $0) }
    let second = RedSeries.second(of: min(span.end, now))
    let records = encoder.writer.bytes
    let limit = settings.servicesPerTrace
    let needsRank = traces.update(slot) { trace in
      let offset = trace.append(records)
      let duration = trace.end &- trace.start
      let isRoot = trace.note(span, offset: offset, service: service, isPiece: isPiece, limit: limit, now: now)
      if isRoot { trace.rootKey = trace.root.isRoot ? rootKey : nil }
      let (place, parent) = trace.link(span)
      if !isPiece {
        graph.note(
          span, service: service, peer: peer, index: &trace.index, place: place, parent: parent, second: second)
      }
      trace.index[place].service = service
      trace.index[place].marks |= mark | (span.duration == nil ? SpanIndex.Entry.unfinished : 0)
      return isRoot || trace.end &- trace.start != duration
    }
    if needsRank { traces.rank(slot) }
    count(span, trace: trace, isPiece: isPiece, second: second)
  }

  /// The same span again. Unfinished ones may come in pieces, which are told apart by what they say.
  private func isDuplicate(_ span: TraceSpan, of entry: SpanIndex.Entry, in trace: StoredTrace) -> Bool {
    let isUnfinished = span.duration == nil || entry.marks & SpanIndex.Entry.unfinished != 0
    guard isUnfinished, trace.spans <= 4_096 else { return true }
    var span = span
    span.gtxid = trace.id
    return trace.contains(span, symbols: symbols)
  }

  private mutating func count(_ span: TraceSpan, trace: StoredTrace, isPiece: Bool, second: Int64) {
    let isTop = span.parent == nil || span.parent == span.id
    guard isTop || span.kind == .server || span.kind == .consumer else { return }
    var sample = RedSample(
      second: second, calls: isPiece ? 0 : 1, errors: span.status == .error ? 1 : 0, duration: span.duration)
    if !span.service.isEmpty { red.record(sample, service: encoder.service, operation: encoder.operation) }
    guard isTop, !span.isShared || !trace.root.isCounted else { return }
    guard !trace.root.isCounted || isPiece else { return }
    sample.calls = trace.root.isCounted ? 0 : 1
    trace.root.isCounted = true
    if !settings.hiddenKinds.contains(trace.root.kind) { red.recordTransaction(sample) }
  }
}
