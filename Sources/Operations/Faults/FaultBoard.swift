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

    public init(
      name: String, instances: Int, hasDatabase: Bool, consumes: Bool, isOutside: Bool, partitions: Int? = nil
    ) {
      self.name = name
      self.instances = instances
      self.hasDatabase = hasDatabase
      self.consumes = consumes
      self.isOutside = isOutside
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

  public init(services: [Service] = [], edges: [Edge] = [], databases: [String] = [], groups: [String] = []) {
    self.services = services
    self.edges = edges
    self.databases = databases
    self.groups = groups
  }

  /// Why a kind cannot be had on a target: `keeps no database`; nil when it can.
  public func obstacle(to kind: FaultKind.Name, on target: FaultTarget) -> String? {
    switch target {
    case .service(let name), .instance(let name, _):
      guard let service = services.first(where: { $0.name == name }) else { return "no such service" }
      return obstacle(to: kind, on: service)
    case .edge: return kind == .latency || kind == .errors ? nil : "an edge can only be late or fail"
    case .database: return kind == .databaseDown ? nil : "a database can only be down"
    case .group: return kind == .slowConsumer ? nil : "a group can only be slow"
    }
  }

  /// Why a fault cannot be kept to a scope, in one sentence that says what to leave out; nil when it can.
  public func obstacle(to scope: FaultScope, of kind: FaultKind.Name, on target: FaultTarget) -> String? {
    let narrowed = [
      scope.route.map { "route=\($0)" }, scope.user.map { "user=\($0)" }, scope.partition.map { "partition=\($0)" },
    ].compactMap(\.self)
    switch kind {
    case .crash:
      let words = narrowed + (scope.share < 1 ? ["share=\(FaultNotation.percent(scope.share))"] : [])
      return words.isEmpty ? nil : "a crash spares nobody; leave out \(words.joined(separator: ", "))"
    case .databaseDown:
      return narrowed.isEmpty
        ? nil
        : "a database that is down knows no route, user or partition; leave out \(narrowed.joined(separator: ", "))"
    case .latency, .errors, .outage, .slowConsumer:
      guard let partition = scope.partition else { return nil }
      guard let reader = reader(target) else { return "\(target) reads no topic; leave out partition=\(partition)" }
      guard let count = reader.partitions, partition >= count else { return nil }
      return "\(target) reads \(Count.of(count, "partition")), 0 to \(count - 1); there is no partition=\(partition)"
    }
  }

  /// The service that reads a topic there.
  private func reader(_ target: FaultTarget) -> Service? {
    switch target {
    case .service(let name), .instance(let name, _), .group(let name):
      services.first { $0.name == name && $0.consumes }
    case .edge, .database: nil
    }
  }

  private func obstacle(to kind: FaultKind.Name, on service: Service) -> String? {
    switch kind {
    case .latency, .errors: nil
    case .crash: service.isOutside ? "not our machine" : nil
    case .outage: service.isOutside ? nil : "not an outside company"
    case .databaseDown: service.hasDatabase ? nil : "keeps no database"
    case .slowConsumer: service.consumes ? nil : "reads no topic"
    }
  }
}

/// A fault that somebody set up.
public struct ArmedFault: Sendable, Codable {
  public var id: Int
  public var spec: FaultSpec
  public var armedAt: Int64
  /// When it ends by itself; nil: not.
  public var endsAt: Int64?
  /// False while it is switched off, its settings kept.
  public var isOn = true
  /// Requests or records a second that go where it is.
  public var touches = 0.0
  /// Calls, records and instances that it has hurt so far.
  public var hits: UInt64 = 0
  /// Transactions compensated since it was armed.
  public var compensatedSince = 0
  /// Breakers opened since it was armed.
  public var openedSince = 0

  public init(id: Int, spec: FaultSpec, armedAt: Int64, endsAt: Int64?) {
    self.id = id
    self.spec = spec
    self.armedAt = armedAt
    self.endsAt = endsAt
  }
}

/// What is broken now, and what can be.
public struct FaultBoard: Sendable, Codable {
  public var catalogue = FaultCatalogue()
  /// Oldest first.
  public var armed: [ArmedFault] = []

  public init() {}

  public func armed(on service: String) -> [ArmedFault] {
    armed.filter { $0.spec.target.service == service }
  }
}
