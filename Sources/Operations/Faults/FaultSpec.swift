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
  /// The database of a service: `db:order`
  case database(String)
  /// A consumer group: `group:payment`
  case group(String)

  /// The service it stands with on the screen.
  public var service: String {
    switch self {
    case .service(let name), .instance(let name, _), .database(let name), .group(let name): name
    case .edge(_, let callee): callee
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
    }
  }
}

/// How something breaks, with its intensity.
public enum FaultKind: Sendable, Hashable, Codable {
  /// The instance is gone, with all that it was doing.
  case crash
  /// Nanoseconds that each answer comes late.
  case latency(Int64)
  /// The share of calls that fails, 0…1.
  case errors(Double)
  /// Its database refuses every connection.
  case databaseDown
  /// The outside company does not answer at all.
  case outage
  /// Nanoseconds that each record takes longer.
  case slowConsumer(Int64)

  /// A kind without its intensity.
  public enum Name: String, Sendable, Codable, CaseIterable {
    case latency, errors, crash
    case databaseDown = "db-down"
    case outage
    case slowConsumer = "slow"

    /// What it does, in words for a menu.
    public var explanation: String {
      switch self {
      case .latency: "answers late"
      case .errors: "a share of the calls fails"
      case .crash: "the instance is gone"
      case .databaseDown: "its database refuses connections"
      case .outage: "the company does not answer"
      case .slowConsumer: "reads the topic late"
      }
    }

    /// What it is called where there is room: `database down`.
    public var title: String {
      switch self {
      case .databaseDown: "database down"
      case .slowConsumer: "slow consumer"
      default: rawValue
      }
    }
  }

  public var name: Name {
    switch self {
    case .crash: .crash
    case .latency: .latency
    case .errors: .errors
    case .databaseDown: .databaseDown
    case .outage: .outage
    case .slowConsumer: .slowConsumer
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
    switch kind {
    case .latency(let late), .slowConsumer(let late): text += "=\(FaultNotation.duration(late))"
    case .errors(let share): text += "=\(FaultNotation.percent(share))"
    case .crash, .databaseDown, .outage: break
    }
    if let route = scope.route { text += ",route=\(route)" }
    if let user = scope.user { text += ",user=\(user)" }
    if let partition = scope.partition { text += ",partition=\(partition)" }
    if scope.share != 1 { text += ",share=\(FaultNotation.percent(scope.share))" }
    if let timeToLive { text += ",ttl=\(FaultNotation.duration(timeToLive))" }
    return text
  }
}
