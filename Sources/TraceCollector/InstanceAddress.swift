/// What an instance's name says of where it listens: `10.1.2.3:8080`, `[::1]:8080`, `:8080`, or a name without a port.
struct InstanceAddress: Equatable {
  /// Without the port; brackets of an IPv6 address stay. Empty where only the port is known.
  var host: Substring
  /// 0 where it is unknown.
  var port: Int32

  init(_ instance: String) {
    host = instance[...]
    port = 0
    guard let colon = instance.lastIndex(of: ":"), let number = UInt16(instance[colon...].dropFirst()) else { return }
    let before = instance[..<colon]
    // An IPv6 address without brackets has colons of its own.
    guard !before.contains(":") || before.hasSuffix("]") else { return }
    host = before
    port = Int32(number)
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
    return host.contains(":") && !host.hasSuffix("]") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
