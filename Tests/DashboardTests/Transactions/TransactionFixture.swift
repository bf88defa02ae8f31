import Drawing
import Operations
import TraceCollector
import TraceModel

@testable import Dashboard

/// One order whose payment the outside company does not answer, and which is undone; and a list with it in its midst.
enum TransactionFixture {
  static let millisecond: Int64 = 1_000_000
  static let second: Int64 = 1_000_000_000
  /// 14:03:27 on the 14th of November 2023.
  static let now: Int64 = 1_699_970_607 * second
  /// 14:02:57.300
  static let start: Int64 = now - 29_700 * millisecond

  static func id(_ hex: String) -> GTXID {
    guard let id = GTXID(hex) else { preconditionFailure("\(hex) is an id") }
    return id
  }

  static let undoneID = id("8f3a91c07b5e44d2a6f0c3d91e7721c9")

  static func span(
    _ number: UInt64, under parent: UInt64? = nil, hop: UInt32? = nil, _ kind: SpanKind, _ service: String,
    _ operation: String, from: Int64, to end: Int64?, error: String? = nil, peer: String = "",
    attributes: [SpanAttribute] = [], events: [SpanEvent] = []
  ) -> TraceSpan {
    guard let span = SpanID(number) else { preconditionFailure("a span's id is not zero") }
    return TraceSpan(
      gtxid: undoneID, id: span, parent: parent.flatMap { SpanID($0) }, ltxid: hop.flatMap { LTXID($0) }, kind: kind,
      service: service, instance: "\(service)-2:41873", operation: operation, start: start + from * millisecond,
      duration: end.map { ($0 - from) * millisecond }, status: error == nil ? .unset : .error, message: error ?? "",
      peer: peer, attributes: attributes, events: events)
  }

  static func record(_ topic: String, _ partition: Int64, _ offset: Int64) -> [SpanAttribute] {
    [
      SpanAttribute(AttributeName.topic, .text(topic)), SpanAttribute(AttributeName.partition, .integer(partition)),
      SpanAttribute(AttributeName.offset, .integer(offset)),
    ]
  }

  static func attempt(_ number: Int64) -> [SpanAttribute] {
    [SpanAttribute(AttributeName.attempt, .integer(number)), SpanAttribute(AttributeName.attempts, 3)]
  }

  static func event(_ at: Int64, _ name: String, _ attributes: [SpanAttribute] = []) -> SpanEvent {
    SpanEvent(time: start + at * millisecond, name: name, attributes: attributes)
  }

  private static var chargeEvents: [SpanEvent] {
    let wait = [SpanAttribute(SpanEventName.duration, .integer(500 * millisecond))]
    return [
      event(1_036, SpanEventName.backOff, wait), event(1_536, SpanEventName.refused, attempt(2)),
      event(1_537, SpanEventName.backOff, wait), event(2_036, SpanEventName.refused, attempt(3)),
    ]
  }

  private static var call: TraceSpan {
    let breaker = [
      SpanAttribute(SpanEventName.breakerName, "payment → payment-gateway"),
      SpanAttribute(SpanEventName.from, "CLOSED"), SpanAttribute(SpanEventName.to, "OPEN"),
    ]
    return span(
      0xb7ad_6b71_6920_3331, under: 7, hop: 6, .client, "payment", "POST /charge", from: 36, to: 1_036,
      error: "결제 게이트웨이 응답 시간 초과: 1,000 ms 안에 답이 없습니다", peer: "payment-gateway",
      attributes: [
        SpanAttribute("amount", 38000), SpanAttribute("currency", "KRW"),
        SpanAttribute("idempotency.key", "8f3a91c07b5e44d2a6f0c3d91e7721c9/charge"),
        SpanAttribute(AttributeName.errorType, "PaymentGatewayTimeout"), SpanAttribute(AttributeName.httpStatus, 504),
      ] + attempt(1), events: [event(1_500, SpanEventName.breaker, breaker)])
  }

  static var spans: [TraceSpan] {
    [
      span(
        1, hop: 1, .server, "gateway", "POST /orders", from: 0, to: 2_070, error: "payment declined",
        attributes: [SpanAttribute(AttributeName.kind, "checkout"), SpanAttribute(AttributeName.httpStatus, 402)]),
      span(2, under: 1, hop: 2, .server, "order", "createOrder", from: 6, to: 18),
      span(3, under: 2, hop: 3, .server, "customer", "reserve credit", from: 9, to: 13),
      span(
        4, under: 2, hop: 4, .producer, "order", "ORDER_CREATE", from: 18, to: 18,
        attributes: record("inventory", 2, 188_811)),
      span(5, under: 4, hop: 4, .consumer, "inventory", "reserve sku-18 ×2", from: 21, to: 30),
      span(
        6, under: 5, hop: 5, .producer, "inventory", "ITEM_RESERVED", from: 30, to: 30,
        attributes: record("payment", 1, 187_611)),
      span(
        7, under: 6, hop: 5, .consumer, "payment", "charge 38,000 KRW", from: 34, to: 2_036,
        error: "call not permitted: breaker payment-gateway is OPEN", events: chargeEvents),
      call,
      span(
        9, under: 7, hop: 7, .producer, "payment", "PAYMENT_FAILED", from: 2_036, to: 2_036,
        attributes: record("inventory", 2, 188_830)),
      span(
        10, under: 9, hop: 7, .consumer, "inventory", "release sku-18 ×2", from: 2_040, to: 2_046,
        attributes: [SpanAttribute(AttributeName.undoes, 4)]),
      span(
        11, under: 1, hop: 8, .server, "order", "cancel", from: 2_051, to: 2_062,
        attributes: [SpanAttribute(AttributeName.undoes, 2)]),
      span(
        12, under: 11, hop: 9, .server, "customer", "release credit", from: 2_055, to: 2_060,
        attributes: [SpanAttribute(AttributeName.undoes, 3)]),
    ]
  }

