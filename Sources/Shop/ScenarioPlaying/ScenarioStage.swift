internal import Operations
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceCollector

/// Plays scenarios, one at a time: does each step at its moment, and looks twice a second at what comes of it, all in
/// the shop's own time. So the same seed gives the same verdicts, at whatever speed it is watched.
final class ScenarioStage: @unchecked Sendable {
  private unowned let world: World
  private var judge: ScenarioJudge?
  private var timers: [Timeout] = []
  private var nextLook: Timeout?
  /// What it has done to the shop, and takes back at the end.
  private var faults: [Int] = []
  private var killed: [(service: String, instance: String)] = []
  private var forced: [(caller: String, callee: String)] = []
  private let changes: ScenarioChanges
  private var rateBefore = 0.0
  private var mixBefore = LoadMix.ordersOnly
  private lazy var builder = SnapshotBuilder(world: world, external: TraceStore(budget: 1 << 20))

  private static let betweenLooks: Int64 = 500_000_000

  init(world: World) {
    self.world = world
    changes = ScenarioChanges(world: world)
  }

  /// The one that plays, or played last.
  var progress: ScenarioProgress? { judge?.progress }

  /// Begins. What plays already is stopped, and what is broken already is mended: a script has the stage for itself.
  func start(_ scenario: Scenario) {
    stop()
    world.faults.removeAll()
    judge = ScenarioJudge(scenario, start: builder.figures())
    rateBefore = world.customers.rate
    mixBefore = world.customers.mix
    world.customers.mix = scenario.mix(or: mixBefore)
    if world.customers.rate != scenario.rate { world.customers.rate = scenario.rate }
    tell(scenario.name, "started", severity: .info)
    for index in scenario.steps.indices {
      timers.append(world.time.after(scenario.steps[index].at) { [self] in take(index) })
    }
    // What happens at its last moment is seen before it is over.
    timers.append(world.time.after(scenario.duration) { [self] in end() })
    scheduleLook()
  }

  /// Ends the one that plays before its time; nothing when none does.
  func stop() {
    guard let playing = judge, !playing.progress.isOver else { return }
    judge?.stop(at: world.time.now)
    tidy()
    tell(playing.scenario.name, "stopped", severity: .info)
  }

  /// Judges what is expected of the end. Call it when all is at rest.
  func rest(brokenInvariants: Int) {
    judge?.rest(ScenarioMoment(builder.figures(), brokenInvariants: brokenInvariants))
  }

  private func scheduleLook() {
    nextLook = world.time.after(Self.betweenLooks) { [self] in
      judge?.look(builder.figures())
      scheduleLook()
    }
  }

  private func end() {
    judge?.look(builder.figures())
    judge?.end(at: world.time.now)
    tidy()
    guard let judge else { return }
    let failed = judge.progress.failed
    tell(
      judge.scenario.name,
      failed == 0 ? "over: all came true that was expected" : "over: \(Count.of(failed, "expectation")) failed",
      severity: failed == 0 ? .good : .bad)
  }

  private func tidy() {
    for timer in timers { timer.cancel() }
    nextLook?.cancel()
    timers = []
    for fault in faults { _ = world.faults.remove(fault, because: "the scenario is over") }
    for (service, name) in killed
    where world.service(service).instances.contains(where: { $0.name == name && !$0.isUp }) {
      CommandDesk.carryOut(.startInstance(service: service, instance: name), by: .scenario, in: world)
    }
    for (caller, callee) in forced { force(caller, callee, .closed, unlessAlready: true) }
    (faults, killed, forced) = ([], [], [])
    world.customers.mix = mixBefore
    changes.takeBack()
    if world.customers.rate != rateBefore { world.customers.rate = rateBefore }
  }

  // MARK: Steps

  private func take(_ index: Int) {
    guard let step = judge?.scenario.steps[index] else { return }
    judge?.did(step: index)
    switch step.deed {
    case .command(.arm(let spec)): faults.append(world.faults.arm(spec).id)
    case .end(let target, let kind):
      for fault in world.faults.armed
      where fault.spec.target == target && (kind == nil || fault.spec.kind.name == kind) {
        _ = world.faults.remove(fault.id, because: "the scenario ends it")
      }
    case .force(let caller, let callee, let state):
      if !forced.contains(where: { $0 == (caller, callee) }) { forced.append((caller, callee)) }
      force(caller, callee, state)
    case .logOut(let user): world.customers.logOut(user)
    case .command(let command):
      changes.note(command)
      CommandDesk.carryOut(command, by: .scenario, in: world)
      if case .killInstance(let service, let name) = command { killed.append((service, name)) }
    }
  }

  private func force(_ caller: String, _ callee: String, _ state: BreakerState, unlessAlready: Bool = false) {
    for process in world.service(caller).instances.compactMap(\.process) {
      for client in process.clients where client.callee == callee {
        if unlessAlready, BreakerState(client.breaker.state) == state { continue }
        CommandDesk.carryOut(.forceBreaker(id: client.breakerID, to: state), by: .scenario, in: world)
      }
    }
  }

  private func tell(_ name: String, _ change: String, severity: OperationalEvent.Severity) {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .command, severity: severity, subject: "scenario \(name)", change: change))
  }
}

extension Scenario {
  /// The load that it asks for; what it does not say stays as it is.
  fileprivate func mix(or before: LoadMix) -> LoadMix {
    var mix = before
    let journeys = journeys.compactMap { choice in Journey(rawValue: choice.name).map { ($0, choice.weight) } }
    let sagas = sagas.compactMap { choice in SagaKind(rawValue: choice.name).map { ($0, choice.weight) } }
    if !journeys.isEmpty { mix.journeys = journeys.map { (journey: $0.0, weight: $0.1) } }
    if !sagas.isEmpty { mix.sagas = sagas.map { (saga: $0.0, weight: $0.1) } }
    return mix
  }
}
