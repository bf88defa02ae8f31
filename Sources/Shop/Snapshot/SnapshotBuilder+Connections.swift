internal import Operations
internal import Platform

extension SnapshotBuilder {
  func databaseServers() -> [SharedDatabaseSnapshot] {
    guard let shared = world.sharedDatabase else { return [] }
    return [shared.primary, shared.replica].compactMap { $0?.snapshot }.map { server in
      SharedDatabaseSnapshot(
        name: server.name, open: server.open, maximum: server.maximum, refused: server.refused,
        pools: server.pools.map { pool in
          SharedDatabaseSnapshot.Pool(
            name: pool.name, size: pool.size, inUse: pool.inUse, idle: pool.idle,
            refused: pool.figures.tooManyConnections,
            refusalRate: shared.refusalRate(of: pool.name, at: server.name))
        })
    }
  }

  /// Of all its instances together.
  func cache(of processes: [ServiceProcess]) -> CacheUse? {
    let uses = processes.compactMap { $0.cache?.use }
    guard let first = uses.first else { return nil }
    return uses.dropFirst().reduce(first) { sum, use in
      CacheUse(
        entries: sum.entries + use.entries, capacity: sum.capacity + use.capacity, hits: sum.hits + use.hits,
        misses: sum.misses + use.misses, loads: sum.loads + use.loads)
    }
  }
}
