import EventBus
import Operations
import TraceModel
import Transactions

@testable import Shop

/// What is to be seen of orders from outside: the rows that order keeps, and the records in which a choreographed saga
/// begins. Both are forgotten after a while, so one looks now and then.
struct OrdersSeen {
  struct Told {
    var order: Int64
    var message: String
    var payload: Payload
  }

  /// The transactions of the rows, by order.
  private(set) var rows: [Int64: String] = [:]
  /// The records, by transaction, as they were found: one that was published again stands there again.
  private(set) var told: [String: [Told]] = [:]
  /// The orders of a partition's records, each where it came first.
  private var order: [[Int64]] = Array(repeating: [], count: ShopPlan.partitions)
  private var next = [Int64](repeating: 0, count: ShopPlan.partitions)

  /// What came since the last look.
  /// - Returns: those records.
  @discardableResult
  mutating func look(_ stage: Stage) throws -> [Told] {
    let database = stage.world.disk(of: ShopPlan.order)?.database
    for row in try database?.read({ try OrderTables.all($0) }) ?? [] { rows[row.id] = row.gtxid }
    let topic = try stage.world.broker.topic(TopicName.inventory)
    var new: [Told] = []
    for partition in 0..<ShopPlan.partitions {
      let start = max(next[partition], try topic.bounds(partition: partition).lowerBound)
      for record in try topic.peek(partition: partition, from: start).records {
        next[partition] = record.offset + 1
        guard record.headerText(RecordHeaderName.type) == EventType.orderCreated,
          let payload = Payload(json: record.value), let order = payload.order,
          let message = record.headerText(RecordHeaderName.message), let id = record.headerText(Carrier.gtxid)
        else { continue }
        if !self.order[partition].contains(order) { self.order[partition].append(order) }
        new.append(Told(order: order, message: message, payload: payload))
        told[id, default: []].append(Told(order: order, message: message, payload: payload))
      }
    }
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
      if Set(records.map(\.message)).count > 1 {
        findings.append("order \(records[0].order) was told of under two ids")
      }
    }
    for (partition, orders) in order.enumerated() where orders != orders.sorted() {
      findings.append("partition \(partition) has orders in another order than that of their commits")
    }
    return findings
  }
}
