internal import Concurrency
internal import OrderedCollections

extension GroupCoordinator {
  /// Checks all commits, hands their records to `write`, and keeps them once it has written: before anybody else gets to
  /// the groups.
  func commit(
    _ commits: [Transaction.Commit], now: Int64, effects: inout Effects,
    _ write: ([OffsetCommitRecord], inout Effects) throws(BusError) -> Void
  ) throws(BusError) {
    try state.withLock { state throws(BusError) in
      guard state.isAvailable else { throw .unavailable("the broker") }
      var records: [OffsetCommitRecord] = []
      for commit in commits {
        guard let index = state.groups.index(forKey: commit.member.group) else {
          throw .unknownMember(group: commit.member.group, member: commit.member.member)
        }
        let epoch = state.groups.values[index].epoch
        state.groups.values[index].expire(now: now)
        settle(&state, index, since: epoch, effects: &effects)
        try requireCommit(by: commit.member, in: state.groups.values[index])
        try check(commit.offsets, in: state.groups.values[index], allowingRewind: false)
        records += Self.records(of: commit.offsets, group: commit.member.group, now: now)
      }
      try write(records, &effects)
      for record in records { state.groups[record.group]?.offsets[record.partition] = record.committed }
      for commit in commits { state.groups[commit.member.group]?.members[commit.member.member]?.lastHeartbeat = now }
    }
  }
}
