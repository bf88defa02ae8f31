import EventBus
import Operations
import TraceModel
import Transactions

@testable import Shop

/// What is to be seen of orders from outside: the rows that order keeps, and the records in which others are first told of
/// an order, whatever its saga. Both are forgotten after a while, so one looks now and then.
struct OrdersSeen {
  struct Told {
    var order: Int64
    var message: String
    /// What it says of the order: all of it, but for the orchestrator, which has asked for it.
    var payload: Payload
    var topic: String
  }

  /// Where each saga begins: with which message, and on which topic.
  private static let beginnings = [
    (TopicName.inventory, EventType.orderCreated), (TopicName.orders, EventType.placed),
    (TopicName.credit, EventType.creditOrderCreated), (TopicName.replies, "\(CommandName.createOrder):ok"),
  ]

  /// The transactions of the rows, by order.
  private(set) var rows: [Int64: String] = [:]
  /// The records, by transaction, as they were found: one that was published again stands there again.
  private(set) var told: [String: [Told]] = [:]
  /// The orders of a partition's records, each where it came first.
  private var order: [TopicPartition: [Int64]] = [:]
  private var next: [TopicPartition: Int64] = [:]

  /// What came since the last look.
  /// - Returns: those records.
  @discardableResult
  mutating func look(_ stage: Stage) throws -> [Told] {
    let database = stage.world.disk(of: ShopPlan.order)?.database
    for row in try database?.read({ try OrderTables.all($0) }) ?? [] { rows[row.id] = row.gtxid }
    var new: [Told] = []
    for (topic, type) in Self.beginnings {
      for partition in 0..<ShopPlan.partitions {
        new += try look(stage, TopicPartition(topic: topic, partition: partition), for: type)
      }
    }
    return new
  }

  private mutating func look(_ stage: Stage, _ place: TopicPartition, for type: String) throws -> [Told] {
    let topic = try stage.world.broker.topic(place.topic)
    var new: [Told] = []
    var start = max(next[place] ?? 0, try topic.bounds(partition: place.partition).lowerBound)
    while true {
      let records = try topic.peek(partition: place.partition, from: start).records
      guard let last = records.last else { break }
      start = last.offset + 1
      for record in records where record.headerText(RecordHeaderName.type) == type {
        let body = SagaReply(payload: record.value)?.body ?? record.value
        guard let payload = Payload(json: body), let order = payload.order,
          let message = record.headerText(RecordHeaderName.message), let id = record.headerText(Carrier.gtxid)
        else { continue }
        if self.order[place]?.contains(order) != true { self.order[place, default: []].append(order) }
        new.append(Told(order: order, message: message, payload: payload, topic: place.topic))
        told[id, default: []].append(new[new.count - 1])
      }
    }
    next[place] = start
    return new
  }

  /// Orders and records that do not belong together, a line each, by order.
  var findings: [String] {
    let written = Set(rows.values)
    var findings = rows.sorted { $0.key < $1.key }.filter { told[$0.value] == nil }.map {
      "order \($0.key) was written, and nobody was told"
    }
    for (id, records) in told.sorted(by: { $0.value[0].order < $1.value[0].order }) {
      if !written.contains(id) { findings.append("order \(records[0].order) was told of, and never written") }
      // A command that came again is answered again, in a message of its own.
      if Set(records.map(\.message)).count > 1, records[0].topic != TopicName.replies {
        findings.append("order \(records[0].order) was told of under two ids")
      }
    }
    for (place, orders) in order.sorted(by: { "\($0.key)" < "\($1.key)" }) where orders != orders.sorted() {
      findings.append("\(place) has orders in another order than that of their commits")
    }
    return findings
  }
}
