/// A fault as a cause: which place it breaks, and how that shows.
struct FaultCause {
  struct Edge {
    var from: String
    var to: String
  }

  /// As it is called: `payment-gateway`, `gateway→order`, `topic payment`.
  let place: String
  /// `fails 60 %`
  let what: String
  /// The service that it stands with; for what belongs to none its own name.
  let service: String
  private(set) var edge: Edge?
  private(set) var topic: String?
  /// A store or a server that several services lean on.
  private(set) var isServer = false
  /// All lean on it, and nothing of it answers.
  let isShared: Bool
  let isMistake: Bool
  /// Instances end of it.
  let endsProcesses: Bool
  /// Who reads a view is told something old; nobody waits for it.
  let isOfView: Bool

  init(_ spec: FaultSpec, isOutside: Bool) {
    service = spec.target.service
    var what = Self.what(spec.kind, isOutside: isOutside)
    switch spec.target {
    case .service(let name), .group(let name): place = name
    case .instance(let service, let number): place = "\(service)-\(number)"
    case .edge(let from, let to):
      place = "\(from)→\(to)"
      edge = Edge(from: from, to: to)
    case .database(let name):
      isServer = spec.target == .sharedDatabase
      place = isServer ? "database server" : name
      if isServer, spec.kind == .databaseDown { what = "does not answer" }
    case .topic(let name):
      place = "topic \(name)"
      topic = name
    case .broker: place = SystemSnapshot.busName
    case .keyValueStore:
      place = "key-value store"
      isServer = true
    }
    self.what = what
    isShared = spec.kind == .brokerDown || spec.kind == .down
    endsProcesses = spec.kind.name == .crash || spec.kind.name == .leak
    isOfView = spec.kind == .mistake(.viewWithoutVersions)
    if case .mistake = spec.kind { isMistake = true } else { isMistake = false }
  }

  /// Whether it is this service that was broken, so that it need not be named twice.
  func bears(_ service: ServiceSnapshot?) -> Bool {
    edge == nil && topic == nil && !isServer && !isShared && !isMistake && self.service == service?.name
  }

  /// Whether calls of this service meet it.
  func isCalled(by caller: ServiceSnapshot) -> Bool {
    if let edge { return edge.from == caller.name }
    return !isMistake && !isOfView && caller.calls.contains { $0.callee == service }
  }

  private static func what(_ kind: FaultKind, isOutside: Bool) -> String {
    switch kind {
    case .crash: "crashed"
    case .latency: isOutside ? "times out" : "answers late"
    case .errors(let share): "fails \(percent(share))"
    case .databaseDown: "has no database"
    case .outage, .brokerDown, .down: "does not answer"
    case .slowConsumer: "reads slowly"
    case .pool(let count): count == 0 ? "has no connection" : "has only \(Count.of(count, "connection"))"
    case .maxConnections(let count): "accepts only \(Count.of(count, "connection"))"
    case .partition: "is cut off"
    case .leak: "runs out of memory"
    case .skew: "has a wrong clock"
    case .loseBeforeOutbox: "loses answers"
    case .poison: "has records that nobody can read"
    case .duplicate(let share): "has \(percent(share)) of its records twice"
    case .full: "is full"
    case .mistake: kind.name.explanation
    }
  }

  /// `60 %`
  static func percent(_ share: Double) -> String { FaultNotation.percent(share).dropLast() + " %" }
}
