internal import TraceModel

/// Everything a store's lock guards, and how a batch of spans finds its place in it.
struct TraceStoreState: ~Copyable, Sendable {
  let settings: TraceStoreSettings
  var statistics = TraceStoreStatistics()
  var symbols: SymbolTable
  var traces: TraceTable
  var segments: SegmentTable
  var large: LargeTraces
  var red: RedBook
  var instances: InstanceBook
  var graph: ServiceGraph
  var forgotten: ForgottenTraces
  /// Spans held now, of them those whose parent is not.
  var spans = 0
  var orphans = 0
  /// Bytes of the traces that were spared when their turn came.
  var keptBytes = 0
  /// Grows whenever spans stand elsewhere than before.
  var moves: UInt64 = 0
  /// Grows with every batch, whatever its clock says.
  private(set) var changes: UInt64 = 0
  private var arrivals = ArrivalDelay()
  /// The earliest and the latest `now` that came with spans.
  private var earliest: Int64 = .max
  private(set) var latest: Int64 = .min
  private let traceLimit: Int

  init(_ settings: TraceStoreSettings) {
    precondition(settings.budget >= 65_536, "A trace store needs a budget of at least 65,536 bytes.")
    self.settings = settings
    let budget = settings.budget
    symbols = SymbolTable(byteLimit: budget / 8, settings.hashes)
    traces = TraceTable(slowestKept: settings.slowestKept, operations: min(8_192, budget / 2_048), settings.hashes)
    segments = SegmentTable(limit: min(budget / 32, SegmentTable.mostBytes), settings.hashes)
    large = LargeTraces(bytes: budget / 16)
    red = RedBook(services: settings.services, operations: settings.operations)
    instances = InstanceBook(limit: settings.instances, settings.hashes)
    graph = ServiceGraph(limit: settings.edges)
    forgotten = ForgottenTraces(limit: min(65_536, budget / 1_024))
    traceLimit = budget / 4
  }

  var bytes: Int { traces.bytes + segments.bytes + large.bytes + symbols.bytes + forgotten.bytes }

  /// Takes the spans at `places`. Returns those that it left: they are of large traces whose index is not there, which is
  /// made once for all spans that a batch has of a trace. Nothing is left where `isRest`.
  mutating func add<Places: RandomAccessCollection>(
    _ batch: SpanBatch, _ places: Places, now: Int64, isRest: Bool = false
  ) -> [Int] where Places.Element == Int, Places.Index == Int {
    var left: [Int] = []
    earliest = min(earliest, now)
    latest = max(latest, now)
    changes += 1
    if !isRest { statistics.received += places.count }
    BatchView.with(batch) { view in
      var intake = SpanIntake(view, settings.hashes)
      // Spans of one transaction mostly come together.
      var last: Int32 = -1
      for index in places.indices {
        let place = places[index]
        let record = view.records[place]
        let next = index &+ Self.ahead
        if next < places.endIndex { traces.prefetch(low: view.records[places[next]].low) }
        if last < 0 || traces[last].pointee.low != record.low || traces[last].pointee.high != record.high {
          if last >= 0 { traces.rank(last) }
          last = slot(of: record)
          guard last >= 0 else {
            statistics.late += 1
            continue
          }
        }
        if !isRest, traces[last].pointee.spans > LargeTraces.threshold, !large.contains(last) {
          left.append(place)
          continue
        }
        add(record, at: place, of: batch, to: last, intake: &intake, now: now)
        // Now and then: what comes between is small beside what is kept free by the last one.
        if index & 0x3F == 0x3F, isTooLarge {
          traces.rank(last)
          evict()
          last = -1
          intake.forget()
        }
      }
      if last >= 0 { traces.rank(last) }
    }
    evict()
    red.flush()
    instances.flush()
    red.sweep(second: RedSeries.second(of: latest))
    instances.sweep(second: RedSeries.second(of: latest))
    graph.sweep(second: RedSeries.second(of: latest))
    return left
  }

  /// Up to when nearly all is known, which figures are of.
  func known(at now: Int64) -> Int64 { settings.waitsForBatches ? arrivals.known(at: now) : now }

  /// Since when something is known. Nanoseconds since the Unix epoch.
  var since: Int64 {
    settings.waitsForBatches && arrivals.first < .max ? arrivals.first * 1_000_000_000 : earliest
  }

  /// Spans between asking for the memory that finds a trace and its use.
  private static let ahead = 8

  /// The slot of the span's trace, a new one if need be; −1 for a trace that was evicted.
  private mutating func slot(of record: SpanBatch.Record) -> Int32 {
    guard let slot = traces.slot(high: record.high, low: record.low) else {
      if forgotten.contains(low: record.low) { return -1 }
      return traces.add(high: record.high, low: record.low, start: record.start, end: record.end)
    }
    if traces[slot].pointee.high == 0, record.high != 0 {
      traces[slot].pointee.high = record.high
      traces[slot].pointee.changed = changes
    }
    return slot
  }

