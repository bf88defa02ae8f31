internal import Platform
internal import Simulation
internal import Transactions

/// The key-value store of the shop: one machine, reached over the network, whose memory is bounded and whose entries
/// end by themselves. What it holds survives the services; a store that is down keeps what it had.
final class KeyValueMachine: @unchecked Sendable {
  private unowned let world: World
  private(set) var store: KeyValueStore
  /// Commands that were answered, and that were not: the store was down, too slow, or had no room.
  private(set) var answered: UInt64 = 0
  private(set) var failed: UInt64 = 0
  /// Why the last command failed; nil when it did not.
  private(set) var ailment: String?

  static let name = "key-value store"

  init(world: World) {
    self.world = world
    store = KeyValueStore(KeyValueSettings(maximumBytes: world.settings.edge.keyValueBytes))
  }

  func value(of key: String) -> Result<[UInt8]?, KeyValueUnavailable> {
    succeeded()
    return .success(store.get(key, now: world.time.now))
  }

  func set(_ entry: KeyValueEntry) -> Result<Void, KeyValueUnavailable> {
    write { store, now throws(KeyValueError) in
      try store.set(entry.key, entry.value, ttl: entry.timeToLive, now: now)
    }
  }

  /// Writes only where the key still has the value that somebody has read; false where it has not.
  func replace(_ entry: KeyValueEntry, expecting old: [UInt8]?) -> Result<Bool, KeyValueUnavailable> {
    write { store, now throws(KeyValueError) in
      try store.replace(entry.key, old, with: entry.value, ttl: entry.timeToLive, now: now)
    }
  }

  private func write<Value>(
    _ command: (inout KeyValueStore, _ now: Int64) throws(KeyValueError) -> Value
  ) -> Result<Value, KeyValueUnavailable> {
    store.collectExpired(now: world.time.now, limit: 16)
    guard !world.faults.isKeyValueStoreFull() else { return .failure(fail("\(Self.name) is full")) }
    do {
      let value = try command(&store, world.time.now)
      succeeded()
      return .success(value)
    } catch {
      return .failure(fail("\(Self.name) is full: \(error)"))
    }
  }

  /// What each of those who share it keeps in it, by `KeyValueStore.space(of:)` of their keys.
  func contents() -> [String: KeyValueSpace] { store.contents(now: world.time.now) }

  /// The entries that begin so, those that end first before others.
  func entries(withPrefix prefix: String, limit: Int) -> [KeyValueListing] {
    store.listing(prefix: prefix, limit: limit, now: world.time.now)
  }

  @discardableResult
  fileprivate func fail(_ reason: String) -> KeyValueUnavailable {
    failed += 1
    let isNew = ailment == nil
    ailment = reason
    if isNew { world.healthMayHaveChanged() }
    return KeyValueUnavailable(reason: reason)
  }

  private func succeeded() {
    answered += 1
    guard ailment != nil else { return }
    ailment = nil
    world.healthMayHaveChanged()
  }
}

/// One instance's way to the key-value store: a command and its answer take their time, and the caller waits half a
/// second at most.
final class KeyValueClient: @unchecked Sendable {
  private let world: World
  private let life: Life
  private var random: RandomStream
  private static let roundTrip = LatencyModel(floor: 0.2, mean: 0.15)
  private static let timeLimit: Int64 = 500_000_000

  init(_ process: ServiceProcess) {
    world = process.world
    life = process.life
    random = world.random("\(process.instance.name)/key-value store/\(process.number)")
  }

  func value(of key: String) async throws -> Result<[UInt8]?, KeyValueUnavailable> {
    if let failure = try await reach() { return .failure(failure) }
    return world.keyValueStore.value(of: key)
  }

  func set(_ entry: KeyValueEntry) async throws -> Result<Void, KeyValueUnavailable> {
    if let failure = try await reach() { return .failure(failure) }
    return world.keyValueStore.set(entry)
  }

  func replace(_ entry: KeyValueEntry, expecting old: [UInt8]?) async throws -> Result<Bool, KeyValueUnavailable> {
    if let failure = try await reach() { return .failure(failure) }
    return world.keyValueStore.replace(entry, expecting: old)
  }

  /// The way there and back; what it failed for, or nil.
  private func reach() async throws -> KeyValueUnavailable? {
    let machine = world.keyValueStore
    let wait = Self.roundTrip.sample(&random) + world.faults.keyValueSlowness()
    guard wait <= Self.timeLimit else {
      await world.time.pause(for: Self.timeLimit)
      try life.check()
      return machine.fail("\(KeyValueMachine.name) does not answer in 500 ms")
    }
    await world.time.pause(for: wait)
    try life.check()
    guard !world.faults.isKeyValueStoreDown() else {
      return machine.fail("\(KeyValueMachine.name) refuses the connection")
    }
    return nil
  }
}
