internal import Concurrency
internal import OrderedCollections

/// Keeps the consumer groups of a broker: who belongs to them, who reads which partition, and what was committed.
///
/// One lock for all groups, taken once a call. Waiters and observers are told after it is free.
public final class GroupCoordinator: WaitSource {
  struct State {
    var groups = OrderedDictionary<String, ConsumerGroup>()
    var waiters: [(group: String, token: WaitToken)] = []
    var isAvailable = true
    var nextMember = 1

    /// Something of a group, which is not copied for it; nil when there is no such group.
    func group<Value>(_ name: String, _ value: (borrowing ConsumerGroup) -> Value) -> Value? {
      groups.index(forKey: name).map { value(groups.values[$0]) }
    }
  }

  /// Where commits are kept as records.
  public static let offsetsTopicName = "__consumer_offsets"
  /// One partition; only the newest commit of a place matters, so that it is compacted.
  public static let offsetsTopicSettings = TopicSettings(segmentBytes: 256 << 10, cleanup: .compact)

  let topics: TopicRegistry
  let log: Topic
  let events = ObserverFeed<GroupEvent>()
  let state = Locked(State())
  let defaults: GroupSettings

  init(topics: TopicRegistry, log: Topic, defaults: GroupSettings) {
    self.topics = topics
    self.log = log
    self.defaults = defaults
  }

  // MARK: - Membership

  /// Joins, or takes part in the rebalance that is being prepared. Waits for nothing: while the phase of the answer
  /// is `joining`, wait for the group and call it again.
  /// - Parameters:
  ///   - member: unique to one run of a consumer; `makeMemberID` makes one.
  ///   - client: what people call the consumer; the member's id by default.
  ///   - instance: a static id: whoever joins with the same one replaces this member and inherits its partitions.
  ///   - topics: those that do not exist count once they are created.
  ///   - settings: taken when the group is new or has no members.
  public func join(
    group: String, member: String, client: String? = nil, instance: String? = nil, topics: [String],
    settings: GroupSettings? = nil, now: Int64
  ) throws(BusError) -> Membership {
    try withEffects { (effects) throws(BusError) in
      try join(
        group: group, member: member, client: client, instance: instance, isReturning: false, topics: topics,
        settings: settings, now: now, effects: &effects)
    }
  }

  /// - Parameter isReturning: the member was in the group before. Another one that took over its static id meanwhile
  ///   keeps it.
  func join(
    group: String, member: String, client: String?, instance: String?, isReturning: Bool, topics: [String],
    settings: GroupSettings?, now: Int64, effects: inout Effects
  ) throws(BusError) -> Membership {
    try settings?.validate()
    try Self.validate(group: group)
    return try withGroup(group, creating: settings ?? defaults, now: now, effects: &effects) {
      (group, _) throws(BusError) in
      if isReturning, let instance { try group.checkHolder(of: instance, is: member) }
      if group.members.isEmpty, let settings { group.settings = settings }
      return try group.join(
        member: member, client: client ?? member, instance: instance, topics: topics, now: now)
    }
  }

  private static func validate(group: String) throws(BusError) {
    if group.isEmpty || group.utf8.count > 249 {
      throw .invalidSettings("a group's name has 1 to 249 bytes, not \(group.utf8.count)")
    }
  }

  /// Asks for the assignment of the generation that was joined; parked (phase `syncing`) until the leader asks.
  /// - Throws: `rebalanceInProgress`, `illegalGeneration`, `unknownMember`, `fencedInstance`, `unavailable`.
  public func sync(_ identity: MemberIdentity, now: Int64) throws(BusError) -> Membership {
    try withEffects { (effects) throws(BusError) in try sync(identity, now: now, effects: &effects) }
  }

  func sync(_ identity: MemberIdentity, now: Int64, effects: inout Effects) throws(BusError) -> Membership {
    try withKnownGroup(identity, now: now, effects: &effects) { [topics] (group, _) throws(BusError) in
      try group.sync(identity, partitionCount: { topics.find($0)?.partitionCount ?? 0 }, now: now)
    }
  }

  /// Keeps the session alive, and says whether the member must join again.
  /// - Parameter isPolling: false when it comes from beside the polling loop, so that it is no sign of progress.
  /// - Throws: `illegalGeneration`, `unknownMember`, `fencedInstance`, `unavailable`.
  public func heartbeat(
    _ identity: MemberIdentity, isPolling: Bool = true, now: Int64
  ) throws(BusError) -> HeartbeatAnswer {
    try withEffects { (effects) throws(BusError) in
      try heartbeat(identity, isPolling: isPolling, now: now, effects: &effects).answer
    }
  }

  func heartbeat(
    _ identity: MemberIdentity, isPolling: Bool, now: Int64, effects: inout Effects
  ) throws(BusError) -> (answer: HeartbeatAnswer, epoch: UInt64) {
    try withKnownGroup(identity, now: now, effects: &effects) { (group, _) throws(BusError) in
      (try group.heartbeat(identity, isPolling: isPolling, now: now), group.epoch)
    }
  }

  /// Takes the member out at once; the others rebalance.
  public func leave(_ identity: MemberIdentity, now: Int64) throws(BusError) {
    try withEffects { (effects) throws(BusError) in try leave(identity, now: now, effects: &effects) }
  }

  func leave(_ identity: MemberIdentity, now: Int64, effects: inout Effects) throws(BusError) {
    try withKnownGroup(identity, now: now, effects: &effects) { (group, _) throws(BusError) in
      try group.leave(identity, now: now)
    }
  }

  /// A member id that this broker has not given before.
  public func makeMemberID(client: String) -> String {
    state.withLock { state in
      defer { state.nextMember += 1 }
      return "\(client)-\(state.nextMember)"
    }
  }

  /// Wakes the waiter when the group's state or membership changes from what `epoch` stood for.
  func park(_ token: WaitToken, group: String, epoch: UInt64?, effects: inout Effects) {
    let mayWake = state.withLock { state in
      if state.isAvailable, epoch == nil || state.group(group, { $0.epoch }) != epoch { return true }
      state.waiters.append((group, token))
      return false
    }
    if mayWake { effects.wake(token) }
  }

  func forget(_ token: WaitToken) {
    state.withLock { state in state.waiters.removeAll { $0.token === token } }
  }
}
