internal import TraceModel

/// Facts as bytes, for what is kept as it came: lists, events, links, origins. Small numbers take few bytes.
/// ``ByteReader`` reads them back.
struct ByteWriter: Sendable {
  private(set) var bytes: [UInt8] = []

  mutating func clear() {
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func byte(_ value: UInt8) {
    bytes.append(value)
  }

  /// Seven bits a byte, the lowest first.
  mutating func number(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// As a number whose lowest bit is the sign, so that small negative ones are short too.
  mutating func signed(_ value: Int64) {
    number(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  mutating func fixed(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func text(_ text: String) {
    number(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func attributes(_ attributes: [SpanAttribute]) {
    number(UInt64(attributes.count))
    for attribute in attributes {
      text(attribute.name)
      value(attribute.value)
    }
  }

  mutating func value(_ value: AttributeValue) {
    switch value {
    case .text(let text):
      byte(0)
      self.text(text)
    case .integer(let value):
      byte(1)
      signed(value)
    case .real(let value):
      byte(2)
      fixed(value.bitPattern)
    case .boolean(let value):
      byte(value ? 4 : 3)
    case .bytes(let value):
      byte(5)
      number(UInt64(value.count))
      bytes.append(contentsOf: value)
    case .list(let values):
      byte(6)
      number(UInt64(values.count))
      for value in values { self.value(value) }
    case .map(let entries):
      byte(7)
      attributes(entries)
    case .empty:
      byte(8)
    }
  }

  /// Times are written as the difference to `base`.
  mutating func events(_ events: [SpanEvent], base: Int64) {
    number(UInt64(events.count))
    for event in events {
      signed(event.time &- base)
      text(event.name)
      attributes(event.attributes)
      number(UInt64(event.droppedAttributes))
    }
  }

  mutating func links(_ links: [SpanLink]) {
    number(UInt64(links.count))
    for link in links {
      fixed(link.gtxid.high)
      fixed(link.gtxid.low)
      fixed(link.span.value)
      text(link.traceState)
      number(UInt64(link.flags))
      attributes(link.attributes)
      number(UInt64(link.droppedAttributes))
    }
  }

  mutating func origin(_ origin: SpanOrigin) {
    group(origin.resource)
    text(origin.scope.name)
    text(origin.scope.version)
    group(origin.scope.facts)
  }

  private mutating func group(_ group: SpanOrigin.Group) {
    attributes(group.attributes)
    number(UInt64(group.droppedAttributes))
    text(group.schema)
  }
}
