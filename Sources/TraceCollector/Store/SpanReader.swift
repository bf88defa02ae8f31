internal import TraceModel

/// Reads spans of one trace back as they were put in; what many of them share is read once.
struct SpanReader {
  let gtxid: GTXID
  private var origins: [UInt32: SpanOrigin?] = [:]
  /// The names of the values of one shape, which spans that follow each other mostly share.
  private var names: (segment: Int, shape: UInt16, texts: [String]) = (-1, 0, [])
  /// Texts that were read lately, each at the place that its code says: most come again, and making a text costs more than
  /// all the rest of its value. None for the first few spans, which are all that most readers read.
  private var lately: [(key: UInt64, text: String)] = []
  private var spans = 0

  private static let latelyKept = 256
  private static let few = 8

  init(gtxid: GTXID) {
    self.gtxid = gtxid
  }

  mutating func span(at reference: SpanReference, in segments: borrowing SegmentTable) -> TraceSpan {
    let segment = segments[reference.segment]
    let record = segment.pointee.records[reference.row]
    let origin = segment.pointee.origins[record.origin]
    spans += 1
    if spans == Self.few { lately = Array(repeating: (.max, ""), count: Self.latelyKept) }
    guard let id = SpanID(record.id) else { preconditionFailure("A span is held that has no id.") }
    var assembly = SpanAssembly(
      span: TraceSpan(
        gtxid: gtxid, id: id, parent: SpanID(record.parent), kind: record.bits.kind,
        isShared: record.bits.contains(.shared), service: text(origin.service, in: reference.segment, segment),
        instance: text(origin.instance, in: reference.segment, segment),
        operation: text(record.operation, in: reference.segment, segment), start: record.start,
        duration: record.bits.contains(.hasDuration) ? record.duration : nil, status: record.bits.status,
        origin: facts(origin, number: UInt32(reference.segment) << 16 | UInt32(record.origin), in: segment)))
    learnNames(of: record.shape, in: reference.segment, segment)
    assembly.span.attributes.reserveCapacity(names.texts.count)
    var place = 0
    segment.pointee.forEachValue(of: record) { field, word in
      if field.type == .text, field.key >= SpanField.attributes {
        let text = text(segment.pointee.code(at: word), in: reference.segment, segment)
        assembly.span.attributes.append(SpanAttribute(names.texts[place], .text(text)))
        place += 1
        return false
      }
      assembly.set(
        key: field.key, name: { names.texts[place] }, type: field.type,
        bits: segment.pointee.bits(field.type, at: word), raw: segment.pointee.raw(field.type, at: word))
      place += 1
      return false
    }
    return assembly.span
  }

  private mutating func text(
    _ code: TextDictionary.Code, in number: Int, _ segment: UnsafeMutablePointer<SpanSegment>
  ) -> String {
    guard !lately.isEmpty else { return segment.pointee.texts.text(code) }
    let key = UInt64(number) << 32 | UInt64(code)
    let place = Int(code) & (Self.latelyKept - 1)
    if lately[place].key != key { lately[place] = (key, segment.pointee.texts.text(code)) }
    return lately[place].text
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
