internal import TraceModel

/// What places a span in its tree, without the rest of it: small, because a tree looks at thousands of them in any order.
struct SpanOutline {
  var id: SpanID
  var parent: SpanID?
  /// Nanoseconds since the Unix epoch, as reported.
  var start: Int64
  /// Nanoseconds; nil when unknown.
  var duration: Int64?
  /// 0 where the carrier brought none.
  var ltxid: UInt32
  /// Numbers of names.
  var service: Int32
  var instance: Int32
  /// Of the instance without its port, and the port itself, 0 where it is unknown.
  var address: Int32
  var port: Int32
  /// Of the host, where the sender named it; 0 where it did not.
  var host: Int32
  var kind: SpanKind
  var isShared: Bool

  init(_ span: borrowing TraceSpan, names: inout NameNumbers) {
    id = span.id
    parent = span.parent
    start = span.start
    duration = span.duration
    ltxid = span.ltxid?.number ?? 0
    service = names.service(span.service)
    instance = names.instance(span.instance)
    (address, port) = names.address(of: instance)
    host = names.host(span.origin)
    kind = span.kind
    isShared = span.isShared
  }

  /// The start when the duration is unknown.
  var end: Int64 { start &+ (duration ?? 0) }

  /// No difference in what both say of where they ran.
  func isAtEndpoint(of other: SpanOutline) -> Bool {
    (service == other.service || service == NameNumbers.empty || other.service == NameNumbers.empty)
      && (address == other.address || address == NameNumbers.empty || other.address == NameNumbers.empty)
      && (port == other.port || port == 0 || other.port == 0)
  }

  func isEarlier(than other: SpanOutline) -> Bool { (start, id) < (other.start, other.id) }
}

/// A number for each name that the spans of a transaction tell where they ran by: numbers compare faster than texts.
struct NameNumbers {
  static let empty: Int32 = 0

  private(set) var names = [""]
  private var numbers: [String: Int32] = ["": empty]
  /// Spans that follow each other mostly come from one place.
  private var lastService: (name: String, number: Int32) = ("", empty)
  private var lastInstance: (name: String, number: Int32) = ("", empty)
  /// By number of an instance.
  private var addresses: [Int32: (host: Int32, port: Int32)] = [:]
  private var lastAddress: (instance: Int32, host: Int32, port: Int32) = (empty, empty, 0)
  private var lastHost: (origin: SpanOrigin?, number: Int32) = (nil, empty)

  /// What a resource names its host by, the best first: containers of one machine may have the ids of that machine.
  private static let hostNames = ["host.name", "host.id", "k8s.node.name"]

  mutating func service(_ name: String) -> Int32 {
    if name != lastService.name { lastService = (name, number(of: name)) }
    return lastService.number
  }

  mutating func instance(_ name: String) -> Int32 {
    if name != lastInstance.name { lastInstance = (name, number(of: name)) }
    return lastInstance.number
  }

  mutating func address(of instance: Int32) -> (host: Int32, port: Int32) {
    if instance != lastAddress.instance {
      let (host, port) = addresses[instance] ?? address(of: names[Int(instance)])
      addresses[instance] = (host, port)
      lastAddress = (instance, host, port)
    }
    return (lastAddress.host, lastAddress.port)
  }

  private mutating func address(of name: String) -> (host: Int32, port: Int32) {
    let address = InstanceAddress(name)
    return (number(of: String(address.host)), address.port)
  }

  mutating func host(_ origin: SpanOrigin?) -> Int32 {
    guard let origin else { return Self.empty }
    if origin !== lastHost.origin { lastHost = (origin, number(of: Self.hostName(origin.resource))) }
    return lastHost.number
  }

  private static func hostName(_ resource: SpanOrigin.Group) -> String {
    for name in hostNames {
      if case .text(let host) = resource[name], !host.isEmpty { return host }
    }
    return ""
  }

  mutating func number(of name: String) -> Int32 {
    if let number = numbers[name] { return number }
    let number = Int32(names.count)
    numbers[name] = number
    names.append(name)
    return number
  }
}
