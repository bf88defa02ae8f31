internal import Operations
internal import Platform
internal import Simulation

/// Scales services and brings them to other versions, one operation a service at a time.
final class DeploymentDesk: @unchecked Sendable {
  private unowned let world: World
  /// The last one of each service, in the order of their first.
  private(set) var rollouts: [Rollout] = []
  /// The version that each service had before its last deployment began, by service. For look-up only.
  private var before: [String: String] = [:]
  static let mostInstances = 16

  init(world: World) {
    self.world = world
  }

  func rollout(of service: String) -> Rollout? { rollouts.last { $0.service.name == service } }

  // MARK: Commands

  /// - Returns: false when something else is under way by now.
  func scale(_ name: String, to count: Int) -> Bool {
    guard !isBusy(name) else { return false }
    let service = world.service(name)
    let first = (service.instances.map(\.number).max() ?? 0) + 1
    let scaling = Scaling(
      of: name, instances: service.instances.map(\.name), to: count, version: service.version,
      settings: world.settings.deployment
    ) { "\(name)-\(first + $0)" }
    begin(.scaling(scaling), of: service)
    return true
  }

  /// - Returns: false when something else is under way by now.
  @discardableResult
  func deploy(_ name: String, _ version: String, canary share: Double?) -> Bool {
    guard !isBusy(name) else { return false }
    let service = world.service(name)
    before[name] = service.version
    let stage = share.map { CanaryStage(basisPoints: Int(($0 * 10_000).rounded())) }
    let members = service.instances.map { (id: $0.name, version: $0.version, isServing: $0.takesCalls) }
    begin(
      .rolling(
        RollingDeployment(
          of: name, to: version, instances: members, settings: world.settings.deployment,
          canary: service.instances.count > 1 ? stage : nil)), of: service)
    return true
  }

  func promote(_ name: String) { rollout(of: name)?.promote() }

  /// What is under way goes back; what is done is undone by a deployment of the version before.
  func rollBack(_ name: String) {
    guard let rollout = rollout(of: name) else { return }
    if rollout.isFinished {
      if let version = before[name] { deploy(name, version, canary: nil) }
    } else {
      rollout.abort(because: "an operator wants it so")
    }
  }

  func versionBefore(_ name: String) -> String? { before[name] }
  func isBusy(_ name: String) -> Bool { rollout(of: name).map { !$0.isFinished } ?? false }

  private func begin(_ operation: Rollout.Operation, of service: DeployedService) {
    let rollout = Rollout(operation, of: service, in: world, after: self.rollout(of: service.name))
    rollouts.removeAll { $0.service === service }
    rollouts.append(rollout)
    rollout.run()
  }
}
