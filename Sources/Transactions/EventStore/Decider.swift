/// The decision logic of one kind of entity, as pure functions (Chassaing, "Functional Event Sourcing Decider").
///
/// `decide` and `evolve` look at nothing but what they are given: no clock, no database, no other entity.
public protocol Decider: Sendable {
  associatedtype Command: Sendable
  associatedtype Event: Sendable
  associatedtype State: Sendable
  associatedtype Refusal: Sendable

  /// The state of an entity of which nothing has happened yet.
  var initial: State { get }

  /// What happens because of a command: events in order, maybe none, or a refusal.
  func decide(_ command: Command, _ state: State) -> Decision<Event, Refusal>

  /// The state after an event. It never refuses: the event has happened.
  func evolve(_ state: inout State, _ event: Event)
}

/// What became of a command.
public enum Decision<Event: Sendable, Refusal: Sendable>: Sendable {
  case events([Event])
  case refused(Refusal)
}

extension Decision: Equatable where Event: Equatable, Refusal: Equatable {}

extension Decider {
  /// The state that events add up to.
  public func fold(_ events: some Sequence<Event>) -> State {
    var state = initial
    for event in events { evolve(&state, event) }
    return state
  }
}

/// A decider whose events and states have bytes.
public protocol EventSourced: Decider {
  /// The version of a state's encoding: snapshots of any other are ignored, and taken anew. Raise it also when `evolve`
  /// changes, for a snapshot holds what the old one made of the events.
  var stateSchema: Int { get }

  func type(of event: Event) -> String
  func encode(_ event: Event) -> [UInt8]
  /// Reads every event that was ever written: events keep their types and their encodings for ever.
  /// - Throws: why it cannot be read.
  func event(type: String, payload: [UInt8]) throws -> Event

  func encode(_ state: State) -> [UInt8]
  /// - Throws: why it cannot be read; the state is then folded from its events.
  func state(from bytes: [UInt8]) throws -> State
}
