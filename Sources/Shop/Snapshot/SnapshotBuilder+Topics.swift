internal import EventBus
internal import Operations
internal import Resilience
internal import Simulation

extension SnapshotBuilder {
  func topics() -> [Operations.TopicSnapshot] {
    let bus = world.broker.snapshot()
    return bus.topics.filter { !$0.isInternal && !$0.name.hasSuffix(".DLT") }.map { topic in
      var snapshot = Operations.TopicSnapshot(name: topic.name)
      snapshot.partitions = topic.partitions.count
      snapshot.bytes = topic.bytes
      snapshot.retention = topic.settings.retentionAge
      // The shop's clean-up goes no further than its readers (`Observatory`).
      snapshot.retentionWaits = true
      snapshot.deadLetters = Int(topic.deadLetters)
      snapshot.isAvailable = topic.isAvailable
      snapshot.acknowledgement = (try? world.broker.topic(topic.name).acknowledgement) ?? .memory
      let series = world.observatory.series
      snapshot.inSeries = series.topicsIn[topic.name] ?? []
      let isOwn = topic.name == TopicName.operations
      snapshot.inRate = Self.mean(snapshot.inSeries)
      let readers = bus.groups.filter { $0.topics.contains(topic.name) }
      if topic.isAvailable {
        snapshot.groups = readers.map { group($0, in: topic) }
        if isOwn { snapshot.groups.append(cockpit(topic, snapshot)) }
        summarise(&snapshot)
      } else {
        snapshot.groups = (readers.map(\.name) + (isOwn ? [Self.cockpitName] : [])).map(Self.unknown)
        snapshot.worstGroup = snapshot.groups.first?.name ?? ""
      }
      // What is written to it is read by the cockpit before each snapshot.
      snapshot.outSeries = isOwn ? snapshot.inSeries : series.read(topic.name, by: snapshot.worstGroup)
      snapshot.outRate = Self.mean(snapshot.outSeries)
      return snapshot
    }
  }

  private static func mean(_ series: [Float]) -> Double {
    let last = series.suffix(10)
    return last.isEmpty ? 0 : Double(last.reduce(0, +)) / Double(last.count)
  }

  /// A group as long as the bus does not answer: it may ask nobody how far it has read.
  private static func unknown(_ name: String) -> Operations.GroupSnapshot {
    var group = Operations.GroupSnapshot(name: name)
    group.why = ["the bus does not answer", "nothing is written or read until it does"]
    return group
  }

  /// The topic's row shows its worst group.
  private func summarise(_ topic: inout Operations.TopicSnapshot) {
    let worst = topic.groups.max { left, right in
      (left.verdict ?? .ok, left.lag ?? -1) < (right.verdict ?? .ok, right.lag ?? -1)
    }
    guard let worst else { return }
    topic.worstGroup = worst.name
    topic.lag = worst.lag
    topic.verdict = worst.verdict
    topic.trend = worst.trend
    topic.emptyIn = worst.emptyIn
    topic.lagSeries = world.observatory.lag.history(group: worst.name, topic: topic.name).map { Float($0.lag) }
  }

  private func group(
    _ group: EventBus.GroupSnapshot, in topic: EventBus.TopicSnapshot
  ) -> Operations.GroupSnapshot {
    var snapshot = Operations.GroupSnapshot(name: group.name)
    snapshot.state = group.state.rawValue
    snapshot.generation = group.generation
    snapshot.members = group.members.map(\.client)
    snapshot.lastRebalance = group.lastRebalanceStarted
    snapshot.lastRebalanceReason = group.lastRebalanceReason ?? ""
    snapshot.rebalances = group.rebalances
    guard let whole = world.observatory.lag.report(group: group.name),
      let report = whole.topics.first(where: { $0.topic == topic.name })
    else { return snapshot }
    snapshot.lag = report.totalLag
    snapshot.verdict = report.verdict.flatMap { Operations.LagVerdict(rawValue: $0.rawValue) }
    let rate = Self.mean(world.observatory.series.read(topic.name, by: group.name))
    let isOnItsWay = Self.isOnItsWay(report, reading: rate)
    snapshot.trend = isOnItsWay ? .steady : Operations.LagTrend(report.trend)
    snapshot.hottestPartition = report.hottest?.partition
    snapshot.oldestUnread = world.oldestUnreadRecord(topic: topic.name, group: group.name)
    snapshot.partitions = whole.partitions.filter { $0.lag.partition.topic == topic.name }.map { partition in
      var place = Operations.PartitionSnapshot(partition: partition.lag.partition.partition)
      place.logEnd = partition.lag.logEnd
      place.committed = partition.lag.committed?.offset
      place.committedAt = partition.lag.committed?.time
      place.lag = partition.lag.lag
      place.owner = partition.lag.owner ?? ""
      place.verdict = partition.verdict.flatMap { Operations.LagVerdict(rawValue: $0.rawValue) }
      (place.inRate, place.outRate) = world.observatory.series.rates(
        of: partition.lag.partition, by: group.name)
      place.trial = trial(of: partition.lag.partition, by: group.name)
      return place
    }
    if !snapshot.partitions.contains(where: \.isStuck) {
      snapshot.emptyIn = isOnItsWay ? 0 : Self.emptyIn(report, reading: rate)
    }
    snapshot.why = why(snapshot, reading: rate) + hindrance(of: group.name, verdict: snapshot.verdict)
    return snapshot
  }

