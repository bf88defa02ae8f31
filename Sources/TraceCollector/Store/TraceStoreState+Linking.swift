internal import TraceModel

/// How a span meets the others of its trace, and what it adds to what is known of the trace as a whole.
extension TraceStoreState {
  /// What is known of the span and its parent before it is there.
  mutating func kin(of record: SpanBatch.Record, in slot: Int32) -> SpanKin {
    let trace = traces[slot].pointee
    guard trace.spans >= LargeTraces.threshold else {
      return SpanKin(id: record.id, parent: record.parent, newest: trace.newestSpan, segments: segments)
    }
    return withIndex(of: slot) { SpanKin(id: record.id, parent: record.parent, index: $0) }
  }

  /// Keeps what became known of the span's and its parent's ids.
  mutating func keep(_ kin: SpanKin, of added: SpanReference, in slot: Int32) {
    let record = segments[added].pointee
    kin.keepEdges(added: added, kind: record.bits.kind, in: segments)
    // What is looked through instead, while the trace is small, has the span already.
    guard traces[slot].pointee.spans > LargeTraces.threshold else { return }
    let service = segments[added.segment].pointee.service(record)
    withIndex(of: slot) { $0.add(record, at: added, service: service, peer: kin.own.peer, kin: kin) }
  }

  private mutating func withIndex<Result>(of slot: Int32, _ body: (inout SpanIndex) -> Result) -> Result {
    if !large.contains(slot) { large.insert(slot, index(from: traces[slot].pointee.newestSpan)) }
    return large.update(slot, body)
  }

  /// From the spans that are there, oldest first.
  private mutating func index(from newest: SpanReference) -> SpanIndex {
    var references: [SpanReference] = []
    var reference = newest
    while reference != .none {
      references.append(reference)
      reference = segments[reference].pointee.previous
    }
    var index = SpanIndex(settings.hashes)
    for reference in references.reversed() {
      let record = segments[reference].pointee
      index.add(
        record, at: reference, service: segments[reference.segment].pointee.service(record),
        peer: peer(of: reference) ?? SymbolTable.empty)
    }
    return index
  }

  /// Takes the facts of the span that was added last.
  mutating func note(_ added: SpanReference, in slot: Int32, kin: SpanKin, earlier: EarlierPieces, now: Int64) {
    let segment = segments[added.segment]
    let record = segments[added].pointee
    let trace = traces[slot]
    trace.pointee.spans += 1
    trace.pointee.start = min(trace.pointee.start, record.start)
    trace.pointee.end = max(trace.pointee.end, record.end)
    trace.pointee.changed = changes
    trace.pointee.lastArrival = max(trace.pointee.lastArrival, now)
    let kind = record.bits.kind
    if !earlier.areThere, kind == .server || kind == .consumer { trace.pointee.crossings += 1 }
    segment.pointee.forEachValue(of: record) { field, word in
      guard field.key <= SpanField.ltxid.rawValue else { return true }
      guard field.key == SpanField.ltxid.rawValue else { return false }
      let hop = UInt32(truncatingIfNeeded: segment.pointee.bits(field.type, at: word))
      trace.pointee.highestHop = max(trace.pointee.highestHop, hop)
      return true
    }
    if record.bits.status == .error {
      if !earlier.haveFailed {
        trace.pointee.errors += 1
        if kind == .consumer { trace.pointee.consumerErrors += 1 }
      }
      if isBefore(record, record.end, trace.pointee.firstError, trace.pointee.firstErrorEnd) {
        trace.pointee.firstError = added
        trace.pointee.firstErrorEnd = record.end
      }
    }
    var orphans = 0
    if !kin.own.isSeen { orphans -= Int(kin.own.waiting) }
    if let parent = kin.parent, !parent.isSeen { orphans += 1 }
    trace.pointee.orphans = UInt32(Int(trace.pointee.orphans) + orphans)
    self.orphans += orphans
    noteRoot(added, record, in: slot)
  }

