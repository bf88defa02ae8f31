internal import Operations
internal import Platform

extension SnapshotBuilder {
  /// The last one of each service.
  func deployments() -> [DeploymentSnapshot] { world.deployments.rollouts.map(deployment) }

  private func deployment(_ rollout: Rollout) -> DeploymentSnapshot {
    var snapshot = DeploymentSnapshot(service: rollout.service.name, phase: "")
    snapshot.began = rollout.began
    snapshot.ended = rollout.ended
    snapshot.fewestServing = rollout.fewestServing
    var steps: [(id: String, step: DeploymentStep?)] = []
    switch rollout.operation {
    case .scaling(let scaling):
      snapshot.phase = rollout.isFinished ? "scaled" : "scaling"
      snapshot.target = scaling.target
      snapshot.version = rollout.service.version
    case .rolling(let rolling):
      (snapshot.phase, snapshot.reason) = Self.words(rolling.phase)
      snapshot.version = rolling.version
      steps = rolling.members.map { ($0.id, $0.step) }
      if Self.triesCanaries(rolling.phase), let share = world.configuration.current.canary(of: snapshot.service) {
        snapshot.canaryShare = share.share
        let (canary, others) = (
          rollout.answered(version: rolling.version, isVersion: true),
          rollout.answered(version: rolling.version, isVersion: false)
        )
        (snapshot.canaryCalls, snapshot.canaryErrors) = canary
        (snapshot.otherCalls, snapshot.otherErrors) = others
      }
    }
    snapshot.members = rollout.service.instances.map { instance in
      DeploymentSnapshot.Member(
        instance: instance.name, version: instance.version, takesCalls: instance.takesCalls,
        step: steps.first { $0.id == instance.name }?.step?.rawValue)
    }
    return snapshot
  }

  /// Whether calls are counted by version: from when the canaries are listed until they are gone again.
  private static func triesCanaries(_ phase: RollingDeployment.Phase) -> Bool {
    switch phase {
    case .canary, .rollingBack: true
    default: false
    }
  }

  private static func words(_ phase: RollingDeployment.Phase) -> (phase: String, reason: String) {
    switch phase {
    case .rolling: ("rolling", "")
    case .canary: ("canary", "")
    case .rollingBack(let reason): ("rolling back", reason)
    case .completed: ("completed", "")
    case .rolledBack(let reason): ("rolled back", reason)
    }
  }
}
