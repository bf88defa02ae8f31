import Concurrency
import Testing

@testable import Transactions

@Suite struct EventSourcedRepositoryTests {
  private typealias Repository<Store: EventStore> = EventSourcedRepository<Account, Store>

  /// Somebody else who appends between the load and the append of another.
  private struct Rival: EventStore {
    let store: SQLiteEventStore
    let rounds: Locked<Int>

    var partitionCount: Int { store.partitionCount }
    func read(partition: Int, after position: Int64, limit: Int) throws -> SourceBatch {
      try store.read(partition: partition, after: position, limit: limit)
    }
    func end(partition: Int) throws -> Int64 { try store.end(partition: partition) }
    func append(
      _ events: [NewEvent], to stream: String, expectedVersion: Int64?, now: Int64
    ) throws -> AppendOutcome {
      let round = rounds.withLock { rounds in
        rounds -= 1
        return rounds
      }
      if round >= 0 {
        _ = try store.append(
          [Made.event("rival \(round)", 5, type: "WITHDRAWN")], to: stream, expectedVersion: nil, now: now)
      }
      return try store.append(events, to: stream, expectedVersion: expectedVersion, now: now)
    }
    func read(_ stream: String, after version: Int64, limit: Int) throws -> [StoredEvent] {
      try store.read(stream, after: version, limit: limit)
    }
    func version(of stream: String) throws -> Int64 { try store.version(of: stream) }
    func version(of stream: String, at moment: Int64) throws -> Int64 { try store.version(of: stream, at: moment) }
    func event(_ id: String, in stream: String) throws -> StoredEvent? { try store.event(id, in: stream) }
    func snapshot(of stream: String, upTo version: Int64, schema: Int) throws -> StateSnapshot? { nil }
    func keep(_ snapshot: StateSnapshot) throws { throw Crash() }
    func statistics() throws -> EventStoreStatistics { try store.statistics() }
  }

  private func sqlite() throws -> SQLiteEventStore {
    SQLiteEventStore(try ServiceDatabase(name: "order", schema: SQLiteEventStore.schema))
  }

  @Test(arguments: StoreKind.allCases)
  func everyVersionAndEveryMomentIsTheFoldUpToIt(kind: StoreKind) throws {
    try everyVersion(try kind.make())
  }

  private func everyVersion(_ store: some EventStore) throws {
    let repository = Repository(Account(), in: store, snapshotEvery: 5)
    var states = [Account.State()]
    for number in 1...23 {
      let command: Account.Command = number % 3 == 0 ? .withdraw(1) : .pay(number)
      let done = try repository.execute(
        command, on: "a", .init(id: "c\(number)", origin: Made.origin(), now: Int64(number * 10)))
      guard case .done = done.outcome else {
        Issue.record("\(done)")
        return
      }
      states.append(done.state)
      #expect(done.snapshotFailure == nil)
    }
    for version in 0...23 {
      #expect(try repository.load("a", version: Int64(version)).state == states[version])
      for moment in [version * 10, version * 10 + 9] {
        #expect(try repository.load("a", at: Int64(moment)).state == states[version], "moment \(moment)")
      }
    }
    let newest = try repository.load("a")
    #expect(newest.state == states[23] && newest.version == 23 && newest.snapshot == 20 && newest.folded == 3)
    let history = try repository.history("a")
    #expect(history.map(\.state) == Array(states.dropFirst()))
    #expect(try store.statistics().snapshots >= 1)
  }

  @Test(arguments: StoreKind.allCases)
  func aSnapshotOfAnotherSchemaIsIgnoredAndTakenAnew(kind: StoreKind) throws {
    try otherSchema(try kind.make())
  }

  private func otherSchema(_ store: some EventStore) throws {
    let old = Repository(Account(stateSchema: 1), in: store, snapshotEvery: 4)
    for number in 1...6 {
      _ = try old.execute(.pay(1), on: "a", .init(id: "c\(number)", origin: Made.origin(), now: 1))
    }
    #expect(try old.load("a").snapshot == 4)
    // What the old schema holds would be a wrong state.
    try store.keep(StateSnapshot(stream: "a", version: 6, schema: 1, state: Array("999 6".utf8), taken: 1))
    let new = Repository(Account(stateSchema: 2), in: store, snapshotEvery: 4)
    let loaded = try new.load("a")
    #expect(loaded.state.balance == 6 && loaded.snapshot == 0 && loaded.folded == 6)
    _ = try new.execute(.pay(1), on: "a", .init(id: "c7", origin: Made.origin(), now: 2))
    let again = try new.load("a")
    #expect(again.state.balance == 7 && again.snapshot == 7 && again.folded == 0)
  }

  @Test func aSnapshotThatCannotBeReadIsFoldedAnew() throws {
    let store = try sqlite()
    let repository = Repository(Account(), in: store, snapshotEvery: 4)
    for number in 1...3 {
      _ = try repository.execute(.pay(1), on: "a", .init(id: "\(number)", origin: Made.origin(), now: 1))
    }
    try store.keep(StateSnapshot(stream: "a", version: 3, schema: 1, state: [0xff], taken: 1))
    #expect(try repository.load("a").state.balance == 3)
  }

