import EventBus
import GRDB
import TestSupport
import Testing
import TraceModel

@testable import Transactions

@Suite struct ChangeMinerTests {
  /// A service's database, whose rows are mined: each change of a row gives as many events as its column `n` says.
  private struct Source {
    let database: ServiceDatabase

    init() throws {
      database = try ServiceDatabase(
        name: "item", schema: "CREATE TABLE item(id INTEGER PRIMARY KEY, n INTEGER)", capturing: ["item"])
    }

    func log() throws -> ChangeLog { try #require(database.changeLog) }

    func miner(from position: MinerPosition = .start) throws -> ChangeMiner {
      ChangeMiner(name: "aggregate", log: try log(), from: position) { change, _ in
        guard let row = change.after ?? change.before, let id = row["id"]?.integer, let count = row["n"]?.integer else {
          return []
        }
        return (0..<count).map { number in
          BusinessEvent(
            topic: "item.changes", key: "\(id)", type: "ITEM_\(change.operation)", payload: Array("\(number)".utf8))
        }
      }
    }

    func insert(_ rows: [(id: Int64, n: Int64)], at time: Int64 = 1, for origin: ChangeOrigin? = origin(9)) throws {
      try database.write(at: time, for: origin) { database in
        for row in rows { try database.run("INSERT INTO item VALUES (?, ?)", [row.id, row.n]) }
      }
    }
  }

  private func events(_ poll: ChangeMiner.Poll) throws -> [MinedEvent] {
    guard case .events(let events) = poll else {
      Issue.record("the log has lost changes")
      return []
    }
    return events
  }

  private func messages(_ poll: ChangeMiner.Poll) throws -> [String] { try events(poll).map(\.entry.message) }

  @Test func aChangeBecomesAnEventWithItsTransaction() throws {
    let source = try Source()
    try source.insert([(7, 2)], at: 5)
    var miner = try source.miner()
    let mined = try events(miner.poll(limit: 10))
    #expect(mined.map(\.entry.message) == ["aggregate/1/0", "aggregate/1/1"])
    let event = try #require(mined.first)
    #expect(event.change.text == "insert item: id=7 n=2")
    #expect(event.transaction == 1)
    #expect(event.entry.topic == "item.changes")
    #expect(event.entry.key == "7")
    #expect(event.entry.type == "ITEM_insert")
    #expect(event.entry.created == 5)
    #expect(event.entry.gtxid == origin(9).gtxid)
    #expect(event.entry.parent == origin(9).span)
    // The caller knew hop 2: each record is one crossing more.
    #expect(mined.map(\.entry.ltxid.number) == [3, 4])
    #expect(mined[0].entry.span != mined[1].entry.span)
    #expect(mined.map(\.isLastOfChange) == [false, true])
    // What was published is led back to its row by its id.
    #expect(try source.log().change(at: event.entry.id) == event.change)
    #expect(try source.log().change(at: 0) == nil)
    #expect(try source.log().change(at: 2) == nil)
  }

  @Test func whatNobodyMarkedBeginsATransactionOfItsOwn() throws {
    let source = try Source()
    for id in 1...2 { try source.insert([(Int64(id), 1)], for: nil) }
    func gtxids() throws -> [GTXID] {
      var miner = try source.miner()
      return try events(miner.poll(limit: 10)).map(\.entry.gtxid)
    }
    let first = try gtxids()
    #expect(Set(first).count == 2)
    #expect(try gtxids() == first)
  }

  @Test func changesThatMeanNothingArePassed() throws {
    let source = try Source()
    try source.insert([(1, 0), (2, 0)], at: 3)
    var miner = try source.miner()
    #expect(try messages(miner.poll(limit: 1)) == [])
    #expect(miner.position == MinerPosition(change: 2, time: 3))
    try source.insert([(3, 1), (4, 0), (5, 0)], at: 4)
    #expect(try messages(miner.poll(limit: 1)) == ["aggregate/3/0"])
    #expect(miner.position.change == 2)
    miner.acknowledge(1)
    #expect(miner.position == MinerPosition(change: 5, time: 4))
  }

  // MARK: Crash points

