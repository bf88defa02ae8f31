internal import Operations

extension ShopSettings {
  /// Where the databases are: as the scenario needs them that is played from the start, else as it was asked for.
  var topologyAtStart: TopologySettings {
    var settings = topology
    guard let needed = scenario?.databases else { return settings }
    settings.databases = needed
    return settings
  }
}

extension ShopSettings {
  /// What can be played: those of the program, and the one that the run began with, which takes the place of one of its
  /// name.
  var scenarios: [Scenario] {
    guard let scenario else { return ScenarioLibrary.all }
    guard let place = ScenarioLibrary.all.firstIndex(where: { $0.name == scenario.name }) else {
      return [scenario] + ScenarioLibrary.all
    }
    var scenarios = ScenarioLibrary.all
    scenarios[place] = scenario
    return scenarios
  }

  func scenario(named name: String) -> Scenario? { scenarios.first { $0.name == name } }
}

extension TopologySettings {
  /// Why a scenario cannot be played here; nil when it can.
  func obstacle(to scenario: Scenario) -> String? {
    guard let needed = scenario.databases, needed != databases else { return nil }
    return "\(scenario.name) needs its databases \(needed.words); start with --scenario \(scenario.name)"
  }
}

extension Scenario {
  /// Nil: it is played wherever they are.
  fileprivate var databases: TopologySettings.Databases? { TopologySettings.Databases(rawValue: topology) }
}

extension TopologySettings.Databases {
  fileprivate var words: String {
    switch self {
    case .separate: "on servers of their own"
    case .shared: "on one server"
    }
  }
}
