internal import TraceModel

/// Reads spans of one trace back as they were put in; what many of them share is read once.
struct SpanReader {
  let gtxid: GTXID
  private var origins: [UInt32: SpanOrigin?] = [:]

  init(gtxid: GTXID) {
    self.gtxid = gtxid
  }

  mutating func span(at reference: SpanReference, in segments: borrowing SegmentTable) -> TraceSpan {
    let segment = segments[reference.segment]
    let record = segment.pointee.records[reference.row]
    let origin = segment.pointee.origins[record.origin]
    guard let id = SpanID(record.id) else { preconditionFailure("A span is held that has no id.") }
    var assembly = SpanAssembly(
      span: TraceSpan(
        gtxid: gtxid, id: id, parent: SpanID(record.parent), kind: record.bits.kind,
        isShared: record.bits.contains(.shared), service: segment.pointee.texts.text(origin.service),
        instance: segment.pointee.texts.text(origin.instance),
        operation: segment.pointee.texts.text(record.operation), start: record.start,
        duration: record.bits.contains(.hasDuration) ? record.duration : nil, status: record.bits.status,
        origin: facts(origin, number: UInt32(reference.segment) << 16 | UInt32(record.origin), in: segment)))
    segment.pointee.forEachValue(of: record) { field, word in
      assembly.set(
        key: field.key, name: { segment.pointee.texts.text(field.key - SpanField.attributes) }, type: field.type,
        bits: segment.pointee.bits(field.type, at: word), raw: segment.pointee.raw(field.type, at: word))
      return false
    }
    return assembly.span
  }

  private mutating func facts(
    _ origin: OriginTable.Origin, number: UInt32, in segment: UnsafeMutablePointer<SpanSegment>
  ) -> SpanOrigin? {
    guard origin.facts != TextDictionary.empty else { return nil }
    if let known = origins[number] { return known }
    var reader = ByteReader(segment.pointee.texts[origin.facts])
    let facts = reader.origin()
    origins[number] = facts
    return facts
  }
}
