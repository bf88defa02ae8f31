internal import TraceModel

/// What a trace knows of a span that comes in, before it is there: other pieces and sides of it, its parent, and the
/// children that came before it.
struct SpanKin {
  /// The span's own id, as far as it is known.
  var own: SpanIndex.Entry
  /// Its parent's; nil when it has none but itself.
  var parent: SpanIndex.Entry?
  /// The CLIENT spans under these ids, whose edge may be counted now.
  private(set) var ownClient = SpanReference.none
  private(set) var parentClient = SpanReference.none

  /// The CONSUMER spans that came before the span, oldest first; none when it is there already.
  private(set) var consumers: [ServiceGraph.Half] = []

  /// Children that came before their parent, as they are met: newest first.
  private struct Waiting {
    var server: ServiceGraph.Half?
    var consumers: [(id: UInt64, half: ServiceGraph.Half)] = []
  }

  /// Looks through the trace whose newest span is `newest`.
  init(id: UInt64, parent: UInt64, newest: SpanReference, segments: borrowing SegmentTable) {
    own = SpanIndex.Entry(id: id)
    self.parent = parent == 0 || parent == id ? nil : SpanIndex.Entry(id: parent)
    var waiting = Waiting()
    var reference = newest
    // Spans of one trace mostly stand in one segment, and few of them are kin.
    var (number, records) = (-1, UnsafeMutablePointer<SpanRecord>?.none)
    while reference != .none {
      if reference.segment != number {
        number = reference.segment
        records = segments[number].pointee.records.start
      }
      guard let place = records.map({ $0 + reference.row }) else { break }
      if place.pointee.id == id || place.pointee.id == parent || place.pointee.parent == id {
        look(at: place.pointee, reference, service: segments[number].pointee.service(place.pointee), &waiting)
      }
      reference = place.pointee.previous
    }
    guard !own.isSeen else {
      own.waiting = 0
      return
    }
    if let server = waiting.server { own.leave(server) }
    consumers = waiting.consumers.reversed().map(\.half)
  }

  private mutating func look(
    at record: SpanRecord, _ reference: SpanReference, service: SymbolTable.Symbol,
    _ waiting: inout Waiting
  ) {
    if record.id == own.id, note(record, service: service, in: &own) { ownClient = reference }
    if var above = parent, record.id == above.id {
      if note(record, service: service, in: &above) { parentClient = reference }
      parent = above
    }
    if record.id == own.id, record.bits.kind == .server { own.answerer = service }
    guard record.parent == own.id, record.id != own.id else { return }
    own.waiting += 1
    if SpanIndex.Entry.isAnswer(record.bits) {
      own.answerer = service
      waiting.server = record.half(service)
    }
    guard record.bits.kind == .consumer else { return }
    let half = record.half(service)
    // Of several pieces the first counts.
    if let known = waiting.consumers.firstIndex(where: { $0.id == record.id }) {
      waiting.consumers[known].half = half
    } else {
      waiting.consumers.append((record.id, half))
    }
  }

  /// Looks up what `index` knows of a trace.
  init(id: UInt64, parent: UInt64, index: SpanIndex) {
    own = index.entry(of: id)
    self.parent = parent == 0 || parent == id ? nil : index.entry(of: parent)
    ownClient = own.client
    parentClient = self.parent?.client ?? .none
    if !own.isSeen { consumers = index.consumers(of: own) }
  }

  /// Takes what one record says of an id. Of several the newest is met first, and names the service. True for a CLIENT.
  private func note(_ record: SpanRecord, service: SymbolTable.Symbol, in entry: inout SpanIndex.Entry) -> Bool {
    let mark = SpanIndex.Entry.mark(record.bits.kind, shared: record.bits.contains(.shared))
    switch entry.marks & SpanIndex.Entry.seen {
    case 0: entry.tell(record.half(service))
    case mark: entry.merge(record.half(service), isNewer: false)
    default: break
    }
    entry.marks |= mark
    if !record.bits.contains(.hasDuration) { entry.marks |= SpanIndex.Entry.unfinished }
    if record.bits.contains(.edgeCounted) { entry.marks |= SpanIndex.Entry.edgeCounted }
    if record.bits.contains(.answerCounted) { entry.marks |= SpanIndex.Entry.answerCounted }
    return record.bits.kind == .client
  }

  /// Marks the CLIENT spans whose edge has been counted since, or the answer to them.
  func keepEdges(added: SpanReference, kind: SpanKind, in segments: borrowing SegmentTable) {
    keep(own.marks, of: kind == .client ? added : ownClient, in: segments)
    if let parent { keep(parent.marks, of: parentClient, in: segments) }
  }

  private func keep(_ marks: UInt16, of client: SpanReference, in segments: borrowing SegmentTable) {
    guard client != .none, marks & SpanIndex.Entry.counted != 0 else { return }
    if marks & SpanIndex.Entry.edgeCounted != 0 { segments[client].pointee.bits.insert(.edgeCounted) }
    if marks & SpanIndex.Entry.answerCounted != 0 { segments[client].pointee.bits.insert(.answerCounted) }
  }
}
