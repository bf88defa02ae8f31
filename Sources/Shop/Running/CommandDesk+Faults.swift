internal import Operations
internal import Wording

/// What is broken by hand, or by a script.
extension CommandDesk {
  func fault(_ command: Command) -> CommandOutcome {
    switch command {
    case .arm(let spec): return armed(spec)
    case .toggleFault(let id):
      guard let fault = snapshot.faults.armed.first(where: { $0.id == id }) else { return Self.hasEnded }
      return .done(fault.isOn ? "switched off: \(fault.spec)" : "switched on: \(fault.spec)")
    case .removeFault(let id):
      guard let fault = snapshot.faults.armed.first(where: { $0.id == id }) else { return Self.hasEnded }
      return .done("taken off: \(fault.spec)")
    case .endAllFaults: return .done(allFaultsEnded)
    default: preconditionFailure("\(command) breaks nothing")
    }
  }

  private static let hasEnded = CommandOutcome.refused("this fault has ended already")

  private func armed(_ spec: FaultSpec) -> CommandOutcome {
    let catalogue = ShopPlan.catalogue(world.settings.topology, world.settings.orderStore)
    if let reason = catalogue.obstacle(to: spec.kind.name, on: spec.target) {
      return .refused("\(spec.kind.name.rawValue) does not apply to \(spec.target): \(reason)")
    }
    if let reason = catalogue.obstacle(to: spec.scope, of: spec.kind.name, on: spec.target) {
      return .refused(reason)
    }
    return .done("armed: \(spec)")
  }

  /// What an operator forced is no fault, and stays as it is: it is said, so that nobody waits for it to heal.
  private var allFaultsEnded: String {
    let (faults, forced) = (snapshot.faults.armed.count, snapshot.breakers.filter { $0.state == .forcedOpen }.count)
    let ended = faults == 0 ? "nothing is broken" : faults == 1 ? "1 fault ended" : "\(faults) faults ended"
    if forced == 0 { return ended }
    return ended + (forced == 1 ? "; 1 breaker stays forced open" : "; \(forced) breakers stay forced open")
      + ": c on page 3 closes it"
  }

  func scenario(_ name: String) -> CommandOutcome {
    guard let scenario = world.settings.scenario(named: name) else {
      return .refused(
        "there is no scenario \(name); \(NearestNames.offer(for: name, among: world.settings.scenarios.map(\.name)))")
    }
    if let obstacle = world.settings.topology.obstacle(to: scenario) { return .refused(obstacle) }
    var settings = world.settings
    settings.scenario = scenario
    if let obstacle = settings.obstacle { return .refused(obstacle) }
    return .done("scenario \(name) started")
  }

  var scenarioStopped: CommandOutcome {
    guard let playing = snapshot.scenarios.playing else { return .refused("no scenario plays") }
    return .done("scenario \(playing.name) stopped")
  }
}
