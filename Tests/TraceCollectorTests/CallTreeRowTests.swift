import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct CallTreeRowTests {
  private func event(_ at: Int64, _ name: String, _ attributes: [SpanAttribute] = []) -> SpanEvent {
    SpanEvent(time: epoch + at * millisecond, name: name, attributes: attributes)
  }

  private func attempt(_ number: Int64) -> [SpanAttribute] {
    [SpanAttribute(AttributeName.attempt, .integer(number)), SpanAttribute(AttributeName.attempts, 3)]
  }

  private func record(_ topic: AttributeValue, _ partition: Int64, _ offset: Int64) -> [SpanAttribute] {
    [
      SpanAttribute(AttributeName.topic, topic), SpanAttribute(AttributeName.partition, .integer(partition)),
      SpanAttribute(AttributeName.offset, .integer(offset)),
    ]
  }

  /// An order whose payment the outside company does not answer, and which is undone.
  private var failedOrder: [TraceSpan] {
    let backOff = [SpanAttribute(SpanEventName.duration, .integer(500 * millisecond))]
    let breaker = [
      SpanAttribute(SpanEventName.breakerName, "payment → payment-gateway"),
      SpanAttribute(SpanEventName.from, "CLOSED"),
      SpanAttribute(SpanEventName.to, "OPEN"),
    ]
    return [
      span(
        1, hop: 1, .server, "gateway", "POST /orders", from: 0, to: 14,
        attributes: [SpanAttribute(AttributeName.kind, "checkout"), SpanAttribute(AttributeName.httpStatus, 202)]),
      span(2, under: 1, hop: 2, .client, "gateway", "POST /orders", from: 1, to: 13, peer: "order"),
      span(
        3, under: 2, hop: 2, .server, "order", "createOrder", from: 2, to: 12,
        attributes: [SpanAttribute(AttributeName.state, "PENDING")]),
      span(10, under: 3, .internal, "order", "insert", from: 3, to: 4),
      span(
        4, under: 3, hop: 3, .producer, "order", "ORDER_CREATE", from: 12, to: 12,
        attributes: record("inventory", 2, 188_811)),
      span(
        5, under: 4, hop: 3, .consumer, "inventory", "reserve", from: 15, to: 24,
        events: [event(15, SpanEventName.duplicate)]),
      span(
        6, under: 5, hop: 4, .producer, "inventory", "ITEM_RESERVED", from: 24, to: 24,
        attributes: record("payment", 1, 187_611)),
      span(
        7, under: 6, hop: 4, .consumer, "payment", "charge", from: 28, to: 2_028, failed: true,
        attributes: [SpanAttribute(AttributeName.wait, .integer(4 * millisecond))],
        events: [
          event(1_036, SpanEventName.backOff, backOff),
          event(1_536, SpanEventName.refused, attempt(2) + [SpanAttribute(SpanEventName.guard, "breaker")]),
          event(1_536, SpanEventName.backOff, backOff), event(2_028, SpanEventName.refused, attempt(3)),
        ]),
      span(
        8, under: 7, hop: 5, .client, "payment", "POST /charge", from: 36, to: 1_036, failed: true,
        peer: "payment-gateway", attributes: attempt(1) + [SpanAttribute(AttributeName.httpStatus, 504)],
        events: [event(1_036, SpanEventName.breaker, breaker)]),
      span(
        11, under: 7, hop: 6, .producer, "payment", "PAYMENT_FAILED", from: 2_028, to: 2_028,
        attributes: record("inventory", 2, 188_830)),
      span(
        12, under: 11, hop: 6, .consumer, "inventory", "release", from: 2_032, to: 2_038,
        attributes: [SpanAttribute(AttributeName.undoes, 3)]),
    ]
  }

  @Test func theTreeAsText() {
    let tree = CallTree.build(spans: failedOrder)
    let text = CallTreeText.render(tree)
    #expect(
      text == """
        000000000000abcd0000000000000001  checkout
        2.04 s  6 hops  4 services  1 error  ┃ critical path of the transaction

         hop  service and operation                                took  code
         #1   ▾ gateway POST /orders                              14 ms  202
         #2     ▾ order createOrder                               12 ms  PENDING
                    order insert                                   1 ms
                  ✉ ORDER_CREATE → inventory[2] @188,811          +3 ms
         #3       ▾ inventory reserve                              9 ms  ok
                    ≡ duplicate, not acted on
                    ✉ ITEM_RESERVED → payment[1] @187,611         +4 ms
        ┃#4         ▾ payment charge                             2.00 s  ✗
        ┃#5             payment-gateway POST /charge  1/3        1.00 s  ✗ 504
                      ○ breaker OPEN payment → payment-gateway
        ┃             ◷ back-off                                 500 ms
                      ⊘ attempt 2/3 not permitted by breaker       0 ms  ⊘
        ┃             ◷ back-off                                 500 ms
                      ⊘ attempt 3/3 not permitted                  0 ms  ⊘
                      ✉ PAYMENT_FAILED → inventory[2] @188,830    +4 ms
         #6             inventory release  ↺ undoes #3             6 ms  ok

        """, "\n\(text)")
    let ascii = CallTreeText.render(tree, ascii: true).split(separator: "\n").map(String.init)
    #expect(ascii.contains("          @ ORDER_CREATE -> inventory[2] @188,811          +3 ms"))
    #expect(ascii.contains("|#5             payment-gateway POST /charge  1/3         1.00 s  x 504"))
    #expect(ascii.contains("              O breaker OPEN payment → payment-gateway"), "names stay as they are")
  }

  @Test func rowsCarryWhatTheirColumnsShow() throws {
    let tree = CallTree.build(spans: failedOrder)
    let order = tree.rows[1]
    #expect(order.service == "order" && order.ltxid == LTXID(2) && order.code == .state("PENDING"))
    #expect(order.start == epoch + millisecond && order.duration == 12 * millisecond, "the client's times")
    #expect(tree.nodes[order.node].span.kind == .server)
    let records = tree.rows.filter { if case .record = $0.content { true } else { false } }
    #expect(records.map(\.duration) == [3, 4, 4].map { $0 * millisecond } && records[0].parent == 1)
    #expect(records[0].topic == "inventory" && records[0].partition == 2 && records[0].offset == 188_811)
    #expect(records.allSatisfy { $0.ltxid == nil && !$0.hasChildren })
    let reserve = try #require(tree.rows.first { $0.operation == "reserve" })
    #expect(reserve.depth == records[0].depth && reserve.parent == records[0].parent)
    #expect(reserve.subtreeEnd == tree.rows.count)
    let breaker = try #require(tree.rows.first { $0.to == "OPEN" })
    #expect(breaker.from == "CLOSED" && breaker.operation == "payment → payment-gateway" && breaker.duration == nil)
    let refused = tree.rows.filter { $0.code == .refused }
    #expect(refused.map(\.attempt) == [2, 3] && refused.allSatisfy { $0.attempts == 3 && $0.isError })
    #expect(refused[0].operation == "breaker")
    #expect(tree.rows.last?.undoes == LTXID(3))
  }

  /// Two services read the record, one of them when it is up again: the figure is as long as the bar beside it, where the
  /// critical path runs. What is delivered once more nobody waited for; a first try that failed is none.
  @Test func aRecordWaitsForTheLastOfItsReaders() throws {
    func row(_ readers: [TraceSpan]) throws -> (row: CallTreeRow, path: [CriticalPath.Stretch]) {
      let tree = CallTree.build(
        spans: [
          span(1, hop: 1, .server, "order", "POST /orders", from: 0, to: 5),
          span(2, under: 1, hop: 2, .producer, "order", "PLACED", from: 4, to: 4),
        ] + readers)
      let row = try #require(tree.rows.first { if case .record = $0.content { true } else { false } })
      return (row, tree.criticalStretches(of: row, on: tree.criticalPath(.transaction)))
    }
    let item = span(3, under: 2, hop: 2, .consumer, "item", "reserve", from: 5, to: 6)
    let (one, _) = try row([item])
    #expect(one.start == epoch + 4 * millisecond && one.duration == millisecond)
    let payment = span(4, under: 2, hop: 2, .consumer, "payment", "charge", from: 9_004, to: 9_010)
    let (two, path) = try row([item, payment])
    #expect(two.duration == 9_000 * millisecond)
    #expect(path.last?.to == two.start + 9_000 * millisecond)
    let again = span(5, under: 2, hop: 2, .consumer, "item", "reserve", from: 20_000, to: 20_001)
    #expect(try row([item, payment, again]).row.duration == 9_000 * millisecond)
    let crashed = span(6, under: 2, hop: 2, .consumer, "payment", "charge", from: 6, to: 7, failed: true)
    #expect(try row([crashed, item, payment]).row.duration == 9_000 * millisecond)
    #expect(try row([crashed]).row.duration == 2 * millisecond)
  }

  /// What is in an outbox while the bus is away waits, too, and the path runs through that.
  @Test func aRecordWaitsFromWhenItsCauseWasDone() throws {
    let tree = CallTree.build(spans: [
      span(1, hop: 1, .server, "order", "POST /orders", from: 0, to: 5),
      span(2, under: 1, hop: 2, .producer, "order", "ORDER_CREATE", from: 16_000, to: 16_001),
      span(3, under: 2, hop: 2, .consumer, "inventory", "reserve", from: 16_005, to: 16_006),
    ])
    let row = try #require(tree.rows.first { if case .record = $0.content { true } else { false } })
    #expect(row.start == epoch + 5 * millisecond && row.duration == 16_000 * millisecond)
    let path = tree.criticalStretches(of: row, on: tree.criticalPath(.transaction))
    #expect(path.first?.from == row.start && path.last?.to == row.start + 16_000 * millisecond)
    let unread = CallTree.build(spans: [
      span(1, hop: 1, .server, "order", "POST /orders", from: 0, to: 5),
      span(2, under: 1, hop: 2, .producer, "order", "ORDER_CREATE", from: 16_000, to: 16_001),
    ])
    #expect(unread.rows[1].duration == nil && unread.rows[1].start == epoch + 5 * millisecond)
  }

  /// The bus knows when it had the record, the reader's span only when it began to work.
  @Test func aReaderMaySayHowLongItsRecordWaited() {
    let tree = CallTree.build(spans: [
      span(1, .server, "order", from: 0, to: 5), span(2, under: 1, .producer, "order", from: 4, to: 5),
      span(
        3, under: 2, .consumer, "mail", from: 15, to: 16,
        attributes: [SpanAttribute(AttributeName.wait, .integer(7 * millisecond))]),
    ])
    #expect(tree.rows[1].duration == 7 * millisecond)
  }

  @Test func aRecordsRowNamesTheConsumerThatReadItFirst() {
    let tree = CallTree.build(spans: [
      span(1, .server, "order", from: 0, to: 5), span(2, under: 1, .producer, "order", from: 4, to: 5),
      span(3, under: 2, hop: 3, .consumer, "mail", from: 9, to: 10),
      span(4, under: 2, hop: 4, .consumer, "search", from: 7, to: 8),
    ])
    #expect(tree.shape == ["1", ".2", "..3", "..4"])
    #expect(tree.rows[1].content == .record(node: 1, consumer: 3))
  }

  /// Filters of a gateway stand below their phase, which is folded unless one of them failed.
  @Test(arguments: [false, true]) func aPhaseOfAGatewayIsASummary(isRefused: Bool) {
    let phase = [SpanAttribute(AttributeName.filters, "routing quota")]
    let tree = CallTree.build(spans: [
      span(1, hop: 1, .server, "gateway", "GET /", from: 0, to: 9),
      span(2, under: 1, hop: 1, .internal, "gateway", "PRE", from: 1, to: 3, failed: isRefused, attributes: phase),
      span(3, under: 2, hop: 1, .internal, "gateway", "routing", from: 2, to: 2),
      span(4, under: 2, hop: 1, .internal, "gateway", "quota", from: 2, to: 3, failed: isRefused),
      span(5, under: 1, hop: 2, .client, "gateway", "GET /", from: 3, to: 8, peer: "order"),
    ])
    #expect(tree.rows.map(\.isSummary) == [false, !isRefused, false, false, false])
    let lines = CallTreeText.render(tree).split(separator: "\n").map(String.init)
    #expect(lines.count == (isRefused ? 8 : 6))
    #expect(lines.contains { $0.contains(isRefused ? "▾ gateway PRE  " : "▸ gateway PRE  +2") })
    #expect(lines.contains { $0.contains("gateway quota") } == isRefused)
  }

  @Test func aClientWithSeveralServersKeepsItsOwnRow() {
    let tree = CallTree.build(spans: [
      span(1, .client, "a", from: 0, to: 9, peer: "b"), span(2, under: 1, .server, "b", from: 1, to: 4),
      span(3, under: 1, .server, "b", from: 5, to: 8),
    ])
    #expect(
      tree.rows.map(\.content) == [
        .hop(client: 0, server: nil), .hop(client: nil, server: 1), .hop(client: nil, server: 2),
      ])
    #expect(tree.rows.map(\.depth) == [0, 1, 1])
  }

  @Test(arguments: [true, false]) func aHopFailedWhenEitherSideDid(isClient: Bool) {
    let tree = CallTree.build(spans: [
      span(1, .client, "a", from: 0, to: 9, failed: isClient),
      span(2, under: 1, .server, "b", from: 1, to: 20, failed: !isClient),
    ])
    #expect(tree.rows.map(\.isError) == [true] && tree.rows.map(\.code) == [.failed(status: nil)])
  }

  /// Beside it there is no row to hold them.
  @Test func whatHappenedInAClientAtTheTopStandsBelowIt() {
    let tree = CallTree.build(spans: [
      span(1, .client, "a", from: 0, to: 9, events: [event(5, SpanEventName.backOff)]),
      span(2, under: 1, .server, "b", from: 1, to: 4, events: [event(2, SpanEventName.duplicate)]),
    ])
    #expect(
      tree.rows.map(\.content) == [
        .hop(client: 0, server: 1), .duplicate(node: 1, event: 0), .backOff(node: 0, event: 0),
      ])
    #expect(tree.rows.map(\.depth) == [0, 1, 1])
  }

  @Test func aMadeUpRootIsNoHop() {
    let tree = CallTree.build(spans: [
      span(2, under: 1, .server, "a", from: 0, to: 1), span(3, under: 1, .server, "a", from: 2, to: 3),
    ])
    #expect(
      tree.rows.map(\.content) == [.span(node: 0), .hop(client: nil, server: 1), .hop(client: nil, server: 2)])
  }

  @Test func aRecordThatNobodyReadHasNoWait() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 9), span(2, under: 1, .producer, "a", "send", from: 1, to: 2, peer: "kafka"),
    ])
    #expect(tree.rows[1].content == .record(node: 1, consumer: nil) && tree.rows[1].duration == nil)
    #expect(tree.rows[1].topic == "kafka" && !tree.hasMessages)
  }

  /// Numbers are read from the carrier, on whichever side it was reported, and never made up.
  @Test func aHopWithoutANumberShowsADot() {
    let tree = CallTree.build(spans: [
      span(1, .server, "a", from: 0, to: 9), span(2, under: 1, hop: 7, .client, "a", from: 1, to: 4),
      span(3, under: 2, .server, "b", from: 2, to: 3), span(4, under: 1, .client, "a", from: 5, to: 6, peer: "c"),
      span(5, under: 77, .server, "d", from: 7, to: 8),
    ])
    #expect(tree.rows.map(\.ltxid) == [nil, LTXID(7), nil, nil])
    let text = CallTreeText.render(tree)
    let lines = text.split(separator: "\n").dropFirst(3)
    #expect(lines.map { $0.prefix(4).filter { !" ┃".contains($0) } } == ["·", "#7", "·", "·"])
    #expect(text.contains("d work  (parent not reported)"))
  }

  @Test func aProducerAtTheTopIsAHopWithItsConsumersBelow() {
    let tree = CallTree.build(spans: [
      span(1, .producer, "a", "send", from: 0, to: 1), span(2, under: 1, .consumer, "b", "poll", from: 3, to: 4),
    ])
    #expect(tree.rows.map(\.depth) == [0, 1] && tree.rows[0].hasChildren)
  }

  @Test func codesSayHowItEnded() {
    func code(_ span: TraceSpan) -> CallTreeRow.Code { CallTree.build(spans: [span]).rows[0].code }
    let status = [SpanAttribute(AttributeName.httpStatus, "404")]
    #expect(code(span(1, .server, from: 0, to: 1)) == .ok && code(span(1, .server, from: 0, to: nil)) == .unknown)
    #expect(code(span(1, .server, from: 0, to: 1, attributes: status)) == .status(404))
    #expect(code(span(1, .server, from: 0, to: 1, failed: true, attributes: status)) == .failed(status: 404))
    #expect(code(span(1, .server, from: 0, to: nil, failed: true)) == .failed(status: nil))
  }

  @Test func namesFromOutsideCannotDriveATerminal() {
    let tree = CallTree.build(spans: [
      span(1, .server, "evil\u{1B}[2J", "a\nb\u{202E}c", from: 0, to: 1),
      span(2, under: 1, .server, "결제", "결제", from: 0, to: 1),
    ])
    let text = CallTreeText.render(tree)
    #expect(text.contains("evil\\u{1b}[2J a\\u{a}b\\u{202e}c") && !text.contains("\u{1B}"))
    #expect(text.split(separator: "\n").count == 5)
    #expect(VisibleText.width("결제") == 4 && VisibleText.width("→e\u{301}") == 2)
  }

  @Test(
    arguments: [
      (0, "0 ms"), (310_000, "0.31 ms"), (999_999, "1 ms"), (1_499_999, "1 ms"), (84 * millisecond, "84 ms"),
      (999_499_999, "999 ms"), (999_500_000, "1.00 s"), (2_070 * millisecond, "2.07 s"),
      (9_996 * millisecond, "10.0 s"),
      (26_100 * millisecond, "26.1 s"), (59_960 * millisecond, "1m 00s"), (252 * second, "4m 12s"),
      (7_500 * second, "2h 05m"), (-3 * millisecond, "-3 ms"), (.min, "-2562047h 47m"),
    ] as [(Int64, String)])
  func durations(nanoseconds: Int64, text: String) {
    #expect(CallTreeText.duration(nanoseconds) == text)
  }
}
