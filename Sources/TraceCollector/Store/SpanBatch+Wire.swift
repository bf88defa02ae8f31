package import TraceModel

/// For who reads spans from bytes without making a ``TraceModel/TraceSpan`` of each: texts are runs of those bytes.
extension SpanBatch {
  /// An empty batch whose texts may be runs of `bytes`; `mostFacts` as in ``init(mostFacts:)``.
  package init(around bytes: [UInt8], mostFacts: Int = .max) {
    self.init(mostFacts: mostFacts)
    self.bytes = bytes
  }

  /// Begins a span; give the result to ``endSpan(_:high:low:id:parent:kind:status:start:duration:operation:origin:)``.
  /// In between come its facts in the order of ``SpanField``, then its attributes.
  package func beginSpan() -> Int { fields.count }

  /// Nothing where the text is empty.
  package mutating func append(_ field: SpanField, _ text: Text) {
    if text.count > 0 { fields.append(Field(key: field.rawValue, type: .text, payload: text.payload)) }
  }

  /// Nothing where the number is 0.
  package mutating func append(_ field: SpanField, _ number: UInt32) {
    if number != 0 { fields.append(Field(key: field.rawValue, type: .integer, payload: UInt64(number))) }
  }

  package mutating func append(_ values: [Field]) {
    fields.append(contentsOf: values)
  }

  package mutating func endSpan(
    _ first: Int, high: UInt64, low: UInt64, id: UInt64, parent: UInt64, kind: SpanKind, status: SpanStatus,
    start: Int64, duration: Int64, operation: Text, origin: UInt32
  ) {
    records.append(
      Record(
        high: high, low: low, id: id, parent: parent, start: start, duration: duration, operation: operation,
        firstField: UInt32(first), fields: UInt32(fields.count - first), origin: origin,
        bits: SpanRecord.Bits(kind: kind, status: status, isShared: false, hasDuration: true)))
  }

  /// Counts the names of attributes, from 0, in the order in which they came.
  package func place(ofKey key: UInt32) -> Int { Int(key - SpanField.attributes) }

  /// The name at a place of ``place(ofKey:)``.
  package func name(at place: Int) -> String {
    bytes.withUnsafeBytes { SpanAssembly.text(raw(names[place], in: $0)) }
  }
}
