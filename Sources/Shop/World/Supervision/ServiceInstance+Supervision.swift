internal import Operations
internal import Platform
internal import Simulation

extension ServiceInstance {
  /// Crashes. Whether and when it comes back is for its supervisor to say.
  /// - Parameter time: nanoseconds for which its machine cannot be had, whatever the supervisor wants.
  func fail(because reason: String, downFor time: Int64 = 0) {
    guard isUp else { return }
    isKilled = true
    crash(because: reason)
    followSupervisor(supervisor.crashed(at: world.time.now), notBefore: world.time.now + time)
    world.healthMayHaveChanged()
  }

  /// Another policy from now on: who is down may be started by it.
  func supervise(by policy: SupervisionPolicy) {
    guard policy != supervisor.policy else { return }
    supervisor.change(policy, now: world.time.now)
    guard isKilled, !isUp else { return }
    followSupervisor(supervisor.due.map { .restart(at: $0) } ?? .leaveDown, notBefore: world.time.now)
  }

  /// Somebody starts it by hand.
  func revive() {
    isKilled = false
    restartToken += 1
    world.applyCrashes()
  }

  private func followSupervisor(_ decision: SupervisionDecision, notBefore: Int64) {
    restartToken += 1
    let token = restartToken
    switch decision {
    case .restart(let due):
      world.time.after(max(due, notBefore) - world.time.now) { [self] in
        guard isKilled, token == restartToken else { return }
        revive()
      }
    case .leaveDown: break
    case .giveUp(let restarts):
      world.tell(
        OperationalEvent(
          time: world.time.now, kind: .instance, severity: .bad, subject: name, change: "given up",
          reason: "\(Count.of(restarts, "restart")) in a short time", state: Health.down.rawValue))
    }
  }
}
