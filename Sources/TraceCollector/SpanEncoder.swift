internal import TraceModel

/// The bits of a record's first two bytes, behind the kind in the lowest three.
enum SpanRecordFlag {
  static let shared: UInt8 = 1 << 3
  static let parent: UInt8 = 1 << 4
  static let ltxid: UInt8 = 1 << 5
  static let duration: UInt8 = 1 << 6
  static let message: UInt8 = 1 << 7
  // In the second byte, behind the status in the lowest two.
  static let instance: UInt8 = 1 << 2
  static let peer: UInt8 = 1 << 3
  static let attributes: UInt8 = 1 << 4
  static let events: UInt8 = 1 << 5
  static let links: UInt8 = 1 << 6
  /// What only the tracers of real systems tell: origin, trace state, flags, dropped counts.
  static let foreign: UInt8 = 1 << 7
}

/// Turns a span into the bytes that a trace keeps of it: all but the transaction's id, which the trace knows.
struct SpanEncoder: Sendable {
  private(set) var writer = ByteWriter()
  /// Of the span written last; nil when the table had no room for it.
  private(set) var service: SymbolTable.Symbol?
  private(set) var operation: SymbolTable.Symbol?

  /// Times are written as the difference to `base`.
  mutating func encode(_ span: TraceSpan, base: Int64, symbols: inout SymbolTable) {
    writer.clear()
    writeFlags(span)
    writer.fixed(span.id.value)
    if let parent = span.parent { writer.fixed(parent.value) }
    if let ltxid = span.ltxid { writer.number(UInt64(ltxid.number)) }
    service = symbols.symbol(for: span.service, as: .name)
    operation = symbols.symbol(for: span.operation, as: .operation)
    writer.text(span.service, as: service)
    writer.text(span.operation, as: operation)
    if !span.message.isEmpty { writeValue(span.message, &symbols) }
    writer.signed(span.start &- base)
    if let duration = span.duration { writer.signed(duration) }
    if !span.instance.isEmpty { writer.text(span.instance, as: symbols.symbol(for: span.instance, as: .operation)) }
    if !span.peer.isEmpty { writer.text(span.peer, as: symbols.symbol(for: span.peer, as: .operation)) }
    if !span.attributes.isEmpty { write(span.attributes, &symbols) }
    if !span.events.isEmpty { write(span.events, base: span.start, &symbols) }
    if !span.links.isEmpty { write(span.links, &symbols) }
    if span.isForeign { writeForeign(span, &symbols) }
  }

  private mutating func writeFlags(_ span: TraceSpan) {
    var first = span.kind.rawValue
    if span.isShared { first |= SpanRecordFlag.shared }
    if span.parent != nil { first |= SpanRecordFlag.parent }
    if span.ltxid != nil { first |= SpanRecordFlag.ltxid }
    if span.duration != nil { first |= SpanRecordFlag.duration }
    if !span.message.isEmpty { first |= SpanRecordFlag.message }
    var second = span.status.rawValue
    if !span.instance.isEmpty { second |= SpanRecordFlag.instance }
    if !span.peer.isEmpty { second |= SpanRecordFlag.peer }
    if !span.attributes.isEmpty { second |= SpanRecordFlag.attributes }
    if !span.events.isEmpty { second |= SpanRecordFlag.events }
    if !span.links.isEmpty { second |= SpanRecordFlag.links }
    if span.isForeign { second |= SpanRecordFlag.foreign }
    writer.byte(first)
    writer.byte(second)
  }

  private mutating func writeValue(_ text: String, _ symbols: inout SymbolTable) {
    writer.text(text, as: symbols.symbol(for: text, as: .value))
  }

  private mutating func writeForeign(_ span: TraceSpan, _ symbols: inout SymbolTable) {
    writeValue(span.traceState, &symbols)
    writer.number(UInt64(span.flags))
    writer.number(UInt64(span.dropped.attributes))
    writer.number(UInt64(span.dropped.events))
    writer.number(UInt64(span.dropped.links))
    writer.byte(span.origin == nil ? 0 : 1)
    guard let origin = span.origin else { return }
    write(origin.resource, &symbols)
    writeValue(origin.scope.name, &symbols)
    writeValue(origin.scope.version, &symbols)
    write(origin.scope.facts, &symbols)
  }

  private mutating func write(_ group: SpanOrigin.Group, _ symbols: inout SymbolTable) {
    write(group.attributes, &symbols)
    writer.number(UInt64(group.droppedAttributes))
    writeValue(group.schema, &symbols)
  }

  private mutating func write(_ attributes: [SpanAttribute], _ symbols: inout SymbolTable) {
    writer.number(UInt64(attributes.count))
    for attribute in attributes {
      writer.text(attribute.name, as: symbols.symbol(for: attribute.name, as: .name))
      write(attribute.value, &symbols)
    }
  }

  private mutating func write(_ value: AttributeValue, _ symbols: inout SymbolTable) {
    switch value {
    case .text(let text):
      writer.byte(0)
      writeValue(text, &symbols)
    case .integer(let value):
      writer.byte(1)
      writer.signed(value)
    case .real(let value):
      writer.byte(2)
      writer.fixed(value.bitPattern)
    case .boolean(let value):
      writer.byte(value ? 4 : 3)
    case .bytes(let bytes):
      writer.byte(5)
      writer.number(UInt64(bytes.count))
      for byte in bytes { writer.byte(byte) }
    case .list(let values):
      writer.byte(6)
      writer.number(UInt64(values.count))
      for value in values { write(value, &symbols) }
    case .map(let entries):
      writer.byte(7)
      write(entries, &symbols)
    case .empty:
      writer.byte(8)
    }
  }

  private mutating func write(_ events: [SpanEvent], base: Int64, _ symbols: inout SymbolTable) {
    writer.number(UInt64(events.count))
    for event in events {
      writer.signed(event.time &- base)
      writer.text(event.name, as: symbols.symbol(for: event.name, as: .operation))
      write(event.attributes, &symbols)
      writer.number(UInt64(event.droppedAttributes))
    }
  }

  private mutating func write(_ links: [SpanLink], _ symbols: inout SymbolTable) {
    writer.number(UInt64(links.count))
    for link in links {
      writer.fixed(link.gtxid.high)
      writer.fixed(link.gtxid.low)
      writer.fixed(link.span.value)
      writeValue(link.traceState, &symbols)
      writer.number(UInt64(link.flags))
      write(link.attributes, &symbols)
      writer.number(UInt64(link.droppedAttributes))
    }
  }
}

extension TraceSpan {
  fileprivate var isForeign: Bool {
    origin != nil || !traceState.isEmpty || flags != 0 || dropped != DroppedCounts()
  }
}
