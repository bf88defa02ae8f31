internal import FoundationEssentials
internal import OTLPMessages
internal import TraceModel

/// Ids, times and values of OTLP in our words.
enum OTLPValues {
  static func attributes(_ attributes: [OTLP.Attribute]) -> [SpanAttribute] {
    attributes.map { SpanAttribute($0.key, value($0.value)) }
  }

  static func value(_ value: OTLP.Value) -> AttributeValue {
    switch value.value {
    case .stringValue(let text): .text(text)
    case .intValue(let number): .integer(number)
    case .boolValue(let flag): .boolean(flag)
    case .doubleValue(let number): .real(number)
    case .bytesValue(let bytes): .bytes([UInt8](bytes))
    case .arrayValue(let list): .list(list.values.map(Self.value))
    case .kvlistValue(let map): .map(attributes(map.values))
    // A place in a table that only profiles have.
    case .stringValueStrindex, nil: .empty
    }
  }

  /// Nil for none: no bytes, or all of them 0.
  static func trace(_ bytes: Data, _ field: String) throws(OTLPElementFault) -> GTXID? {
    guard let halves = halves(bytes, count: 2) else { throw wrongLength(bytes, 16, field) }
    return GTXID(high: halves.0, low: halves.1)
  }

  /// Nil for none: no bytes, or all of them 0.
  static func span(_ bytes: Data, _ field: String) throws(OTLPElementFault) -> SpanID? {
    guard let halves = halves(bytes, count: 1) else { throw wrongLength(bytes, 8, field) }
    return SpanID(halves.0)
  }

  /// `count` big-endian numbers of 64 bits; 0 where there are no bytes at all.
  private static func halves(_ bytes: Data, count: Int) -> (UInt64, UInt64)? {
    bytes.withUnsafeBytes { bytes in
      if bytes.isEmpty { return (0, 0) }
      guard bytes.count == count * 8 else { return nil }
      let first = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
      guard count == 2 else { return (first, 0) }
      return (first, UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  private static func wrongLength(_ bytes: Data, _ count: Int, _ field: String) -> OTLPElementFault {
    OTLPElementFault(field: field, reason: "must be \(count) bytes, not \(bytes.count)", spoilsRequest: true)
  }

  /// Nil for 0, which is no time.
  static func time(_ nanoseconds: UInt64, _ field: String) throws(OTLPElementFault) -> Int64? {
    guard nanoseconds > 0 else { return nil }
    guard let time = Int64(exactly: nanoseconds) else { throw .time(field) }
    return time
  }
}
