/// What an instance's name says of where it listens: `10.1.2.3:8080`, `[::1]:8080`, `:8080`, or a name without a port.
struct InstanceAddress: Equatable {
  /// Without the port, and without the brackets that an IPv6 address has before one. Empty where only the port is known.
  var host: Substring
  /// 0 where it is unknown.
  var port: Int32

  init(_ instance: String) {
    (host, port) = (Self.withoutBrackets(instance[...]), 0)
    guard let colon = instance.lastIndex(of: ":"), let number = UInt16(instance[colon...].dropFirst()) else { return }
    let before = instance[..<colon]
    // An IPv6 address without brackets has colons of its own.
    guard !before.contains(":") || before.hasSuffix("]") else { return }
    (host, port) = (Self.withoutBrackets(before), Int32(number))
  }

  private static func withoutBrackets(_ host: Substring) -> Substring {
    host.hasPrefix("[") && host.hasSuffix("]") && host.contains(":") ? host.dropFirst().dropLast() : host
  }

  var isWhole: Bool { !host.isEmpty && port > 0 }

  /// No difference in what both say.
  func agrees(with other: Self) -> Bool {
    (host == other.host || host.isEmpty || other.host.isEmpty) && (port == other.port || port == 0 || other.port == 0)
  }

  /// What two say together that do not contradict each other.
  static func merged(_ one: String, _ other: String) -> String {
    if one.isEmpty || one == other { return other }
    if other.isEmpty { return one }
    var address = InstanceAddress(one)
    let piece = InstanceAddress(other)
    if address.host.isEmpty { address.host = piece.host }
    if address.port == 0 { address.port = piece.port }
    return address.text
  }

  private var text: String {
    guard port > 0 else { return String(host) }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
