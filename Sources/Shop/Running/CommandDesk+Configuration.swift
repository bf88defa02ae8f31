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
    let before = known[key] ?? ""
    return before == value ? .refused("\(key) is \(value) already") : .done("\(key) \(before) → \(value)")
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
    return .done("the configuration is as in version \(version) again")
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
