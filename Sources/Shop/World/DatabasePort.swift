internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// The disk of a service: its database, which outlives every instance, and who wants to know of a commit.
final class ServiceDisk: @unchecked Sendable {
  let name: String
  let database: ServiceDatabase
  /// The documents in that database; nil where it holds tables alone.
  let documents: DocumentStore?
  /// The newest change of the log after the tables were filled: everybody knows of what was there at first.
  let firstChange: MinerPosition
  let publishes: Bool
  let keeps: OrderStore
  /// The newest event that was committed: its number in the outbox, in the log, or in the store.
  var lastEvent: Int64 = 0
  private(set) var commits: Int64 = 0
  private var listeners: [() -> Bool] = []

  /// - Parameter time: at which the tables are filled, in nanoseconds.
  init(name: String, store: StorePlan, at time: Int64) {
    self.name = name
    publishes = store.publishes
    keeps = store.keeps
    do {
      let (schema, collections) = (store.tables.schema, store.tables.collections)
      documents =
        collections.isEmpty
        ? nil
        : try DocumentStore(
          name: name, collections: collections, beside: schema, keepsChanges: !store.captures.isEmpty)
      database =
        try documents?.database ?? ServiceDatabase(name: name, schema: schema, capturing: store.captures)
      try database.write(at: time, store.tables.fill)
      if let documents { try store.tables.fill(documents, now: time) }
      firstChange = MinerPosition(change: database.changeLog?.newest ?? 0, time: time)
    } catch {
      preconditionFailure("the tables of \(name) cannot be made and filled: \(error)")
    }
  }

  /// As LISTEN and NOTIFY of a database server: `action` is called after each commit that is not quiet, until it says
  /// false: then whoever listened is no more.
  func listen(_ action: @escaping () -> Bool) {
    listeners.append(action)
  }

  fileprivate func committed(isQuiet: Bool) -> Int64 {
    commits += 1
    if !isQuiet { listeners.removeAll { !$0() } }
    return commits
  }
}

/// The database does not take the connection, or gave none in time.
struct DatabaseUnavailable: Error, CustomStringConvertible {
  var description: String
}

/// How one instance reaches its service's database: through a bounded pool, over a wire.
final class DatabasePort: @unchecked Sendable {
  let disk: ServiceDisk
  let connections: ResourcePool
  /// Events of the transaction that was committed last that go to the bus without an outbox, by mistake.
  private var direct: [Outbox.Entry] = []
  private let shared: SharedDatabase?
  private let bus: BusPort
  private let instance: ServiceInstance
  private let life: Life
  private let world: World
  private var random: RandomStream
  private let roundTrip = LatencyModel(floor: 0.4, mean: 0.5, tail: 0.01, tailMean: 6)
  private let readTrip = LatencyModel(floor: 0.2, mean: 0.2)

  /// - Parameter purpose: tells two ports of one instance apart.
  init(
    disk: ServiceDisk, instance: ServiceInstance, life: Life, lives: Int, connections: Int, bus: BusPort,
    purpose: String = "database"
  ) {
    self.bus = bus
    self.disk = disk
    self.instance = instance
    self.life = life
    world = instance.world
    random = world.random("\(instance.name)/\(purpose)/\(lives)")
    shared = SharedDatabase.services.contains(disk.name) ? world.sharedDatabase : nil
    self.connections = ResourcePool(
      "connections of \(instance.name)", size: connections, queueLimit: 256, on: world.time)
    shared?.open(instance.name, size: connections)
    life.whenOver { [shared, instance] in shared?.close(instance.name) }
  }

  /// So many connections from now on, here and at the server that others use too.
  func resize(to count: Int) {
    connections.resize(to: count)
    shared?.resize(instance.name, to: count)
  }

