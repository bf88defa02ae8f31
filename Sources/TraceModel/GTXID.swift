// TraceModel: the vocabulary that every part shares: transaction ids, hops, spans, and how they cross a boundary.
// It never stores, sends or shows anything, and it knows no clock.

/// A global transaction id: 128 bits, made once, at the first API call, and carried unchanged by every call and event.
///
/// It is also the trace id of W3C, B3 and OTLP. Zero is not an id.
public struct GTXID: Hashable, Sendable, Comparable {
  public let high: UInt64
  public let low: UInt64

  /// Nil for zero, which every tracing standard reserves for "no id".
  public init?(high: UInt64, low: UInt64) {
    guard high != 0 || low != 0 else { return nil }
    self.high = high
    self.low = low
  }

  /// Reads 1 to 32 lower- or upper-case hexadecimal digits; shorter ones are the low end. Nil for anything else.
  public init?(_ text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard !digits.isEmpty, digits.count <= 32 else { return nil }
    let split = max(0, digits.count - 16)
    guard let high = Hexadecimal.value(of: digits[..<split]), let low = Hexadecimal.value(of: digits[split...]) else {
      return nil
    }
    self.init(high: high, low: low)
  }

  public static func < (left: GTXID, right: GTXID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }

  /// 32 lower-case hexadecimal digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 32) { buffer in
      guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return 0 }
      Hexadecimal.write(high, to: start)
      Hexadecimal.write(low, to: start + 16)
      return 32
    }
  }

  /// `8f3a…21c9`: what a table has room for. Not unique.
  public var short: String {
    let digits = hex
    return "\(digits.prefix(4))…\(digits.suffix(4))"
  }

  /// Whether both name one transaction: some only know the low half of an id.
  public func isSame(as other: GTXID) -> Bool {
    self == other || low == other.low && (high == 0 || other.high == 0)
  }
}

extension GTXID: CustomStringConvertible {
  public var description: String { hex }
}

extension GTXID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = GTXID(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is not a transaction id: 1 to 32 hexadecimal digits, not all 0")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
