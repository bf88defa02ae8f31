internal import TraceModel

/// Puts a span together from its values, one after the other.
struct SpanAssembly {
  var span: TraceSpan

  /// `name` is asked for where `key` is that of an attribute.
  mutating func set(
    key: UInt32, name: () -> String, type: ValueType, bits: UInt64, raw: UnsafeRawBufferPointer
  ) {
    guard key < SpanField.attributes else {
      span.attributes.append(SpanAttribute(name(), Self.value(type, bits: bits, raw: raw)))
      return
    }
    guard let field = SpanField(rawValue: key) else { preconditionFailure("A span has a value that no key names.") }
    switch field {
    case .message: span.message = Self.text(raw)
    case .peer: span.peer = Self.text(raw)
    case .traceState: span.traceState = Self.text(raw)
    case .flags: span.flags = UInt32(truncatingIfNeeded: bits)
    case .droppedAttributes: span.dropped.attributes = UInt32(truncatingIfNeeded: bits)
    case .droppedEvents: span.dropped.events = UInt32(truncatingIfNeeded: bits)
    case .droppedLinks: span.dropped.links = UInt32(truncatingIfNeeded: bits)
    case .ltxid: span.ltxid = LTXID(UInt32(truncatingIfNeeded: bits))
    case .events:
      var reader = ByteReader(raw)
      span.events = reader.events(base: span.start)
    case .links:
      var reader = ByteReader(raw)
      span.links = reader.links()
    }
  }

  static func text(_ raw: UnsafeRawBufferPointer) -> String { String(decoding: raw, as: UTF8.self) }

  static func value(_ type: ValueType, bits: UInt64, raw: UnsafeRawBufferPointer) -> AttributeValue {
    switch type {
    case .text: return .text(text(raw))
    case .small, .integer: return .integer(Int64(bitPattern: bits))
    case .real: return .real(Double(bitPattern: bits))
    case .boolean: return .boolean(bits != 0)
    case .empty: return .empty
    case .encoded:
      var reader = ByteReader(raw)
      return reader.value()
    case .blob: preconditionFailure("A blob is no attribute's value.")
    }
  }
}
