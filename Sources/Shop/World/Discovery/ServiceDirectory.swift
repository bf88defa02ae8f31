internal import Operations
internal import Platform
internal import Simulation

/// What one process knows of where the others are: a copy of the registry's list, and its own experience with them. It
/// asks nobody when it is called on: a registry that is away leaves it with what it knows.
final class ServiceDirectory: @unchecked Sendable {
  private unowned let process: ServiceProcess
  private let world: World
  private var balancer: LoadBalancer
  private var random: RandomStream
  /// Until when an instance gets no calls, by its id. For look-up only.
  private var aside: [String: Int64] = [:]
  private(set) var rule: BalancingRule
  /// By service. For look-up only.
  private var canaries: [String: CanaryShare]

  init(_ process: ServiceProcess) {
    self.process = process
    world = process.world
    let configuration = process.configurationInUse.value
    rule = configuration.rule ?? world.settings.discovery.rule
    canaries = configuration.canaries
    balancer = rule.balancer(zone: process.instance.zone)
    random = process.random("balancing")
  }

  /// Chooses an instance for a call, which runs until ``finished(_:)``; nil when all that are known were `tried`.
  /// - Parameter isForCanary: what the gateway has decided; nil: it is decided here.
  func choose(_ service: String, isForCanary: Bool?, after tried: Set<String>) -> RegistryInstance? {
    let known = process.instance.known.available(of: service)
    guard !known.isEmpty else { return nil }
    let now = world.time.now
    let usable = ofShare(service, tried.isEmpty ? known : known.filter { !tried.contains($0.id) }, isForCanary)
    guard !usable.isEmpty else { return nil }
    let resting = aside.isEmpty ? [] : usable.filter { aside[$0.id, default: .min] > now }.map(\.id)
    // Where all are put aside any of them may be back.
    let unavailable = resting.count == usable.count ? [] : Set(resting)
    return balancer.choose(from: usable, unavailable: unavailable) { self.random.below($0) }
  }

  /// While a canary is looked at it gets its share of the calls, and the others get the rest.
  private func ofShare(
    _ service: String, _ instances: [RegistryInstance], _ isForCanary: Bool?
  ) -> [RegistryInstance] {
    guard let share = canaries.isEmpty ? nil : canaries[service] else { return instances }
    let isForIt = isForCanary ?? (random.below(10_000) < share.basisPoints)
    let chosen = instances.filter { ($0.version == share.version) == isForIt }
    return chosen.isEmpty ? instances : chosen
  }

  func finished(_ instance: RegistryInstance) { balancer.finished(instance) }

  /// Nobody listened at its address.
  /// - Returns: whether another one may be tried at once.
  func refused(_ instance: RegistryInstance) -> Bool {
    let time = world.settings.discovery.asideFor
    guard time > 0 else { return false }
    aside[instance.id] = world.time.now + time
    return true
  }

  func answered(_ instance: RegistryInstance) { aside[instance.id] = nil }

  /// Goes by another configuration from now on.
  func follow(_ configuration: ShopConfiguration) {
    canaries = configuration.canaries
    guard let rule = configuration.rule, rule != self.rule else { return }
    self.rule = rule
    balancer = rule.balancer(zone: process.instance.zone)
  }
}
