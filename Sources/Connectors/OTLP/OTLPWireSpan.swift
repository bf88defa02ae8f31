internal import TraceCollector
internal import TraceModel

// How it stands on the wire.
extension OTLPPlainSpan {
  /// Takes one field; false where it is out of the ordinary.
  mutating func read(_ tag: ProtobufCursor.Tag, _ cursor: inout ProtobufCursor, _ bytes: UnsafeRawBufferPointer) -> Bool
  {
    switch (tag.field, tag.type) {
    case (1, .bytes):
      guard let run = cursor.run(), run.count == 16 else { return false }
      high = Self.number(bytes, run.lowerBound)
      low = Self.number(bytes, run.lowerBound + 8)
    case (2, .bytes):
      guard let run = cursor.run(), run.count == 8 else { return false }
      id = Self.number(bytes, run.lowerBound)
    case (3, .bytes): return text(&cursor, bytes, &traceState)
    case (4, .bytes):
      guard let run = cursor.run(), run.count == 8 || run.isEmpty else { return false }
      parent = run.isEmpty ? 0 : Self.number(bytes, run.lowerBound)
    case (5, .bytes): return text(&cursor, bytes, &name)
    case (6, .varint):
      guard let bits = cursor.varint() else { return false }
      kind = Self.kind(Int32(truncatingIfNeeded: bits))
    case (7, .fixed64): return time(&cursor, &start)
    case (8, .fixed64): return time(&cursor, &end)
    case (10, .varint): return count(&cursor, &droppedAttributes)
    case (12, .varint): return count(&cursor, &droppedEvents)
    case (14, .varint): return count(&cursor, &droppedLinks)
    case (15, .bytes): return status(&cursor, bytes)
    case (16, .fixed32):
      guard let bits = cursor.fixed32() else { return false }
      flags = bits
    // Events, links, and what has another form than it should.
    case (1...16, _): return false
    default: return cursor.skip(tag.type)
    }
    return true
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  private func text(
    _ cursor: inout ProtobufCursor, _ bytes: UnsafeRawBufferPointer, _ text: inout SpanBatch.Text
  ) -> Bool {
    guard let run = cursor.run(), UTF8Check.isText(UnsafeRawBufferPointer(rebasing: bytes[run])) else { return false }
    text = SpanBatch.Text(run)
    return true
  }

  private func time(_ cursor: inout ProtobufCursor, _ time: inout Int64) -> Bool {
    guard let bits = cursor.fixed64(), let value = Int64(exactly: bits) else { return false }
    time = value
    return true
  }

  private func count(_ cursor: inout ProtobufCursor, _ count: inout UInt32) -> Bool {
    guard let bits = cursor.varint() else { return false }
    count = UInt32(truncatingIfNeeded: bits)
    return true
  }

  /// Two of them would have to be merged.
  private mutating func status(_ cursor: inout ProtobufCursor, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !hasStatus, let run = cursor.run() else { return false }
    hasStatus = true
    var inner = ProtobufCursor(bytes, run)
    while !inner.isAtEnd {
      guard let tag = inner.tag() else { return false }
      switch (tag.field, tag.type) {
      case (2, .bytes):
        guard let run = inner.run(), UTF8Check.isText(UnsafeRawBufferPointer(rebasing: bytes[run])) else {
          return false
        }
        message = SpanBatch.Text(run)
      case (3, .varint):
        guard let bits = inner.varint() else { return false }
        status = Self.status(Int32(truncatingIfNeeded: bits))
      case (2...3, _): return false
      default: guard inner.skip(tag.type) else { return false }
      }
    }
    return true
  }
}