  /// P2, P3: nothing is lost that was committed before the miner came to it.
  @Test func aNewMinerGoesOnWhereTheOldOneStood() throws {
    let source = try Source()
    try source.insert([(1, 1), (2, 1)])
    var old = try source.miner()
    #expect(try messages(old.poll(limit: 1)) == ["aggregate/1/0"])
    old.acknowledge(1)
    var new = try source.miner(from: old.position)
    #expect(try messages(new.poll(limit: 10)) == ["aggregate/2/0"])
  }

  /// P4, P5: published, but the position was not stored.
  @Test func whatWasPublishedBeforeACrashComesAgainAsItWas() throws {
    let source = try Source()
    try source.insert([(1, 2), (2, 1)])
    var old = try source.miner()
    let first = try events(old.poll(limit: 10)).map(\.entry.record)
    var new = try source.miner()
    #expect(try events(new.poll(limit: 10)).map(\.entry.record) == first)
  }

  /// P6: some of a batch was published.
  @Test func whatWasNotAcknowledgedIsGivenAgain() throws {
    let source = try Source()
    try source.insert([(1, 1), (2, 1), (3, 1)])
    var miner = try source.miner()
    #expect(try messages(miner.poll(limit: 2)) == ["aggregate/1/0", "aggregate/2/0"])
    miner.acknowledge(1)
    #expect(miner.position.change == 1)
    #expect(try messages(miner.poll(limit: 2)) == ["aggregate/2/0", "aggregate/3/0"])
  }

  /// P16: the events of one change are split over two batches.
  @Test func thePositionNeverPassesAChangeThatIsHalfPublished() throws {
    let source = try Source()
    try source.insert([(1, 1), (2, 3), (3, 1)])
    var miner = try source.miner()
    #expect(try messages(miner.poll(limit: 3)) == ["aggregate/1/0", "aggregate/2/0", "aggregate/2/1"])
    miner.acknowledge(3)
    #expect(miner.position.change == 1)
    // After a crash all events of that change come again, with the hops that they had.
    var afterCrash = try source.miner(from: miner.position)
    let again = try events(afterCrash.poll(limit: 10))
    #expect(again.map(\.entry.message) == ["aggregate/2/0", "aggregate/2/1", "aggregate/2/2", "aggregate/3/0"])
    #expect(again.map(\.entry.ltxid.number) == [4, 5, 6, 7])
    // A position that were the last change of which anything was published would lose the rest.
    var naive = try source.miner(from: MinerPosition(change: 2, time: miner.position.time))
    #expect(try messages(naive.poll(limit: 10)) == ["aggregate/3/0"])
    // Without a crash the rest of it comes.
    #expect(try messages(miner.poll(limit: 3)) == ["aggregate/2/2", "aggregate/3/0"])
    miner.acknowledge(1)
    #expect(miner.position.change == 2)
  }

  @Test func positionsAreStoredByName() throws {
    let store = try ServiceDatabase(name: "aggregate", schema: MinerPositions.schema)
    func load(_ name: String) throws -> MinerPosition { try store.read { try MinerPositions.load(name, $0) } }
    #expect(try load("a") == .start)
    for change in [5, 7] as [Int64] {
      try store.write { try MinerPositions.store(MinerPosition(change: change, time: 9), of: "a", $0) }
    }
    #expect(try load("a") == MinerPosition(change: 7, time: 9))
    #expect(try load("b") == .start)
  }

  @Test func aPositionOfAnotherLogIsRefused() throws {
    let source = try Source()
    try source.insert([(1, 1)])
    var miner = try source.miner(from: MinerPosition(change: 2, time: 1))
    #expect(throws: CaptureError.positionAhead(position: 2, newest: 1)) { try miner.poll(limit: 1) }
  }

  @Test func lagIsCountedFromWhatWasAcknowledged() throws {
    let source = try Source()
    var miner = try source.miner()
    #expect(try miner.lag() == MinerLag(newest: 0, mined: 0, oldest: nil))
    #expect(try miner.lag().age(now: 50) == 0)
    try source.insert([(1, 1), (2, 1)], at: 10)
    try source.insert([(3, 1)], at: 20)
    _ = try miner.poll(limit: 10)
    #expect(try miner.lag() == MinerLag(newest: 3, mined: 0, oldest: 10))
    miner.acknowledge(2)
    let lag = try miner.lag()
    #expect(lag == MinerLag(newest: 3, mined: 2, oldest: 20))
    #expect(lag.changes == 1)
    #expect(lag.age(now: 50) == 30)
  }

