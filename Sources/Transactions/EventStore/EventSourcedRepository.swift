internal import TraceModel

/// Loads entities of one kind from an event store, lets them decide, and appends what they decided.
public struct EventSourcedRepository<Entity: EventSourced, Store: EventStore>: Sendable {
  public let entity: Entity
  public let store: Store
  /// A snapshot is taken once so many events had to be folded; 0 takes none.
  public let snapshotEvery: Int
  /// How often a command is decided at most, before its conflicts are told; 1 or more.
  public let attempts: Int
  private let chunk = 256

  public init(_ entity: Entity, in store: Store, snapshotEvery: Int = 64, attempts: Int = 4) {
    precondition(snapshotEvery >= 0, "a snapshot every \(snapshotEvery) events is none: 0 or more")
    precondition(attempts >= 1, "a command is decided once at least, not \(attempts) times")
    self.entity = entity
    self.store = store
    self.snapshotEvery = snapshotEvery
    self.attempts = attempts
  }

  /// An entity as it was after one of its events.
  public struct Loaded: Sendable {
    public var state: Entity.State
    public var version: Int64
    /// How many events were folded to come here.
    public var folded: Int
    /// The version of the snapshot at which the fold began; 0 without one.
    public var snapshot: Int64
  }

  // MARK: Loading

  /// The entity as it is now.
  /// - Throws: what the store throws, and what the entity has against an event.
  public func load(_ stream: String) throws -> Loaded {
    try load(stream, version: .max)
  }

  /// The entity as it was at `moment`: after all events recorded then or before.
  /// - Parameter moment: nanoseconds since the Unix epoch.
  public func load(_ stream: String, at moment: Int64) throws -> Loaded {
    try load(stream, version: try store.version(of: stream, at: moment))
  }

  /// The entity as it was after its first `version` events; as it is now when it has fewer.
  /// - Parameter version: 0 or more.
  public func load(_ stream: String, version: Int64) throws -> Loaded {
    var loaded = try start(stream, version)
    while loaded.version < version {
      let wanted = Int(min(Int64(chunk), version - loaded.version))
      let events = try store.read(stream, after: loaded.version, limit: wanted)
      for event in events {
        precondition(event.version == loaded.version + 1, "version \(event.version) of \(stream) follows no other")
        entity.evolve(&loaded.state, try entity.event(type: event.type, payload: event.payload))
        loaded.version = event.version
        loaded.folded += 1
      }
      if events.count < wanted { break }
    }
    return loaded
  }

  /// The state after each event, oldest first: an entity's whole history.
  public func history(_ stream: String) throws -> [(event: StoredEvent, state: Entity.State)] {
    var steps: [(event: StoredEvent, state: Entity.State)] = []
    var state = entity.initial
    while true {
      let events = try store.read(stream, after: Int64(steps.count), limit: chunk)
      for event in events {
        entity.evolve(&state, try entity.event(type: event.type, payload: event.payload))
        steps.append((event, state))
      }
      if events.count < chunk { return steps }
    }
  }

  private func start(_ stream: String, _ version: Int64) throws -> Loaded {
    if snapshotEvery > 0, version > 0,
      let kept = try store.snapshot(of: stream, upTo: version, schema: entity.stateSchema),
      let state = try? entity.state(from: kept.state)
    {
      return Loaded(state: state, version: kept.version, folded: 0, snapshot: kept.version)
    }
    return Loaded(state: entity.initial, version: 0, folded: 0, snapshot: 0)
  }

  // MARK: Commands

  /// Where a command comes from.
  public struct CommandContext: Sendable {
    /// The same each time the command is delivered. Its events are called `id/0`, `id/1` …
    public var id: String
    public var origin: EventOrigin
    /// Nanoseconds since the Unix epoch.
    public var now: Int64

    public init(id: String, origin: EventOrigin, now: Int64) {
      self.id = id
      self.origin = origin
      self.now = now
    }
  }

