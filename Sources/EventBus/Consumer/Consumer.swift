internal import Concurrency

/// A member of a consumer group that keeps its positions, and joins again after a rebalance, by itself.
///
/// It has no clock, no task and no thread: whoever owns it polls, waits with `waitToken`, and calls `heartbeat` at
/// `nextDeadline` while a batch takes long. A consumer that is simply dropped is a crashed one: its session times out.
/// Use it from one task at a time. A waiter may poll at once.
public final class Consumer: Sendable {
  struct State {
    var member: String
    var membership: Membership?
    /// It was in the group before, as this member.
    var hasJoined = false
    /// The group changed; the next poll joins again.
    var mustJoin = false
    var epoch: UInt64?
    var assigned: [AssignedPartition] = []
    /// Which partition is read first next time, so that none starves.
    var first = 0
    var lastHeartbeat: Int64?
    var isClosed = false
  }

  struct AssignedPartition {
    let name: TopicPartition
    let topic: Topic
    /// The next record to deliver.
    var position: Int64
    /// What the group has committed, as far as this consumer knows.
    var committed: Int64?
    var isPaused = false
    /// The position was moved by `seek`, so that the next commit may go backwards.
    var wasMoved = false
  }

  public let group: String
  public let client: String
  public let topics: [String]
  let instance: String?
  let settings: ConsumerSettings
  let broker: Broker
  let state: Locked<State>

  /// - Parameters:
  ///   - client: what people call this consumer, for example `payment-1`; its member id is made from it.
  ///   - instance: a static id, which keeps partitions across a restart; nil for none.
  public init(
    broker: Broker, group: String, client: String, topics: [String], instance: String? = nil,
    settings: ConsumerSettings = ConsumerSettings()
  ) {
    self.broker = broker
    self.group = group
    self.client = client
    self.topics = topics
    self.instance = instance
    self.settings = settings
    state = Locked(State(member: broker.groups.makeMemberID(client: client)))
  }

  /// The id under which the group knows it.
  public var member: String { state.withLock { $0.member } }

  /// What it reads now; what it must give up, between the poll that says so and the next one.
  public var assignment: [TopicPartition] { state.withLock { $0.assigned.map(\.name) } }

  /// The next record of each assigned partition.
  public var positions: [PartitionOffset] {
    state.withLock { state in state.assigned.map { PartitionOffset(partition: $0.name, offset: $0.position) } }
  }

  /// When a heartbeat is due (nanoseconds); nil before the first poll and after `close`.
  public var nextDeadline: Int64? {
    state.withLock { state in
      guard let last = state.lastHeartbeat, let membership = state.membership, !state.isClosed else { return nil }
      return last + membership.heartbeatInterval
    }
  }

  /// Keeps the session alive while a batch takes long. It is no poll: a consumer that never polls is still removed.
  /// - Returns: `rebalance` when the next poll should come soon.
  /// - Throws: `unavailable`; `consumerClosed`. Other errors are left to the next poll.
  @discardableResult
  public func heartbeat(now: Int64) throws(BusError) -> HeartbeatAnswer {
    var effects = Effects()
    defer { effects.run() }
    return try state.withLock { state throws(BusError) in
      try requireOpen(state)
      guard let membership = state.membership else { return .rebalance }
      do throws(BusError) {
        let answer = try broker.groups.heartbeat(
          membership.identity, isPolling: false, now: now, effects: &effects
        ).answer
        state.lastHeartbeat = now
        return answer
      } catch .unavailable(let what) {
        throw .unavailable(what)
      } catch {
        return .rebalance
      }
    }
  }

  /// Calls `wake` once, when `poll` has something to do: records, a change of the group, or the broker's return. At
  /// once when that is so now. Do it after a poll that brought nothing; `wake` may poll.
  public func waitToken(wake: @escaping @Sendable () -> Void) throws(BusError) -> WaitToken {
    let token = WaitToken(wake)
    var effects = Effects()
    var sources: [any WaitSource] = [broker.groups]
    try state.withLock { state throws(BusError) in
      try requireOpen(state)
      guard let membership = state.membership, !state.mustJoin else {
        return broker.groups.park(token, group: group, epoch: nil, effects: &effects)
      }
      broker.groups.park(token, group: group, epoch: state.epoch, effects: &effects)
      guard membership.phase == .stable else { return }
      for partition in state.assigned where !partition.isPaused {
        sources.append(
          try partition.topic.park(
            token, partition: partition.name.partition, offset: partition.position, effects: &effects))
      }
    }
    token.attach(sources)
    effects.run()
    return token
  }

  /// Leaves the group, so that its partitions go to others at once, unless it has a static id. Commits nothing.
  public func close(now: Int64) {
    var effects = Effects()
    state.withLock { state in
      guard !state.isClosed else { return }
      state.isClosed = true
      state.assigned = []
      guard let identity = state.membership?.identity, instance == nil else { return }
      // A member that cannot say good-bye is removed when its session ends.
      try? broker.groups.leave(identity, now: now, effects: &effects)
    }
    effects.run()
  }

  func requireOpen(_ state: State) throws(BusError) {
    if state.isClosed { throw .consumerClosed(group: group, client: client) }
  }
}
