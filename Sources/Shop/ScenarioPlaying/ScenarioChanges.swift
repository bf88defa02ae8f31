internal import Operations
internal import OrderedCollections
internal import Platform
internal import Simulation

/// What a scenario changes of the shop itself, settings, sizes and versions, with what was there before.
final class ScenarioChanges: @unchecked Sendable {
  private unowned let world: World
  private var settings = OrderedDictionary<String, String>()
  private var sizes = OrderedDictionary<String, Int>()
  private var versions = OrderedDictionary<String, String>()
  /// A service that is on its way to another size or version is left alone until it has arrived.
  private static let patience: Int64 = 1_000_000_000

  init(world: World) {
    self.world = world
  }

  /// Call it before the command is carried out.
  func note(_ command: Command) {
    switch command {
    case .configure(let key, _): if settings[key] == nil { settings[key] = world.configuration.current[key] }
    case .scale(let name, _): if sizes[name] == nil { sizes[name] = world.service(name).instances.count }
    case .deploy(let name, _, _): if versions[name] == nil { versions[name] = world.service(name).version }
    default: break
    }
  }

  func takeBack() {
    takeBack(settings)
    for (name, version) in versions { bringBack(name, to: version) }
    for (name, count) in sizes { bringBack(name, to: count) }
    (settings, sizes, versions) = ([:], [:], [:])
  }

  /// At once: what was set may hang together. While nobody takes it, it waits.
  private func takeBack(_ settings: OrderedDictionary<String, String>) {
    guard world.configuration.isServed else { return later { $0.takeBack(settings) } }
    let now = world.configuration.current
    let changes = settings.filter { now[$0.key] != $0.value }.map { (key: $0.key, value: $0.value) }
    guard !changes.isEmpty else { return }
    CommandDesk.configure(in: world) { () throws(ConfigurationError) in
      try world.configuration.set(changes, by: "scenario")
    }
  }

  private func bringBack(_ name: String, to count: Int) {
    guard world.service(name).instances.count != count || world.deployments.isBusy(name) else { return }
    guard !world.deployments.isBusy(name) else { return later { $0.bringBack(name, to: count) } }
    CommandDesk.carryOut(.scale(service: name, instances: count), by: .scenario, in: world)
  }

  private func bringBack(_ name: String, to version: String, turning: Bool = true) {
    if world.deployments.isBusy(name) {
      // What is on its way to the other version turns round, once.
      if turning { world.deployments.rollBack(name) }
      return later { $0.bringBack(name, to: version, turning: false) }
    }
    guard world.service(name).instances.contains(where: { $0.version != version }) else { return }
    CommandDesk.carryOut(.deploy(service: name, version: version, canary: nil), by: .scenario, in: world)
  }

  private func later(_ deed: @escaping @Sendable (ScenarioChanges) -> Void) {
    world.time.after(Self.patience) { [weak self] in if let self { deed(self) } }
  }
}
