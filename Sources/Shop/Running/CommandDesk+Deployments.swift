internal import Operations
internal import Platform
internal import Simulation

/// Versions and sizes of services.
extension CommandDesk {
  func deployment(_ command: Command) -> CommandOutcome {
    switch command {
    case .scale(let name, let count): scale(name, to: count)
    case .deploy(let name, let version, let share): deploy(name, version, canary: share)
    case .promoteDeployment(let name): promote(name)
    case .rollBackDeployment(let name): rollBack(name)
    default: preconditionFailure("\(command) is no deployment")
    }
  }

  private func scale(_ name: String, to count: Int) -> CommandOutcome {
    if let obstacle = obstacle(name) { return .refused(obstacle) }
    guard (1...DeploymentDesk.mostInstances).contains(count) else {
      return .refused("a service has 1 to \(DeploymentDesk.mostInstances) instances")
    }
    if name == ShopPlan.registry { return .refused("the registry keeps all in memory: it has one instance") }
    let now = snapshot.service(name)?.instances.count ?? 0
    guard count != now else { return .refused("\(name) has \(Count.of(now, "instance")) already") }
    return .done("\(name) scales from \(now) to \(Count.of(count, "instance"))")
  }

  private func deploy(_ name: String, _ version: String, canary share: Double?) -> CommandOutcome {
    if let obstacle = obstacle(name) { return .refused(obstacle) }
    if name == ShopPlan.registry {
      return .refused("the registry has one instance, and nobody to tell the others that it goes: crash it instead")
    }
    guard Self.isVersion(version) else {
      return .refused("\"\(version)\" is no version; say letters, digits, dots and hyphens, 16 at most: v2")
    }
    let instances = snapshot.service(name)?.instances ?? []
    guard instances.contains(where: { $0.version != version }) else {
      return .refused("\(name) runs \(version) already")
    }
    guard let share else { return .done("\(name) goes to \(version), instance by instance") }
    guard share > 0, share <= 1 else { return .refused("a canary gets more than 0 % and at most 100 % of the calls") }
    guard instances.count > 1 else { return .refused("a canary wants a second instance: scale \(name) first") }
    if let obstacle = obstacleToPublishing { return .refused("a canary's share is configuration, and \(obstacle)") }
    return .done("\(name) goes to \(version); a canary gets \(FaultNotation.percent(share)) of the calls first")
  }

  /// Whether a version can be called so.
  static func isVersion(_ name: String) -> Bool {
    !name.isEmpty && name.count <= 16
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
  }

  private func promote(_ name: String) -> CommandOutcome {
    guard let deployment = snapshot.deployments.first(where: { $0.service == name }), deployment.phase == "canary"
    else {
      return .refused("no canary of \(name) is looked at")
    }
    return .done("\(name): all go to \(deployment.version)")
  }

  private func rollBack(_ name: String) -> CommandOutcome {
    guard let deployment = snapshot.deployments.first(where: { $0.service == name }), deployment.target == nil else {
      return .refused("\(name) was not deployed")
    }
    switch deployment.phase {
    case "rolling", "canary": return .done("\(name) goes back from \(deployment.version)")
    case "completed": return .done("\(name) goes back to the version before \(deployment.version)")
    default: return .refused("\(name) is \(deployment.phase) already")
    }
  }

  private func obstacle(_ name: String) -> String? {
    guard let service = snapshot.service(name) else { return "there is no service \(name)" }
    if service.isOutside { return "\(name) is not ours" }
    if let busy = snapshot.deployments.first(where: { $0.service == name && $0.ended == nil }) {
      return "\(name) is \(busy.phase) already"
    }
    return nil
  }

  /// Another may have begun something meanwhile.
  private static func tell(_ service: String, _ change: String, done: Bool, _ world: World) {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .command, severity: done ? .info : .warning, subject: service,
        change: done ? change : "not \(change)", reason: done ? "" : "something else is under way"))
  }

  static func deploy(_ command: Command, by hand: Hand, in world: World) {
    switch command {
    case .scale(let name, let count):
      tell(
        name, "to \(Count.of(count, "instance")) \(hand.rawValue)", done: world.deployments.scale(name, to: count),
        world)
    case .deploy(let name, let version, let share):
      let isBegun = world.deployments.deploy(name, version, canary: share)
      tell(name, "to \(version) \(hand.rawValue)", done: isBegun, world)
    case .promoteDeployment(let name): world.deployments.promote(name)
    case .rollBackDeployment(let name): world.deployments.rollBack(name)
    default: preconditionFailure("\(command) is no deployment")
    }
  }
}
