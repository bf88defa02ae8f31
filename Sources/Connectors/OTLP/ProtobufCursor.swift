/// Walks over the fields of a protobuf message as they stand on the wire. Every reader says nil where the bytes are no
/// message: who asks then has it read by the generated code, which knows what to say of it.
struct ProtobufCursor {
  /// How a field's value stands on the wire.
  enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case fixed32 = 5
  }

  struct Tag {
    var field: Int
    var type: WireType
  }

  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int
  let end: Int

  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// Over the fields of a message inside.
  func inside(_ range: Range<Int>) -> ProtobufCursor { ProtobufCursor(bytes, range) }

  var isAtEnd: Bool { position >= end }

  mutating func tag() -> Tag? {
    guard let value = varint(), value <= UInt64(UInt32.max), value >> 3 > 0,
      let type = WireType(rawValue: UInt8(value & 7))
    else { return nil }
    return Tag(field: Int(value >> 3), type: type)
  }

  mutating func varint() -> UInt64? {
    guard position < end else { return nil }
    let first = bytes[position]
    if first < 0x80 {
      position &+= 1
      return UInt64(first)
    }
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 64 {
      let byte = bytes[position]
      position &+= 1
      // The tenth byte has room for one bit.
      guard shift < 63 || byte <= 1 else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
    return nil
  }

  mutating func fixed64() -> UInt64? {
    guard end - position >= 8 else { return nil }
    defer { position &+= 8 }
    return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
  }

  mutating func fixed32() -> UInt32? {
    guard end - position >= 4 else { return nil }
    defer { position &+= 4 }
    return UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
  }

  /// Where the bytes of a string, of bytes or of a message inside stand.
  mutating func run() -> Range<Int>? {
    guard let count = varint(), count <= UInt64(end - position) else { return nil }
    let begin = position
    position &+= Int(count)
    return begin..<position
  }

  /// Passes over a value that nobody wants; false where it is not whole.
  mutating func skip(_ type: WireType) -> Bool {
    switch type {
    case .varint: varint() != nil
    case .fixed64: fixed64() != nil
    case .bytes: run() != nil
    case .fixed32: fixed32() != nil
    }
  }
}
