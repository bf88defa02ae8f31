internal import Operations
internal import Platform
internal import Simulation

extension ServiceInstance {
  /// Crashes. Whether and when it comes back is for its supervisor to say.
  /// - Parameters:
  ///   - time: nanoseconds for which its machine cannot be had; then it is started at once, as far as its supervisor
  ///     starts it at all. 0: the supervisor says when.
  ///   - staysDown: whether it stays down until somebody starts it, whatever its supervisor wants.
  func fail(because reason: String, downFor time: Int64 = 0, staysDown: Bool = false) {
    guard isUp else { return }
    isKilled = true
    crash(because: reason)
    let decision = supervisor.crashed(at: world.time.now)
    followSupervisor(staysDown ? .leaveDown : decision, at: time > 0 ? world.time.now + time : nil)
    world.healthMayHaveChanged()
  }

  /// Another policy from now on: who is down may be started by it.
  func supervise(by policy: SupervisionPolicy) {
    guard policy != supervisor.policy else { return }
    supervisor.change(policy, now: world.time.now)
    guard isKilled, !isUp else { return }
    followSupervisor(supervisor.due.map { .restart(at: $0) } ?? .leaveDown)
  }

  /// Somebody starts it by hand.
  func revive() {
    isKilled = false
    isLeftDown = false
    restartToken += 1
    world.applyCrashes()
  }

  /// - Parameter moment: when it is started, whatever the supervisor's wait is; nil: by that.
  private func followSupervisor(_ decision: SupervisionDecision, at moment: Int64? = nil) {
    restartToken += 1
    let token = restartToken
    isLeftDown = !decision.startsAgain
    switch decision {
    case .restart(let due):
      world.time.after(max(0, (moment ?? due) - world.time.now)) { [self] in
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

extension SupervisionDecision {
  fileprivate var startsAgain: Bool { if case .restart = self { true } else { false } }
}
