internal import OTLPMessages
internal import SwiftProtobuf
internal import TraceCollector
internal import TraceModel

/// Reads the spans of a request straight from the wire into a batch, without making messages of them.
///
/// It knows what most spans are like. What is out of the ordinary in one span (events, links, names that were called
/// otherwise before) has that span read by the generated code; what is out of the ordinary in a request, the whole
/// request: ``read(_:)`` then gives nil, and nothing is said here about what is wrong with it.
struct OTLPWireSpans {
  private var batch: SpanBatch
  private let bytes: UnsafeRawBufferPointer
  /// The attributes of the span at hand: where they stand, and what they say.
  private var runs: [Range<Int>] = []
  private var attributes = OTLPPlainAttributes()
  private var allowance = OTLPAllowance()

  private init(_ body: [UInt8], _ bytes: UnsafeRawBufferPointer) {
    batch = SpanBatch(around: body, mostFacts: OTLPParts.mostFacts)
    self.bytes = bytes
  }

  /// The spans of an `ExportTraceServiceRequest`; nil where the generated code has to look at it.
  static func read(_ body: [UInt8]) -> SpanBatch? {
    // Offsets into the body have 32 bits, and a byte of it may become several of a list's encoding.
    guard body.count < 1 << 30 else { return nil }
    return body.withUnsafeBytes { bytes in
      var reader = OTLPWireSpans(body, bytes)
      return reader.request(0..<bytes.count) ? reader.batch : nil
    }
  }

  private mutating func request(_ range: Range<Int>) -> Bool {
    var cursor = ProtobufCursor(bytes, range)
    while !cursor.isAtEnd {
      guard let tag = cursor.tag() else { return false }
      if tag.field == 1, tag.type == .bytes {
        guard let run = cursor.run(), resourceSpans(run) else { return false }
      } else if !cursor.skip(tag.type) {
        return false
      }
    }
    return true
  }

  /// The resource may stand behind the spans that it is about.
  private mutating func resourceSpans(_ range: Range<Int>) -> Bool {
    guard allowance.make(), let parts = parts(of: range), let source = source(parts) else { return false }
    for run in parts.inner {
      guard allowance.make(), let scopeSpans = self.parts(of: run), let scope = scope(scopeSpans) else { return false }
      guard !scopeSpans.inner.isEmpty else { continue }
      let origin = source.origin(scope, schema: scopeSpans.schema)
      let translation = OTLPSpanTranslation(source: source, origin: origin)
      let number = batch.origin(service: source.service, instance: source.instance, origin)
      guard !batch.hasLostFacts else { return false }
      for run in scopeSpans.inner where !span(run, origin: number, translation) { return false }
    }
    return true
  }

  /// What `ResourceSpans` and `ScopeSpans` are made of: 1 the resource or the scope, 2 what is below, 3 the schema.
  private struct Parts {
    var head: Range<Int>?
    var inner: [Range<Int>] = []
    var schema = ""
  }

  private mutating func parts(of range: Range<Int>) -> Parts? {
    var parts = Parts()
    var cursor = ProtobufCursor(bytes, range)
    while !cursor.isAtEnd {
      guard let tag = cursor.tag() else { return nil }
      guard 1...3 ~= tag.field, tag.type == .bytes else {
        guard cursor.skip(tag.type) else { return nil }
        continue
      }
      guard let run = cursor.run() else { return nil }
      switch tag.field {
      case 1:
        // Two of them would have to be merged.
        guard parts.head == nil else { return nil }
        parts.head = run
      case 2:
        guard allowance.read() else { return nil }
        parts.inner.append(run)
      default:
        guard UTF8Check.isText(raw(run)) else { return nil }
        parts.schema = String(decoding: raw(run), as: UTF8.self)
      }
    }
    return parts
  }

  private mutating func source(_ parts: Parts) -> OTLPSource? {
    guard let resource: OTLP.Resource = message(parts.head, .resource) else { return nil }
    return OTLPSource(resource, schema: parts.schema)
  }

  private mutating func scope(_ parts: Parts) -> OTLP.Scope? { message(parts.head, .scope) }

