import Operations

extension IncidentFixture {
  static let megabyte = 1_000_000
  static let day: Int64 = 24 * hour

  static func topics() -> [TopicSnapshot] {
    [
      audit(),
      topic("__operations", 1, 3.1, 2, hour, "msatop", 0),
      topic("orders", 4, 46, 190, 7 * day, "order-history", 0),
      topic("shipping", 2, 0.2, 71, 7 * day, "shipping", 0),
      topic("metering", 1, 214, 512, day, "billing", 0),
      topic("item-cdc", 2, 6.2, 38, 3 * day, "aggregate", 2),
      orders(), topic("inventory", 4, 50, 204, 7 * day, "inventory", 5), payments(),
    ]
  }

  static func topic(
    _ name: String, _ partitions: Int, _ rate: Double, _ megabytes: Int, _ kept: Int64, _ group: String, _ lag: Int64
  ) -> TopicSnapshot {
    var topic = TopicSnapshot(name: name)
    (topic.partitions, topic.inRate, topic.outRate) = (partitions, rate, rate)
    (topic.bytes, topic.retention) = (megabytes * megabyte, kept)
    (topic.worstGroup, topic.lag, topic.verdict, topic.emptyIn) = (group, lag, .ok, 0)
    topic.lagSeries = (0..<60).map { _ in Float(lag) }
    topic.inSeries = wave(rate)
    topic.outSeries = wave(rate)
    var reader = GroupSnapshot(name: group)
    (reader.state, reader.generation, reader.members) = ("Stable", 3, ["\(group)-1", "\(group)-2"])
    (reader.lag, reader.verdict, reader.emptyIn) = (lag, .ok, 0)
    reader.partitions = (0..<partitions).map { number in
      var partition = PartitionSnapshot(partition: number)
      partition.logEnd = 188_000 + Int64(number) * 317
      partition.lag = number == 0 ? lag : 0
      partition.committed = partition.logEnd - (partition.lag ?? 0)
      partition.owner = "\(group)-\(number % 2 + 1)"
      partition.inRate = rate / Double(partitions)
      partition.outRate = partition.inRate
      partition.verdict = .ok
      return partition
    }
    topic.groups = [reader]
    return topic
  }

  /// A topic as it is known while the bus does not answer.
  static func unanswered(_ topic: TopicSnapshot) -> TopicSnapshot {
    var topic = topic
    topic.isAvailable = false
    (topic.lag, topic.verdict, topic.trend, topic.emptyIn, topic.lagSeries) = (nil, nil, .steady, nil, [])
    topic.groups = topic.groups.map { known in
      var group = GroupSnapshot(name: known.name)
      group.why = ["the bus does not answer", "nothing is written or read until it does"]
      return group
    }
    return topic
  }

  static func orders() -> TopicSnapshot {
    var topic = topic("order", 4, 4.1, 166, 7 * day, "order", 3)
    topic.deadLetters = 2
    return topic
  }

  static func audit() -> TopicSnapshot {
    var topic = topic("audit", 1, 9.2, 88, 30 * day, "reconcile", 0)
    (topic.outRate, topic.lag, topic.verdict, topic.emptyIn, topic.lagSeries) = (0, nil, nil, nil, [])
    topic.groups[0].state = "Empty"
    topic.groups[0].members = []
    (topic.groups[0].lag, topic.groups[0].verdict, topic.groups[0].emptyIn) = (nil, nil, nil)
    for index in topic.groups[0].partitions.indices {
      topic.groups[0].partitions[index].committed = nil
      topic.groups[0].partitions[index].lag = nil
      topic.groups[0].partitions[index].owner = ""
      topic.groups[0].partitions[index].verdict = nil
    }
    return topic
  }

  static func payments() -> TopicSnapshot {
    var topic = topic("payment", 4, 46, 181, 7 * day, "payment", 1204)
    (topic.outRate, topic.verdict, topic.trend, topic.emptyIn) = (4.1, .warn, .growing(42), nil)
    topic.lagSeries = (0..<60).map { second in Float(second < 30 ? 12 : 12 + (second - 29) * 40) }
    topic.outSeries = fall(46, 4.1)
    var audit = topic.groups[0]
    (audit.name, audit.lag, audit.members) = ("audit", 1, ["audit-1"])
    topic.groups[0].generation = 14
    (topic.groups[0].verdict, topic.groups[0].trend, topic.groups[0].emptyIn) = (.warn, .growing(42), nil)
    (topic.groups[0].oldestUnread, topic.groups[0].hottestPartition) = (at(14, 3, 1), 1)
    (topic.groups[0].lastRebalance, topic.groups[0].lastRebalanceReason) = (now - 2 * hour, "payment-2 joined")
    topic.groups[0].why = [
      "lag has not fallen in 10 samples", "each record retries for 1.0 s: breaker OPEN",
    ]
    let figures: [(end: Int64, lag: Int64, rate: Double, owner: String)] = [
      (188_402, 296, 1.0, "payment-1"), (187_955, 318, 1.0, "payment-1"), (189_120, 287, 1.1, "payment-2"),
      (188_671, 303, 1.0, "payment-2"),
    ]
    for (number, figure) in figures.enumerated() {
      var partition = PartitionSnapshot(partition: number)
      (partition.logEnd, partition.committed, partition.lag) = (figure.end, figure.end - figure.lag, figure.lag)
      (partition.inRate, partition.outRate, partition.owner) = (11.5, figure.rate, figure.owner)
      partition.verdict = .warn
      topic.groups[0].partitions[number] = partition
      (partition.lag, partition.committed) = (number == 2 ? 1 : 0, figure.end - (number == 2 ? 1 : 0))
      (partition.outRate, partition.owner, partition.verdict) = (11.5, "audit-1", .ok)
      audit.partitions[number] = partition
    }
    topic.groups.append(audit)
    return topic
  }

  static func events() -> [OperationalEvent] {
    [
      OperationalEvent(
        time: at(14, 3, 21), kind: .breaker, severity: .bad, subject: "payment-1 → payment-gateway",
        change: "HALF_OPEN → OPEN", reason: "3 of 3 failed", state: "OPEN"),
      OperationalEvent(
        time: at(14, 3, 8.3), kind: .lag, severity: .warning, subject: "payment/payment", change: "OK → WARN",
        reason: "lag never fell in 10 samples", state: "WARN"),
      OperationalEvent(
        time: at(14, 2, 57), kind: .fault, severity: .info, subject: "payment-gateway", change: "armed: latency 2 s"),
      OperationalEvent(
        time: at(12, 4, 11), kind: .rebalance, severity: .info, subject: "payment/payment", change: "generation 14",
        reason: "payment-2 joined"),
    ]
  }
}
