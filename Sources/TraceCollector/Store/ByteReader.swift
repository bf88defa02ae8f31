internal import TraceModel

/// Reads what ``ByteWriter`` wrote. The bytes are our own, so anything else in them is a bug and stops the program.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  /// `bytes` must stay where they are while this reads.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  mutating func byte() -> UInt8 {
    precondition(position < bytes.count, "An encoded fact ends before its end.")
    defer { position += 1 }
    return bytes[position]
  }

  mutating func number() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = byte()
      value |= UInt64(next & 0x7F) << shift
      guard next >= 0x80 else { return value }
      shift += 7
    }
  }

  /// A number that was written from 32 bits.
  mutating func count() -> UInt32 { UInt32(truncatingIfNeeded: number()) }

  mutating func signed() -> Int64 {
    let value = number()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func fixed() -> UInt64 {
    let place = skip(8)
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  mutating func text() -> String {
    let count = Int(number())
    let place = skip(count)
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[place..<place + count]), as: UTF8.self)
  }

  /// Moves behind the next `count` bytes and says where they begin.
  private mutating func skip(_ count: Int) -> Int {
    precondition(count <= bytes.count - position, "An encoded fact ends before its end.")
    defer { position += count }
    return position
  }

  mutating func attributes() -> [SpanAttribute] {
    (0..<number()).map { _ in
      let name = text()
      return SpanAttribute(name, value())
    }
  }

  mutating func value() -> AttributeValue {
    switch byte() {
    case 0: .text(text())
    case 1: .integer(signed())
    case 2: .real(Double(bitPattern: fixed()))
    case 3: .boolean(false)
    case 4: .boolean(true)
    case 5: .bytes((0..<number()).map { _ in byte() })
    case 6: .list((0..<number()).map { _ in value() })
    case 7: .map(attributes())
    default: .empty
    }
  }

  mutating func events(base: Int64) -> [SpanEvent] {
    (0..<number()).map { _ in
      let time = base &+ signed()
      let name = text()
      let attributes = attributes()
      return SpanEvent(time: time, name: name, attributes: attributes, droppedAttributes: count())
    }
  }

  mutating func links() -> [SpanLink] {
    (0..<number()).map { _ in
      guard let gtxid = GTXID(high: fixed(), low: fixed()), let span = SpanID(fixed()) else {
        preconditionFailure("A link's record begins with bytes that no writer wrote.")
      }
      let state = text()
      let flags = count()
      let attributes = attributes()
      return SpanLink(
        gtxid: gtxid, span: span, traceState: state, flags: flags, attributes: attributes, droppedAttributes: count())
    }
  }

  mutating func origin() -> SpanOrigin {
    let resource = group()
    let name = text()
    let version = text()
    return SpanOrigin(resource: resource, scope: SpanOrigin.Scope(name: name, version: version, facts: group()))
  }

  private mutating func group() -> SpanOrigin.Group {
    let attributes = attributes()
    let dropped = count()
    return SpanOrigin.Group(attributes: attributes, droppedAttributes: dropped, schema: text())
  }
}
