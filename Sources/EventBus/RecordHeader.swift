/// A name with bytes that travels beside a record's value. Names may repeat; their order is kept.
public struct RecordHeader: Sendable, Hashable {
  public let name: String
  public let value: [UInt8]

  public init(name: String, value: [UInt8]) {
    self.name = name
    self.value = value
  }

  public init(name: String, text: String) {
    self.init(name: name, value: Array(text.utf8))
  }

  /// The value read as UTF-8; bytes that are none become U+FFFD.
  public var text: String { String(decoding: value, as: UTF8.self) }
}
