import Foundation
import Testing

@testable import EventBus

@Suite struct LagTests {
  private func place(_ partition: Int) -> TopicPartition { TopicPartition(topic: "orders", partition: partition) }

  @Test func lagIsLogEndLessCommitAndUnknownWithoutOne() throws {
    let broker = try Broker.with()
    try broker.append(["a", "b", "c"])
    let consumer = Consumer(broker: broker, group: "g", client: "c", topics: ["orders"])
    _ = try consumer.poll(max: 1, now: 0)
    #expect(try broker.groups.lag(of: "g").map(\.lag) == [nil, nil])
    try consumer.commit(now: 1)
    let lags = try broker.groups.lag(of: "g")
    #expect(lags.map(\.lag) == [2, nil])
    #expect(lags.map(\.owner) == ["c", "c"])
    #expect(lags[0].committed == CommittedOffset(offset: 1, time: 1))
    #expect(throws: BusError.unknownGroup("x")) { try broker.groups.lag(of: "x") }
  }

  @Test func theMonitorTellsAStoppedConsumerFromASlowOne() throws {
    let broker = try Broker.with()
    let monitor = LagMonitor(broker: broker)
    let consumer = Consumer(broker: broker, group: "g", client: "c", topics: ["orders"])
    _ = try consumer.poll(now: 0)
    // Ten a second come in; for 20 s all are read, then two a second, then none.
    var verdicts: [LagVerdict] = []
    for second: Int64 in 0..<60 {
      let now = Int64.seconds(second)
      try broker.append((0..<10).map { "\($0)" }, partition: 0, now: now)
      if second < 40 {
        _ = try consumer.poll(max: second < 20 ? 100 : 2, now: now)
        try consumer.commit(now: now)
      }
      monitor.sample(now: now)
      verdicts.append(try #require(monitor.report(group: "g")?.verdict))
    }
    #expect(verdicts[0..<29].allSatisfy { $0 == .ok })
    #expect(verdicts[30..<48].allSatisfy { $0 == .warn })
    #expect(verdicts[50..<60].allSatisfy { $0 == .stop })
    let report = try #require(monitor.report(group: "g"))
    #expect(report.status == .error)
    #expect(report.hottest == place(0))
    #expect(report.trend.direction == .growing)
    #expect((report.trend.recordsPerSecond - 10).magnitude < 1e-9)
    #expect(report.totalLag == Int64(20 * 8 + 20 * 10))
    #expect(report.partitions.map(\.verdict) == [.stop, nil])
    #expect(report.topics.map(\.totalLag) == [360])
    #expect(monitor.history(group: "g", topic: "orders").count == 60)
    #expect(monitor.history(group: "g").last == LagPoint(time: .seconds(59), lag: 360))
    #expect(monitor.history(group: "x").isEmpty)
    let copy = try JSONDecoder().decode(GroupLagReport.self, from: JSONEncoder().encode(report))
    #expect(copy == report)
  }

  /// Whoever is known to be gone has stopped, though the group does not know it yet and its last commit is not late.
  @Test func whoIsGoneHasStoppedAtOnce() throws {
    let broker = try Broker.with()
    let monitor = LagMonitor(broker: broker, settings: LagMonitor.Settings(allowedLag: 12, warmUp: 10))
    let consumer = Consumer(broker: broker, group: "g", client: "c", topics: ["orders"])
    _ = try consumer.poll(now: 0)
    try broker.append(["a"], partition: 0, now: 0)
    _ = try consumer.poll(now: 0)
    try consumer.commit(now: 0)
    monitor.sample(now: .seconds(1)) { $0 == "c" }
    #expect(monitor.report(group: "g")?.verdict == .ok, "nothing is left unread")
    try broker.append(["b"], partition: 0, now: .seconds(1))
    monitor.sample(now: .seconds(2))
    #expect(monitor.report(group: "g")?.verdict == .ok)
    monitor.sample(now: .seconds(3)) { $0 == "another" }
    #expect(monitor.report(group: "g")?.verdict == .ok)
    monitor.sample(now: .seconds(4)) { $0 == "c" }
    #expect(monitor.report(group: "g")?.verdict == .stop)
    #expect(monitor.report(group: "g")?.topics.map(\.verdict) == [.stop])
    monitor.sample(now: .seconds(5))
    #expect(monitor.report(group: "g")?.verdict == .ok, "it is back")
  }

  @Test func oneCommitDoesNotTellWhenTheNextIsDue() throws {
    let broker = try Broker.with(partitions: 1)
    let monitor = LagMonitor(broker: broker, settings: LagMonitor.Settings(warmUp: 10))
    try broker.groups.commit([PartitionOffset(partition: place(0), offset: 0)], group: "g", now: 0)
    try broker.append((0..<10).map { "\($0)" })
    var verdicts: [LagVerdict?] = []
    for second: Int64 in 1...12 {
      monitor.sample(now: .seconds(second))
      verdicts.append(monitor.report(group: "g")?.verdict)
    }
    #expect(verdicts == Array(repeating: .ok, count: 9) + [.stop, .stop, .stop])
  }

  @Test func aMoveBackIsSeenAsRewind() throws {
    let broker = try Broker.with(partitions: 1)
    let monitor = LagMonitor(broker: broker)
    try broker.append((0..<10).map { "\($0)" })
    for (second, offset) in [3, 6, 2].enumerated() {
      let commit = [PartitionOffset(partition: place(0), offset: Int64(offset))]
      try broker.groups.commit(commit, group: "g", allowingRewind: true, now: .seconds(Int64(second)))
      monitor.sample(now: .seconds(Int64(second)))
    }
    #expect(monitor.report(group: "g")?.verdict == .rewind)
  }

  @Test func historyIsBoundedAndGoesWithItsGroup() throws {
    let broker = try Broker.with(partitions: 1)
    let monitor = LagMonitor(broker: broker, settings: LagMonitor.Settings(history: 5))
    try broker.groups.commit([PartitionOffset(partition: place(0), offset: 0)], group: "g", now: 0)
    for second: Int64 in 0..<9 { monitor.sample(now: .seconds(second)) }
    #expect(monitor.history(group: "g").map(\.time) == (4..<9).map { .seconds($0) })
    try broker.groups.delete(group: "g", now: 10)
    monitor.sample(now: .seconds(10))
    #expect(monitor.reports.isEmpty)
  }

  @Test(
    arguments: [
      ([], LagTrend.Direction.steady, nil), ([(0, 5)], .steady, nil), ([(0, 100), (5, 50)], .draining, 5),
      ([(0, 1_000), (1, 1_005)], .steady, nil), ([(0, 1), (1, 2)], .steady, nil), ([(0, 10), (9, 30)], .growing, nil),
      ([(3, 7), (3, 9)], .steady, nil), ([(0, 9), (1, 0)], .draining, 0),
    ] as [([(Int64, Int64)], LagTrend.Direction, Int64?)])
  func trendsSayWhereALagIsHeading(points: [(Int64, Int64)], direction: LagTrend.Direction, empty: Int64?) {
    let trend = LagTrend(points.map { LagPoint(time: .seconds($0.0), lag: $0.1) })
    #expect(trend.direction == direction)
    #expect(trend.timeToEmpty == empty.map { .seconds($0) })
  }

  @Test func aGroupWithoutMembersKeepsItsTopics() throws {
    let broker = try Broker.with()
    try broker.append(["a", "b"])
    let member = try broker.groups.form("g", ["a"])[0]
    try broker.groups.commit([PartitionOffset(partition: place(0), offset: 1)], by: member.identity, now: 2)
    try broker.groups.leave(member.identity, now: 3)
    let left = try broker.groups.snapshot(of: "g")
    #expect(left.members.isEmpty && left.topics == ["orders"])
  }

  @Test func aSnapshotIsPlainData() throws {
    let broker = try Broker.with()
    try broker.append(["a", "b"])
    let consumer = Consumer(broker: broker, group: "g", client: "c", topics: ["orders"])
    _ = try consumer.poll(now: 1)
    try consumer.commit(now: 2)
    let snapshot = broker.snapshot()
    #expect(snapshot.topics.map(\.name) == ["__consumer_offsets", "orders"])
    #expect(snapshot.topics.map(\.records) == [1, 2])
    #expect(snapshot.groups.map(\.state) == [.stable])
    #expect(snapshot.groups.first?.members.map(\.assignment.count) == [2])
    let copy = try JSONDecoder().decode(BrokerSnapshot.self, from: JSONEncoder().encode(snapshot))
    #expect(copy == snapshot)
  }
}
