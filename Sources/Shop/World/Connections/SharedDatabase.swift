internal import Operations
internal import Platform
internal import Simulation

/// One database server behind five services, each of whose instances keeps its whole pool open to it, as pools do. When
/// all ask for more than the server accepts, whoever comes last gets `Too many connections`, however little it does.
/// With reads split off a replica takes the larger part of each pool.
final class SharedDatabase: @unchecked Sendable {
  static let services = [
    ShopPlan.order, ShopPlan.inventory, ShopPlan.customer, ShopPlan.item, ShopPlan.catalog,
  ]
  private unowned let world: World
  /// `max_connections` as it is configured, whatever faults leave of it.
  private var planned: Int
  private(set) var primary: DatabaseServer
  private(set) var replica: DatabaseServer?
  /// Pools with their sizes, in the order in which they were opened.
  private var pools: [(name: String, size: Int)] = []
  /// How often each server had refused each pool, at the end of each of the last seconds; for looking up only.
  private var refusals: [Refused: [Int]] = [:]
  private static let interval: Int64 = 1_000_000_000

  private struct Refused: Hashable {
    var server: String
    var pool: String
  }

  init(_ settings: TopologySettings, world: World) {
    self.world = world
    planned = settings.maximumConnections
    primary = DatabaseServer(name: "shared", maximumConnections: settings.maximumConnections)
    if settings.splitsReads {
      replica = DatabaseServer(name: "shared-replica", maximumConnections: settings.maximumConnections)
    }
    world.time.after(Self.interval) { [unowned self] in everySecond() }
  }

  // MARK: Pools

  func open(_ pool: String, size: Int) {
    pools.removeAll { $0.name == pool }
    pools.append((pool, size))
    fill(pool, size)
  }

  /// What a pool has too many it closes at once; those in use go when they are given back.
  func resize(_ pool: String, to size: Int) {
    guard let place = pools.firstIndex(where: { $0.name == pool }), pools[place].size != size else { return }
    pools[place].size = size
    fill(pool, size)
  }

  func close(_ pool: String) {
    guard pools.contains(where: { $0.name == pool }) else { return }
    pools.removeAll { $0.name == pool }
    _ = primary.disconnect(pool)
    _ = replica?.disconnect(pool)
  }

  /// Of ten connections four are for writes where reads are split off.
  private func fill(_ pool: String, _ size: Int) {
    let writes = replica == nil ? size : max(1, size * 4 / 10)
    Self.fill(pool, writes, at: &primary, now: world.time.now)
    if replica != nil { Self.fill(pool, max(1, size - writes), at: &replica!, now: world.time.now) }
  }

  private static func fill(_ pool: String, _ size: Int, at server: inout DatabaseServer, now: Int64) {
    server.setPool(pool, size: size)
    var taken = 0
    // As many as are not in use: those that lie idle are taken along, and given back with the new ones.
    let inUse = server.snapshot.pools.first { $0.name == pool }?.inUse ?? 0
    loop: while taken < size - inUse {
      switch server.acquire(pool, now: now) {
      case .reused, .opened: taken += 1
      case .queued, .poolExhausted, .tooManyConnections: break loop
      }
    }
    for _ in 0..<taken { _ = server.release(pool, now: now) }
  }

  /// Pools try again for what they did not get.
  private func everySecond() {
    for pool in pools { fill(pool.name, pool.size) }
    for server in [primary, replica].compactMap({ $0?.snapshot }) {
      for pool in server.pools {
        let counts = refusals[Refused(server: server.name, pool: pool.name)] ?? []
        refusals[Refused(server: server.name, pool: pool.name)] = counts.suffix(10) + [pool.figures.tooManyConnections]
      }
    }
    world.time.after(Self.interval) { [unowned self] in everySecond() }
  }

  /// Another `max_connections` from now on. What lies idle is closed, so that it counts at once.
  func limit(to count: Int) {
    planned = count
    fitLimit()
  }

  /// Accepts as many as are configured, or the fewer that a fault leaves.
  func fitLimit() {
    let count = world.faults.serverConnections(planned: planned)
    guard count != primary.maximumConnections else { return }
    primary.maximumConnections = count
    replica?.maximumConnections = count
    _ = primary.closeIdle(for: 0, now: world.time.now)
    _ = replica?.closeIdle(for: 0, now: world.time.now)
  }

  /// `Too many connections` a second, over the last ten.
  func refusalRate(of pool: String, at server: String) -> Double {
    guard let counts = refusals[Refused(server: server, pool: pool)], counts.count > 1 else { return 0 }
    return Double(counts[counts.count - 1] - counts[0]) / Double(counts.count - 1)
  }

  // MARK: Use

  /// Nil: all of the pool's connections of this sort are in use.
  func acquire(_ pool: String, forReading: Bool) throws -> Bool {
    let isRead = forReading && replica != nil
    switch isRead ? replica!.acquire(pool, now: world.time.now) : primary.acquire(pool, now: world.time.now) {
    case .reused, .opened: return true
    case .queued(let ticket):
      if isRead { _ = replica!.giveUp(ticket, in: pool) } else { _ = primary.giveUp(ticket, in: pool) }
      return false
    case .poolExhausted: return false
    case .tooManyConnections:
      world.faults.noteServerRefusal()
      let server = isRead ? "shared-replica" : primary.name
      throw DatabaseUnavailable(description: "database server \(server): Too many connections")
    }
  }

  func release(_ pool: String, forReading: Bool) {
    guard pools.contains(where: { $0.name == pool }) else { return }
    if forReading, replica != nil {
      _ = replica!.release(pool, now: world.time.now)
    } else {
      _ = primary.release(pool, now: world.time.now)
    }
  }
}