  private mutating func add(
    _ record: SpanBatch.Record, at place: Int, of batch: SpanBatch, to slot: Int32, intake: inout SpanIntake, now: Int64
  ) {
    let (spans, weight) = (Int(traces[slot].pointee.spans), Int(traces[slot].pointee.weight))
    let isFull = spans >= settings.spansPerTrace || weight >= traceLimit
    // Its root comes last, mostly: without it nobody would know what such a trace was, or whether it has ended.
    guard !isFull || record.isTop && !traces[slot].pointee.marks.contains(.hasRoot) else {
      statistics.overflowed += 1
      return
    }
    var kin = kin(of: record, in: slot)
    let mark = SpanIndex.Entry.mark(record.bits.kind, shared: record.bits.contains(.shared))
    var earlier = EarlierPieces()
    if kin.own.marks & mark != 0 {
      guard let known = earlierPieces(of: record, at: place, of: batch, in: slot) else {
        statistics.duplicates += 1
        return
      }
      earlier = known
    }
    statistics.accepted += 1
    if segments.makeRoom() { intake.forget() }
    let before = segments[segments.newest].pointee.filled
    let added = intake.write(
      place, trace: UInt32(slot), previous: traces[slot].pointee.newestSpan, into: &segments, symbols: &symbols)
    traces[slot].pointee.newestSpan = added
    traces[slot].pointee.weight &+= UInt32(segments[segments.newest].pointee.filled - before)
    self.spans += 1
    note(added, in: slot, kin: kin, earlier: earlier, now: now)
    if settings.waitsForBatches, record.isTop || record.bits.kind == .server || record.bits.kind == .consumer {
      arrivals.note(end: record.end, now: now)
    }
    if let sample = count(added, in: slot, kin: &kin, earlier: earlier, now: now) {
      let instance = intake.instance(record.origin, second: sample.second, in: &instances)
      if instance != InstanceBook.none { instances.record(sample, at: instance) }
    }
    keep(kin, of: added, in: slot)
  }

  /// Spans may come in pieces, which are told apart by what they say; and under one id, which a client has given, several
  /// services may have answered. Nil when the span is there already.
  private func earlierPieces(
    of record: SpanBatch.Record, at place: Int, of batch: SpanBatch, in slot: Int32
  ) -> EarlierPieces? {
    // Looking through more than that for each takes too long.
    guard traces[slot].pointee.spans <= 2_048 else { return nil }
    var known: [SpanReference] = []
    var reference = traces[slot].pointee.newestSpan
    while reference != .none {
      let other = segments[reference].pointee
      if other.id == record.id, other.bits.isSameSide(as: record.bits) { known.append(reference) }
      reference = other.previous
    }
    // No span is reported in so many.
    guard known.count < 16 else { return nil }
    let span = batch.span(at: place)
    let content = span.content
    var reader = SpanReader(gtxid: span.gtxid)
    var earlier = EarlierPieces()
    for reference in known {
      let other = segments[reference].pointee
      let segment = segments[reference.segment]
      // What its record says otherwise makes it another one: reading it whole takes long.
      if other.start == record.start, other.duration == record.duration, other.parent == record.parent,
        segment.pointee.shapes[other.shape].count == Int(record.fields),
        reader.span(at: reference, in: segments).content == content
      {
        return nil
      }
      let origin = segment.pointee.origins[other.origin]
      let isSameEndpoint =
        Self.isSame(segment.pointee.texts[origin.service], span.service)
        && InstanceAddress(segment.pointee.texts.text(origin.instance)).agrees(with: InstanceAddress(span.instance))
      if isSameEndpoint { earlier.note(other.bits) }
    }
    return earlier
  }

  /// Whether both name one thing, as far as both say it.
  private static func isSame(_ text: UnsafeRawBufferPointer, _ other: String) -> Bool {
    text.isEmpty || other.isEmpty || text.elementsEqual(other.utf8)
  }
}

/// What is there already of a span that comes in pieces.
struct EarlierPieces {
  private(set) var areThere = false
  private(set) var haveDuration = false
  private(set) var haveFailed = false

  fileprivate mutating func note(_ piece: SpanRecord.Bits) {
    areThere = true
    if piece.contains(.hasDuration) { haveDuration = true }
    if piece.status == .error { haveFailed = true }
  }
}

extension SpanRecord.Bits {
  fileprivate func isSameSide(as other: Self) -> Bool {
    kind == other.kind && contains(.shared) == other.contains(.shared)
  }
}
