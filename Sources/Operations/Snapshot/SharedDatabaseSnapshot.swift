/// A database server that several services share.
public struct SharedDatabaseSnapshot: Sendable, Codable, Equatable {
  public struct Pool: Sendable, Codable, Equatable {
    /// The instance: `order-1`
    public var name: String
    public var size: Int
    public var inUse: Int
    public var idle: Int
    /// `Too many connections`: not the pool's fault.
    public var refused: Int
    /// The same a second, over the last ten.
    public var refusalRate: Double

    public init(name: String, size: Int, inUse: Int, idle: Int, refused: Int, refusalRate: Double = 0) {
      self.name = name
      self.size = size
      self.inUse = inUse
      self.idle = idle
      self.refused = refused
      self.refusalRate = refusalRate
    }
  }

  public var name: String
  public var open: Int
  /// `max_connections`
  public var maximum: Int
  /// `Too many connections`, to all pools, since the start.
  public var refused: Int
  public var pools: [Pool]

  public init(name: String, open: Int, maximum: Int, refused: Int, pools: [Pool]) {
    self.name = name
    self.open = open
    self.maximum = maximum
    self.refused = refused
    self.pools = pools
  }
}

extension SystemSnapshot {
  /// How often a second servers that several share refuse a service a connection.
  public func refusalRate(of service: ServiceSnapshot) -> Double {
    let names = service.instances.map(\.name)
    return databaseServers.flatMap(\.pools).filter { names.contains($0.name) }.reduce(0) { $0 + $1.refusalRate }
  }
}

/// A cache in front of a store.
public struct CacheUse: Sendable, Codable, Equatable {
  public var entries: Int
  public var capacity: Int
  /// Since its process started.
  public var hits: Int
  public var misses: Int
  public var loads: Int

  public init(entries: Int, capacity: Int, hits: Int, misses: Int, loads: Int) {
    self.entries = entries
    self.capacity = capacity
    self.hits = hits
    self.misses = misses
    self.loads = loads
  }

  /// Nil before the first read.
  public var hitRate: Double? { hits + misses == 0 ? nil : Double(hits) / Double(hits + misses) }
}
