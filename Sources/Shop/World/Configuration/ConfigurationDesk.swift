internal import Operations
internal import Platform
internal import Simulation

/// The versions of the shop's configuration, which outlive every instance of the service that pushes them.
final class ConfigurationDesk: @unchecked Sendable {
  private unowned let world: World
  var server: ConfigurationServer<ShopConfiguration>

  init(world: World) {
    self.world = world
    let first = ShopConfiguration(world.settings)
    do {
      server = try ConfigurationServer(
        initial: first, now: world.time.now, validate: { $0.problems(knowing: first) },
        describe: { $0.values.map { ConfigurationEntry($0.key, $0.value) } })
    } catch {
      preconditionFailure("the shop's own configuration is good: \(error)")
    }
  }

  var current: ShopConfiguration { server.current.value }

  private var listed: (version: Int, entries: [Operations.ConfigurationSnapshot.Entry]) = (0, [])

  /// As a screen lists it, by key: made once for each version, which all the states that a screen keeps then share.
  var entries: [Operations.ConfigurationSnapshot.Entry] {
    let version = server.current
    if listed.version != version.number {
      let entries = version.value.values.map { Operations.ConfigurationSnapshot.Entry(key: $0.key, value: $0.value) }
      listed = (version.number, entries.sorted { $0.key < $1.key })
    }
    return listed.entries
  }

  /// Publishes one value more. Instances have it when it was pushed to them.
  func set(_ key: String, to value: String, by author: String) throws(ConfigurationError) {
    try set([(key, value)], by: author)
  }

  /// Publishes several at once: none is good alone, maybe.
  func set(_ changes: [(key: String, value: String)], by author: String) throws(ConfigurationError) {
    try requireServer()
    var next = current
    for change in changes { next[change.key] = change.value }
    let words = changes.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    published(try server.publish(next, author: author, now: world.time.now), words)
  }

  func rollBack(to version: Int, by author: String) throws(ConfigurationError) {
    try requireServer()
    published(try server.rollBack(to: version, author: author, now: world.time.now), "as version \(version)")
  }

  /// Said to whoever publishes while no instance of the service is there to take it.
  static let isDown = "no instance of \(ShopPlan.config) is up"

  /// Whether somebody is there to take what is published.
  var isServed: Bool { world.service(ShopPlan.config).instances.contains { $0.isUp } }

  /// Whether all who subscribed and are up run what was published last.
  var isPushed: Bool {
    let snapshot = server.snapshot
    let up = Set(world.services.flatMap(\.instances).filter(\.isUp).map(\.name))
    return snapshot.instances.allSatisfy { $0.running == snapshot.version || !up.contains($0.name) }
  }

  private func requireServer() throws(ConfigurationError) {
    if !isServed { throw .unavailable(Self.isDown) }
  }

  private func published(_ version: Int, _ what: String) {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .command, severity: .info, subject: "configuration",
        change: "version \(version)", reason: what))
    if let limit = current.sharedLimit { world.sharedDatabase?.limit(to: limit) }
    // Supervisors run beside the instances, and see it whether those are up or not.
    for service in world.services {
      guard let policy = current.supervisor(of: service.name) else { continue }
      for instance in service.instances where instance.supervisor.policy.word != policy.word {
        instance.supervise(by: policy)
      }
    }
  }
}
