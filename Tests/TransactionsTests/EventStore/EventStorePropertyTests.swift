import EventBus
import TestSupport
import Testing

@testable import Transactions

/// Event stores against the plainest model of one, over many seeds: interleaved writers with stale knowledge, appends
/// that are sent again, transactions that crash before their commit.
@Suite struct EventStorePropertyTests {
  private struct Model {
    var streams: [String: [(id: String, amount: Int)]] = [:]
    var order: [String] = []

    func version(_ stream: String) -> Int64 { Int64(streams[stream]?.count ?? 0) }
  }

  private struct Writer {
    var known: [String: Int64] = [:]
    var last: (events: [NewEvent], stream: String)?
  }

  @Test(arguments: StoreKind.allCases)
  func theStoreIsTheModel(kind: StoreKind) throws {
    for seed in 0..<200 {
      var numbers = SeededGenerator(seed: UInt64(seed))
      var store = try kind.make()
      var model = Model()
      var writers = [Writer(), Writer(), Writer()]
      for step in 0..<40 {
        try act(&writers[numbers.below(3)], step, &store, &model, &numbers, "seed \(seed) step \(step)")
      }
      try compare(store, model, "seed \(seed)")
    }
  }

  private func act(
    _ writer: inout Writer, _ step: Int, _ store: inout any EventStore, _ model: inout Model,
    _ numbers: inout SeededGenerator, _ place: String
  ) throws {
    let stream = "s\(numbers.below(4))"
    switch numbers.below(10) {
    case 0, 1: writer.known[stream] = try store.version(of: stream)
    case 2:
      guard let last = writer.last else { return }
      let outcome = try store.append(last.events, to: last.stream, expectedVersion: 0, now: Int64(step))
      guard case .duplicate = outcome else {
        Issue.record("\(place): \(outcome)")
        return
      }
    case 3: try crash(step, stream, &store)
    default:
      let events = (0...numbers.below(2)).map { Made.event("\(step)/\($0)", numbers.below(9)) }
      let expected = writer.known[stream] ?? 0
      let outcome = try store.append(events, to: stream, expectedVersion: expected, now: Int64(step))
      let actual = model.version(stream)
      if expected != actual {
        #expect(
          outcome == .conflict(AppendConflict(stream: stream, expected: expected, actual: actual)), "\(place)")
        writer.known[stream] = actual
        return
      }
      guard case .appended(actual + Int64(events.count), _) = outcome else {
        Issue.record("\(place): \(outcome)")
        return
      }
      for event in events {
        model.streams[stream, default: []].append((event.id, Int(String(decoding: event.payload, as: UTF8.self)) ?? 0))
        model.order.append("\(stream) \(event.id)")
      }
      writer.known[stream] = actual + Int64(events.count)
      writer.last = (events, stream)
    }
  }

  /// A throw before the commit; on the bus a successor, after which the one thought dead tries once more.
  private func crash(_ step: Int, _ stream: String, _ store: inout any EventStore) throws {
    let event = Made.event("crash \(step)")
    if let bus = store as? BusEventStore {
      let successor = try BusEventStore("accounts", on: bus.broker)
      try successor.claimAll(now: Int64(step))
      #expect(throws: BusError.self) {
        try bus.append([event], to: stream, expectedVersion: nil, now: Int64(step))
      }
      store = successor
    } else if let store = store as? SQLiteEventStore {
      #expect(throws: Crash.self) {
        try store.database.write { database in
          _ = try store.append([event], to: stream, expectedVersion: nil, now: Int64(step), database)
          throw Crash()
        }
      }
    }
  }

  private func compare(_ store: any EventStore, _ model: Model, _ place: String) throws {
    for number in 0..<4 {
      let events = try store.read("s\(number)", after: 0, limit: 1_000)
      let wanted = model.streams["s\(number)"] ?? []
      #expect(events.map(\.id) == wanted.map(\.id), "\(place)")
      #expect(events.map(\.version) == wanted.indices.map { Int64($0 + 1) }, "\(place)")
    }
    var all: [StoredEvent] = []
    for partition in 0..<store.partitionCount {
      let events = try store.read(partition: partition, after: 0, limit: 1_000).events
      #expect(events.map(\.position.number) == events.indices.map { Int64($0 + 1) }, "\(place)")
      all += events
    }
    let names = all.map { "\($0.stream) \($0.id)" }
    if store.partitionCount == 1 { #expect(names == model.order, "\(place)") }
    #expect(names.sorted() == model.order.sorted(), "\(place)")
    #expect(try store.statistics().events == Int64(model.order.count), "\(place)")
  }
}
