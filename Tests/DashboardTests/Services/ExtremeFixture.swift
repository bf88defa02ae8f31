import Operations

/// Systems that no design was drawn for: names too long, too wide or hostile, figures too large, nothing known.
enum ExtremeFixture {
  static let names = [
    "아주긴이름을가진결제게이트웨이연동서비스의첫번째인스턴스그룹", "a\u{1B}[31mred\u{7}\u{202E}\n", "", "x",
    "a-service-whose-name-nobody-should-ever-have-to-read-aloud-in-a-meeting",
  ]

  static func snapshots() -> [(name: String, snapshot: SystemSnapshot)] {
    [
      ("empty", IncidentFixture.empty()), ("incident", IncidentFixture.snapshot()), ("extreme", extreme()),
      ("unknown", unknown()),
    ]
  }

  /// Everything as large, long and wide as it can be.
  static func extreme() -> SystemSnapshot {
    var snapshot = IncidentFixture.snapshot()
    for (index, name) in names.enumerated() {
      var service = IncidentFixture.payment()
      (service.name, service.team, service.version, service.reason) = (name, names[0], names[4], names[1])
      (service.rate, service.errorShare) = (9e12, 1)
      (service.p50, service.p95, service.p99) = (.max, 86_400_000_000_000, 1)
      service.workers = PoolUse(used: 1_000_000_000, size: 2_000_000_000, waiting: .max)
      service.connections = PoolUse(used: 5, size: 0, waiting: 0)
      (service.lag, service.outboxDepth, service.outboxAge) = (.max, .max, .max)
      (service.instancesUp, service.instancesAll, service.restarts) = (99_999, 100_000, .max)
      (service.pulse, service.since) = ([.nan, .infinity, 0, -1, 3e38], .min)
      service.objective.budgetLeft = -1_000
      for number in service.instances.indices { service.instances[number].name = name }
      service.instances += service.instances
      service.calls[0].callee = names[(index + 1) % names.count]
      (service.calls[0].purpose, service.calls[0].rate) = (names[4], 1e15)
      service.consumes[0].topic = name
      service.endpoints[0].operation = names[0]
      service.latestErrors[0].message = names[1]
      service.latestErrors += service.latestErrors
      snapshot.services.append(service)
      snapshot.breakers.append(breaker(name, index))
      snapshot.topics.append(topic(name))
    }
    return snapshot
  }

  private static func breaker(_ name: String, _ index: Int) -> BreakerSnapshot {
    var breaker = IncidentFixture.open()
    (breaker.id, breaker.instance, breaker.callee) = (name, name, names[0])
    (breaker.rejected, breaker.buffered, breaker.since, breaker.trialFrom) = (.max, .max, .min, .max)
    breaker.state = BreakerState.allCases[index % BreakerState.allCases.count]
    breaker.isStuck = breaker.state == .halfOpen
    breaker.settings.windowSize = 1_000
    breaker.window = (0..<1_000).map { number in
      BreakerCall(isFailure: number % 3 == 0, isSlow: number % 5 == 0, duration: .max, gtxid: nil)
    }
    breaker.transitions[0].reason = names[4]
    breaker.transitions += breaker.transitions
    return breaker
  }

  private static func topic(_ name: String) -> TopicSnapshot {
    var topic = IncidentFixture.payments()
    (topic.name, topic.bytes, topic.retention, topic.worstGroup) = (name, .max, .max, names[0])
    (topic.inRate, topic.outRate, topic.partitions, topic.deadLetters) = (1e15, .nan, 300, .max)
    (topic.lag, topic.emptyIn) = (1_000_000_000_000, .max)
    topic.lagSeries = [.nan, .infinity, 1e30]
    topic.inSeries.removeLast(7)
    for index in topic.groups.indices {
      (topic.groups[index].name, topic.groups[index].state) = (names[(index + 1) % names.count], names[1])
      topic.groups[index].why = [names[4], names[0]]
      (topic.groups[index].generation, topic.groups[index].oldestUnread) = (.max, .min)
      for partition in topic.groups[index].partitions.indices {
        topic.groups[index].partitions[partition].owner = names[0]
        topic.groups[index].partitions[partition].logEnd = .max
        topic.groups[index].partitions[partition].lag = .max
      }
    }
    return topic
  }

  /// Things that are there, and of which nothing is known.
  static func unknown() -> SystemSnapshot {
    var snapshot = IncidentFixture.empty()
    snapshot.services = [ServiceSnapshot(name: "a"), ServiceSnapshot(name: "b")]
    snapshot.services[0].instances = [InstanceSnapshot(name: "a-1", port: 0)]
    snapshot.services[0].calls = [CallSnapshot(callee: "b")]
    snapshot.services[0].consumes = [ConsumptionSnapshot(topic: "t", group: "g")]
    snapshot.services[0].endpoints = [EndpointSnapshot(operation: "GET /")]
    snapshot.breakers = [BreakerSnapshot(id: "a-1>b", caller: "a", instance: "a-1", callee: "b")]
    snapshot.topics = [TopicSnapshot(name: "t"), TopicSnapshot(name: "u")]
    snapshot.topics[1].groups = [GroupSnapshot(name: "g")]
    return snapshot
  }

  static let sizes: [(columns: Int, rows: Int)] = [(40, 12), (60, 20), (80, 24), (118, 36), (120, 40), (200, 60)]
}
