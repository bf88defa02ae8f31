import Operations
import TestSupport

@testable import Dashboard

/// Shops of several sizes, with all that flows between their services.
enum MapFixture {
  /// The incident of sixteen services, with its calls and topics: what the map is drawn for.
  static func snapshot() -> SystemSnapshot {
    var snapshot = IncidentFixture.snapshot()
    let teams = [
      "gateway": "edge", "member": "edge", "catalog": "products", "item": "products", "review": "products",
      "recommendation": "products", "search": "products", "aggregate": "products", "cart": "orders", "order": "orders",
      "order-history": "orders", "customer": "orders", "shipping": "orders", "inventory": "stock",
      "payment": "money", "payment-gateway": "outside",
    ]
    let calls: [(String, String, Double)] = [
      ("gateway", "member", 12), ("gateway", "catalog", 88), ("gateway", "cart", 33), ("gateway", "order", 46),
      ("gateway", "search", 62), ("catalog", "item", 41), ("catalog", "review", 74), ("catalog", "recommendation", 71),
      ("order", "customer", 46), ("aggregate", "search", 6.2),
    ]
    for index in snapshot.services.indices {
      let name = snapshot.services[index].name
      snapshot.services[index].team = teams[name] ?? ""
      for (caller, callee, rate) in calls where caller == name {
        var call = CallSnapshot(callee: callee)
        (call.rate, call.errorShare) = (rate, callee == "recommendation" ? 0.012 : 0)
        if callee == "recommendation" { call.breakerState = .halfOpen }
        snapshot.services[index].calls.append(call)
      }
      snapshot.services[index].publishes = publications.filter { $0.service == name }.map {
        PublicationSnapshot(topic: $0.topic, rate: $0.rate)
      }
      for (topic, reader) in readers where reader == name && name != "payment" {
        var consumption = ConsumptionSnapshot(topic: topic, group: reader)
        (consumption.lag, consumption.verdict) = (3, .ok)
        snapshot.services[index].consumes.append(consumption)
      }
    }
    snapshot.topics = topics(snapshot.topics)
    return snapshot
  }

  private static let publications: [(service: String, topic: String, rate: Double)] = [
    ("item", "item-cdc", 6.2), ("order", "inventory", 46), ("inventory", "payment", 46), ("payment", "order", 4.1),
    ("payment", "inventory", 0),
  ]

  private static let readers: [(topic: String, reader: String)] = [
    ("item-cdc", "aggregate"), ("inventory", "inventory"), ("payment", "payment"), ("order", "order"),
    ("order", "order-history"), ("order", "shipping"),
  ]

  private static func topics(_ incident: [TopicSnapshot]) -> [TopicSnapshot] {
    let calm: [(String, Double, Int64)] = [("item-cdc", 6.2, 2), ("inventory", 46, 5), ("order", 4.1, 3)]
    var topics = incident.filter { $0.name == "payment" }
    for (name, rate, lag) in calm {
      var topic = TopicSnapshot(name: name)
      (topic.inRate, topic.outRate, topic.lag, topic.verdict) = (rate, rate, lag, .ok)
      topics.append(topic)
    }
    return topics + ["metering", "audit", "__operations"].map(TopicSnapshot.init)
  }

  /// The shop as it runs first: five services, three topics, and every way that a saga can take.
  static func saga() -> SystemSnapshot {
    var snapshot = IncidentFixture.snapshot()
    let names = ["gateway", "order", "inventory", "payment", "payment-gateway"]
    snapshot.services = names.compactMap(snapshot.service)
    let published = [
      "order": ["inventory", "payment"], "inventory": ["payment", "order"], "payment": ["order", "inventory"],
    ]
    for index in snapshot.services.indices {
      let name = snapshot.services[index].name
      snapshot.services[index].publishes = (published[name] ?? []).map { PublicationSnapshot(topic: $0, rate: 46) }
      if published[name] != nil, name != "payment" {
        snapshot.services[index].consumes = [ConsumptionSnapshot(topic: name, group: name)]
      }
      if name == "gateway" {
        var call = CallSnapshot(callee: "order")
        (call.rate, call.breakerState) = (214, .closed)
        snapshot.services[index].calls = [call]
      }
    }
    snapshot.breakers = snapshot.breakers.filter { names.contains($0.caller) && names.contains($0.callee) }
    snapshot.topics = topics(snapshot.topics).filter { names.contains($0.name) }
    return snapshot
  }

  /// So many services and topics with random arrows between them.
  static func random(services: Int, topics: Int, seed: UInt64) -> SystemSnapshot {
    var numbers = SeededGenerator(seed: seed)
    var snapshot = IncidentFixture.empty()
    snapshot.services = (0..<services).map { ServiceSnapshot(name: "service-\($0)") }
    snapshot.topics = (0..<topics).map { TopicSnapshot(name: "topic-\($0)") }
    for index in snapshot.services.indices {
      snapshot.services[index].team = "team-\(index % 5)"
      snapshot.services[index].health = numbers.pick(Health.allCases)
      for _ in 0..<numbers.pick([0, 1, 1, 2, 3]) {
        var call = CallSnapshot(callee: "service-\(numbers.pick(Array(0..<services)))")
        call.rate = numbers.pick([0, 0.2, 5, 77, 1_500])
        call.errorShare = numbers.pick([0, 0, 0.02, 0.4])
        call.breakerState = numbers.pick(BreakerState.allCases)
        snapshot.services[index].calls.append(call)
      }
      guard topics > 0 else { continue }
      if numbers.pick([true, false]) {
        snapshot.services[index].publishes = [
          PublicationSnapshot(topic: "topic-\(numbers.pick(Array(0..<topics)))", rate: 9)
        ]
      }
      if numbers.pick([true, false]) {
        snapshot.services[index].consumes = [
          ConsumptionSnapshot(topic: "topic-\(numbers.pick(Array(0..<topics)))", group: "service-\(index)")
        ]
      }
    }
    return snapshot
  }
}
