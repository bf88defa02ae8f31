/// Where a receiver listens: `[HOST:]PORT`, on this machine alone unless a host is named.
public struct ListenAddress: Sendable, Hashable {
  /// A name, an IPv4 address, or an IPv6 address without brackets.
  public var host: String
  /// 0 to 65535; 0 lets the system choose a free one.
  public var port: Int

  /// What a receiver listens on when no host is named: nothing outside this machine can reach it.
  public static let loopback = "127.0.0.1"

  /// - Precondition: `port` is 0 to 65535 and `host` is not empty.
  public init(host: String = ListenAddress.loopback, port: Int) {
    precondition(0...65535 ~= port, "A port is 0 to 65535.")
    precondition(!host.isEmpty, "A host has a name.")
    self.host = host
    self.port = port
  }

  /// Reads `9411`, `0.0.0.0:9411`, `localhost:9411` and `[::1]:9411`.
  ///
  /// - Throws: ``ConnectorError/invalidAddress(_:reason:)``.
  public init(parsing text: String) throws(ConnectorError) {
    let bytes = text.utf8
    guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else {
      self.init(host: Self.loopback, port: try Self.port(text[...], in: text))
      return
    }
    let host = text[..<colon]
    let port = try Self.port(text[bytes.index(after: colon)...], in: text)
    self.init(host: try Self.host(host, in: text), port: port)
  }

  private static func port(_ digits: Substring, in text: String) throws(ConnectorError) -> Int {
    guard !digits.isEmpty, digits.utf8.count <= 5, digits.utf8.allSatisfy(isDigit), let port = Int(digits),
      port <= 65535
    else {
      throw .invalidAddress(text, reason: "\"\(Excerpt.of(digits))\" is not a port from 0 to 65535")
    }
    return port
  }

  private static func host(_ name: Substring, in text: String) throws(ConnectorError) -> String {
    if name.hasPrefix("["), name.hasSuffix("]") {
      let inside = name.dropFirst().dropLast()
      guard inside.contains(":"), inside.utf8.allSatisfy(isPartOfVersion6) else {
        throw .invalidAddress(text, reason: "\"\(Excerpt.of(inside))\" is not an IPv6 address")
      }
      return String(inside)
    }
    guard !name.isEmpty else { throw .invalidAddress(text, reason: "there is no host before the colon") }
    guard !name.contains(":") else {
      throw .invalidAddress(text, reason: "an IPv6 address stands in brackets, as in [::1]:9411")
    }
    guard name.utf8.count <= 253, name.utf8.allSatisfy(isPartOfName) else {
      throw .invalidAddress(text, reason: "\"\(Excerpt.of(name))\" is not the name or address of a host")
    }
    return String(name)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
  }

  private static func isPartOfName(_ byte: UInt8) -> Bool {
    isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_")
  }

  /// Digits, letters and dots, and the `%eth0` that names the interface of a link-local address.
  private static func isPartOfVersion6(_ byte: UInt8) -> Bool {
    isPartOfName(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
  }
}

extension ListenAddress: CustomStringConvertible {
  /// `127.0.0.1:9411`, `[::1]:9411`
  public var description: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
