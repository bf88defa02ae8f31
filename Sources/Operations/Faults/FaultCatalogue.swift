/// What a system has that can break, and in which ways.
public struct FaultCatalogue: Sendable, Codable {
  public struct Service: Sendable, Codable {
    public var name: String
    public var instances: Int
    public var hasDatabase: Bool
    public var consumes: Bool
    /// A company that is not ours: it can be slow, wrong or silent; its machines are none of our business.
    public var isOutside: Bool
    /// Those of the topic that it reads; nil where they are not known.
    public var partitions: Int?
    public var publishing: Publishing
    /// How it can be built wrong.
    public var mistakes: [Mistake]
    /// All others renew their leases at it.
    public var isRegistry = false
    public var usesKeyValueStore = false
    /// The points of its work at which a run can have it crash.
    public var crashPoints: [CrashPlace] = []

    public init(
      name: String, instances: Int, hasDatabase: Bool, consumes: Bool, isOutside: Bool, partitions: Int? = nil,
      publishing: Publishing = .nothing, mistakes: [Mistake] = []
    ) {
      self.name = name
      self.instances = instances
      self.hasDatabase = hasDatabase
      self.consumes = consumes
      self.isOutside = isOutside
      self.partitions = partitions
      self.publishing = publishing
      self.mistakes = mistakes
    }

    var usesBus: Bool { consumes || publishing != .nothing }
  }

  /// A point of a service's work at which a crash puts a promise to the test.
  public struct CrashPlace: Sendable, Equatable, Codable {
    /// `P4`
    public var name: String
    /// What has been done there, and what has not.
    public var explanation: String

    public init(name: String, explanation: String) {
      self.name = name
      self.explanation = explanation
    }
  }

  /// How a service brings its events to the bus.
  public enum Publishing: String, Sendable, Codable {
    case nothing, directly
    case throughOutbox = "through an outbox"
    case throughLog = "through its database's log"
    case throughEvents = "through its events"
  }

  public struct Topic: Sendable, Equatable, Codable {
    public var name: String
    public var partitions: Int

    public init(name: String, partitions: Int) {
      self.name = name
      self.partitions = partitions
    }
  }

  public struct Edge: Sendable, Equatable, Codable {
    public var from: String
    public var to: String

    public init(from: String, to: String) {
      self.from = from
      self.to = to
    }
  }

  public var services: [Service]
  public var edges: [Edge]
  public var databases: [String]
  public var groups: [String]
  /// Those that business events go over; where there is none there is no bus to break.
  public var topics: [Topic]
  public var hasKeyValueStore: Bool
  /// Whether several services keep their databases on one server.
  public var hasSharedDatabase: Bool
  /// The operations that are called, `POST /orders`, and the types of records; none where they are not known.
  public var routes: [String]
  /// Those who ask for something, by name; none where they are not known.
  public var users: [String]

  public init(
    services: [Service] = [], edges: [Edge] = [], databases: [String] = [], groups: [String] = [],
    topics: [Topic] = [], hasKeyValueStore: Bool = false, hasSharedDatabase: Bool = false, routes: [String] = [],
    users: [String] = []
  ) {
    self.services = services
    self.edges = edges
    self.databases = databases
    self.groups = groups
    self.topics = topics
    self.hasKeyValueStore = hasKeyValueStore
    self.hasSharedDatabase = hasSharedDatabase
    self.routes = routes
    self.users = users
  }

  /// Why a target is not there at all; nil when it is, and for those that have names of their own.
  public func absence(of target: FaultTarget) -> String? {
    switch target {
    case .broker: topics.isEmpty ? "this shop has no event bus" : nil
    case .keyValueStore: hasKeyValueStore ? nil : "this shop has no key-value store"
    case .sharedDatabase: hasSharedDatabase ? nil : "no database server is shared"
    case .service, .instance, .edge, .database, .group, .topic: nil
    }
  }

  /// Why a kind cannot be had on a target: `keeps no database`; nil when it can.
  public func obstacle(to kind: FaultKind.Name, on target: FaultTarget) -> String? {
    switch target {
    case .service(let name), .instance(let name, _):
      guard let service = services.first(where: { $0.name == name }) else { return "no such service" }
      if case .instance = target, kind.mistake != nil, obstacle(to: kind, on: service) == nil {
        return "all its instances run one program; say \(name)"
      }
      return obstacle(to: kind, on: service)
    case .edge: return kind == .latency || kind == .errors ? nil : "an edge can only be late or fail"
    case .sharedDatabase:
      return absence(of: target) ?? (kind == .maxConnections ? nil : "a shared server can only take fewer connections")
    case .database: return kind == .databaseDown ? nil : "a database can only be down"
    case .group:
      return kind == .slowConsumer || kind == .duplicate ? nil : "a group can only be slow or be given records twice"
    case .topic:
      guard topics.contains(where: { "topic:\($0.name)" == target.description }) else { return "no such topic" }
      return kind == .poison || kind == .duplicate ? nil : "a topic can only hold poison or records twice"
    case .broker: return absence(of: target) ?? (kind == .brokerDown ? nil : "a broker can only be down")
    case .keyValueStore:
      let isOne = [.full, .slowConsumer, .down].contains(kind)
      return absence(of: target) ?? (isOne ? nil : "a key-value store can only be full, slow or down")
    }
  }

  /// Why what all share would be broken by a kind without harm to a service: `it does not use the bus`; nil when it would
  /// feel it, and for kinds that strike the service itself.
  public func distance(of kind: FaultKind.Name, from service: Service) -> String? {
    switch kind {
    case .brokerDown: service.usesBus ? nil : "it does not use the bus"
    case .full, .down: service.usesKeyValueStore ? nil : "it uses no key-value store"
    default: nil
    }
  }

  private func obstacle(to kind: FaultKind.Name, on service: Service) -> String? {
    switch kind {
    case .latency, .errors: nil
    case .crash: service.isOutside ? "not our machine" : nil
    case .outage: service.isOutside ? nil : "not an outside company"
    case .databaseDown: service.hasDatabase ? nil : "keeps no database"
    case .slowConsumer: service.consumes ? nil : "reads no topic"
    case .pool: service.hasDatabase ? nil : "keeps no database"
    case .maxConnections: "a shared server is full; say db:shared"
    case .partition:
      service.consumes || service.publishing != .nothing || service.isRegistry
        ? nil : "neither reads a topic nor publishes"
    case .leak, .skew: service.isOutside ? "not our machine" : nil
    case .loseBeforeOutbox:
      switch service.publishing {
      case .nothing: "publishes nothing"
      case .throughOutbox: "its outbox loses nothing"
      case .throughLog: "its database's log loses nothing"
      case .throughEvents: "loses none of the events it stores"
      case .directly: nil
      }
    case .poison, .duplicate: "strikes a topic; say topic:…"
    case .brokerDown: "the bus would be down; say broker"
    case .full, .down: "the key-value store would; say kv"
    case .dualWrite, .noIdempotency, .noBreaker, .innerJoin, .viewWithoutVersions, .noHandBack:
      kind.mistake.flatMap { service.mistakes.contains($0) ? nil : $0.absence }
    }
  }
}
