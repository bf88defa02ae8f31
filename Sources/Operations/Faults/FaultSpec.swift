/// A failure that somebody wants to see: what breaks, how, for whom, how long.
///
/// Spelt `TARGET:KIND[=INTENSITY][,scope=…][,ttl=30s]`, or with blanks in place of the colon and the commas.
public struct FaultSpec: Sendable, Hashable, Codable {
  public var target: FaultTarget
  public var kind: FaultKind
  public var scope: FaultScope
  /// Nanoseconds after which it ends by itself; nil: until it is switched off.
  public var timeToLive: Int64?

  public init(target: FaultTarget, kind: FaultKind, scope: FaultScope = FaultScope(), timeToLive: Int64? = nil) {
    self.target = target
    self.kind = kind
    self.scope = scope
    self.timeToLive = timeToLive
  }
}

/// What a fault breaks.
public enum FaultTarget: Sendable, Hashable, Codable {
  /// All instances of a service: `payment`
  case service(String)
  /// One instance, counted from 1: `payment/2`
  case instance(service: String, number: Int)
  /// The calls of one service to another: `payment>payment-gateway`
  case edge(from: String, to: String)
  /// The database of a service: `db:order`; or the server that several share: `db:shared`
  case database(String)
  /// A consumer group: `group:payment`
  case group(String)
  /// What goes to a topic: `topic:payment`
  case topic(String)
  /// The event bus as a whole: `broker`
  case broker
  /// The key-value store: `kv`
  case keyValueStore

  /// The server on which several services keep their databases, where they do.
  public static let sharedDatabase = FaultTarget.database("shared")

  /// The service it stands with on the screen; for what belongs to no service its own name, which is none of a service.
  public var service: String {
    switch self {
    case .service(let name), .instance(let name, _), .database(let name), .group(let name): name
    case .edge(_, let callee): callee
    case .topic, .broker, .keyValueStore: description
    }
  }
}

extension FaultTarget: CustomStringConvertible {
  public var description: String {
    switch self {
    case .service(let name): name
    case .instance(let service, let number): "\(service)/\(number)"
    case .edge(let from, let to): "\(from)>\(to)"
    case .database(let name): "db:\(name)"
    case .group(let name): "group:\(name)"
    case .topic(let name): "topic:\(name)"
    case .broker: "broker"
    case .keyValueStore: "kv"
    }
  }
}

/// For whom something breaks; what is nil breaks for all.
public struct FaultScope: Sendable, Hashable, Codable {
  /// The operation that is called: `POST /orders`, or its path alone.
  public var route: String?
  public var user: String?
  public var partition: Int?
  /// The share of calls or records it touches, 0…1.
  public var share = 1.0

  public init(route: String? = nil, user: String? = nil, partition: Int? = nil, share: Double = 1) {
    self.route = route
    self.user = user
    self.partition = partition
    self.share = share
  }
}

extension FaultSpec: CustomStringConvertible {
  /// As it would be typed: `payment-gateway:latency=2s,ttl=30s`.
  public var description: String {
    var text = "\(target):\(kind.name.rawValue)"
    if let intensity = kind.intensity { text += "=\(intensity)" }
    if let route = scope.route { text += ",route=\(route)" }
    if let user = scope.user { text += ",user=\(user)" }
    if let partition = scope.partition { text += ",partition=\(partition)" }
    if scope.share != 1 { text += ",share=\(FaultNotation.percent(scope.share))" }
    if let timeToLive { text += ",ttl=\(FaultNotation.duration(timeToLive))" }
    return text
  }
}
