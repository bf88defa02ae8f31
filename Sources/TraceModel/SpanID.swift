/// The id of one span within its transaction: 64 bits, never zero.
public struct SpanID: Hashable, Sendable, Comparable {
  public let value: UInt64

  /// Nil for zero, which means "no span".
  public init?(_ value: UInt64) {
    guard value != 0 else { return nil }
    self.value = value
  }

  /// Reads 1 to 16 hexadecimal digits. Nil for anything else, and for zero.
  public init?(hex text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard !digits.isEmpty, digits.count <= 16, let value = Hexadecimal.value(of: digits[...]) else { return nil }
    self.init(value)
  }

  public static func < (left: SpanID, right: SpanID) -> Bool {
    left.value < right.value
  }

  /// 16 lower-case hexadecimal digits.
  public var hex: String {
    String(unsafeUninitializedCapacity: 16) { buffer in
      guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return 0 }
      Hexadecimal.write(value, to: start)
      return 16
    }
  }
}

extension SpanID: CustomStringConvertible {
  public var description: String { hex }
}

extension SpanID: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = SpanID(hex: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\"\(text)\" is not a span id: 1 to 16 hexadecimal digits, not all 0")
    }
    self = id
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
}
