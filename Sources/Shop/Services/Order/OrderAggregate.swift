internal import GRDB
internal import Transactions

/// An order as the fold of its events. The sagas' rules say what should happen to it; what is left to decide here is
/// that an order is created first, and once.
struct OrderAggregate: EventSourced {
  typealias State = OrderTables.Order?

  struct Unreadable: Error, CustomStringConvertible {
    var description: String
  }

  var initial: State { nil }
  let stateSchema = 1

  func decide(_ command: [OrderEvent], _ state: State) -> Decision<OrderEvent, String> {
    for event in command {
      switch event {
      case .created: if state != nil { return .refused("the order was created before") }
      case .replied, .handedBack: break
      case .answered, .approved, .shipped, .cancelled, .refundAsked:
        if state == nil { return .refused("nothing happens to an order before it is created") }
      }
    }
    return .events(command)
  }

  func evolve(_ state: inout State, _ event: OrderEvent) { event.evolve(&state) }

  // MARK: As bytes

  func type(of event: OrderEvent) -> String { event.name.rawValue }
  func encode(_ event: OrderEvent) -> [UInt8] { event.fields.json }

  func event(type: String, payload: [UInt8]) throws -> OrderEvent {
    guard let name = OrderEvent.Name(rawValue: type), let fields = Payload(json: payload),
      let event = OrderEvent(name, fields)
    else { throw Unreadable(description: "no event of an order is written as \(type) \(payload.count) bytes") }
    return event
  }

  func encode(_ state: State) -> [UInt8] { (state?.document ?? Payload()).json }

  func state(from bytes: [UInt8]) throws -> State {
    guard let fields = Payload(json: bytes) else { throw Unreadable(description: "a snapshot is no JSON object") }
    return OrderTables.Order(document: fields)
  }
}

/// The order service's database where orders are event sourced. Of the events a store finds an order by its key only;
/// the table of orders is a view that each append brings up to date, for all other questions.
enum EventSourcedOrderTables: ServiceTables {
  static let schema =
    SQLiteEventStore.schema + EventSubscription.schema + Inbox.schema + SagaParticipant.schema + OrderTables.rows
    + Outbox.leaseSchema

  /// Of the view; events are kept for ever.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try OrderTables.prune(finishedBefore: time, keeping: orders, database)
  }
}
