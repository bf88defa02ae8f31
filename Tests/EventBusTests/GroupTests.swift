import Testing

@testable import EventBus

@Suite struct GroupTests {
  private let place = TopicPartition(topic: "orders", partition: 0)

  private func offset(_ offset: Int64) -> [PartitionOffset] {
    [PartitionOffset(partition: place, offset: offset)]
  }

  @Test func theFirstRebalanceWaitsForFurtherMembers() throws {
    let broker = try Broker.with(groups: GroupSettings())
    let groups = broker.groups
    let a = try groups.join(group: "g", member: "a", topics: ["orders"], now: 0)
    #expect(a.phase == .joining)
    #expect(broker.nextDeadline == .seconds(3))
    _ = try groups.join(group: "g", member: "b", topics: ["orders"], now: .seconds(2))
    broker.tick(now: .seconds(3))
    // A member that came meanwhile prolongs the wait once more.
    #expect(groups.state(of: "g") == .preparingRebalance)
    broker.tick(now: .seconds(6) - 1)
    #expect(groups.state(of: "g") == .preparingRebalance)
    broker.tick(now: .seconds(6))
    #expect(groups.state(of: "g") == .completingRebalance)
    let again = try groups.join(group: "g", member: "a", topics: ["orders"], now: .seconds(6))
    #expect(again.phase == .syncing)
    #expect(again.isLeader)
    #expect(again.identity.generation == 1)
    #expect(try groups.sync(again.identity, now: .seconds(6)).assignment == [place])
    #expect(groups.state(of: "g") == .stable)
  }

  @Test func joiningAndLeavingRebalances() throws {
    let broker = try Broker.with()
    let groups = broker.groups
    let told = Recorder<GroupEvent.Kind>()
    broker.onGroupEvent { told.add($0.kind) }
    let alone = try groups.form("g", ["a"])
    #expect(alone[0].assignment.count == 2)
    let two = try groups.form("g", ["a", "b"])
    #expect(two.map(\.assignment.count) == [1, 1])
    #expect(two[0].identity.generation == 2)
    try groups.leave(two[1].identity, now: 5)
    #expect(try groups.heartbeat(two[0].identity, now: 5) == .rebalance)
    #expect(throws: BusError.unknownMember(group: "g", member: "b")) { try groups.heartbeat(two[1].identity, now: 5) }
    let back = try groups.form("g", ["a"], now: 6)
    #expect(back[0].assignment.count == 2)
    let view = try groups.snapshot(of: "g")
    #expect((view.rebalances, view.generation, view.leader) == (3, 3, "a"))
    #expect(view.lastRebalanceReason == "b left")
    #expect((view.lastRebalanceStarted, view.lastRebalanceCompleted) == (5, 6))
    #expect(told.all.contains(.rebalanceStarted(reason: "b joined")))
    #expect(told.all.contains(.memberLeft(member: "b", reason: "left")))
    #expect(told.all.last == .rebalanceCompleted(members: 1, duration: 1))
  }