  /// Whether the span counts before another one, which need not be there. Of two at the same time the smaller id does, and
  /// of two sides of one call the caller's, whichever came in first.
  private func isBefore(_ record: SpanRecord, _ time: Int64, _ other: SpanReference, _ otherTime: Int64) -> Bool {
    if other == .none || time != otherTime { return other == .none || time < otherTime }
    let known = segments[other].pointee
    if record.id != known.id { return record.id < known.id }
    return !record.bits.contains(.shared) && known.bits.contains(.shared)
  }

  private mutating func noteRoot(_ added: SpanReference, _ record: SpanRecord, in slot: Int32) {
    let trace = traces[slot]
    let isShared = record.bits.contains(.shared)
    if record.isTop {
      if record.bits.contains(.hasDuration) { trace.pointee.marks.insert(.rootEnded) }
      if record.bits.status == .error { trace.pointee.marks.insert(.rootFailed) }
    }
    let hasRoot = trace.pointee.marks.contains(.hasRoot)
    let isBetter =
      if record.isTop != hasRoot {
        record.isTop
      } else if record.isTop, isShared != trace.pointee.marks.contains(.rootIsShared) {
        !isShared
      } else {
        isBefore(record, record.start, trace.pointee.root, trace.pointee.rootStart)
      }
    guard isBetter else { return }
    trace.pointee.root = added
    trace.pointee.rootStart = record.start
    trace.pointee.marks.remove([.hasRoot, .rootIsShared, .hasRootKey, .isHidden])
    if isShared { trace.pointee.marks.insert(.rootIsShared) }
    if isHidden(added, record) { trace.pointee.marks.insert(.isHidden) }
    guard record.isTop else { return }
    trace.pointee.marks.insert([.hasRoot, .hasRootKey])
    let service = segments[added.segment].pointee.service(record)
    trace.pointee.rootKey = SlowestTraces.key(service, operation(added, record))
  }

  private func isHidden(_ added: SpanReference, _ record: SpanRecord) -> Bool {
    guard !settings.hiddenKinds.isEmpty else { return false }
    let segment = segments[added.segment]
    var isHidden = false
    segment.pointee.forEachValue(of: record) { field, word in
      guard field.key >= SpanField.attributes, field.type == .text,
        segment.pointee.texts.isText(field.key - SpanField.attributes, AttributeName.kind)
      else { return false }
      isHidden = settings.hiddenKinds.contains { segment.pointee.texts.isText(segment.pointee.code(at: word), $0) }
      return true
    }
    return isHidden
  }

  mutating func operation(_ added: SpanReference, _ record: SpanRecord) -> SymbolTable.Symbol {
    symbol(of: record.operation, in: segments[added.segment])
  }

  /// What the whole store calls a text of a segment.
  private mutating func symbol(
    of code: TextDictionary.Code, in segment: UnsafeMutablePointer<SpanSegment>
  ) -> SymbolTable.Symbol {
    segment.pointee.symbol(of: code) { symbols.symbol(for: $0, as: .operation) ?? SymbolTable.other }
  }

  /// Adds the span to the figures of services, operations, transactions and edges. Returns what it adds to those of who
  /// sent it; nil for what nobody was asked.
  mutating func count(
    _ added: SpanReference, in slot: Int32, kin: inout SpanKin, earlier: EarlierPieces, now: Int64
  ) -> RedSample? {
    let record = segments[added].pointee
    let segment = segments[added.segment]
    let service = segment.pointee.service(record)
    let second = RedSeries.second(of: min(record.end, now))
    let failed = record.bits.status == .error
    let kind = record.bits.kind
    let isPiece = earlier.areThere
    if !isPiece, kind != .internal {
      if kind == .server { learnPeers(of: &kin) }
      graph.note(
        record.half(service), record.bits, callee: callee(of: added), own: &kin.own, parent: &kin.parent,
        consumers: kin.consumersWait ? consumers(waitingFor: kin.own, in: slot) : [], second: second
      )
    } else if isPiece, kind == .client {
      let first = kin.ownClient == .none ? ServiceGraph.Callee.unknown : callee(of: kin.ownClient)
      graph.add(
        piece: record.half(service), first: first, callee: callee(of: added), own: &kin.own, second: second)
    }
    guard record.isTop || kind == .server || kind == .consumer else { return nil }
    // Of a call that was counted a piece says what is missing: how long it took, or that it failed.
    let isNewLength = record.bits.contains(.hasDuration) && !earlier.haveDuration
    let sample = RedSample(
      second: second, calls: isPiece ? 0 : 1, errors: failed && !earlier.haveFailed ? 1 : 0,
      duration: isNewLength ? record.duration : nil)
    if segment.pointee.origins[record.origin].service != TextDictionary.empty {
      red.record(sample, service: service, operation: operation(added, record))
    }
    countTransaction(sample, record, in: slot, isPiece: isPiece)
    return sample
  }