  /// Whether a lag is only what is read within a second: it goes up and down by itself, and is always gone at once.
  private static func isOnItsWay(_ report: TopicLagReport, reading rate: Double) -> Bool {
    guard let lag = report.totalLag, report.verdict ?? .ok == .ok else { return false }
    return Double(lag) <= rate
  }

  private func trial(of partition: TopicPartition, by group: String) -> RecordTrial? {
    let readers = world.services.filter { $0.name == group }.flatMap(\.instances)
    return readers.lazy.compactMap(\.process).compactMap { $0.trial(of: partition) }.first
  }

  /// Nanoseconds until the lag is gone: at the rate at which it shrinks, or, while it neither grows nor shrinks, at the
  /// rate at which the group reads. Nil when it will not be.
  private static func emptyIn(_ report: TopicLagReport, reading rate: Double) -> Int64? {
    guard let lag = report.totalLag, lag > 0 else { return 0 }
    if report.trend.direction == .steady, rate > 0 { return Int64(min(Double(lag) / rate, 1e6) * 1e9) }
    return report.trend.timeToEmpty
  }

  /// What keeps a group that is behind from reading: the calls that its records need, and that are refused.
  private func hindrance(of service: String, verdict: Operations.LagVerdict?) -> [String] {
    guard let verdict, verdict != .ok, let deployed = world.services.first(where: { $0.name == service }) else {
      return []
    }
    let clients = deployed.instances.compactMap(\.process).flatMap(\.clients)
    guard let open = clients.first(where: { $0.breaker.state == .open || $0.breaker.state == .forcedOpen }) else {
      return []
    }
    return ["retries, breaker \(open.callee) is \(open.breaker.state.rawValue)"]
  }

  /// The rule behind a verdict, and the facts that it was applied to.
  private func why(_ group: Operations.GroupSnapshot, reading rate: Double) -> [String] {
    let worst = group.partitions.max { ($0.verdict ?? .ok, $0.lag ?? 0) < ($1.verdict ?? .ok, $1.lag ?? 0) }
    switch group.verdict {
    case nil: return ["nothing is committed yet"]
    case .ok:
      let lag = group.lag ?? 0
      if lag == 0 { return ["everything is read"] }
      // The rule looks at the last commits, and may be content with what is far behind.
      let isNear = Double(lag) <= rate
      return [isNear ? "what is behind is on its way" : "its lag was small or fell in its last 10 commits"]
    case .warn: return ["lag has not fallen in 10 samples"]
    case .stall: return ["partition \(worst?.partition ?? 0) commits the same offset again"]
    case .stop:
      if let lost = lost(group) { return [lost] }
      return ["no commit in partition \(worst?.partition ?? 0), longer than usual"]
    case .rewind: return ["partition \(worst?.partition ?? 0) went back and stayed there"]
    }
  }

  /// Who is gone and leaves records unread, which its group has yet to notice: `payment-1 is gone, with partitions 0, 1, 2`.
  private func lost(_ group: Operations.GroupSnapshot) -> String? {
    let gone = world.services.first { $0.name == group.name }?.instances.filter { !$0.isUp }.map(\.name) ?? []
    let unread = group.partitions.filter { $0.lag ?? 0 > 0 && gone.contains($0.owner) }
    guard let owner = unread.first?.owner else { return nil }
    let numbers = unread.filter { $0.owner == owner }.map { "\($0.partition)" }
    return "\(owner) is gone, with partition\(numbers.count == 1 ? "" : "s") \(numbers.joined(separator: ", "))"
  }

  private static let cockpitName = "msatop"

  /// The cockpit reads too; it is no group, and keeps its position to itself.
  private func cockpit(
    _ topic: EventBus.TopicSnapshot, _ row: Operations.TopicSnapshot
  ) -> Operations.GroupSnapshot {
    var group = Operations.GroupSnapshot(name: Self.cockpitName)
    group.state = "reader"
    group.members = [Self.cockpitName]
    let end = topic.partitions.first?.logEnd ?? 0
    var place = Operations.PartitionSnapshot(partition: 0)
    place.logEnd = end
    place.committed = operationsPosition
    place.lag = max(0, end - operationsPosition)
    place.owner = Self.cockpitName
    (place.inRate, place.outRate) = (row.inRate, row.inRate)
    group.partitions = [place]
    group.lag = place.lag
    group.verdict = .ok
    group.emptyIn = place.lag == 0 ? 0 : nil
    group.why = ["the cockpit keeps its own position, outside the broker"]
    return group
  }
}

extension Operations.LagTrend {
  init(_ trend: EventBus.LagTrend) {
    switch trend.direction {
    case .steady: self = .steady
    case .growing: self = .growing(trend.recordsPerSecond)
    case .draining: self = .draining(-trend.recordsPerSecond)
    }
  }
}
