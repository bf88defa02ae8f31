import ArgumentParser
import Operations
import Shop

/// `--topology shared-db`: where the databases of the services are.
struct TopologyOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where databases are: separate, or shared-db, five on one server.", valueName: "name"),
    transform: TopologyOption.databases)
  var topology: TopologySettings.Databases?

  @Option(help: ArgumentHelp("Connections that the shared server accepts.", valueName: "n"))
  var maxConnections = TopologySettings().maximumConnections

  @Flag(help: "Read from a replica of the shared server.")
  var splitReads = false

  func validate() throws {
    guard (1...1_000).contains(maxConnections) else {
      throw ValidationError("a server accepts 1 to 1000 connections, not \(maxConnections)")
    }
    guard topology == .shared || !splitReads && maxConnections == TopologySettings().maximumConnections else {
      throw ValidationError("--max-connections and --split-reads are of a shared server: say --topology shared-db")
    }
  }

  /// Whether what is to break is there.
  func check(_ faults: [FaultSpec]) throws {
    let catalogue = SimulatedShop.catalogue(settings)
    for fault in faults {
      if let reason = catalogue.absence(of: fault.target) {
        throw ValidationError("\(fault.target) cannot be broken: \(reason); say --topology shared-db")
      }
    }
  }

  /// Whether the databases are where a scenario needs them, as far as somebody has said where they are.
  func check(_ scenario: Scenario?) throws {
    guard let topology, let scenario, !scenario.topology.isEmpty, scenario.topology != topology.rawValue else { return }
    throw ValidationError(
      "--topology \(topology.rawValue) does not go with --scenario \(scenario.name), which needs \(scenario.topology): "
        + "leave it out")
  }

  /// Nil where nobody has said where databases are.
  var given: TopologySettings? { topology == nil ? nil : settings }

  var settings: TopologySettings {
    var settings = TopologySettings()
    settings.databases = topology ?? .separate
    settings.maximumConnections = maxConnections
    settings.splitsReads = splitReads
    return settings
  }

  private static func databases(_ text: String) throws -> TopologySettings.Databases {
    guard let databases = TopologySettings.Databases(rawValue: text) else {
      throw Arguments.unknown("topology", text, among: TopologySettings.Databases.allCases.map(\.rawValue))
    }
    return databases
  }
}