  @Test func aCommandThatComesAgainHasNoSecondEffect() throws {
    let repository = Repository(Account(), in: try sqlite())
    let context = Repository<SQLiteEventStore>.CommandContext(id: "c", origin: Made.origin(), now: 1)
    _ = try repository.execute(.pay(5), on: "a", context)
    // Decided anew it would be refused, or done twice.
    let again = try repository.execute(.withdraw(99), on: "a", context)
    guard case .duplicate = again.outcome else {
      Issue.record("\(again)")
      return
    }
    #expect(again.state.balance == 5 && again.version == 1)
  }

  @Test func refusalsAndEmptyDecisionsWriteNothing() throws {
    let store = try sqlite()
    let repository = Repository(Account(), in: store)
    let refused = try repository.execute(.withdraw(1), on: "a", .init(id: "1", origin: Made.origin(), now: 1))
    guard case .refused(.poor(0)) = refused.outcome else {
      Issue.record("\(refused)")
      return
    }
    let nothing = try repository.execute(.look, on: "a", .init(id: "2", origin: Made.origin(), now: 1))
    guard case .nothing = nothing.outcome else {
      Issue.record("\(nothing)")
      return
    }
    #expect(try store.statistics().events == 0)
  }

  @Test func aConflictIsDecidedAnewOnWhatIsThereNow() throws {
    let store = try sqlite()
    try appended(store.append([Made.event("0", 10)], to: "a", expectedVersion: 0, now: 1))
    let rival = Rival(store: store, rounds: Locked(1))
    let done = try Repository(Account(), in: rival).execute(
      .withdraw(5), on: "a", .init(id: "c", origin: Made.origin(), now: 2))
    #expect(done.attempts == 2 && done.state.balance == 0 && done.version == 3)
    // The rival takes what is left: the second decision is another one.
    try appended(store.append([Made.event("9", 5)], to: "b", expectedVersion: 0, now: 3))
    let refused = try Repository(Account(), in: Rival(store: store, rounds: Locked(1))).execute(
      .withdraw(5), on: "b", .init(id: "d", origin: Made.origin(), now: 4))
    guard case .refused(.poor(0)) = refused.outcome else {
      Issue.record("\(refused)")
      return
    }
    #expect(refused.attempts == 2)
  }

  @Test(arguments: StoreKind.allCases)
  func threadsThatShareAStreamLoseNothing(kind: StoreKind) async throws {
    try await share(try kind.make())
  }

  private func share(_ store: some EventStore) async throws {
    let repository = Repository(Account(), in: store, snapshotEvery: 10, attempts: 10_000)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask {
          for number in 0..<25 {
            let done = try repository.execute(
              .pay(1), on: "a", .init(id: "\(thread)/\(number)", origin: Made.origin(), now: 1))
            guard case .done = done.outcome else {
              Issue.record("\(done)")
              return
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try repository.load("a").state == Account.State(balance: 100, moves: 100))
  }

  @Test func attemptsAreBoundedAndTheLastConflictIsTold() throws {
    let store = try sqlite()
    let done = try Repository(Account(), in: Rival(store: store, rounds: Locked(99)), attempts: 3).execute(
      .pay(1), on: "a", .init(id: "c", origin: Made.origin(), now: 1))
    guard case .conflict(let conflict) = done.outcome else {
      Issue.record("\(done)")
      return
    }
    #expect(done.attempts == 3 && conflict == AppendConflict(stream: "a", expected: 2, actual: 3))
    #expect(try store.read("a", after: 0, limit: 9).allSatisfy { $0.id.hasPrefix("rival") })
  }

  @Test func aSnapshotThatCannotBeKeptIsNoFailureOfTheCommand() throws {
    let rival = Rival(store: try sqlite(), rounds: Locked(0))
    let done = try Repository(Account(), in: rival, snapshotEvery: 1).execute(
      .pay(1), on: "a", .init(id: "c", origin: Made.origin(), now: 1))
    guard case .done = done.outcome else {
      Issue.record("\(done)")
      return
    }
    #expect(done.snapshotFailure != nil)
  }

  @Test func aSubscriberThatCrashesGetsItsEventsAgain() throws {
    let store = try sqlite()
    let positions = try ServiceDatabase(name: "relay", schema: EventSubscription.schema)
    for number in 0..<5 { try appended(store.append([Made.event("\(number)")], to: "s", expectedVersion: nil, now: 1)) }
    let subscription = EventSubscription("relay", source: store, positions: positions)
    var seen: [String] = []
    #expect(throws: Crash.self) {
      try subscription.step(max: 2) { events in
        seen += events.map(\.id)
        throw Crash()
      }
    }
    while try subscription.step(max: 2, { seen += $0.map(\.id) }) > 0 {}
    #expect(seen == ["0", "1", "0", "1", "2", "3", "4"])
    #expect(try subscription.behind() == 0)
  }
}
