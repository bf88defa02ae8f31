internal import Operations
internal import Platform
internal import Simulation

/// One service on its way to another version or another number of instances. What `Platform` says is to be done is done
/// here: with calls to the registry, with time for callers to learn of it, and with real processes.
final class Rollout: @unchecked Sendable {
  enum Operation {
    case rolling(RollingDeployment)
    case scaling(Scaling)
  }

  unowned let world: World
  let service: DeployedService
  private(set) var operation: Operation
  let began: Int64
  private(set) var ended: Int64?
  /// The fewest that took calls meanwhile.
  private(set) var fewestServing: Int
  /// What the canaries and the others had answered when the canary stage began, by instance.
  private var baseline: [String: (served: Int, failed: Int)] = [:]
  /// What the configuration is to say of the canary's share, as long as it is not published.
  private(set) var unpublishedShare: String?
  /// Why it is not.
  private(set) var shareProblem = ""
  private static let interval: Int64 = 250_000_000

  /// - Parameter earlier: the service's last one: what that could not publish is published by this one.
  init(_ operation: Operation, of service: DeployedService, in world: World, after earlier: Rollout?) {
    self.world = world
    self.service = service
    self.operation = operation
    began = world.time.now
    fewestServing = service.serving
    unpublishedShare = earlier?.unpublishedShare
    earlier?.unpublishedShare = nil
    clearShare()
  }

  /// A share that is left from before, or was set by hand, would be for a version of which there are none, or for all
  /// there are. Who scales leaves one alone that shares the calls between two versions.
  private func clearShare() {
    let isStale: Bool
    switch operation {
    case .rolling(let rolling): isStale = rolling.canary == nil
    case .scaling:
      let share = world.configuration.current.canary(of: service.name)
      let isOfVersion = service.instances.map { $0.version == share?.version }
      isStale = share != nil && Set(isOfVersion).count < 2
    }
    if isStale { unpublishedShare = ShopConfiguration.noCanary }
  }

  var isFinished: Bool { ended != nil }

  // MARK: What an operator says

  func promote() {
    guard case .rolling(var rolling) = operation else { return }
    rolling.promote()
    operation = .rolling(rolling)
  }

  func abort(because reason: String) {
    guard case .rolling(var rolling) = operation else { return }
    rolling.abort(reason: reason)
    operation = .rolling(rolling)
    tell("goes back", .warning, because: reason)
  }

  // MARK: By the clock

  func run() {
    publishShare()
    if !isFinished {
      step()
      fewestServing = min(fewestServing, service.serving)
    }
    if !isFinished || unpublishedShare != nil { world.time.after(Self.interval) { [self] in run() } }
  }

  private func step() {
    judgeCanary()
    let now = world.time.now
    switch operation {
    case .rolling(var rolling):
      let before = rolling.phase
      observe(&rolling)
      let orders = rolling.next(now: now)
      operation = .rolling(rolling)
      if rolling.phase != before { phaseChanged(rolling) }
      for order in orders {
        switch order {
        case .instance(let instruction): carryOut(instruction)
        case .canaryShare(let points): setShare(points, rolling)
        }
      }
    case .scaling(var scaling):
      let orders = scaling.next(now: now)
      operation = .scaling(scaling)
      for instruction in orders { carryOut(instruction) }
      guard scaling.isFinished else { return }
      // The last of a version may have gone.
      clearShare()
      finish("has \(Count.of(service.instances.count, "instance"))", .good)
    }
  }

  /// Whoever crashes meanwhile takes no calls.
  private func observe(_ rolling: inout RollingDeployment) {
    for instance in service.instances { rolling.observe(instance.name, isServing: instance.takesCalls) }
  }

  func report(_ instruction: DeploymentInstruction, _ outcome: DeploymentOutcome) {
    let now = world.time.now
    switch operation {
    case .rolling(var rolling):
      rolling.report(instruction.number, outcome, now: now)
      operation = .rolling(rolling)
    case .scaling(var scaling):
      scaling.report(instruction.number, outcome, now: now)
      operation = .scaling(scaling)
    }
  }