  /// Runs `body` in one transaction. What `label` says goes with the commit into the journal.
  ///
  /// A crash before the commit leaves nothing; a crash after it, before the caller goes on, leaves everything. Whoever
  /// watches the run is told by `onCommit`, at the very moment of the commit: no crash comes in between.
  /// - Parameters:
  ///   - isQuiet: true when nobody who listens to the disk need be told, since no event is written.
  ///   - place: which crash points lie before and after the commit.
  /// - Throws: ``DatabaseUnavailable``, `InstanceCrashed`, `CancellationError`, what `body` throws.
  func transaction<Value: Sendable>(
    _ label: String, isQuiet: Bool = false, at place: CommitPlace = .other,
    onCommit: @escaping @Sendable (Value) -> Void = { _ in },
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws -> Value {
    let origin = TraceContext.current.map { ChangeOrigin($0) }
    return try await connected {
      await self.world.time.pause(for: self.roundTrip.sample(&self.random))
      let taken = try self.takeNumber(at: place)
      if let point = place.begun { await self.world.crashPoints.sleepIfDue(point, self.instance) }
      try self.admit()
      let (value, events) = try self.commit(body, for: origin, at: place, under: taken)
      let direct = self.direct
      let number = self.disk.committed(isQuiet: isQuiet)
      self.world.committed(self.disk.name, number: number, label: label)
      // Who only follows what others have decided, or keeps house, writes no event.
      if !isQuiet, let origin, self.world.transactions.isOpen(origin.gtxid) {
        self.world.commits.committed(origin.gtxid)
      }
      if !events.isEmpty { self.world.ledger.committed(events, by: self.disk.name) }
      onCommit(value)
      if let point = place.after { try self.world.crashPoints.pass(point, self.instance) }
      // The acknowledgement is on its way: a crash here is a crash after the commit.
      await self.world.time.pause(for: 150_000)
      try self.life.check()
      if !direct.isEmpty { try await self.bus.publish(direct, isOfState: true) }
      return value
    }
  }

  /// The number of the transaction's event, where it has one before it is written; nil in a service that is built right.
  private func takeNumber(at place: CommitPlace) throws -> Int64? {
    guard place == .call, world.settings.wrongOrders.contains(.numberThenCommit) else { return nil }
    return try disk.database.write(at: world.time.now) { try Outbox.takeNumber($0) }
  }

  /// The transaction itself. What it throws, a crash before the commit for one, has rolled it back.
  /// - Parameter number: of its event; nil: the next one at the commit.
  private func commit<Value>(
    _ body: (Database) throws -> Value, for origin: ChangeOrigin?, at place: CommitPlace, under number: Int64?
  ) throws -> (Value, [Outbox.Mark]) {
    direct = []
    var struck: CrashSpec?
    var taken: [Outbox.Entry] = []
    do {
      let value = try disk.database.write(at: world.time.now, for: origin) { database in
        let value = try body(database)
        if let number { try Outbox.renumber(after: disk.lastEvent, to: number, database) }
        if disk.publishes, disk.keeps == .outbox { taken = try takeOutEvents(database) }
        struck = place.before.flatMap { world.crashPoints.strike($0, instance) }
        if struck != nil { throw InstanceCrashed() }
        return value
      }
      direct = taken
      return (value, try disk.newEvents() + taken.map(Outbox.Mark.init))
    } catch {
      if let struck { world.crashPoints.crash(instance, struck) }
      throw error
    }
  }

  /// The events of the transaction at hand that are to be published beside it; none in a service that is built right.
  private func takeOutEvents(_ database: Database) throws -> [Outbox.Entry] {
    if world.settings.wrongOrders.contains(.publishThenCommit) {
      try bus.append(try Outbox.takeOut(after: disk.lastEvent, database))
    }
    guard world.makes(.dualWrite, at: instance.service.name) else { return [] }
    return try Outbox.takeOut(after: disk.lastEvent, database)
  }

  /// Runs `body` over one connection. It makes transactions of its own, none of which writes an event.
  func batch<Value: Sendable>(
    _ label: String, _ body: @escaping @Sendable (ServiceDatabase) throws -> Value
  ) async throws -> Value {
    try await connected {
      await self.world.time.pause(for: self.roundTrip.sample(&self.random))
      try self.admit()
      let value = try body(self.disk.database)
      self.world.committed(self.disk.name, number: self.disk.committed(isQuiet: true), label: label)
      return value
    }
  }

  // MARK: Documents

  /// Runs commands of the document store over one connection. Each is carried out by itself; no event is written.
  ///
  /// As with a transaction, a crash before them leaves nothing, and one after them, before the caller goes on, everything.
  /// - Parameters:
  ///   - place: which crash points lie before and after the commands.
  ///   - body: gets the time, and on whose behalf it is.
  func documents<Value: Sendable>(
    _ label: String, at place: CommitPlace = .other, onCommit: @escaping @Sendable (Value) -> Void = { _ in },
    _ body: @escaping @Sendable (DocumentStore, _ now: Int64, ChangeOrigin?) throws -> Value
  ) async throws -> Value {
    let origin = TraceContext.current.map { ChangeOrigin($0) }
    return try await connected {
      await self.world.time.pause(for: self.roundTrip.sample(&self.random))
      try self.admit()
      if let point = place.before { try self.world.crashPoints.pass(point, self.instance) }
      let value = try body(self.store, self.world.time.now, origin)
      self.world.committed(self.disk.name, number: self.disk.committed(isQuiet: true), label: label)
      onCommit(value)
      if let point = place.after { try self.world.crashPoints.pass(point, self.instance) }
      await self.world.time.pause(for: 150_000)
      try self.life.check()
      return value
    }
  }

  /// Asks the document store.
  func find<Value: Sendable>(_ body: @escaping @Sendable (DocumentStore) throws -> Value) async throws -> Value {
    try await reading { try body(self.store) }
  }

  private var store: DocumentStore {
    guard let documents = disk.documents else { preconditionFailure("\(disk.name) keeps no documents") }
    return documents
  }

  /// Runs `body`, which only reads.
  func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    try await reading { try self.disk.database.read(body) }
  }