  /// Adds what its root says to the figures of whole transactions, or that a part of it failed, which is a failure of the
  /// whole (``status(of:)``), once, whichever of them comes first.
  private mutating func countTransaction(_ sample: RedSample, _ record: SpanRecord, in slot: Int32, isPiece: Bool) {
    let trace = traces[slot]
    let isCounted = trace.pointee.marks.contains(.isCounted)
    let isRoot = record.isTop && (!record.bits.contains(.shared) || !isCounted) && (!isCounted || isPiece)
    let hasFailed = trace.pointee.marks.contains(.rootFailed) || trace.pointee.consumerErrors > 0
    let isNewFailure = hasFailed && (isRoot || isCounted) && !trace.pointee.marks.contains(.isFailureCounted)
    guard isRoot || isNewFailure else { return }
    var sample = sample
    (sample.calls, sample.errors) = (isRoot && !isCounted ? 1 : 0, isNewFailure ? 1 : 0)
    if !isRoot { sample.duration = nil }
    if isRoot { trace.pointee.marks.insert(.isCounted) }
    if isNewFailure { trace.pointee.marks.insert(.isFailureCounted) }
    if !trace.pointee.marks.contains(.isHidden) { red.recordTransaction(sample) }
  }

  /// Whom the CLIENT spans name that a SERVER may be the answer to. In a large trace the index knows.
  private mutating func learnPeers(of kin: inout SpanKin) {
    if kin.ownClient != .none, kin.own.peer == SymbolTable.empty {
      kin.own.peer = peer(of: kin.ownClient) ?? SymbolTable.empty
    }
    if kin.parentClient != .none, kin.parent?.peer == SymbolTable.empty {
      kin.parent?.peer = peer(of: kin.parentClient) ?? SymbolTable.empty
    }
  }

  /// Those that came before the span, which `kin` knows of.
  private mutating func consumers(waitingFor span: SpanIndex.Entry, in slot: Int32) -> [ServiceGraph.Half] {
    if span.consumers >= 0 { return withIndex(of: slot) { $0.consumers(of: span) } }
    return SpanKin.consumers(under: span.id, newest: traces[slot].pointee.newestSpan, segments: segments)
  }

  private mutating func callee(of span: SpanReference) -> ServiceGraph.Callee {
    let segment = segments[span.segment]
    let record = segment.pointee.records[span.row]
    guard record.bits.kind == .client else { return .unknown }
    if let database = segment.pointee.database(of: record) { return .database(symbol(of: database, in: segment)) }
    return peer(of: span).map { .named($0) } ?? .unknown
  }

  /// Whom a CLIENT names as the other side.
  private mutating func peer(of span: SpanReference) -> SymbolTable.Symbol? {
    let segment = segments[span.segment]
    let record = segment.pointee.records[span.row]
    guard record.bits.kind == .client else { return nil }
    var code: TextDictionary.Code?
    segment.pointee.forEachValue(of: record) { field, word in
      if field.key == SpanField.peer.rawValue { code = segment.pointee.code(at: word) }
      return field.key >= SpanField.peer.rawValue
    }
    return code.map { symbol(of: $0, in: segment) }
  }
}
