internal import EventBus
internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Mines the change log of a service's database, its own or another's, as one instance of its own service, and publishes
/// the events.
final class LogMiner: Relay, @unchecked Sendable {
  let process: ServiceProcess
  let lease: RelayLease
  let commits: Signal
  private let database: DatabasePort
  private let source: ServiceDisk
  private let name: String
  private let mapping: ChangeMiner.Mapping
  /// True when what is mined is the service's own state, which it publishes in no other way.
  private let isOfState: Bool
  private let world: World
  private var miner: ChangeMiner?
  /// Under way: what makes up for changes that the log has forgotten.
  private var recovery: Recovery?

  /// A batch job, which has succeeded when it is stored that mining has passed what is lost: until then a crash has it
  /// begin again, and nothing was said.
  private struct Recovery {
    let job: BatchTransaction
    let words: String
    /// The change that is passed then.
    let end: Int64
  }

  init(process: ServiceProcess, source: String, mapping: @escaping ChangeMiner.Mapping, isOfState: Bool = false) {
    let plan = ShopPlan.miners.first { $0.source == source && $0.miner == process.instance.service.name }
    guard let database = process.database, let disk = process.world.disk(of: source) else {
      preconditionFailure("a miner has a database for its position, and \(source) one to be mined")
    }
    self.process = process
    self.database = database
    self.source = disk
    self.mapping = mapping
    self.isOfState = isOfState
    world = process.world
    name = plan?.name ?? process.instance.service.name
    lease = RelayLease(process: process, database: database, name: plan?.lease ?? "relay")
    // Rows that change seldom, in a database that commits often: it looks when its interval is over, not at each commit.
    commits = plan?.isSeldom == true ? Signal(on: process.world.time) : process.commits(on: disk)
  }

  func startOver() {
    miner = nil
    recovery?.job.fail("begins again: it is not stored how far it has come")
    recovery = nil
  }

  func publish() async throws -> Int64? {
    if miner == nil { miner = try await open() }
    guard var miner else { return nil }
    await world.time.pause(for: process.bus.transit())
    try process.life.check()
    if world.faults.isDatabaseDown(process.instance.moment(database: source.name)) {
      throw DatabaseUnavailable(description: "database \(source.name) refuses the connection")
    }
    switch try miner.poll(limit: Self.batch) {
    case .events(let events):
      if let half = half(of: events) { try await crash(half.spec, after: half.events, &miner) }
      if !events.isEmpty {
        if isOfState { try world.crashPoints.pass(.relayHasRead, process.instance) }
        await world.crashPoints.sleepIfDue(.overlappingLeases, process.instance)
        try await process.bus.publish(events.map(\.entry), isOfState: isOfState, by: lease.producer)
        if isOfState { try world.crashPoints.pass(.acknowledged, process.instance) }
      }
      miner.acknowledge(events.count)
    case .lost(let loss): try recover(&miner, from: loss)
    }
    try await store(miner)
    concludeRecovery()
    // A quiet commit changes rows, too, and sets no signal: the log is looked at from time to time.
    let isThrough = miner.position.change == (source.database.changeLog?.newest ?? 0)
    return isThrough ? world.time.now + RelayLease.renewal : nil
  }

  /// A batch may end anywhere, also within the events of a change. What comes before the second event of one, where a
  /// crash waits for that.
  private func half(of events: [MinedEvent]) -> (spec: CrashSpec, events: [MinedEvent])? {
    guard let second = events.firstIndex(where: { $0.index > 0 }),
      let spec = world.crashPoints.strike(.halfEmitted, process.instance)
    else { return nil }
    return (spec, Array(events[..<second]))
  }

  /// Publishes that much, and is gone.
  private func crash(_ spec: CrashSpec, after events: [MinedEvent], _ miner: inout ChangeMiner) async throws -> Never {
    defer { if !process.life.isOver { world.crashPoints.crash(process.instance, spec) } }
    try await process.bus.publish(events.map(\.entry), isOfState: isOfState, by: lease.producer)
    miner.acknowledge(events.count)
    try await store(miner, passing: events.last)
    throw InstanceCrashed()
  }

  private func open() async throws -> ChangeMiner {
    guard let log = source.database.changeLog else { preconditionFailure("\(source.name) captures no table") }
    let name = name
    let stored = try await database.read { try MinerPositions.load(name, $0) }
    return ChangeMiner(
      name: name, log: log, from: stored == .start ? source.firstChange : stored, mapping: mapping)
  }

  /// Nobody is there to decide. Rows that are the state of others are read anew, which tells all that can still be known;
  /// the service's own do not say of which steps nobody was told, and what is lost is skipped.
  private func recover(_ miner: inout ChangeMiner, from loss: ChangeLoss) throws {
    let job = BatchTransaction(isOfState ? "skip what is lost" : "read anew", at: process)
    let lost = "changes \(loss.from) to \(loss.to) of \(source.name) are lost"
    let words = "\(lost): \(isOfState ? "nobody was told of them" : "its rows are read anew")"
    recovery?.job.fail("changes were lost again")
    recovery = Recovery(job: job, words: words, end: isOfState ? loss.to : miner.log.newest)
    if isOfState {
      miner.skip(loss)
    } else {
      try miner.takeSnapshot(for: ChangeOrigin(job.context), now: world.time.now)
    }
  }

  private func concludeRecovery() {
    guard let recovery, let miner, miner.position.change >= recovery.end else { return }
    self.recovery = nil
    process.log(.error, recovery.job.context, recovery.words)
    recovery.job.succeed()
  }

  /// - Parameter last: the event that was published last, where more of its change may follow.
  private func store(_ miner: ChangeMiner, passing last: MinedEvent? = nil) async throws {
    let (name, isHasty) = (miner.name, process.takes(.passThenPublish))
    let passed = last.map { MinerPosition(change: $0.change.position, time: $0.entry.created) }
    let position = isHasty ? passed ?? miner.position : miner.position
    var isOwner = true
    if self.miner?.position != position {
      isOwner = try await lease.transaction("mined") { try MinerPositions.store(position, of: name, $0) }
    }
    // Whoever has the lease now is further on, and this position would be a step back.
    if isOwner { self.miner = miner } else { startOver() }
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
    guard let log = disk(of: name)?.database.changeLog, let mined = mined(of: name) else { return nil }
    return try? log.behind(mined)
  }

  /// The newest change of a database's log that is mined, or was there at first; nil when nobody mines it.
  func mined(of name: String) -> Int64? {
    guard let plan = ShopPlan.miners.first(where: { $0.source == name }), let disk = disk(of: name),
      let position = try? self.disk(of: plan.miner)?.database.read({ try MinerPositions.load(plan.name, $0) })
    else { return nil }
    return max(position.change, disk.firstChange.change)
  }
}
