internal import OrderedCollections

/// What became of the wish for a connection.
public enum ConnectionGrant: Sendable, Hashable {
  /// One that lay idle in the pool.
  case reused
  /// A new one to the server.
  case opened
  /// The own pool is used up: wait for a turn, which ``DatabaseServer/release(_:now:)`` names.
  case queued(ticket: Int)
  /// The own pool is used up, and its queue is full.
  case poolExhausted
  /// The server has no connection left for anybody: `Too many connections` (MySQL's error 1040).
  case tooManyConnections
}

/// One database server, and the pools of the services that share it.
///
/// Two things can run out, and they are counted apart: a pool's own size (its callers wait, in order), and the server's
/// `max_connections`, of which idle connections of other pools hold a part. It waits for nobody: a caller that is
/// queued is told by its ticket. Times are nanoseconds since the Unix epoch.
public struct DatabaseServer: Sendable {
  private struct Pool: Sendable {
    var size: Int
    var queueLimit: Int
    var inUse = 0
    /// When each idle one was put back, oldest first.
    var idle: [Int64] = []
    var queue: [Int] = []
    var figures = ConnectionFigures()
  }

  public let name: String
  /// 1 or more. Lowering it closes nothing: only new ones are refused.
  public var maximumConnections: Int
  private var pools: OrderedDictionary<String, Pool> = [:]
  private var nextTicket = 1

  public init(name: String, maximumConnections: Int = 151) {
    precondition(maximumConnections > 0, "a server accepts one connection at least")
    self.name = name
    self.maximumConnections = maximumConnections
  }

  /// Adds a pool, or gives one another size; 0 is a pool that grants nothing.
  public mutating func setPool(_ pool: String, size: Int, queueLimit: Int = 100) {
    precondition(size >= 0 && queueLimit >= 0, "a pool's size and queue are 0 or more")
    var entry = pools[pool] ?? Pool(size: size, queueLimit: queueLimit)
    entry.size = size
    entry.queueLimit = queueLimit
    // A smaller pool closes idle connections first; those in use go when they are released.
    while entry.inUse + entry.idle.count > size, !entry.idle.isEmpty { entry.idle.removeFirst() }
    pools[pool] = entry
  }

  public var openConnections: Int { pools.values.reduce(0) { $0 + $1.inUse + $1.idle.count } }

  // MARK: Use

  public mutating func acquire(_ name: String, now: Int64) -> ConnectionGrant {
    var pool = known(name)
    defer { pools[name] = pool }
    if pool.inUse < pool.size, pool.idle.popLast() != nil {
      pool.inUse += 1
      pool.figures.granted += 1
      return .reused
    }
    guard pool.inUse >= pool.size else {
      guard openConnections < maximumConnections else {
        pool.figures.tooManyConnections += 1
        return .tooManyConnections
      }
      pool.inUse += 1
      pool.figures.granted += 1
      pool.figures.opened += 1
      return .opened
    }
    guard pool.queue.count < pool.queueLimit else {
      pool.figures.exhausted += 1
      return .poolExhausted
    }
    let ticket = nextTicket
    nextTicket += 1
    pool.queue.append(ticket)
    pool.figures.waited += 1
    return .queued(ticket: ticket)
  }

  /// Gives a connection back. The one who has waited longest for this pool has it now: his ticket; nil when nobody
  /// waits.
  public mutating func release(_ name: String, now: Int64) -> Int? {
    var pool = known(name)
    precondition(pool.inUse > 0, "a connection of \(name) is released once for each time it was acquired")
    defer { pools[name] = pool }
    guard pool.inUse <= pool.size else {
      pool.inUse -= 1
      return nil
    }
    guard pool.queue.isEmpty else {
      pool.figures.granted += 1
      return pool.queue.removeFirst()
    }
    pool.inUse -= 1
    pool.idle.append(now)
    return nil
  }

  /// The holder of a ticket waits no longer; false when it has been served already.
  public mutating func giveUp(_ ticket: Int, in name: String) -> Bool {
    var pool = known(name)
    guard let place = pool.queue.firstIndex(of: ticket) else { return false }
    pool.queue.remove(at: place)
    pool.figures.timedOut += 1
    pools[name] = pool
    return true
  }

  /// Closes connections that have been idle for so long, which leaves room for other pools.
  /// - Returns: how many.
  public mutating func closeIdle(for time: Int64, now: Int64) -> Int {
    var closed = 0
    for name in Array(pools.keys) {
      guard var pool = pools[name] else { continue }
      let kept = pool.idle.filter { now - $0 < time }
      closed += pool.idle.count - kept.count
      pool.idle = kept
      pools[name] = pool
    }
    return closed
  }

  /// The service behind a pool is gone, and its connections with it.
  /// - Returns: the tickets of those who have waited in vain.
  public mutating func disconnect(_ name: String) -> [Int] {
    var pool = known(name)
    let tickets = pool.queue
    pool.inUse = 0
    pool.idle = []
    pool.queue = []
    pools[name] = pool
    return tickets
  }

  private func known(_ name: String) -> Pool {
    guard let pool = pools[name] else { preconditionFailure("server \(self.name) has no pool \(name)") }
    return pool
  }

  public var snapshot: DatabaseServerSnapshot {
    DatabaseServerSnapshot(
      name: name, open: openConnections, maximum: maximumConnections,
      refused: pools.values.reduce(0) { $0 + $1.figures.tooManyConnections },
      pools: pools.map { name, pool in
        DatabaseServerSnapshot.Pool(
          name: name, size: pool.size, inUse: pool.inUse, idle: pool.idle.count, waiting: pool.queue.count,
          figures: pool.figures)
      })
  }
}

/// Of one pool, since it was made.
public struct ConnectionFigures: Sendable, Hashable {
  public var granted = 0
  public var opened = 0
  /// Had to wait for their own pool.
  public var waited = 0
  /// Waited in vain.
  public var timedOut = 0
  /// Their own pool's queue was full.
  public var exhausted = 0
  /// The server had none left: not the pool's fault.
  public var tooManyConnections = 0
}

/// A database server as a screen shows it.
public struct DatabaseServerSnapshot: Sendable, Hashable {
  public struct Pool: Sendable, Hashable {
    public var name: String
    public var size: Int
    public var inUse: Int
    public var idle: Int
    public var waiting: Int
    public var figures: ConnectionFigures
  }

  public var name: String
  public var open: Int
  public var maximum: Int
  /// `Too many connections`, to all pools.
  public var refused: Int
  public var pools: [Pool]
}
