internal import TraceModel

/// Reads spans of one trace back as they were put in; what many of them share is read once.
struct SpanReader {
  let gtxid: GTXID
  private var origins: [UInt32: SpanOrigin?] = [:]
  /// The names of the values of one shape, which spans that follow each other mostly share.
  private var names: (segment: Int, shape: UInt16, texts: [String]) = (-1, 0, [])

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
    learnNames(of: record.shape, in: reference.segment, segment)
    assembly.span.attributes.reserveCapacity(names.texts.count)
    var place = 0
    segment.pointee.forEachValue(of: record) { field, word in
      assembly.set(
        key: field.key, name: { names.texts[place] }, type: field.type,
        bits: segment.pointee.bits(field.type, at: word), raw: segment.pointee.raw(field.type, at: word))
      place += 1
      return false
    }
    return assembly.span
  }

  private mutating func learnNames(of shape: UInt16, in number: Int, _ segment: UnsafeMutablePointer<SpanSegment>) {
    guard names.segment != number || names.shape != shape else { return }
    names = (number, shape, [])
    for field in segment.pointee.shapes[shape] {
      let isAttribute = field.key >= SpanField.attributes
      names.texts.append(isAttribute ? segment.pointee.texts.text(field.key - SpanField.attributes) : "")
    }
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
