import Testing
import TraceModel

@testable import Transactions

/// What every event store promises.
@Suite struct EventStoreTests {
  @Test(arguments: StoreKind.allCases)
  func aStreamIsReadAsItWasAppended(kind: StoreKind) throws {
    let store = try kind.make()
    let first = try store.append(
      [Made.event("a", 5), Made.event("b", 6)], to: "account/1", expectedVersion: 0, now: 10)
    guard case .appended(2, let position) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(position.number == 2)
    try appended(store.append([Made.event("c", 7)], to: "account/1", expectedVersion: 2, now: 20))
    let events = try store.read("account/1", after: 0, limit: 100)
    #expect(events.map(\.id) == ["a", "b", "c"])
    #expect(events.map(\.version) == [1, 2, 3])
    #expect(events.map(\.recorded) == [10, 10, 20])
    #expect(try store.read("account/1", after: 1, limit: 1).map(\.id) == ["b"])
    #expect(try store.read("account/1", after: 3, limit: 1).isEmpty)
    #expect(try store.read("nobody", after: 0, limit: 1).isEmpty)
    #expect(try store.version(of: "account/1") == 3)
    #expect(try store.version(of: "nobody") == 0)
  }

  @Test(arguments: StoreKind.allCases)
  func whatSubscribersReadKeepsTheTransaction(kind: StoreKind) throws {
    let store = try kind.make()
    var alone = Made.event("b", origin: 5)
    alone.origin.parent = nil
    try appended(store.append([Made.event("a", origin: 3), alone], to: "s", expectedVersion: nil, now: 1))
    let partition = (0..<store.partitionCount).first { (try? store.end(partition: $0)) ?? 0 > 0 } ?? 0
    let events = try store.read(partition: partition, after: 0, limit: 10).events
    #expect(events.map(\.origin) == [Made.origin(3), alone.origin])
    #expect(events == (try store.read("s", after: 0, limit: 10)))
  }

  @Test(arguments: StoreKind.allCases)
  func aConflictSaysBothVersionsAndWritesNothing(kind: StoreKind) throws {
    let store = try kind.make()
    try appended(store.append([Made.event("a")], to: "s", expectedVersion: 0, now: 1))
    for expected: Int64 in [0, 2, 7] {
      let outcome = try store.append([Made.event("b\(expected)")], to: "s", expectedVersion: expected, now: 2)
      #expect(outcome == .conflict(AppendConflict(stream: "s", expected: expected, actual: 1)))
    }
    #expect(
      try store.append([Made.event("c")], to: "t", expectedVersion: 1, now: 2)
        == .conflict(AppendConflict(stream: "t", expected: 1, actual: 0)))
    #expect(try store.statistics() == EventStoreStatistics(streams: 1, events: 1, payloadBytes: 1, snapshots: 0))
  }

  @Test(arguments: StoreKind.allCases)
  func anAppendThatIsMadeAgainIsFound(kind: StoreKind) throws {
    let store = try kind.make()
    let events = [Made.event("a", 5), Made.event("b", 6)]
    try appended(store.append(events, to: "s", expectedVersion: 0, now: 1))
    try appended(store.append([Made.event("c")], to: "s", expectedVersion: 2, now: 2))
    for expected: Int64? in [0, 3, nil] {
      let again = try store.append(events, to: "s", expectedVersion: expected, now: 3)
      guard case .duplicate(2, _) = again else {
        Issue.record("\(again)")
        continue
      }
    }
    #expect(try store.version(of: "s") == 3)
    // The same id in another stream is another event.
    try appended(store.append([Made.event("a", 5)], to: "t", expectedVersion: 0, now: 3))
  }

  @Test(arguments: StoreKind.allCases)
  func anIdIsNeverUsedForSomethingElse(kind: StoreKind) throws {
    let store = try kind.make()
    try appended(store.append([Made.event("a", 5), Made.event("b", 6)], to: "s", expectedVersion: 0, now: 1))
    let wrong = [
      [Made.event("a", 9)], [Made.event("b", 6), Made.event("a", 5)], [Made.event("x"), Made.event("b", 6)],
      [Made.event("a", 5, type: "OTHER")], [Made.event("y"), Made.event("y")],
    ]
    for events in wrong {
      #expect(throws: EventStoreError.self) { try store.append(events, to: "s", expectedVersion: 2, now: 2) }
    }
    #expect(throws: EventStoreError.emptyAppend(stream: "s")) {
      try store.append([], to: "s", expectedVersion: 2, now: 2)
    }
    #expect(try store.version(of: "s") == 2)
  }

  @Test(arguments: StoreKind.allCases)
  func timeWithinAStreamNeverGoesBack(kind: StoreKind) throws {
    let store = try kind.make()
    for (index, now) in [Int64(10), 30, 20, 40].enumerated() {
      try appended(store.append([Made.event("\(index)")], to: "s", expectedVersion: Int64(index), now: now))
    }
    #expect(try store.read("s", after: 0, limit: 9).map(\.recorded) == [10, 30, 30, 40])
    let versions = try [Int64(9), 10, 29, 30, 39, 40, 99].map { try store.version(of: "s", at: $0) }
    #expect(versions == [0, 1, 1, 3, 3, 4, 4])
    #expect(try store.version(of: "nobody", at: 99) == 0)
  }

  @Test(arguments: StoreKind.allCases)
  func aSnapshotOfAnotherSchemaIsNotSeen(kind: StoreKind) throws {
    let store = try kind.make()
    try store.keep(StateSnapshot(stream: "s", version: 4, schema: 1, state: [4], taken: 1))
    try store.keep(StateSnapshot(stream: "s", version: 8, schema: 1, state: [8], taken: 2))
    #expect(try store.snapshot(of: "s", upTo: 9, schema: 1)?.state == [8])
    #expect(try store.snapshot(of: "s", upTo: 9, schema: 2) == nil)
    #expect(try store.snapshot(of: "s", upTo: 3, schema: 1) == nil)
    #expect(try store.snapshot(of: "t", upTo: 9, schema: 1) == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func readersOfAllEventsMissNone(kind: StoreKind) throws {
    let store = try kind.make()
    for number in 0..<60 {
      try appended(
        store.append(
          [Made.event("\(number)a"), Made.event("\(number)b")], to: "s\(number % 7)", expectedVersion: nil, now: 1))
    }
    var seen: [String] = []
    for partition in 0..<store.partitionCount {
      var position: Int64 = 0
      while true {
        let batch = try store.read(partition: partition, after: position, limit: 7)
        #expect(
          batch.events.map(\.position.number) == Array((position + 1)..<(position + 1 + Int64(batch.events.count))))
        seen += batch.events.map(\.id)
        position = batch.through
        if batch.isLast { break }
      }
      #expect(try store.end(partition: partition) == position)
    }
    #expect(seen.count == 120 && Set(seen).count == 120)
  }
}

func appended(_ outcome: AppendOutcome, _ location: SourceLocation = #_sourceLocation) throws {
  guard case .appended = outcome else {
    Issue.record("\(outcome)", sourceLocation: location)
    return
  }
}
