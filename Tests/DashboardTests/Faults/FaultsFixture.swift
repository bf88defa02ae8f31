import Drawing
import Operations

@testable import Dashboard

/// A shop of the first saga with an outside company that somebody made slow.
enum FaultsFixture {
  static let second: Int64 = 1_000_000_000
  /// 14:03:27 on the 14th of November 2023.
  static let now: Int64 = 1_699_970_607 * second

  private static let table: [(name: String, health: Health, count: Int, rate: Double, lag: Int64?)] = [
    ("payment-gateway", .down, 1, 0.3, nil), ("payment", .down, 2, 4.1, 1_204), ("gateway", .degraded, 3, 214, nil),
    ("inventory", .up, 2, 50, 5), ("order", .up, 2, 46, 3),
  ]

  static var catalogue: FaultCatalogue {
    FaultCatalogue(
      services: table.map { row in
        FaultCatalogue.Service(
          name: row.name, instances: row.count, hasDatabase: ["order", "inventory"].contains(row.name),
          consumes: row.lag != nil, isOutside: row.name == "payment-gateway")
      },
      edges: [
        FaultCatalogue.Edge(from: "gateway", to: "order"), FaultCatalogue.Edge(from: "order", to: "inventory"),
        FaultCatalogue.Edge(from: "payment", to: "payment-gateway"),
      ], databases: ["order", "inventory"], groups: ["order", "inventory", "payment"])
  }

  /// Nothing is broken.
  static var quiet: SystemSnapshot {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated, speed: .paced(1)), time: now)
    snapshot.faults.catalogue = catalogue
    snapshot.services = table.map { row in
      var service = ServiceSnapshot(name: row.name)
      service.health = .up
      service.rate = row.rate
      service.lag = row.lag
      service.instances = (1...row.count).map { number in
        var instance = InstanceSnapshot(name: "\(row.name)-\(number)", port: 41_870 + number)
        instance.rate = row.rate / Double(row.count)
        return instance
      }
      if row.lag != nil { service.consumes = [ConsumptionSnapshot(topic: row.name, group: row.name)] }
      if row.name == "inventory" { service.connections = PoolUse(used: 4, size: 10, waiting: 0) }
      return service
    }
    return snapshot
  }

  /// A catalogue as the shop's own: with a bus, and with a service that publishes without an outbox.
  static var withBus: SystemSnapshot {
    var snapshot = incident
    snapshot.faults.catalogue.topics = ["order", "inventory", "payment"].map { .init(name: $0, partitions: 6) }
    for index in snapshot.faults.catalogue.services.indices {
      switch snapshot.faults.catalogue.services[index].name {
      case "order", "inventory": snapshot.faults.catalogue.services[index].publishing = .throughOutbox
      case "payment": snapshot.faults.catalogue.services[index].publishing = .directly
      default: break
      }
    }
    return snapshot
  }

  static func fault(
    _ id: Int, _ target: FaultTarget, _ kind: FaultKind, ttl: Int64? = 90, ago: Int64 = 30, isOn: Bool = true
  ) -> ArmedFault {
    let armedAt = now - ago * second
    let spec = FaultSpec(target: target, kind: kind, timeToLive: ttl.map { $0 * second })
    var fault = ArmedFault(id: id, spec: spec, armedAt: armedAt, endsAt: ttl.map { armedAt + $0 * second })
    fault.isOn = isOn
    return fault
  }

  /// The payment company is slow, and it shows.
  static var incident: SystemSnapshot {
    var snapshot = quiet
    for (index, row) in table.enumerated() { snapshot.services[index].health = row.health }
    snapshot.services[1].lagVerdict = .warn
    snapshot.traffic.lag = 1_204
    snapshot.traffic.lagGrowth = 42
    var breaker = BreakerSnapshot(
      id: "payment-1>payment-gateway", caller: "payment", instance: "payment-1", callee: "payment-gateway")
    breaker.state = .open
    snapshot.breakers = [breaker]
    var slow = fault(1, .service("payment-gateway"), .latency(2 * second))
    slow.touches = 46
    slow.hits = 287
    slow.compensatedSince = 119
    slow.openedSince = 1
    snapshot.faults.armed = [slow]
    return snapshot
  }

  static func context(_ columns: Int, _ rows: Int, _ snapshot: SystemSnapshot = incident) -> PageContext {
    PageContext(
      snapshot: snapshot, isFrozen: false, size: Size(columns: columns, rows: rows), zoneOffset: 0, motion: false,
      transaction: nil, log: [])
  }
}