  /// What became of a command.
  public struct Execution: Sendable {
    public enum Outcome: Sendable {
      /// What happened, and where the last event lies: a reader passes that on to see it in a view.
      case done([Entity.Event], position: EventPosition)
      /// The command has no effect on an entity in this state.
      case nothing
      case refused(Entity.Refusal)
      /// The command was carried out before; nothing was appended now.
      case duplicate
      /// Others were faster each time.
      case conflict(AppendConflict)
    }

    public var outcome: Outcome
    /// The entity after it, as far as this call has seen.
    public var state: Entity.State
    public var version: Int64
    /// How often it was decided; 0 for a duplicate.
    public var attempts: Int
    /// Why a snapshot that was due could not be kept. The command is done all the same.
    public var snapshotFailure: String?
  }

  /// Loads, decides and appends; when somebody else appended meanwhile, all of it anew, at most `attempts` times.
  /// - Throws: what the store throws, and what the entity has against an event. Whether something was appended may be
  ///   unknown then: carry out the same command again, under the same id.
  public func execute(_ command: Entity.Command, on stream: String, _ context: CommandContext) throws -> Execution {
    var attempt = 1
    while true {
      let loaded = try load(stream)
      if try store.event("\(context.id)/0", in: stream) != nil {
        // It may have been appended since the load.
        let newest = try load(stream)
        return Execution(outcome: .duplicate, state: newest.state, version: newest.version, attempts: 0)
      }
      var done = Execution(outcome: .nothing, state: loaded.state, version: loaded.version, attempts: attempt)
      guard case .events(let events) = decide(command, &done), !events.isEmpty else { return done }
      done = try append(events, to: stream, after: loaded, context)
      done.attempts = attempt
      guard case .conflict = done.outcome, attempt < attempts else { return done }
      attempt += 1
    }
  }

  /// Appends what was decided on an entity as it was loaded, for a caller who decides by other means than a command.
  /// - Parameter events: one or more.
  /// - Throws: what the store throws, and what the entity has against an event.
  public func append(
    _ events: [Entity.Event], to stream: String, after loaded: Loaded, _ context: CommandContext
  ) throws -> Execution {
    var done = Execution(outcome: .nothing, state: loaded.state, version: loaded.version, attempts: 1)
    let appended = try store.append(
      newEvents(events, context), to: stream, expectedVersion: loaded.version, now: context.now)
    switch appended {
    case .appended(let version, let position):
      for event in events { entity.evolve(&done.state, event) }
      done.version = version
      done.outcome = .done(events, position: position)
      done.snapshotFailure = keepSnapshot(stream, loaded, done, now: context.now)
    case .duplicate:
      let newest = try load(stream)
      done = Execution(outcome: .duplicate, state: newest.state, version: newest.version, attempts: 1)
    case .conflict(let conflict): done.outcome = .conflict(conflict)
    }
    return done
  }

  private func decide(_ command: Entity.Command, _ done: inout Execution) -> Decision<Entity.Event, Entity.Refusal> {
    let decision = entity.decide(command, done.state)
    if case .refused(let refusal) = decision { done.outcome = .refused(refusal) }
    return decision
  }

  private func newEvents(_ events: [Entity.Event], _ context: CommandContext) -> [NewEvent] {
    events.enumerated().map { index, event in
      NewEvent(
        id: "\(context.id)/\(index)", type: entity.type(of: event), payload: entity.encode(event),
        origin: context.origin)
    }
  }

  /// A failure here must not look like one of the command, which is done.
  private func keepSnapshot(_ stream: String, _ loaded: Loaded, _ done: Execution, now: Int64) -> String? {
    guard snapshotEvery > 0, done.version - loaded.snapshot >= Int64(snapshotEvery) else { return nil }
    do {
      try store.keep(
        StateSnapshot(
          stream: stream, version: done.version, schema: entity.stateSchema, state: entity.encode(done.state),
          taken: now))
      return nil
    } catch {
      return "\(error)"
    }
  }
}
