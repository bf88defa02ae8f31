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
    return TraceSpan(
      gtxid: gtxid, id: id, parent: parent, ltxid: ltxid, kind: kind, isShared: first & SpanRecordFlag.shared != 0,
      service: service, instance: instance, operation: operation, start: start, duration: duration, status: status,
      message: message, peer: peer, attributes: attributes, events: events)
  }

  private func attributes(_ reader: inout ByteReader) -> [SpanAttribute] {
    let count = Int(reader.number())
    var attributes: [SpanAttribute] = []
    attributes.reserveCapacity(count)
    for _ in 0..<count {
      let name = reader.text(symbols)
      let value: AttributeValue
      switch reader.byte() {
      case 0: value = .text(reader.text(symbols))
      case 1: value = .integer(reader.signed())
      case 2: value = .real(Double(bitPattern: reader.fixed()))
      case let type: value = .boolean(type == 4)
      }
      attributes.append(SpanAttribute(name, value))
    }
    return attributes
  }

  private func events(_ reader: inout ByteReader, base: Int64) -> [SpanEvent] {
    let count = Int(reader.number())
    var events: [SpanEvent] = []
    events.reserveCapacity(count)
    for _ in 0..<count {
      let time = base &+ reader.signed()
      let name = reader.text(symbols)
      events.append(SpanEvent(time: time, name: name, attributes: attributes(&reader)))
    }
    return events
  }
}
