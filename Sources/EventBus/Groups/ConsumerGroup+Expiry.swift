internal import OrderedCollections

extension ConsumerGroup {
  /// Carries out what is due at `now`: time-outs of sessions and polls, the ends of the phases of a rebalance.
  mutating func expire(now: Int64) {
    if let topic = createdTopic, state == .stable || state == .completingRebalance {
      createdTopic = nil
      prepareRebalance("topic \(topic) was created", now: now)
    }
    // Each removal may change the state of all others, so every member is looked up afresh.
    for id in Array(members.keys) {
      guard let member = members[id], let (deadline, reason) = deadline(of: member), now >= deadline else { continue }
      remove(member, reason: reason, now: now)
    }
    if now >= syncDeadline {
      syncDeadline = .max
      for id in Array(members.keys) {
        guard let member = members[id], !member.hasSynced, member.instance == nil else { continue }
        remove(member, reason: "did not ask for its assignment in time", now: now)
      }
    }
    completeJoinIfReady(now: now)
  }

  /// A member whose call is parked (it waits for the others) does not time out.
  private func deadline(of member: GroupMember) -> (time: Int64, reason: String)? {
    if member.isAwaitingJoin || (state == .completingRebalance && member.hasSynced) { return nil }
    let session = member.lastHeartbeat + settings.sessionTimeout
    let poll = member.lastPoll + settings.maximumPollInterval
    if state == .stable && poll < session { return (poll, "did not poll in time") }
    return (session, "was not heard of within its session time-out")
  }

  /// Every session begins anew: after an outage nobody could have been heard.
  mutating func restartTimers(now: Int64) {
    for index in members.values.indices {
      members.values[index].lastHeartbeat = now
      members.values[index].lastPoll = now
    }
    if state == .preparingRebalance && !join.isInitial { join.deadline = now + settings.maximumPollInterval }
    if syncDeadline != .max { syncDeadline = now + settings.maximumPollInterval }
    epoch += 1
  }

  /// Forgets offsets of a group that has had no members for the retention time.
  /// - Returns: the partitions whose offsets are gone.
  mutating func expireOffsets(now: Int64) -> [TopicPartition] {
    guard state == .empty, now >= emptySince + settings.offsetRetention else { return [] }
    let expired = offsets.elements.filter { now >= $0.value.time + settings.offsetRetention }.map(\.key)
    guard !expired.isEmpty else { return [] }
    for partition in expired { offsets.removeValue(forKey: partition) }
    note(.offsetsExpired(partitions: expired.count), now: now)
    return expired
  }

  /// Nothing would be lost with this group.
  func isForgettable(now: Int64) -> Bool {
    state == .empty && offsets.isEmpty && now >= emptySince + settings.offsetRetention
  }

  /// When `expire` or `expireOffsets` has something to do next.
  var nextDeadline: Int64? {
    if state == .empty {
      let oldest = offsets.values.map(\.time).min() ?? emptySince
      return max(emptySince, oldest) + settings.offsetRetention
    }
    var earliest = syncDeadline
    if state == .preparingRebalance { earliest = min(earliest, join.deadline) }
    for member in members.values {
      if let (time, _) = deadline(of: member) { earliest = min(earliest, time) }
    }
    return earliest == .max ? nil : earliest
  }
}