  // MARK: Phases

  private func phaseChanged(_ rolling: RollingDeployment) {
    switch rolling.phase {
    case .canary:
      baseline = [:]
      for instance in service.instances { baseline[instance.name] = instance.answered }
      tell("canary of \(rolling.version)", .info)
    case .completed:
      publish(nil)
      finish("runs \(rolling.version)", .good)
    case .rolledBack(let reason):
      publish(nil)
      finish("is back on its version", .warning, because: reason)
    case .rolling, .rollingBack: break
    }
  }

  private func finish(_ change: String, _ severity: OperationalEvent.Severity, because reason: String = "") {
    ended = world.time.now
    tell(change, severity, because: reason)
  }

  func tell(_ change: String, _ severity: OperationalEvent.Severity, because reason: String = "") {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .command, severity: severity, subject: service.name, change: change,
        reason: reason))
  }

  // MARK: The canary

  /// When all go on to the new version the calls are shared as ever; when the canaries are taken back they get none as soon
  /// as that is pushed, although they stay listed until they are drained.
  private func setShare(_ points: Int, _ rolling: RollingDeployment) {
    let isEnd = if case .rollingBack = rolling.phase { false } else { points == 0 }
    publish(isEnd ? nil : CanaryShare(rolling.version, basisPoints: points))
  }

  /// The share is configuration: it has a version, and is pushed to all who call the service, the gateways among them.
  private func publish(_ share: CanaryShare?) {
    unpublishedShare = share?.description ?? ShopConfiguration.noCanary
    publishShare()
  }

  /// While no instance of config is up, or what is published is refused, it is tried again: a canary is not listed meanwhile.
  private func publishShare() {
    guard let share = unpublishedShare else { return }
    let key = ShopConfiguration.canary(service.name)
    if world.configuration.current[key] != share {
      guard world.configuration.isServed else {
        shareProblem = ConfigurationDesk.isDown
        return
      }
      do {
        try world.configuration.set(key, to: share, by: "deployment")
      } catch {
        let problem = "\(key)=\(share): \(error)"
        if problem != shareProblem { tell("publishes no share of the calls", .warning, because: problem) }
        shareProblem = problem
        return
      }
    }
    unpublishedShare = nil
    shareProblem = ""
  }

  /// What the instances of a version answered since the canary stage began.
  func answered(version: String, isVersion: Bool) -> (served: Int, failed: Int) {
    service.instances.filter { ($0.version == version) == isVersion }.reduce((0, 0)) { sum, instance in
      let (now, before) = (instance.answered, baseline[instance.name] ?? (0, 0))
      return (sum.0 + max(0, now.served - before.served), sum.1 + max(0, now.failed - before.failed))
    }
  }

  /// What the canaries came to beside the others; nil before they are looked at, and when they are no more.
  var trial: CanaryTrial? {
    guard case .rolling(let rolling) = operation, let canary = rolling.canary, !baseline.isEmpty, !rolling.isPromoted,
      !isFinished, service.instances.contains(where: { $0.version == rolling.version && $0.isUp })
    else { return nil }
    let isLookedAt = if case .canary = rolling.phase { true } else { false }
    return CanaryTrial(
      version: rolling.version, share: isLookedAt ? Double(canary.basisPoints) / 10_000 : nil,
      canaries: answered(version: rolling.version, isVersion: true),
      others: answered(version: rolling.version, isVersion: false))
  }

  /// Takes a canary back that fails clearly more often than the others.
  private func judgeCanary() {
    guard let trial, trial.share != nil, trial.failed >= 3, trial.isWorse else { return }
    abort(because: "the canary of \(trial.version) fails \(trial.failed) of \(trial.canaries.served) calls")
  }
}