  /// An empty message where there are no bytes; nil also where there are more than are made of one request.
  private mutating func message<Wanted: Message>(_ range: Range<Int>?, _ part: OTLPParts.Part) -> Wanted? {
    guard let range else { return Wanted() }
    guard allowance.make(OTLPParts.number(in: ProtobufCursor(bytes, range), of: part)) else { return nil }
    return try? OTLPProtobuf.read(Array(raw(range)))
  }

  private func raw(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

  // MARK: One span

  private mutating func span(_ range: Range<Int>, origin: UInt32, _ translation: OTLPSpanTranslation) -> Bool {
    if let facts = facts(of: range), readAttributes() {
      guard allowance.read(runs.count) else { return false }
      facts.append(to: &batch, attributes, origin: origin)
      return true
    }
    guard let message: OTLP.Span = message(range, .span), let read = try? translation.span(message), read.isPlaced
    else { return false }
    batch.append(read.span)
    return true
  }

  /// The plain facts of a span; nil where it has others than these. Where its attributes stand is kept in ``runs``.
  private mutating func facts(of range: Range<Int>) -> OTLPPlainSpan? {
    var span = OTLPPlainSpan()
    runs.removeAll(keepingCapacity: true)
    var cursor = ProtobufCursor(bytes, range)
    while !cursor.isAtEnd {
      guard let tag = cursor.tag() else { return nil }
      if tag.field == 9, tag.type == .bytes {
        guard runs.count < OTLPParts.mostPlain, let run = cursor.run() else { return nil }
        runs.append(run)
      } else if !span.read(tag, &cursor, bytes) {
        return nil
      }
    }
    return span.isPlain ? span : nil
  }

  // MARK: Attributes

  /// Reads ``runs`` into ``attributes``; false where one of them is out of the ordinary.
  private mutating func readAttributes() -> Bool {
    attributes.begin()
    for run in runs {
      guard let value = attribute(run), attributes.append(value, of: batch) else { return false }
    }
    return true
  }

  /// A `KeyValue`.
  private mutating func attribute(_ range: Range<Int>) -> SpanBatch.Field? {
    var cursor = ProtobufCursor(bytes, range)
    var name: Range<Int>?
    var value: Range<Int>?
    while !cursor.isAtEnd {
      guard let tag = cursor.tag(), tag.type == .bytes, let run = cursor.run() else { return nil }
      switch tag.field {
      case 1:
        // Of two the last one counts, and the other must be a text all the same.
        guard name == nil else { return nil }
        name = run
      case 2:
        // Two of them would have to be merged.
        guard value == nil else { return nil }
        value = run
      default: return nil
      }
    }
    let place = attributes.values.count
    guard let key = batch.key(of: raw(name ?? 0..<0), at: place, isText: UTF8Check.isText) else { return nil }
    guard let value else { return SpanBatch.Field(key: key, type: .empty, payload: 0) }
    return self.value(value, key: key)
  }

  /// An `AnyValue`: of its fields the last one counts.
  private mutating func value(_ range: Range<Int>, key: UInt32) -> SpanBatch.Field? {
    var field = SpanBatch.Field(key: key, type: .empty, payload: 0)
    var cursor = ProtobufCursor(bytes, range)
    while !cursor.isAtEnd {
      guard let tag = cursor.tag() else { return nil }
      switch (tag.field, tag.type) {
      case (1, .bytes):
        guard let run = cursor.run(), UTF8Check.isText(raw(run)) else { return nil }
        field = SpanBatch.Field(key: key, type: .text, payload: SpanBatch.Text(run).payload)
      case (2, .varint):
        guard let bits = cursor.varint() else { return nil }
        field = SpanBatch.Field(key: key, type: .boolean, payload: bits == 0 ? 0 : 1)
      case (3, .varint):
        guard let bits = cursor.varint() else { return nil }
        field = SpanBatch.Field(key: key, type: .integer, payload: bits)
      case (4, .fixed64):
        guard let bits = cursor.fixed64() else { return nil }
        field = SpanBatch.Field(key: key, type: .real, payload: bits)
      case (5...7, .bytes):
        guard let message: OTLP.Value = message(range, .value) else { return nil }
        return batch.field(OTLPValues.value(message), key: key)
      default: return nil
      }
    }
    return field
  }
}
