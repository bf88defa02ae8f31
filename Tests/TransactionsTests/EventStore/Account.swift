import EventBus
import Testing
import TraceModel

@testable import Transactions

/// An account that may not go below zero.
struct Account: EventSourced {
  enum Command: Sendable {
    case pay(Int)
    case withdraw(Int)
    case look
  }

  enum Event: Sendable, Equatable {
    case paid(Int)
    case withdrawn(Int)
  }

  struct State: Sendable, Equatable {
    var balance = 0
    var moves = 0
  }

  enum Refusal: Sendable, Equatable { case poor(Int) }

  var stateSchema = 1
  var initial: State { State() }

  func decide(_ command: Command, _ state: State) -> Decision<Event, Refusal> {
    switch command {
    case .pay(let amount): .events([.paid(amount)])
    case .withdraw(let amount): state.balance < amount ? .refused(.poor(state.balance)) : .events([.withdrawn(amount)])
    case .look: .events([])
    }
  }

  func evolve(_ state: inout State, _ event: Event) {
    switch event {
    case .paid(let amount): state.balance += amount
    case .withdrawn(let amount): state.balance -= amount
    }
    state.moves += 1
  }

  func type(of event: Event) -> String {
    if case .paid = event { "PAID" } else { "WITHDRAWN" }
  }

  func encode(_ event: Event) -> [UInt8] {
    switch event {
    case .paid(let amount), .withdrawn(let amount): Array("\(amount)".utf8)
    }
  }

  struct Unknown: Error {}

  func event(type: String, payload: [UInt8]) throws -> Event {
    guard let amount = Int(String(decoding: payload, as: UTF8.self)) else { throw Unknown() }
    switch type {
    case "PAID": return .paid(amount)
    case "WITHDRAWN": return .withdrawn(amount)
    default: throw Unknown()
    }
  }

  func encode(_ state: State) -> [UInt8] { Array("\(state.balance) \(state.moves)".utf8) }

  func state(from bytes: [UInt8]) throws -> State {
    let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    guard parts.count == 2 else { throw Unknown() }
    return State(balance: parts[0], moves: parts[1])
  }
}

enum Made {
  static func gtxid(_ number: Int) -> GTXID {
    guard let id = GTXID(high: 0x8f3a, low: UInt64(number + 1)) else { preconditionFailure("no GTXID") }
    return id
  }

  static func origin(_ number: Int = 1) -> EventOrigin {
    guard let span = SpanID(UInt64(number) + 9), let parent = SpanID(8), let ltxid = LTXID(UInt32(number) + 1) else {
      preconditionFailure("no origin")
    }
    return EventOrigin(gtxid: gtxid(number), ltxid: ltxid, span: span, parent: parent)
  }

  static func event(_ id: String, _ amount: Int = 1, type: String = "PAID", origin number: Int = 1) -> NewEvent {
    NewEvent(id: id, type: type, payload: Array("\(amount)".utf8), origin: origin(number))
  }
}

/// The stores that keep the same promises.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case sqlite
  case bus
  case busOfThreePartitions

  var testDescription: String { rawValue }

  func make() throws -> any EventStore {
    switch self {
    case .sqlite:
      return SQLiteEventStore(try ServiceDatabase(name: "order", schema: SQLiteEventStore.schema))
    case .bus: return try bus(1)
    case .busOfThreePartitions: return try bus(3)
    }
  }

  private func bus(_ partitions: Int) throws -> BusEventStore {
    let broker = try Broker()
    try BusEventStore.createTopics("accounts", partitions: partitions, on: broker)
    let store = try BusEventStore("accounts", on: broker)
    try store.claimAll(now: 0)
    return store
  }
}
