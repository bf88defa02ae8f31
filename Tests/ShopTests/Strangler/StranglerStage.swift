import EventBus
import GRDB
import Operations
import Simulation
import TraceModel
import Transactions

@testable import Shop

/// A shop whose legacy shop is beside the new services.
extension Stage {
  /// - Parameter shares: as they are typed: `review=0,order=50`.
  static func strangled(
    _ shares: String, rate: Double = 0, mistakes: Set<Mistake> = [], _ change: (inout ShopSettings) -> Void = { _ in }
  ) -> Stage {
    Stage(rate: rate) { settings in
      do {
        settings.strangler = try StranglerSettings(parsing: shares)
      } catch {
        preconditionFailure("\(error)")
      }
      settings.mistakes = mistakes
      change(&settings)
    }
  }

  /// Moves a slider as the cockpit does, and waits until every gateway was told.
  @discardableResult
  func strangle(_ capability: StranglerCapability, _ share: Int) -> CommandOutcome {
    let command = Command.configure(key: ShopConfiguration.share(capability), value: "\(share)")
    let outcome = CommandDesk(world: world, snapshot: snapshot()).outcome(of: command)
    if case .done = outcome { CommandDesk.carryOut(command, in: world) }
    run(2)
    return outcome
  }

  func review(_ sku: String = "sku-01", stars: Int64 = 4, by user: String = "kim") -> GTXID? {
    var body = Payload(sku: sku)
    body.stars = stars
    body.words = "as expected"
    return Self.id(ask(Request("POST /reviews", body: body), by: user))
  }

  /// The rows of the first column of a query, as texts.
  func texts(_ service: String, _ sql: String) -> [String] {
    (try? world.disk(of: service)?.database.read { try $0.all(sql, []) { $0.value(0) as String } }) ?? []
  }

  func number(_ service: String, _ sql: String) -> Int64 {
    (try? world.disk(of: service)?.database.read { try $0.number(sql) }) ?? -1
  }

  /// What stands on `legacy.events` by now: where, of which type, and of which transaction.
  func legacyEvents() -> [(place: String, type: String, gtxid: String)] {
    var found: [(String, String, String)] = []
    for partition in 0..<ShopPlan.partitions {
      guard let topic = try? world.broker.topic(TopicName.legacyEvents),
        let bounds = try? topic.bounds(partition: partition)
      else { continue }
      var next = bounds.lowerBound
      while next < bounds.upperBound,
        let records = try? topic.peek(partition: partition, from: next, maximumRecords: 500).records, !records.isEmpty
      {
        for record in records {
          let (type, id) = (record.headerText(RecordHeaderName.type) ?? "", record.headerText(Carrier.gtxid) ?? "")
          found.append(("\(partition)/\(record.offset)", type, id))
        }
        next = (records.last?.offset ?? next) + 1
      }
    }
    return found
  }

  func legacyEvents(_ type: String) -> [String] { legacyEvents().filter { $0.type == type }.map(\.gtxid) }
}