  // MARK: Retention

  @Test func wholeTransactionsAreForgottenByTimeAndOnlyFromTheStart() throws {
    let source = try Source()
    let log = try source.log()
    // A clock that went back does not make a hole.
    for (id, time) in [(1, 10), (3, 30), (5, 15)] as [(Int64, Int64)] {
      try source.insert([(id, 1), (id + 1, 1)], at: time)
    }
    #expect(try log.prune(now: 120, retention: 100) == 2)
    #expect(try log.pruned() == 2)
    #expect(log.newest == 6)
    #expect(try source.database.transactions(after: 2).map(\.number) == [2, 3])
    #expect(try log.prune(now: ChangeLog.retention + 31) == 4)
    #expect(log.newest == 6)
    // Positions and numbers go on after everything was forgotten.
    try source.insert([(9, 1)], at: 500)
    #expect(try source.database.transactions(after: 6).map(\.number) == [4])
    #expect(try source.database.changes(after: 6).map(\.position) == [7])
  }

  @Test func whatIsLostIsNamed() throws {
    let database = try ServiceDatabase(
      name: "shop", schema: "CREATE TABLE a(id INTEGER PRIMARY KEY); CREATE TABLE b(id INTEGER PRIMARY KEY)",
      capturing: ["a", "b"])
    let log = try #require(database.changeLog)
    for (time, table) in [(10, "b"), (20, "a"), (30, "a"), (40, "b")] {
      try database.execute(at: Int64(time), "INSERT INTO \(table) VALUES (\(time))")
    }
    try log.prune(now: 131, retention: 100)
    func poll(_ change: Int64, _ time: Int64) throws -> ChangeLoss? {
      var miner = ChangeMiner(name: "m", log: log, from: MinerPosition(change: change, time: time)) { _, _ in [] }
      guard case .lost(let loss) = try miner.poll(limit: 1) else { return nil }
      return loss
    }
    #expect(try poll(0, 0) == ChangeLoss(from: 1, to: 3, since: 10, until: 30, tables: ["a", "b"]))
    // Of what comes after its position, nothing of b is lost.
    #expect(try poll(2, 20) == ChangeLoss(from: 3, to: 3, since: 20, until: 30, tables: ["a"]))
    #expect(try poll(2, 20)?.count == 1)
    #expect(try poll(3, 30) == nil)
  }

