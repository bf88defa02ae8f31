// Event store: streams of events that are only ever appended to, in SQLite or on the bus. It never changes an event,
// never answers a question about anything but a key, and never reads a clock: the time is passed in.

/// Streams of events under optimistic concurrency, each found by its key and by nothing else: for other questions there
/// are projections (Richardson, "Microservices Patterns", 6.1; Young, "CQRS Documents").
///
/// What ``SQLiteEventStore`` and ``BusEventStore`` promise alike: an append is written whole or not at all; a stream's
/// versions are 1 … n without a gap; an event id is stored once in its stream, however often it is sent; a partition's
/// positions are 1 … n without a gap in the order of commits; within a stream `recorded` never goes back.
public protocol EventStore: EventSource {
  /// Appends all events to one stream, or none.
  ///
  /// An append that was made before, by the ids of its events, is found and not made again, whatever version is
  /// expected.
  /// - Parameters:
  ///   - events: one or more, with ids that differ.
  ///   - expectedVersion: how many events the stream has as far as the caller knows; 0 for a new one; nil for any.
  ///   - now: nanoseconds since the Unix epoch; when the stream's last event is newer, that one's time is taken.
  /// - Throws: `EventStoreError`, `DatabaseError`, `BusError`. Nothing was written then, except after the bus's
  ///   `syncFailed`: make the same append again, with the same ids.
  func append(
    _ events: [NewEvent], to stream: String, expectedVersion: Int64?, now: Int64
  ) throws -> AppendOutcome

  /// The events of a stream behind `version`, oldest first; none for a stream that does not exist.
  /// - Parameter limit: the most events; 1 or more.
  func read(_ stream: String, after version: Int64, limit: Int) throws -> [StoredEvent]

  /// How many events the stream has; 0 for one that does not exist.
  func version(of stream: String) throws -> Int64

  /// How many events the stream had at `moment` (nanoseconds since the Unix epoch), those of that very moment included.
  func version(of stream: String, at moment: Int64) throws -> Int64

  /// The event of that id; nil when the stream has none.
  func event(_ id: String, in stream: String) throws -> StoredEvent?

  /// The newest snapshot that the store has of the stream, at most of `version`, and of this schema only.
  func snapshot(of stream: String, upTo version: Int64, schema: Int) throws -> StateSnapshot?

  /// Keeps a snapshot. It is a shortcut to what the events say, and may be lost or refused without harm.
  func keep(_ snapshot: StateSnapshot) throws

  func statistics() throws -> EventStoreStatistics
}

/// What became of an append.
public enum AppendOutcome: Sendable, Hashable {
  /// `position` is that of the last event.
  case appended(version: Int64, position: EventPosition)
  /// These events were appended before, and are in the stream once. `version` and `position` are those of the last one.
  case duplicate(version: Int64, position: EventPosition)
  /// Somebody else was there first; nothing was written.
  case conflict(AppendConflict)
}

/// An append met another version than its caller knew.
public struct AppendConflict: Error, Sendable, Hashable, CustomStringConvertible {
  public var stream: String
  public var expected: Int64
  public var actual: Int64

  public var description: String {
    "stream \"\(stream)\" is at version \(actual), not at \(expected): load it again and decide anew"
  }
}

/// The state that a stream's first events add up to.
public struct StateSnapshot: Sendable, Hashable {
  public var stream: String
  /// The version of the last event in it.
  public var version: Int64
  /// The version of its encoding. One of another schema than the reader's is never read.
  public var schema: Int
  public var state: [UInt8]
  /// When it was taken: nanoseconds since the Unix epoch.
  public var taken: Int64

  public init(stream: String, version: Int64, schema: Int, state: [UInt8], taken: Int64) {
    self.stream = stream
    self.version = version
    self.schema = schema
    self.state = state
    self.taken = taken
  }
}

/// How large a store is.
public struct EventStoreStatistics: Sendable, Hashable, Codable {
  public var streams: Int
  public var events: Int64
  /// Of all payloads.
  public var payloadBytes: Int64
  public var snapshots: Int

  public init(streams: Int, events: Int64, payloadBytes: Int64, snapshots: Int) {
    self.streams = streams
    self.events = events
    self.payloadBytes = payloadBytes
    self.snapshots = snapshots
  }
}

/// What an event store refuses.
public enum EventStoreError: Error, Sendable, Hashable, CustomStringConvertible {
  /// An id that the stream has was sent with other content, in another order, or twice in one append.
  case idReused(String, stream: String)
  case emptyAppend(stream: String)
  /// This handle may read the partition, but does not write it.
  case notWriter(stream: String, partition: Int)
  /// The topic would forget events, or change them.
  case unsuitableTopic(String, reason: String)
  /// A record in an event store's topic is no event of it: somebody else writes there.
  case foreignRecord(topic: String, partition: Int, offset: Int64, reason: String)
  /// A row cannot be read as an event.
  case unreadableEvent(position: Int64, reason: String)

  public var description: String {
    switch self {
    case .idReused(let id, let stream):
      "event id \"\(id)\" is in stream \"\(stream)\" with other content: give each new event an id of its own"
    case .emptyAppend(let stream): "an append to stream \"\(stream)\" has no events: send one at least"
    case .notWriter(let stream, let partition):
      "stream \"\(stream)\" lies in partition \(partition), which another writer has: send the command there"
    case .unsuitableTopic(let topic, let reason): "topic \"\(topic)\" cannot be an event store: \(reason)"
    case .foreignRecord(let topic, let partition, let offset, let reason):
      "the record at offset \(offset) of \(topic)-\(partition) is no event (\(reason)): who else writes to that topic?"
    case .unreadableEvent(let position, let reason):
      "the event at position \(position) cannot be read: \(reason)"
    }
  }
}

/// Checks that hold for every store.
enum AppendRules {
  static func check(_ events: [NewEvent], stream: String) throws(EventStoreError) {
    guard !events.isEmpty else { throw .emptyAppend(stream: stream) }
    guard events.count > 1 else { return }
    var ids = Set<String>()
    for event in events where !ids.insert(event.id).inserted { throw .idReused(event.id, stream: stream) }
  }

  /// What an append is whose ids were looked up: nil when none of them is there.
  /// - Parameter known: for each event the stored one of its id.
  static func duplicate(
    _ events: [NewEvent], _ known: [StoredEvent?], stream: String
  ) throws(EventStoreError) -> AppendOutcome? {
    guard known.contains(where: { $0 != nil }) else { return nil }
    var last: StoredEvent?
    for (event, stored) in zip(events, known) {
      guard let stored, stored.isSame(as: event), last.map({ $0.version + 1 == stored.version }) ?? true else {
        let reused = zip(events, known).first { $1 != nil }?.0.id ?? event.id
        throw .idReused(reused, stream: stream)
      }
      last = stored
    }
    return last.map { .duplicate(version: $0.version, position: $0.position) }
  }
}
