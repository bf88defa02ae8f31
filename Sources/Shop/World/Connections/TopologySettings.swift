/// Where the databases of the services are.
public struct TopologySettings: Sendable, Equatable {
  public enum Databases: String, Sendable, CaseIterable {
    /// A server for each service.
    case separate
    /// Five services on one server.
    case shared = "shared-db"
  }

  public var databases = Databases.separate
  /// Connections that a shared server accepts: `max_connections`.
  public var maximumConnections = 151
  /// Reads go to a replica of the shared server.
  public var splitsReads = false
  /// Catalog keeps products in memory for a minute.
  public var cachesProducts = true

  public init() {}

  /// As a scenario names it; as usual where it says nothing.
  init(of scenario: String) { databases = Databases(rawValue: scenario) ?? databases }

  static var onOneServer: TopologySettings {
    var settings = TopologySettings()
    settings.databases = .shared
    return settings
  }
}
