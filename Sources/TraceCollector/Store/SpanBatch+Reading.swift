public import TraceModel

extension SpanBatch {
  /// The spans as they were put in, in that order.
  public var spans: [TraceSpan] { records.indices.map(span) }

  /// The span at `place`, from 0.
  public func span(at place: Int) -> TraceSpan {
    let record = records[place]
    let origin = origins[Int(record.origin)]
    return bytes.withUnsafeBytes { bytes in
      var facts: SpanOrigin?
      if origin.facts.count > 0 {
        var reader = ByteReader(raw(origin.facts, in: bytes))
        facts = reader.origin()
      }
      guard let gtxid = GTXID(high: record.high, low: record.low), let id = SpanID(record.id) else {
        preconditionFailure("A batch holds a span without an id.")
      }
      var assembly = SpanAssembly(
        span: TraceSpan(
          gtxid: gtxid, id: id, parent: SpanID(record.parent), kind: record.bits.kind,
          isShared: record.bits.contains(.shared), service: SpanAssembly.text(raw(origin.service, in: bytes)),
          instance: SpanAssembly.text(raw(origin.instance, in: bytes)),
          operation: SpanAssembly.text(raw(record.operation, in: bytes)), start: record.start,
          duration: record.bits.contains(.hasDuration) ? record.duration : nil, status: record.bits.status,
          origin: facts))
      for field in fields[Int(record.firstField)..<Int(record.firstField + record.fields)] {
        let hasBytes = field.type == .text || field.type == .encoded || field.type == .blob
        assembly.set(
          key: field.key, name: { SpanAssembly.text(raw(names[Int(field.key - SpanField.attributes)], in: bytes)) },
          type: field.type, bits: field.payload,
          raw: hasBytes ? raw(Text(field.payload), in: bytes) : UnsafeRawBufferPointer(start: nil, count: 0))
      }
      return assembly.span
    }
  }
}
