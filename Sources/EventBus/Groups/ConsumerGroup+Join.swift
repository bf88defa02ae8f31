internal import OrderedCollections

extension ConsumerGroup {
  /// Adds the member, or lets a known one take part in the rebalance that is being prepared.
  mutating func join(
    member id: String, client: String, instance: String?, topics: [String], now: Int64
  ) throws(BusError) -> Membership {
    let topics = topics.sorted()
    if let instance, let holder = members.values.first(where: { $0.instance == instance }), holder.id != id {
      return replace(holder, by: id, client: client, topics: topics, now: now)
    }
    if let known = members[id] {
      let hasChanged = known.topics != topics
      members[id]?.topics = topics
      if hasChanged && (state == .stable || state == .completingRebalance) {
        prepareRebalance("\(id) changed its subscription", now: now)
      }
    } else {
      add(
        GroupMember(
          id: id, client: client, instance: instance, topics: topics, joinedAt: now, lastHeartbeat: now,
          lastPoll: now), now: now)
    }
    return arrived(id, now: now)
  }

  private mutating func add(_ member: GroupMember, now: Int64) {
    members[member.id] = member
    if leader == nil { leader = member.id }
    note(.memberJoined(member: member.id), now: now)
    if state == .preparingRebalance {
      join.hasNewMember = true
    } else {
      prepareRebalance("\(member.id) joined", now: now)
    }
  }

  /// A restarted instance takes its predecessor's place, and its partitions without a rebalance where it can.
  private mutating func replace(
    _ holder: GroupMember, by id: String, client: String, topics: [String], now: Int64
  ) -> Membership {
    members.removeValue(forKey: holder.id)
    var member = GroupMember(
      id: id, client: client, instance: holder.instance, topics: topics, joinedAt: now, lastHeartbeat: now,
      lastPoll: now)
    member.assignment = holder.assignment
    // It asks for its assignment by joining, so nothing is left to wait for.
    member.hasSynced = state == .stable
    members[id] = member
    if leader == holder.id { leader = id }
    note(.memberLeft(member: holder.id, reason: "replaced by \(id), which has the same static id"), now: now)
    note(.memberJoined(member: id), now: now)
    epoch += 1
    if state == .completingRebalance || (state == .stable && holder.topics != topics) {
      prepareRebalance("\(id) replaced \(holder.id)", now: now)
    }
    return arrived(id, now: now)
  }

  private mutating func arrived(_ id: String, now: Int64) -> Membership {
    members[id]?.lastHeartbeat = now
    members[id]?.lastPoll = now
    if state == .preparingRebalance {
      members[id]?.isAwaitingJoin = true
      completeJoinIfReady(now: now)
    }
    guard let member = members[id] else {
      preconditionFailure("A member that has just joined is not in its group.")
    }
    return membership(of: member)
  }

  mutating func prepareRebalance(_ reason: String, now: Int64) {
    guard state != .preparingRebalance else { return }
    let isInitial = state == .empty
    let patience = settings.maximumPollInterval
    join = JoinPhase(
      deadline: now + (isInitial ? settings.initialRebalanceDelay : patience), isInitial: isInitial,
      latest: now + max(patience, settings.initialRebalanceDelay))
    syncDeadline = .max
    rebalances.startedAt = now
    rebalances.reason = reason
    for index in members.values.indices {
      members.values[index].isAwaitingJoin = false
      members.values[index].hasSynced = false
    }
    note(.rebalanceStarted(reason: reason), now: now)
    transition(to: .preparingRebalance, now: now)
  }

  mutating func completeJoinIfReady(now: Int64) {
    guard state == .preparingRebalance else { return }
    if members.isEmpty { return completeJoin(now: now) }
    if !join.isInitial {
      if now >= join.deadline || members.values.allSatisfy(\.isAwaitingJoin) { completeJoin(now: now) }
    } else if now >= join.deadline {
      if join.hasNewMember && join.deadline < join.latest {
        join.hasNewMember = false
        join.deadline = min(join.deadline + max(settings.initialRebalanceDelay, 1), join.latest)
        completeJoinIfReady(now: now)
      } else {
        completeJoin(now: now)
      }
    }
  }

  /// Closes the membership of the next generation.
  private mutating func completeJoin(now: Int64) {
    for member in Array(members.values) where !member.isAwaitingJoin && member.instance == nil {
      members.removeValue(forKey: member.id)
      note(.memberLeft(member: member.id, reason: "did not rejoin in time"), now: now)
    }
    let joined = members.values.filter(\.isAwaitingJoin)
    guard members.isEmpty || !joined.isEmpty else {
      // Static members may still come back; their sessions end the wait.
      join.deadline = now + settings.maximumPollInterval
      return
    }
    generation += 1
    refusesCommits = false
    createdTopic = nil
    guard !members.isEmpty else {
      leader = nil
      return transition(to: .empty, now: now)
    }
    if !joined.contains(where: { $0.id == leader }) { leader = joined.first?.id }
    for index in members.values.indices {
      members.values[index].isAwaitingJoin = false
      members.values[index].lastHeartbeat = now
      members.values[index].lastPoll = now
    }
    syncDeadline = now + settings.maximumPollInterval
    transition(to: .completingRebalance, now: now)
  }
}
