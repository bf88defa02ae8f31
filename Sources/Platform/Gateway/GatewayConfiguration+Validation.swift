/// Why a configuration is not taken over.
public struct GatewayConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Sentences.
  public let problems: [String]

  public var description: String { "the gateway's configuration is not used: " + problems.joined(separator: "; ") }
}

extension GatewayConfiguration {
  /// What is wrong with it; empty when nothing is.
  public var problems: [String] {
    var problems: [String] = []
    if maximumBodyBytes < 0 { problems.append("maximumBodyBytes is \(maximumBodyBytes), it must be 0 or more") }
    for (id, count) in Self.repeated(routes.map(\.id)) {
      problems.append("\(count) routes have the id \(id), each needs its own")
    }
    for (key, _) in Self.repeated(clients.map(\.key)) {
      let owners = clients.filter { $0.key == key }.map(\.id).joined(separator: ", ")
      problems.append("the clients \(owners) have the same key, each needs its own")
    }
    for client in clients where plan(named: client.plan) == nil {
      problems.append("client \(client.id) is on the plan \(client.plan), which is not listed")
    }
    for plan in plans + [defaultPlan] { problems += Self.problems(of: plan) }
    for route in routes { problems += self.problems(of: route) }
    for (index, route) in routes.enumerated() {
      if let earlier = routes[..<index].first(where: { $0.takesAll(of: route) }) {
        problems.append("route \(route.id) is never reached: \(earlier.id) stands before it and takes all of its calls")
      }
    }
    return problems
  }

  private func problems(of route: RouteDefinition) -> [String] {
    var problems: [String] = []
    if route.weight < 1 { problems.append("route \(route.id): weight is \(route.weight), it must be 1 or more") }
    if let rule = route.cache {
      if rule.timeToLive <= 0 { problems.append("route \(route.id): the time to live must be more than 0 ns") }
      if route.kind == .streaming { problems.append("route \(route.id): a stream cannot be cached") }
    }
    if case .topic(let topic) = route.target { problems += Self.problems(of: route, to: topic) }
    if route.isPublic, !route.roles.isEmpty {
      problems.append("route \(route.id) is public, so it cannot ask for the role \(route.roles[0])")
    }
    if let capability = route.capability, !strangler.contains(where: { $0.capability == capability }) {
      problems.append("route \(route.id): capability \(capability) has no share")
    }
    return problems
  }

  /// A record is made of a body, and nothing comes back but that it was taken.
  private static func problems(of route: RouteDefinition, to topic: String) -> [String] {
    var problems: [String] = []
    if let method = route.methods.first(where: { !["POST", "PUT"].contains($0) }) {
      problems.append("route \(route.id): \(method) has no body for topic \(topic); POST or PUT has one")
    }
    if route.kind == .streaming { problems.append("route \(route.id): topic \(topic) gives no stream") }
    if route.cache != nil { problems.append("route \(route.id): topic \(topic) gives no answer to be cached") }
    if route.translation != nil { problems.append("route \(route.id): topic \(topic) takes no protobuf") }
    return problems
  }

  private static func problems(of plan: ClientPlan) -> [String] {
    var problems: [String] = []
    if let quota = plan.dailyQuota, quota < 0 { problems.append("plan \(plan.name): the quota must be 0 or more") }
    if plan.tariff.perCall < 0 || plan.tariff.perKilobyte < 0 {
      problems.append("plan \(plan.name): prices must be 0 or more")
    }
    return problems
  }

  private static func repeated(_ names: [String]) -> [(String, Int)] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }.map { name in (name, names.filter { $0 == name }.count) }
      .filter { $0.1 > 1 }
  }
}

extension RouteDefinition {
  /// Only sure cases: the same pattern, no condition of its own, and no method less.
  func takesAll(of other: RouteDefinition) -> Bool {
    guard headers.isEmpty, content.isEmpty, pattern == other.pattern else { return false }
    return methods.isEmpty || (!other.methods.isEmpty && other.methods.allSatisfy(methods.contains))
  }
}
