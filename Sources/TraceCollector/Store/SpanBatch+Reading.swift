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

extension SpanBatch {
  /// The same places, those of each trace together and in their order; the traces as they come up.
  func byTrace(_ places: [Int]) -> [[Int]] {
    guard !places.isEmpty else { return [] }
    var groups: [[Int]] = []
    // For looking up only: its order differs from process to process.
    var numbers: [GTXID: Int] = [:]
    for place in places {
      guard let gtxid = GTXID(high: records[place].high, low: records[place].low) else { continue }
      let number = numbers[gtxid, default: groups.count]
      if number == groups.count {
        numbers[gtxid] = number
        groups.append([])
      }
      groups[number].append(place)
    }
    return groups
  }
}
