import Concurrency
import EventBus
import Operations
import Platform
import Simulation
import TraceModel
import Transactions

@testable import Shop

/// Ten virtual minutes of the whole shop under a little load of every saga, while instances crash at the worst moments,
/// records come twice, the company falls silent and a database goes away. The same run once as it should be and once for
/// each mistake; several tests look at what it left.
enum TenMinutes {
  static let sound = Task.detached { try run() }
  static let dualWrite = Task.detached { try run([.dualWrite]) }
  static let noIdempotency = Task.detached { try run([.noIdempotency]) }
  /// Its log says nothing of transactions either: neither has to do with the other.
  static let innerJoinAndMuteLog = Task.detached { try run([.innerJoin], logsTransactions: false) }
  /// What inventory has reserved is never given back, credit has no limit, and nobody asks how his order stands. None of
  /// the three has to do with the others.
  static let carefree = Task.detached { try run(omits: [.undo, .creditCheck, .question]) }

  /// Everything is still in the databases at the end: what is finished is forgotten after nine and a half minutes.
  private static let (opening, closing, end) = (40.0, 545.0, 600.0)
  /// Customers a second.
  private static let rate = 2.0

  /// Where instances crash, one after the other, four times over.
  private static let crashes = [
    "order:P2", "inventory:P10", "payment:P10", "order:P10", "customer:P10", "inventory:P10", "item:P10",
    "orchestrator:P17", "inventory:P18", "payment:P9", "inventory:P10",
  ]

  private static let faults: [(second: Double, text: String)] = [
    (200.5, "payment:crash,ttl=8s"), (255.5, "topic:inventory:poison=1,ttl=10s"),
    (310.5, "payment-gateway:outage,ttl=6s"), (380.5, "topic:payment:duplicate=100%,ttl=15s"),
    (430.5, "db:inventory:db-down,ttl=5s"),
  ]

  private static func run(
    _ mistakes: Set<Mistake> = [], omits: Set<Omission> = [], logsTransactions: Bool = true
  ) throws -> ShopRemains {
    let stage = Stage(seed: 7) { settings in
      settings.mistakes = mistakes
      settings.omissions = omits
      settings.logsTransactions = logsTransactions
      settings.mix = LoadMix(
        journeys: [(.buy, 1)],
        sagas: [(.choreographed, 4), (.orchestrated, 2), (.join, 2), (.credit, 1), (.creditLarge, 1)])
      (settings.declined, settings.unanswered, settings.undeliverable) = (0.15, 0.01, 0.05)
      // However often it crashes.
      settings.supervision.usual = .restart(after: 1_000_000_000)
    }
    let witness = Witness(stage.world.broker)
    var events = try crashes.indices.flatMap { index in
      try (0..<4).map { round in
        (second: 50 + Double(index + crashes.count * round) * 11, crash: try CrashSpec(parsing: crashes[index]))
      }
    }
    // While the company is away and when it is back, what was reserved is given back.
    for second in [313.0, 315.0, 317.0, 319.0, 321.0, 323.0, 327.0] {
      events.append((second, try CrashSpec(parsing: "inventory:P10")))
    }
    events.sort { $0.second < $1.second }
    let moments = events.map(\.second) + faults.map(\.second) + [opening, closing, end]
    for moment in moments.sorted() {
      stage.run(moment - Double(stage.world.time.elapsed) / 1e9)
      for event in events where event.second == moment { stage.world.crashPoints.arm(event.crash) }
      for fault in faults where fault.second == moment { stage.arm(fault.text) }
      if moment == opening { stage.world.customers.rate = rate }
      if moment == closing { stage.world.customers.close() }
    }
    return try ShopRemains(stage, messages: witness.messages.withLock { $0 })
  }
}

/// Notes every record as it comes to the bus: retention forgets some before the run is over.
private final class Witness: Sendable {
  let messages = Locked<[GTXID: [ShopRemains.Message]]>([:])

  init(_ broker: Broker) {
    broker.onAppend { [messages] topic, _, records in
      for record in records {
        guard let id = record.headerText(Carrier.gtxid).flatMap({ GTXID($0) }),
          let type = record.headerText(RecordHeaderName.type), let message = record.headerText(RecordHeaderName.message)
        else { continue }
        let seen = ShopRemains.Message(topic: topic, type: type, id: message, time: record.timestamp)
        messages.withLock { $0[id, default: []].append(seen) }
      }
    }
  }
}