  static var log: [LogLine] {
    func line(_ at: Int64, _ level: LogLine.Level, _ hop: UInt32, _ message: String) -> LogLine {
      LogLine(
        time: start + at * millisecond, level: level, service: "payment", instance: "payment-2", gtxid: undoneID,
        ltxid: LTXID(hop), message: message)
    }
    return [
      line(36, .info, 6, "charge 38,000 KRW, key 8f3a…/charge"),
      line(1_036, .warn, 6, "no answer in 1,000 ms, retry in 500 ms"),
      line(1_536, .error, 6, "call not permitted: breaker payment-gateway is OPEN"),
    ]
  }

  static var undone: TransactionSummary {
    var summary = TransactionSummary(
      gtxid: undoneID, kind: "checkout", state: .compensated, start: start, duration: 2_070 * millisecond)
    summary.hops = 9
    summary.spans = 12
    summary.services = ["gateway", "order", "customer", "inventory", "payment", "payment-gateway"]
    summary.errors = 3
    summary.firstError = "PaymentGatewayTimeout: no answer in 1,000 ms"
    summary.user = "kim"
    summary.amount = "38,000 KRW"
    summary.customerSees = "cancelled"
    return summary
  }

  static var detail: TransactionDetail {
    TransactionDetail(summary: undone, tree: CallTree.build(spans: spans), log: log)
  }

  /// The list with a transaction in each state, newest first.
  static var list: [TransactionSummary] {
    func row(
      _ hex: String, _ state: TransactionState, ago: Int64, took: Int64, hops: Int,
      _ change: (inout TransactionSummary) -> Void = { _ in }
    ) -> TransactionSummary {
      var summary = TransactionSummary(
        gtxid: id(hex + "00000000000000000000000000001111".dropFirst(hex.count)), kind: "checkout", state: state,
        start: now - ago * millisecond, duration: took * millisecond)
      summary.hops = hops
      summary.services = ["gateway", "order", "inventory", "payment"]
      change(&summary)
      return summary
    }
    return [
      row("e01c", .running, ago: 120, took: 120, hops: 3) { $0.step = "inventory" },
      row("c90d", .committed, ago: 900, took: 41, hops: 6),
      row("1be4", .rejected, ago: 1_400, took: 12, hops: 4) { $0.firstError = "sku-7 is sold out" },
      row("aa71", .compensating, ago: 2_000, took: 2_000, hops: 7) {
        $0.errors = 1
        $0.firstError = "PaymentGatewayTimeout: no answer in 1,000 ms"
      },
      row("5d20", .ok, ago: 3_100, took: 240, hops: 0) {
        $0.kind = "GET /api/상품/목록"
        $0.services = ["frontend", "backend"]
        $0.isExternal = true
      },
      row("c41d", .running, ago: 26_100, took: 26_100, hops: 5) {
        $0.isOverdue = true
        $0.step = "payment"
      },
      undone,
      row("04f2", .failed, ago: 31_000, took: 1_010, hops: 2) {
        $0.errors = 2
        $0.firstError = "order does not answer"
      },
      row("77b0", .stuck, ago: 252_000, took: 252_000, hops: 9) {
        $0.stuckReason = "ReleaseStock failed 5×"
        $0.errors = 6
      },
    ]
  }

  static var snapshot: SystemSnapshot {
    var snapshot = SystemSnapshot(
      system: SystemIdentity(name: "shop", kind: .simulated, speed: .paced(1)), time: now)
    snapshot.transactions = list
    snapshot.tally.running = 1_204
    snapshot.tally.compensating = 1
    snapshot.tally.stuck = 1
    return snapshot
  }

  static func context(
    _ columns: Int, _ rows: Int, _ snapshot: SystemSnapshot = snapshot, transaction: TransactionDetail? = nil
  ) -> PageContext {
    PageContext(
      snapshot: snapshot, isFrozen: false, size: Size(columns: columns, rows: rows), zoneOffset: 0, motion: false,
      transaction: transaction, log: [])
  }
}
