internal import TraceModel

/// What a trace knows of a span that comes in, before it is there: other pieces and sides of it, its parent, and the
/// children that came before it. Of plain values, as there is one for each span.
struct SpanKin: BitwiseCopyable {
  /// The span's own id, as far as it is known.
  var own: SpanIndex.Entry
  /// Its parent's; nil when it has none but itself.
  var parent: SpanIndex.Entry?
  /// The CLIENT spans under these ids, whose edge may be counted now.
  private(set) var ownClient = SpanReference.none
  private(set) var parentClient = SpanReference.none

  /// CONSUMER spans came before the span, which is not there yet.
  private(set) var consumersWait = false

  /// Looks through the trace whose newest span is `newest`.
  init(id: UInt64, parent: UInt64, newest: SpanReference, segments: borrowing SegmentTable) {
    own = SpanIndex.Entry(id: id)
    self.parent = parent == 0 || parent == id ? nil : SpanIndex.Entry(id: parent)
    // The SERVER that came before its parent; of several the first.
    var server: ServiceGraph.Half?
    segments.walk(from: newest) { record, reference in
      if record.id == id || record.id == parent || record.parent == id {
        look(at: record, reference, service: segments[reference.segment].pointee.service(record), &server)
      }
    }
    if own.isSeen {
      own.waiting = 0
      consumersWait = false
    } else if let server {
      own.leave(server)
    }
  }

  private mutating func look(
    at record: SpanRecord, _ reference: SpanReference, service: SymbolTable.Symbol, _ server: inout ServiceGraph.Half?
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
      server = record.half(service)
    }
    if record.bits.kind == .consumer { consumersWait = true }
  }

  /// The CONSUMER spans under `id` in the trace whose newest span is `newest`, oldest first.
  static func consumers(
    under id: UInt64, newest: SpanReference, segments: borrowing SegmentTable
  ) -> [ServiceGraph.Half] {
    var found: [(id: UInt64, half: ServiceGraph.Half)] = []
    segments.walk(from: newest) { record, reference in
      guard record.parent == id, record.id != id, record.bits.kind == .consumer else { return }
      let half = record.half(segments[reference.segment].pointee.service(record))
      // Of several pieces the first counts.
      if let known = found.firstIndex(where: { $0.id == record.id }) {
        found[known].half = half
      } else {
        found.append((record.id, half))
      }
    }
    return found.reversed().map(\.half)
  }

  /// Looks up what `index` knows of a trace.
  init(id: UInt64, parent: UInt64, index: SpanIndex) {
    own = index.entry(of: id)
    self.parent = parent == 0 || parent == id ? nil : index.entry(of: parent)
    ownClient = own.client
    parentClient = self.parent?.client ?? .none
    consumersWait = !own.isSeen && own.consumers >= 0
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