  private func reading<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await connected(forReading: true) {
      await self.world.time.pause(for: self.readTrip.sample(&self.random))
      try self.admit()
      return try body()
    }
  }

  private func connected<Value: Sendable>(
    forReading: Bool = false, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    do {
      try admit()
      let patience: Int64 = world.settings.omissions.contains(.waiting) ? 0 : 1_000_000_000
      return try await connections.use(waitingAtMost: patience) {
        try await self.onServer(forReading: forReading, body)
      }
    } catch is TimedOut {
      world.faults.notePoolRefusal(instance.moment())
      throw DatabaseUnavailable(description: "no connection of the pool was free in 1.00 s")
    } catch is PoolExhausted {
      world.faults.notePoolRefusal(instance.moment())
      throw DatabaseUnavailable(description: "too many wait for a connection of the pool")
    }
  }

  /// On the server that others use, too, if that is so: with one of the pool's connections there.
  private func onServer<Value: Sendable>(
    forReading: Bool, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    guard let shared else { return try await body() }
    let end = world.time.now + 1_000_000_000
    while try !shared.acquire(instance.name, forReading: forReading) {
      guard world.time.now < end else {
        throw DatabaseUnavailable(description: "no connection of the pool was free in 1.00 s")
      }
      await world.time.pause(for: 2_000_000)
      try life.check()
    }
    // With the process its connections are gone already.
    defer { if !life.isOver { shared.release(instance.name, forReading: forReading) } }
    return try await body()
  }

  private func admit() throws {
    try life.check()
    let isShared = disk.name != instance.service.name
    if world.faults.isDatabaseDown(instance.moment())
      || isShared && world.faults.isDatabaseDown(instance.moment(database: disk.name))
    {
      throw DatabaseUnavailable(description: "database \(disk.name) refuses the connection")
    }
  }
}