  @Test func aSilentMemberIsRemovedWhenItsSessionEnds() throws {
    let broker = try Broker.with()
    let groups = broker.groups
    let members = try groups.form("g", ["a", "b"])
    _ = try groups.heartbeat(members[0].identity, now: .seconds(40))
    #expect(broker.nextDeadline == .seconds(45))
    broker.tick(now: .seconds(45) - 1)
    #expect(groups.state(of: "g") == .stable)
    broker.tick(now: .seconds(45))
    #expect(groups.state(of: "g") == .preparingRebalance)
    #expect(try groups.form("g", ["a"], now: .seconds(46))[0].assignment.count == 2)
    #expect(throws: BusError.unknownMember(group: "g", member: "b")) {
      try groups.commit(offset(0), by: members[1].identity, now: .seconds(46))
    }
  }

  @Test func aMemberThatHeartbeatsButNeverPollsIsRemoved() throws {
    let broker = try Broker.with()
    let member = try broker.groups.form("g", ["a"])[0]
    for second: Int64 in stride(from: 0, to: 300, by: 30) {
      #expect(try broker.groups.heartbeat(member.identity, isPolling: false, now: .seconds(second)) == .stable)
    }
    broker.tick(now: .seconds(300))
    #expect(broker.groups.state(of: "g") == .empty)
  }

  @Test func aRebalanceDoesNotWaitForMembersForEver() throws {
    let settings = GroupSettings(
      sessionTimeout: .seconds(1_000), maximumPollInterval: .seconds(60), initialRebalanceDelay: 0)
    let broker = try Broker.with(groups: settings)
    let members = try broker.groups.form("g", ["a", "b"])
    _ = try broker.groups.join(group: "g", member: "c", topics: ["orders"], now: .seconds(10))
    _ = try broker.groups.join(group: "g", member: "b", topics: ["orders"], now: .seconds(10))
    #expect(broker.nextDeadline == .seconds(70))
    broker.tick(now: .seconds(70))
    #expect(broker.groups.state(of: "g") == .completingRebalance)
    #expect(try broker.groups.snapshot(of: "g").members.map(\.member) == ["b", "c"])
    #expect(throws: BusError.unknownMember(group: "g", member: "a")) {
      try broker.groups.heartbeat(members[0].identity, now: .seconds(70))
    }
    // The new leader never syncs: the group starts over without it.
    broker.tick(now: .seconds(130))
    #expect(broker.groups.state(of: "g") == .empty)
  }

  @Test func commitsOfAnOldGenerationAreFenced() throws {
    let broker = try Broker.with()
    let groups = broker.groups
    try broker.append(["x", "y", "z"])
    let old = try groups.form("g", ["a"])[0].identity
    try groups.commit(offset(1), by: old, now: 1)
    _ = try groups.join(group: "g", member: "b", topics: ["orders"], now: 2)
    try groups.commit(offset(2), by: old, now: 3)
    let new = try groups.join(group: "g", member: "a", topics: ["orders"], now: 4).identity
    #expect(throws: BusError.illegalGeneration(group: "g", member: "a", given: 1, current: 2)) {
      try groups.commit(offset(3), by: old, now: 5)
    }
    #expect(throws: BusError.rebalanceInProgress(group: "g")) { try groups.commit(offset(3), by: new, now: 5) }
    #expect(groups.committed(group: "g", place) == CommittedOffset(offset: 2, time: 3))
    _ = try groups.sync(new, now: 6)
    try groups.commit(offset(3), by: new, now: 7)
    #expect(groups.committed(group: "g", place)?.offset == 3)
  }

  @Test func commitsStayWithinTheLogAndMoveForward() throws {
    let broker = try Broker.with()
    try broker.append(["x", "y"])
    let member = try broker.groups.form("g", ["a"])[0].identity
    #expect(throws: BusError.commitBeyondEnd(place, offset: 3, logEnd: 2)) {
      try broker.groups.commit(offset(3), by: member, now: 1)
    }
    let mixed = offset(2) + [PartitionOffset(topic: "orders", partition: 9, offset: 0)]
    #expect(throws: BusError.self) { try broker.groups.commit(mixed, by: member, now: 1) }
    #expect(broker.groups.committed(group: "g", place) == nil)
    try broker.groups.commit(offset(2), by: member, now: 1)
    #expect(throws: BusError.commitBackwards(place, offset: 1, committed: 2)) {
      try broker.groups.commit(offset(1), by: member, now: 2)
    }
    try broker.groups.commit(offset(1), by: member, allowingRewind: true, now: 3)
    #expect(throws: BusError.groupNotEmpty(group: "g", members: 1)) {
      try broker.groups.commit(offset(2), group: "g", now: 4)
    }
    #expect(throws: BusError.self) { try broker.groups.commit(offset(9), group: "refused", now: 4) }
    #expect(broker.groups.names == ["g"])
  }

  @Test func commitsAreRecordsToo() throws {
    let broker = try Broker.with()
    try broker.append(["x"])
    try broker.groups.commit(offset(1), group: "reader", now: 1_500_000_007)
    try broker.groups.delete(group: "reader", now: 9)
    let records = try broker.read("__consumer_offsets", partition: 0, from: 0).records
    let commits = records.map(OffsetCommitRecord.init)
    #expect(commits[0]?.committed == CommittedOffset(offset: 1, time: 1_500_000_007))
    #expect(commits[0]?.partition == place)
    #expect(commits[1] == OffsetCommitRecord(group: "reader", partition: place, committed: nil))
    #expect(records[0].value == [0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 5, 220])
  }

  @Test func aStaticMemberReturnsWithoutARebalance() throws {
    let broker = try Broker.with()
    let groups = broker.groups
    func join(_ member: String, _ instance: String, now: Int64) throws -> Membership {
      try groups.join(group: "g", member: member, instance: instance, topics: ["orders"], now: now)
    }
    let leader = try join("a-1", "a", now: 0)
    _ = try groups.sync(leader.identity, now: 0)
    _ = try join("b-1", "b", now: 1)
    let first = try groups.sync(try join("a-1", "a", now: 1).identity, now: 1)
    let second = try groups.sync(try join("b-1", "b", now: 1).identity, now: 1)
    let returned = try join("b-2", "b", now: 2)
    #expect(returned.phase == .stable)
    #expect(returned.assignment == second.assignment)
    #expect(returned.identity.generation == first.identity.generation)
    #expect(throws: BusError.fencedInstance(group: "g", instance: "b", member: "b-1")) {
      try groups.heartbeat(second.identity, now: 2)
    }
    #expect(try groups.heartbeat(first.identity, now: 2) == .stable)
  }

  @Test func aCreatedTopicReachesItsSubscribers() throws {
    let broker = try Broker.with(partitions: 1)
    let member = try broker.groups.form("g", ["a"], topics: ["orders", "later"])[0]
    #expect(member.assignment == [place])
    try broker.createTopic("later")
    #expect(try broker.groups.heartbeat(member.identity, now: 1) == .rebalance)
    #expect(try broker.groups.form("g", ["a"], topics: ["orders", "later"], now: 2)[0].assignment.count == 2)
  }

  @Test func anOutageEndsNoSession() throws {
    let broker = try Broker.with()
    let member = try broker.groups.form("g", ["a"])[0].identity
    broker.setAvailable(false, now: .seconds(10))
    #expect(broker.nextDeadline == nil)
    broker.tick(now: .seconds(1_000))
    #expect(throws: BusError.unavailable("the broker")) { try broker.groups.heartbeat(member, now: .seconds(1_000)) }
    #expect(throws: BusError.unavailable("the broker")) { try broker.groups.commit(offset(0), by: member, now: 0) }
    #expect(throws: BusError.unavailable("the broker")) { try broker.createTopic("other") }
    broker.setAvailable(true, now: .seconds(1_000))
    broker.tick(now: .seconds(1_044))
    #expect(try broker.groups.heartbeat(member, now: .seconds(1_044)) == .stable)
  }

  @Test func offsetsOfAnAbandonedGroupAreForgotten() throws {
    let broker = try Broker.with()
    let week = Int64.seconds(7 * 86_400)
    try broker.append(["x"])
    let member = try broker.groups.form("g", ["a"])[0].identity
    try broker.groups.commit(offset(1), by: member, now: 5)
    try broker.groups.leave(member, now: 10)
    #expect(broker.nextDeadline == 10 + week)
    broker.tick(now: 10 + week - 1)
    #expect(broker.groups.committed(group: "g", place) != nil)
    broker.tick(now: 10 + week)
    #expect(broker.groups.state(of: "g") == .dead)
    #expect(broker.groups.names.isEmpty)
    #expect(try broker.read("__consumer_offsets", partition: 0, from: 1).records.map(\.isTombstone) == [true])
  }
}
