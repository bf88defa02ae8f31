internal import OrderedCollections

/// One group's members, state and committed offsets: rules only, without lock, clock or I/O.
///
/// It is Kafka's classic protocol with one change: the coordinator computes the assignment when the leader syncs.
struct ConsumerGroup: Sendable {
  let name: String
  var settings: GroupSettings
  private(set) var state = GroupState.empty
  var generation = 0
  /// In the order in which they joined.
  var members = OrderedDictionary<String, GroupMember>()
  var leader: String?
  var offsets = OrderedDictionary<TopicPartition, CommittedOffset>()
  /// When the state became `empty`.
  var emptySince: Int64
  var join = JoinPhase()
  /// Members that have not synced by then are removed.
  var syncDeadline: Int64 = .max
  /// A topic that members subscribe to was created; the next call that knows the time starts the rebalance.
  var createdTopic: String?
  /// Offsets were moved by hand: commits of the old generation would undo that.
  var refusesCommits = false
  var rebalances = RebalanceRecord()
  /// Rises whenever members must look again; waiters for the group wake on it.
  var epoch: UInt64 = 0
  var events: [GroupEvent] = []

  init(name: String, settings: GroupSettings, now: Int64) {
    self.name = name
    self.settings = settings
    emptySince = now
  }

  mutating func transition(to next: GroupState, now: Int64) {
    precondition(
      next.validPreviousStates.contains(state), "A consumer group went from \(state) to \(next), which is no step.")
    note(.stateChanged(from: state, to: next), now: now)
    state = next
    epoch += 1
    if next == .empty { emptySince = now }
  }

  mutating func note(_ kind: GroupEvent.Kind, now: Int64) {
    events.append(GroupEvent(time: now, group: name, generation: generation, kind: kind))
  }

  /// The member that `identity` names, after the checks that every call of a member passes.
  func checkedMember(_ identity: MemberIdentity) throws(BusError) -> GroupMember {
    members.values[try checkedIndex(identity)]
  }

  /// The place of the member that `identity` names among the members, after the same checks.
  func checkedIndex(_ identity: MemberIdentity) throws(BusError) -> Int {
    if let instance = identity.instance { try checkHolder(of: instance, is: identity.member) }
    guard let index = members.index(forKey: identity.member) else {
      throw .unknownMember(group: name, member: identity.member)
    }
    guard identity.generation == generation else {
      throw .illegalGeneration(
        group: name, member: identity.member, given: identity.generation, current: generation)
    }
    return index
  }

  /// Refuses a member whose static id another one holds now.
  func checkHolder(of instance: String, is member: String) throws(BusError) {
    if let holder = members.values.first(where: { $0.instance == instance }), holder.id != member {
      throw .fencedInstance(group: name, instance: instance, member: member)
    }
  }

  func membership(of member: GroupMember) -> Membership {
    let phase: Membership.Phase =
      switch state {
      case .stable where member.hasSynced: .stable
      case .stable, .completingRebalance: .syncing
      case .empty, .preparingRebalance, .dead: .joining
      }
    return Membership(
      identity: MemberIdentity(group: name, member: member.id, instance: member.instance, generation: generation),
      phase: phase, isLeader: leader == member.id, assignment: phase == .stable ? member.assignment : [],
      heartbeatInterval: settings.heartbeatInterval, epoch: epoch)
  }
}

/// A member as the coordinator knows it. Times are nanoseconds.
struct GroupMember: Sendable {
  let id: String
  let client: String
  let instance: String?
  var topics: [String]
  let joinedAt: Int64
  var lastHeartbeat: Int64
  var lastPoll: Int64
  /// Has joined the rebalance that is being prepared.
  var isAwaitingJoin = false
  /// Has asked for its assignment in this generation.
  var hasSynced = false
  /// What it owns, or owned until the rebalance that is under way.
  var assignment: [TopicPartition] = []
}

/// A group's place in a partition, and when it was committed (nanoseconds).
public struct CommittedOffset: Sendable, Hashable, Codable {
  public let offset: Int64
  public let time: Int64
}

/// The waiting of a rebalance for its members.
struct JoinPhase: Sendable {
  var deadline: Int64 = .max
  /// The first rebalance of an empty group waits a while for members that are not known yet.
  var isInitial = false
  /// An initial wait is never prolonged beyond this.
  var latest: Int64 = .max
  var hasNewMember = false
}

/// What a screen says about a group's rebalances.
struct RebalanceRecord: Sendable {
  var completed = 0
  var startedAt: Int64?
  var completedAt: Int64?
  var reason: String?
}
