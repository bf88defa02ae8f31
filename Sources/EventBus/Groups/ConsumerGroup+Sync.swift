internal import OrderedCollections

extension ConsumerGroup {
  /// Asks for the assignment. The leader's call hands out everybody's; other members that are early stay parked.
  mutating func sync(
    _ identity: MemberIdentity, partitionCount: (String) -> Int, now: Int64
  ) throws(BusError) -> Membership {
    let member = try checkedMember(identity)
    switch state {
    case .empty, .dead: throw .unknownMember(group: name, member: identity.member)
    case .preparingRebalance: throw .rebalanceInProgress(group: name)
    case .completingRebalance:
      members[member.id]?.hasSynced = true
      if member.id == leader { assign(partitionCount: partitionCount, now: now) }
    case .stable:
      members[member.id]?.hasSynced = true
    }
    if members.values.allSatisfy(\.hasSynced) { syncDeadline = .max }
    members[member.id]?.lastHeartbeat = now
    members[member.id]?.lastPoll = now
    return membership(of: members[member.id] ?? member)
  }

  private mutating func assign(partitionCount: (String) -> Int, now: Int64) {
    let shares = settings.assignor.assign(
      members: members.values.map { Assignor.Member(id: $0.id, instance: $0.instance, topics: $0.topics) },
      partitionCount: partitionCount)
    for (index, share) in shares.enumerated() {
      members.values[index].assignment = share
      members.values[index].lastHeartbeat = now
      members.values[index].lastPoll = now
    }
    rebalances.completed += 1
    rebalances.completedAt = now
    transition(to: .stable, now: now)
    note(
      .rebalanceCompleted(members: members.count, duration: now - (rebalances.startedAt ?? now)), now: now)
  }

  /// - Parameter isPolling: false for heartbeats that come from beside the polling loop.
  mutating func heartbeat(
    _ identity: MemberIdentity, isPolling: Bool, now: Int64
  ) throws(BusError) -> HeartbeatAnswer {
    let index = try checkedIndex(identity)
    if state == .empty || state == .dead { throw .unknownMember(group: name, member: identity.member) }
    members.values[index].lastHeartbeat = now
    if isPolling { members.values[index].lastPoll = now }
    return state == .stable ? .stable : .rebalance
  }

  mutating func leave(_ identity: MemberIdentity, now: Int64) throws(BusError) {
    guard let member = members[identity.member] else {
      throw .unknownMember(group: name, member: identity.member)
    }
    remove(member, reason: "left", now: now)
  }

  mutating func remove(_ member: GroupMember, reason: String, now: Int64) {
    members.removeValue(forKey: member.id)
    if leader == member.id { leader = members.keys.first }
    note(.memberLeft(member: member.id, reason: reason), now: now)
    epoch += 1
    prepareRebalance("\(member.id) \(reason)", now: now)
    completeJoinIfReady(now: now)
  }
}
