internal import Wording

extension FaultCatalogue {
  /// Why a fault cannot be kept to a scope, in one sentence that says what to leave out; nil when it can.
  public func obstacle(to scope: FaultScope, of kind: FaultKind.Name, on target: FaultTarget) -> String? {
    let (route, user) = (scope.route.map { "route=\($0)" }, scope.user.map { "user=\($0)" })
    let partition = scope.partition.map { "partition=\($0)" }
    let share = scope.share < 1 ? "share=\(FaultNotation.percent(scope.share))" : nil
    func refusal(_ reason: String, _ words: [String?]) -> String? {
      let words = words.compactMap(\.self)
      return words.isEmpty ? nil : "\(reason); leave out \(words.joined(separator: ", "))"
    }
    if target == .keyValueStore, let reason = refusal("a key-value store knows keys alone", [route, user, partition]) {
      return reason
    }
    switch kind {
    case .crash: return refusal("a crash spares nobody", [route, user, partition, share])
    case .databaseDown:
      return refusal("a database that is down knows no route, user or partition", [route, user, partition])
    case .pool: return refusal("a pool is there for everybody", [route, user, partition, share])
    case .maxConnections: return refusal("a server's limit is there for everybody", [route, user, partition, share])
    case .partition:
      // From the registry a part of the machines can be cut off.
      return refusal(
        "whoever is cut off is so for everybody", [route, user, partition, isRegistry(target) ? nil : share])
    case .brokerDown: return refusal("a broker that is down is so for everybody", [route, user, partition, share])
    case .leak: return refusal("memory is there for everybody", [route, user, partition, share])
    case .skew: return refusal("a clock is wrong for everybody", [route, user, partition, share])
    case .dualWrite, .noIdempotency, .noBreaker, .innerJoin, .viewWithoutVersions, .noHandBack:
      return refusal("what is built wrong is so for everybody", [route, user, partition, share])
    case .loseBeforeOutbox:
      return refusal("what is lost had an event's type, and no user or partition yet", [user, partition])
    case .full: return refusal("memory is there for everybody", [route, user, partition, share])
    case .down: return nil
    case .poison:
      return refusal("poison is counted, and has no user", [user, share]) ?? bound(scope, target)
    case .duplicate:
      if let share { return "duplicate says its share itself; leave out \(share)" }
      if let user { return "what comes twice does so before anybody reads whose it is; leave out \(user)" }
      return bound(scope, target)
    case .latency, .errors, .outage, .slowConsumer: return bound(scope, target)
    }
  }

  /// The operations and types of records that a fault can be kept to, each once, as they are typed: of an operation its
  /// path.
  public var typedRoutes: [String] {
    var seen: Set<String> = []
    return routes.map { $0.split(separator: " ").last.map(String.init) ?? $0 }.filter { seen.insert($0).inserted }
  }

  /// Why a fault cannot be kept to a route; nil when it can, and where routes are not known.
  public func absence(ofRoute route: String) -> String? {
    let typed = typedRoutes
    guard !routes.isEmpty, !routes.contains(route), !typed.contains(route) else { return nil }
    let example = typed.first { $0.hasPrefix("/") } ?? typed[0]
    let alike = typed.filter { $0.hasPrefix("/") == route.hasPrefix("/") }
    let advice = NearestNames.offer(
      for: route, among: alike, otherwise: "say the path of an operation, such as \(example), or a type of record")
    return "unknown route \(quoted(route)); \(advice)"
  }

  /// Why a fault cannot be kept to a user; nil when it can, and where users are not known.
  public func absence(ofUser user: String) -> String? {
    guard !users.isEmpty, !users.contains(user) else { return nil }
    let advice = NearestNames.offer(for: user, among: users, otherwise: "say a customer's name, such as \(users[0])")
    return "unknown user \(quoted(user)); \(advice)"
  }

  /// Whether the partition is there.
  private func bound(_ scope: FaultScope, _ target: FaultTarget) -> String? {
    guard let partition = scope.partition else { return nil }
    if case .topic(let name) = target {
      guard let topic = topics.first(where: { $0.name == name }), partition >= topic.partitions else { return nil }
      return "\(target) has \(Self.range(topic.partitions)); there is no partition=\(partition)"
    }
    guard let reader = reader(target) else { return "\(target) reads no topic; leave out partition=\(partition)" }
    guard let count = reader.partitions, partition >= count else { return nil }
    return "\(target) reads \(Self.range(count)); there is no partition=\(partition)"
  }

  private static func range(_ count: Int) -> String { "\(Count.of(count, "partition")), 0 to \(count - 1)" }

  /// What a fault does there, in words for a menu.
  public func explanation(of kind: FaultKind.Name, on target: FaultTarget) -> String {
    kind == .partition && isRegistry(target) ? "nobody reaches it; calls go on" : kind.explanation
  }

  private func isRegistry(_ target: FaultTarget) -> Bool {
    services.contains { $0.isRegistry && $0.name == target.service }
  }

  /// The service that reads a topic there.
  private func reader(_ target: FaultTarget) -> Service? {
    switch target {
    case .service(let name), .instance(let name, _), .group(let name):
      services.first { $0.name == name && $0.consumes }
    case .edge, .database, .topic, .broker, .keyValueStore: nil
    }
  }
}
