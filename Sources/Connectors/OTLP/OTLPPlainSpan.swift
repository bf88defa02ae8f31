internal import TraceCollector
internal import TraceModel

/// What most spans say of themselves, with texts as runs of the batch's bytes.
struct OTLPPlainSpan {
  var high: UInt64 = 0
  var low: UInt64 = 0
  var id: UInt64 = 0
  /// 0: none.
  var parent: UInt64 = 0
  var traceState = SpanBatch.Text.empty
  var name = SpanBatch.Text.empty
  var kind = SpanKind.internal
  /// Nanoseconds since the Unix epoch; 0: not told.
  var start: Int64 = 0
  var end: Int64 = 0
  var droppedAttributes: UInt32 = 0
  var droppedEvents: UInt32 = 0
  var droppedLinks: UInt32 = 0
  var status = SpanStatus.unset
  var message = SpanBatch.Text.empty
  var flags: UInt32 = 0
  /// Of the wire: whether a status came.
  var hasStatus = false

  /// It says what it must, and nothing about it needs a second look.
  var isPlain: Bool { high | low != 0 && id != 0 && start > 0 && end > 0 }

  /// What OTLP means by the number of a kind.
  static func kind(_ number: Int32) -> SpanKind {
    switch number {
    case 2: .server
    case 3: .client
    case 4: .producer
    case 5: .consumer
    default: .internal
    }
  }

  /// What OTLP means by the number of a status.
  static func status(_ number: Int32) -> SpanStatus {
    switch number {
    case 1: .ok
    case 2: .error
    default: .unset
    }
  }

  /// Puts the span into the batch that its texts and attributes are of.
  func append(to batch: inout SpanBatch, _ attributes: OTLPPlainAttributes, origin: UInt32) {
    let first = batch.beginSpan()
    if status == .error { batch.append(.message, message) }
    if kind == .client || kind == .producer { batch.append(.peer, attributes.peer) }
    batch.append(.traceState, traceState)
    batch.append(.flags, flags)
    batch.append(.droppedAttributes, droppedAttributes)
    batch.append(.droppedEvents, droppedEvents)
    batch.append(.droppedLinks, droppedLinks)
    batch.append(attributes.values)
    batch.endSpan(
      first, high: high, low: low, id: id, parent: parent == id ? 0 : parent, kind: kind, status: status, start: start,
      duration: max(0, end - start), operation: name, origin: origin)
  }
}

/// The attributes of one span after the other, and whom a call names as its other side.
struct OTLPPlainAttributes {
  private(set) var values: [SpanBatch.Field] = []
  /// Empty when none of them tells.
  private(set) var peer = SpanBatch.Text.empty
  private var rank = Int.max
  private var meanings = OTLPKeyMeanings()

  /// Forgets the span before.
  mutating func begin() {
    values.removeAll(keepingCapacity: true)
    peer = .empty
    rank = .max
  }

  /// False where the attribute has a meaning that the generated way of reading looks after.
  mutating func append(_ value: SpanBatch.Field, of batch: SpanBatch) -> Bool {
    guard values.count < OTLPParts.mostPlain else { return false }
    values.append(value)
    switch meanings.meaning(of: value.key, named: batch) {
    case .plain: break
    case .unusual: return false
    case .peer(let rank):
      let text = SpanBatch.Text(value.payload)
      if value.type == .text, text.count > 0, rank < self.rank {
        peer = text
        self.rank = rank
      }
    }
    return true
  }
}
