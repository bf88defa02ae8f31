internal import EventBus
internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Mines the change log of a service's database, its own or another's, as one instance of its own service: publishes the
/// events, then stores how far it has come. A crash in between publishes them again, under the same message ids.
final class LogMiner: Relay, @unchecked Sendable {
  private let process: ServiceProcess
  private let database: DatabasePort
  private let source: ServiceDisk
  private let mapping: ChangeMiner.Mapping
  /// True when what is mined is the service's own state, which it publishes in no other way.
  private let isOfState: Bool
  private let world: World
  private let signal: Signal
  private var miner: ChangeMiner?
  private var leaseUntil: Int64 = 0

  var hasLease: Bool { leaseUntil > world.time.now }

  private static let leaseTime: Int64 = 3_000_000_000
  private static let pause: Int64 = 1_000_000_000
  private static let batch = 64

  init(process: ServiceProcess, source: String, mapping: @escaping ChangeMiner.Mapping, isOfState: Bool = false) {
    guard let database = process.database, let disk = process.world.disk(of: source) else {
      preconditionFailure("a miner has a database for its position, and \(source) one to be mined")
    }
    self.process = process
    self.database = database
    self.source = disk
    self.mapping = mapping
    self.isOfState = isOfState
    world = process.world
    signal = Signal(on: world.time)
    let life = process.life
    disk.listen { [signal] in
      guard !life.isOver else { return false }
      signal.set()
      return true
    }
  }

  func run() async {
    while !process.life.isOver {
      do {
        try await turn()
      } catch is InstanceCrashed {
        return
      } catch is BusError {
        // Out of reach from here, though perhaps not from another instance: its miner gets the lease when it ends.
        (miner, leaseUntil) = (nil, 0)
        try? await world.time.sleep(for: Self.leaseTime)
      } catch {
        // A database or the bus is away: the changes stay in the log.
        miner = nil
        try? await world.time.sleep(for: 250_000_000)
      }
    }
  }

  private func turn() async throws {
    guard try await keepLease() else {
      miner = nil
      try await world.time.sleep(for: Self.pause)
      return
    }
    if miner == nil { miner = try await open() }
    guard var miner else { return }
    await world.time.pause(for: process.bus.transit())
    try process.life.check()
    if world.faults.isDatabaseDown(process.instance.moment(database: source.name)) {
      throw DatabaseUnavailable(description: "database \(source.name) refuses the connection")
    }
    switch try miner.poll(limit: Self.batch) {
    case .events(let events):
      if !events.isEmpty {
        if isOfState { try world.crashPoints.pass(.relayHasRead, process.instance) }
        await world.crashPoints.sleepIfDue(.overlappingLeases, process.instance)
        try await process.bus.publish(events.map(\.entry), isOfState: isOfState)
        if isOfState { try world.crashPoints.pass(.acknowledged, process.instance) }
      }
      miner.acknowledge(events.count)
    case .lost(let loss) where isOfState:
      // The rows do not say of which steps nobody was told.
      process.log(.error, nil, "changes \(loss.from) to \(loss.to) of \(source.name) are lost: nobody was told of them")
      miner.skip(loss)
    case .lost(let loss):
      // Nobody is there to decide: the rows are read anew, which tells all that can still be known.
      process.log(.error, nil, "changes \(loss.from) to \(loss.to) of \(source.name) are lost: its rows are read anew")
      try readAnew(&miner)
    }
    try await store(miner)
    if miner.position.change == (try source.database.changeLog?.newest() ?? 0) { await signal.wait(atMost: Self.pause) }
  }

  private func open() async throws -> ChangeMiner {
    guard let log = source.database.changeLog else { preconditionFailure("\(source.name) captures no table") }
    let name = process.instance.service.name
    let stored = try await database.read { try MinerPositions.load(name, $0) }
    return ChangeMiner(
      name: name, log: log, from: stored == .start ? source.firstChange : stored, mapping: mapping)
  }

  private func readAnew(_ miner: inout ChangeMiner) throws {
    let id = world.makeGTXID(at: process.instance)
    let span = process.tracer.start("read anew", kind: .internal, gtxid: id, parent: nil, ltxid: .first)
    span.set(AttributeName.kind, .text(TransactionKind.batch))
    defer { span.end() }
    try miner.takeSnapshot(
      for: ChangeOrigin(gtxid: id, ltxid: .first, span: span.id), now: world.time.now)
    span.succeed()
  }

  private func store(_ miner: ChangeMiner) async throws {
    let (position, name, owner) = (miner.position, miner.name, process.instance.name)
    var isOwner = true
    if self.miner?.position != position {
      isOwner = try await database.transaction("mined", isQuiet: true) { database in
        guard try Outbox.isLeased(to: owner, database) else { return false }
        try MinerPositions.store(position, of: name, database)
        return true
      }
    }
    // It slept through its lease: whoever has it now is further on, and this position would be a step back.
    self.miner = isOwner ? miner : nil
  }

  private func keepLease() async throws -> Bool {
    let now = world.time.now
    guard now >= leaseUntil - Self.leaseTime + Self.pause else { return true }
    let (owner, until) = (process.instance.name, now + Self.leaseTime)
    let granted = try await database.transaction("lease", isQuiet: true) {
      try Outbox.lease(to: owner, now: now, until: until, $0)
    }
    leaseUntil = granted ? until : 0
    return granted
  }
}

extension World {
  /// When the oldest change of any database was committed that its miner has not published; nil when there is none.
  var oldestUnmined: Int64? { ShopPlan.miners.compactMap { oldestUnmined(of: $0.source) }.min() }

  /// When the oldest change of a database was committed that its miner has not published; nil when there is none, or no
  /// miner.
  func oldestUnmined(of name: String) -> Int64? {
    minerLag(of: name)?.oldest
  }

  /// How far the miner of a database's log is behind; nil when nobody mines it.
  func minerLag(of name: String) -> (changes: Int64, oldest: Int64?)? {
    guard let miner = ShopPlan.miners.first(where: { $0.source == name })?.miner, let disk = disk(of: name),
      let log = disk.database.changeLog,
      let mined = try? self.disk(of: miner)?.database.read({ try MinerPositions.load(miner, $0) })
    else { return nil }
    return try? log.behind(max(mined.change, disk.firstChange.change))
  }
}