  @Test func miningStopsAtALossUntilItIsSkipped() throws {
    let source = try Source()
    try source.insert([(1, 1)], at: 1)
    try source.insert([(2, 1)], at: 200)
    try source.log().prune(now: 200, retention: 100)
    var miner = try source.miner()
    for _ in 0..<2 {
      guard case .lost = try miner.poll(limit: 10) else { return #expect(Bool(false), "the loss was passed over") }
      #expect(miner.position == .start)
    }
    guard case .lost(let loss) = try miner.poll(limit: 10) else { return }
    miner.skip(loss)
    #expect(miner.position == MinerPosition(change: 1, time: 1))
    #expect(try messages(miner.poll(limit: 10)) == ["aggregate/2/0"])
  }

  @Test func whatWasReadBeforeItWasForgottenIsStillPublished() throws {
    let source = try Source()
    try source.insert([(1, 1)], at: 1)
    var miner = try source.miner()
    _ = try miner.poll(limit: 10)
    try source.insert([(2, 1)], at: 2)
    try source.log().prune(now: 200, retention: 100)
    #expect(try messages(miner.poll(limit: 10)) == ["aggregate/1/0"])
    miner.acknowledge(1)
    guard case .lost(let loss) = try miner.poll(limit: 10) else {
      return #expect(Bool(false), "the loss was passed over")
    }
    #expect(loss == ChangeLoss(from: 2, to: 2, since: 1, until: 2, tables: ["item"]))
  }

  @Test func aSnapshotTellsTheRowsAsTheyAreAndThenWhatFollows() throws {
    let source = try Source()
    try source.insert([(2, 1), (1, 2)], at: 1)
    try source.log().prune(now: 200, retention: 100)
    var miner = try source.miner()
    #expect(try miner.takeSnapshot(for: origin(5), now: 201) == 2)
    try source.database.execute(at: 202, "UPDATE item SET n = 1")
    let first = try events(miner.poll(limit: 2))
    #expect(first.map(\.change.text) == ["snapshot item: id=1 n=2", "snapshot item: id=1 n=2"])
    #expect(first.map(\.change.position) == [2, 2])
    #expect(first.map(\.entry.gtxid) == [origin(5).gtxid, origin(5).gtxid])
    miner.acknowledge(2)
    // Half a snapshot is none.
    #expect(miner.position == .start)
    #expect(
      try events(miner.poll(limit: 10)).map(\.change.text) == [
        "snapshot item: id=2 n=1", "update item: id=1 n=2 -> id=1 n=1", "update item: id=2 n=1 -> id=2 n=1",
      ])
    miner.acknowledge(1)
    #expect(miner.position == MinerPosition(change: 2, time: 201))
    // Another one at the same position is told anew.
    let ids = try ([5, 6] as [UInt64]).map { number in
      var miner = try source.miner()
      try miner.takeSnapshot(for: origin(number), now: 300)
      return try messages(miner.poll(limit: 10))
    }
    #expect(Set(ids[0] + ids[1]).count == 4)
  }

  @Test func aSnapshotOfNothingIsDoneAtOnce() throws {
    let source = try Source()
    try source.database.execute(at: 4, "INSERT INTO item VALUES (1, 1); DELETE FROM item")
    var miner = try source.miner()
    #expect(try miner.takeSnapshot(of: ["item"], for: origin(5), now: 7) == 0)
    #expect(miner.position == MinerPosition(change: 2, time: 7))
    #expect(throws: CaptureError.unknownTable("other")) {
      try miner.takeSnapshot(of: ["other"], for: origin(5), now: 7)
    }
  }

  // MARK: Over many seeds

  /// Crashes at random between reading, publishing and storing the position. In the end every event of a committed change
  /// was published, nothing else was, each time the same, and those of one key in order.
  @Test(arguments: 0..<200) func crashesLoseNothingAndKeepTheOrder(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let source = try Source()
    var published: [Outbox.Entry] = []
    var stored = MinerPosition.start
    var miner = try source.miner()
    func work(_ random: inout SeededGenerator, crashes: Bool) throws {
      let batch = try events(miner.poll(limit: 1 + random.below(4)))
      let reached = crashes && random.chance(30) ? random.below(batch.count + 1) : batch.count
      published += batch[..<reached].map(\.entry)
      if crashes, random.chance(30) { return miner = try source.miner(from: stored) }
      miner.acknowledge(reached)
      stored = miner.position
      if crashes, random.chance(10) { miner = try source.miner(from: stored) }
    }
    for time in 1...Int64(20) {
      do {
        try source.database.write(at: time, for: random.chance(70) ? origin(UInt64(time)) : nil) { database in
          for _ in 0...random.below(4) {
            try database.run("REPLACE INTO item VALUES (?, ?)", [random.below(4), random.below(4)])
          }
          if random.chance(20) { throw Abandoned() }
        }
      } catch is Abandoned {
        // Nothing of it is ever published.
      }
      if random.chance(60) { try work(&random, crashes: true) }
    }
    while stored.change < (try source.log().newest) { try work(&random, crashes: false) }

    var undisturbed = try source.miner()
    let expected = try events(undisturbed.poll(limit: 100_000)).map(\.entry)
    var seen: Set<String> = []
    let first = published.filter { seen.insert($0.message).inserted }
    #expect(first.map(\.message) == expected.map(\.message), "seed \(seed)")
    let records = Dictionary(uniqueKeysWithValues: expected.map { ($0.message, $0.record) })
    for entry in published { #expect(entry.record == records[entry.message], "seed \(seed): \(entry.message)") }
  }
}
