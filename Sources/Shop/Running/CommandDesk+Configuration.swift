internal import Operations
internal import Platform
internal import Simulation

/// Values that are pushed while everything runs.
extension CommandDesk {
  func configured(_ key: String, _ value: String) -> CommandOutcome {
    guard let configuration = snapshot.configuration else { return .refused("nothing pushes a configuration here") }
    let known = ShopConfiguration(values: configuration.entries.map { ($0.key, $0.value) })
    var next = known
    next[key] = value
    if let problem = next.problems(knowing: known).first { return .refused(problem) }
    if let obstacle = obstacleToPublishing { return .refused(obstacle) }
    let before = known[key] ?? ""
    if before == value { return .refused("\(key) is \(value) already") }
    return .done(
      "\(key) \(before) → \(value)\(share(of: key))" + (Self.advice(key, next.strangler).map { "; \($0)" } ?? "")
        + (Operations.ConfigurationSnapshot.Entry(key: key, value: value).renewsWindow
          ? "; where it is closed, its window begins anew" : ""))
  }

  /// A pool is of so many connections in each instance: together they have more.
  private func share(of key: String) -> String {
    let service = snapshot.services.first { ShopConfiguration.pool($0.name) == key }
    guard let service, service.instances.count > 1 else { return "" }
    return " for each of \(service.instances.count) instances"
  }

  /// What is hard to move is moved after what is easy.
  private static func advice(_ key: String, _ strangler: StranglerSettings) -> String? {
    guard let capability = StranglerCapability.allCases.first(where: { ShopConfiguration.share($0) == key }),
      let easier = strangler.easier(than: capability)
    else { return nil }
    return "\(easier.rawValue) is easier to move, and only at \(strangler[easier]) %"
  }

  /// What is about the legacy shop, where there is none.
  func missesLegacy(_ command: Command) -> CommandOutcome? {
    let isAbout =
      switch command {
      case .arm(let spec): spec.kind == .mistake(.noHandBack)
      case .configure(let key, _): ShopConfiguration.isShare(key)
      case .startScenario(let name): world.settings.scenario(named: name)?.movesCapabilities == true
      default: false
      }
    let isThere = snapshot.configuration?.entries.contains { ShopConfiguration.isShare($0.key) } ?? false
    guard isAbout, !isThere else { return nil }
    return .refused("there is no legacy shop in this run; start with --strangler review=100")
  }

  func configuration(backTo version: Int) -> CommandOutcome {
    guard let configuration = snapshot.configuration else { return .refused("nothing pushes a configuration here") }
    guard (configuration.oldestKept..<configuration.version).contains(version) else {
      return .refused(
        configuration.version == 1
          ? "version 1 is the first: there is nothing to go back to"
          : "there is no earlier version \(version); there are \(configuration.oldestKept) to \(configuration.version - 1)"
      )
    }
    if let obstacle = obstacleToPublishing { return .refused(obstacle) }
    return .done("the configuration is as in version \(version) again")
  }

  var obstacleToPublishing: String? {
    let isUp = (snapshot.service(ShopPlan.config)?.instancesUp ?? 0) > 0
    return isUp ? nil : "\(ConfigurationDesk.isDown): nothing can be published before one is back"
  }

  static func configure(_ command: Command, in world: World) {
    configure(in: world) { () throws(ConfigurationError) in
      switch command {
      case .configure(let key, let value): try world.configuration.set(key, to: value, by: "operator")
      case .rollBackConfiguration(let version): try world.configuration.rollBack(to: version, by: "operator")
      default: preconditionFailure("\(command) is no configuration")
      }
    }
  }

  /// Another may have published meanwhile: then it is told why this is not.
  static func configure(in world: World, _ deed: () throws(ConfigurationError) -> Void) {
    do throws(ConfigurationError) {
      try deed()
    } catch {
      world.tell(
        OperationalEvent(
          time: world.time.now, kind: .command, severity: .warning, subject: "configuration", change: "not published",
          reason: "\(error)"))
    }
  }
}
