import Testing

@testable import EventBus

@Suite struct VectorTests {
  @Test func keysHashAsInKafka() {
    #expect(!Fixtures.kafka.murmur2.isEmpty)
    for vector in Fixtures.kafka.murmur2 {
      let hash = KeyHash.murmur2(Array(vector.key.utf8))
      #expect(Int32(bitPattern: hash) == vector.murmur2Signed, "\(vector.key)")
      #expect(hash & 0x7fff_ffff == vector.positive, "\(vector.key)")
      for (count, partition) in vector.partitionOf {
        #expect(KeyHash.partition(of: Array(vector.key.utf8), count: Int(count) ?? 0) == partition, "\(vector.key)")
      }
    }
  }

  @Test func partitionsAreSharedOutAsInKafka() {
    let known = Fixtures.kafka.assignors.filter { Assignor(rawValue: $0.strategy) != nil }
    for assignor in Assignor.allCases { #expect(known.contains { $0.strategy == assignor.rawValue }) }
    for vector in known {
      let members = vector.members.sorted { $0.key > $1.key }.map { Assignor.Member(id: $0.key, topics: $0.value) }
      let shares = Assignor(rawValue: vector.strategy)?.assign(members: members) { vector.topics[$0] ?? 0 }
      for (member, share) in zip(members, shares ?? []) {
        #expect(share.map(\.description) == vector.expect[member.id], "\(vector.strategy) \(member.id)")
      }
      #expect(shares?.count == members.count)
    }
  }

  @Test func statesFollowEachOtherAsInKafka() {
    let vectors = Fixtures.kafka.groupStates.validPrevious
    #expect(Set(vectors.keys) == Set(GroupState.allCases.map(\.rawValue)))
    for state in GroupState.allCases {
      #expect(Set(state.validPreviousStates.map(\.rawValue)) == Set(vectors[state.rawValue] ?? []), "\(state)")
    }
  }

  @Test(arguments: GroupState.allCases) func everyStateAnswersAsInKafka(state: GroupState) throws {
    let expected = try #require(Fixtures.kafka.groupStates.responses[state.rawValue])
    let (heartbeat, sync, commit) = try (answers(in: state), answers(in: state), answers(in: state))
    #expect(heartbeat.heartbeat() == expected.heartbeat)
    #expect(sync.sync() == expected.sync)
    #expect(commit.commit() == expected.commitByMember)
  }

  @Test(arguments: Fixtures.lag.vectors) func lagVerdictsAreBurrows(vector: LagVectors.Vector) {
    let samples = vector.offsets.map { offset in
      LagSample(offset: offset.offset, time: offset.timestampMs * 1_000_000, lag: offset.lag)
    }
    let window = LagWindow(samples: samples, logEnds: vector.brokerOffsets, currentLag: vector.currentLag)
    let now = Int64.seconds(vector.nowS)
    let expected = vector.expect
    #expect(window.verdict(now: now, allowedLag: vector.allowedLag).rawValue == expected.status)
    if let rewind = expected.rewindIndex { #expect((window.rewindIndex ?? -1) == rewind) }
    if let stopped = expected.stopped { #expect(window.hasStopped(now: now) == stopped) }
    if let stalled = expected.stalled { #expect(window.hasStalled == stalled) }
    if let recent = expected.recentLagZero { #expect(window.wasRecentlyAtEnd == recent) }
    if let decreasing = expected.lagNotDecreasing { #expect(window.isLagNeverDecreasing == decreasing) }
    if let always = expected.lagAlwaysNotZero {
      #expect(window.isAlwaysBehind(allowedLag: vector.allowedLag) == always)
    }
  }

  /// A group in `state`, and a member that speaks for the generation it knows.
  private func answers(in state: GroupState) throws -> Answers {
    let broker = try Broker.with()
    let members = try broker.groups.form("g", ["a", "b"])
    let follower = try #require(members.last)
    var identity = follower.identity
    switch state {
    case .stable: break
    case .empty:
      for member in members { try broker.groups.leave(member.identity, now: 1) }
    case .dead:
      try broker.groups.delete(group: "g", now: 1)
    case .preparingRebalance:
      _ = try broker.groups.join(group: "g", member: "c", topics: ["orders"], now: 1)
    case .completingRebalance:
      for member in ["c", "a", "b"] {
        identity = try broker.groups.join(group: "g", member: member, topics: ["orders"], now: 1).identity
      }
    }
    #expect(broker.groups.state(of: "g") == state)
    return Answers(groups: broker.groups, identity: identity, state: state)
  }
}

/// What a member hears, in the words of the vectors.
private struct Answers {
  let groups: GroupCoordinator
  let identity: MemberIdentity
  let state: GroupState

  func heartbeat() -> String {
    word {
      try groups.heartbeat(identity, now: 2) == .stable ? "NONE" : "REBALANCE_IN_PROGRESS"
    }
  }

  func sync() -> String {
    word {
      let membership = try groups.sync(identity, now: 2)
      if membership.phase == .syncing { return "parked until the leader syncs" }
      return membership.assignment.isEmpty ? "no assignment" : "current assignment"
    }
  }

  func commit() -> String {
    word {
      try groups.commit([PartitionOffset(topic: "orders", partition: 0, offset: 0)], by: identity, now: 2)
      return state == .stable ? "allowed for the current generation" : "allowed for the previous generation"
    }
  }

  private func word(_ body: () throws -> String) -> String {
    do {
      return try body()
    } catch BusError.unknownMember {
      return "UNKNOWN_MEMBER_ID"
    } catch BusError.rebalanceInProgress {
      return "REBALANCE_IN_PROGRESS"
    } catch {
      return "\(error)"
    }
  }
}
