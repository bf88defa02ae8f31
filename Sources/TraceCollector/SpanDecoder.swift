internal import TraceModel

/// Turns the bytes that ``SpanEncoder`` wrote back into the span that it was given.
struct SpanDecoder {
  let gtxid: GTXID
  let base: Int64
  let symbols: SymbolTable

  /// Moves `reader` behind the record it stands before, or, when that is of span `id`, leaves it there: then false.
  func skip(_ reader: inout ByteReader, unless id: SpanID) -> Bool {
    let begin = reader.position
    let length = Int(reader.number())
    let record = reader.position
    reader.position += 2
    if reader.fixed() == id.value {
      reader.position = begin
      return false
    }
    reader.position = record + length
    return true
  }

  /// Reads one record with its length and leaves `reader` behind it.
  func decode(_ reader: inout ByteReader) -> TraceSpan {
    _ = reader.number()
    let first = reader.byte()
    let second = reader.byte()
    guard let kind = SpanKind(rawValue: first & 7), let status = SpanStatus(rawValue: second & 3),
      let id = SpanID(reader.fixed())
    else { preconditionFailure("A span's record begins with bytes that no encoder wrote.") }
    let parent = first & SpanRecordFlag.parent != 0 ? SpanID(reader.fixed()) : nil
    let ltxid = first & SpanRecordFlag.ltxid != 0 ? LTXID(UInt32(truncatingIfNeeded: reader.number())) : nil
    let service = reader.text(symbols)
    let operation = reader.text(symbols)
    let message = first & SpanRecordFlag.message != 0 ? reader.text(symbols) : ""
    let start = base &+ reader.signed()
    let duration = first & SpanRecordFlag.duration != 0 ? reader.signed() : nil
    let instance = second & SpanRecordFlag.instance != 0 ? reader.text(symbols) : ""
    let peer = second & SpanRecordFlag.peer != 0 ? reader.text(symbols) : ""
    let attributes = second & SpanRecordFlag.attributes != 0 ? attributes(&reader) : []
    let events = second & SpanRecordFlag.events != 0 ? events(&reader, base: start) : []
    let links = second & SpanRecordFlag.links != 0 ? links(&reader) : []
    var span = TraceSpan(
      gtxid: gtxid, id: id, parent: parent, ltxid: ltxid, kind: kind, isShared: first & SpanRecordFlag.shared != 0,
      service: service, instance: instance, operation: operation, start: start, duration: duration, status: status,
      message: message, peer: peer, attributes: attributes, events: events,
      links: links)
    if second & SpanRecordFlag.foreign != 0 { readForeign(&reader, into: &span) }
    return span
  }

  private func readForeign(_ reader: inout ByteReader, into span: inout TraceSpan) {
    span.traceState = reader.text(symbols)
    span.flags = reader.count()
    span.dropped.attributes = reader.count()
    span.dropped.events = reader.count()
    span.dropped.links = reader.count()
    guard reader.byte() == 1 else { return }
    let resource = group(&reader)
    let name = reader.text(symbols)
    let version = reader.text(symbols)
    span.origin = SpanOrigin(
      resource: resource, scope: SpanOrigin.Scope(name: name, version: version, facts: group(&reader)))
  }

  private func group(_ reader: inout ByteReader) -> SpanOrigin.Group {
    let attributes = attributes(&reader)
    let dropped = reader.count()
    return SpanOrigin.Group(attributes: attributes, droppedAttributes: dropped, schema: reader.text(symbols))
  }

  private func attributes(_ reader: inout ByteReader) -> [SpanAttribute] {
    let count = Int(reader.number())
    var attributes: [SpanAttribute] = []
    attributes.reserveCapacity(count)
    for _ in 0..<count {
      let name = reader.text(symbols)
      attributes.append(SpanAttribute(name, value(&reader)))
    }
    return attributes
  }

  private func value(_ reader: inout ByteReader) -> AttributeValue {
    switch reader.byte() {
    case 0: .text(reader.text(symbols))
    case 1: .integer(reader.signed())
    case 2: .real(Double(bitPattern: reader.fixed()))
    case 3: .boolean(false)
    case 4: .boolean(true)
    case 5: .bytes((0..<reader.number()).map { _ in reader.byte() })
    case 6: .list((0..<reader.number()).map { _ in value(&reader) })
    case 7: .map(attributes(&reader))
    default: .empty
    }
  }

  private func events(_ reader: inout ByteReader, base: Int64) -> [SpanEvent] {
    let count = Int(reader.number())
    var events: [SpanEvent] = []
    events.reserveCapacity(count)
    for _ in 0..<count {
      let time = base &+ reader.signed()
      let name = reader.text(symbols)
      let attributes = attributes(&reader)
      events.append(
        SpanEvent(time: time, name: name, attributes: attributes, droppedAttributes: reader.count()))
    }
    return events
  }

  private func links(_ reader: inout ByteReader) -> [SpanLink] {
    let count = Int(reader.number())
    var links: [SpanLink] = []
    links.reserveCapacity(count)
    for _ in 0..<count {
      guard let gtxid = GTXID(high: reader.fixed(), low: reader.fixed()), let span = SpanID(reader.fixed()) else {
        preconditionFailure("A link's record begins with bytes that no encoder wrote.")
      }
      let state = reader.text(symbols)
      let flags: UInt32 = reader.count()
      let attributes = attributes(&reader)
      links.append(
        SpanLink(
          gtxid: gtxid, span: span, traceState: state, flags: flags, attributes: attributes,
          droppedAttributes: reader.count()))
    }
    return links
  }
}
