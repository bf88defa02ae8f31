import Concurrency
import Connectors
import Operations
import TestSupport
import Testing
import TraceCollector
import TraceModel

/// What a system is known by when its services report spans and metrics, and nothing else.
@Suite struct AttachedSystemTests {
  private static let epoch: Int64 = 1_760_000_000 * second

  /// A system whose time goes by when it is told.
  private final class Stage: Sendable {
    private let clock: Locked<Int64>
    let system: AttachedSystem

    init() {
      let clock = Locked(AttachedSystemTests.epoch)
      self.clock = clock
      system = AttachedSystem(name: "prod", budget: 4_000_000, memory: { 7_000_000 }, now: { clock.withLock { $0 } })
    }

    func pass(_ seconds: Int64) {
      clock.withLock { $0 += seconds * second }
      system.refresh()
    }

    /// An order: the shop asks the bank (8 ms there, 20 ms here) and its database (3 ms).
    func order(_ number: UInt64, failed: Bool = false) {
      let start = clock.withLock { $0 }
      system.receive([
        Self.span(number, 1, nil, .server, "shop", "POST /orders", start, 40, failed: failed),
        Self.span(number, 2, 1, .client, "shop", "POST /charge", start, 20, peer: "bank", failed: failed),
        Self.span(number, 3, 2, .server, "bank", "POST /charge", start, 8, failed: failed),
        Self.span(
          number, 4, 1, .client, "shop", "INSERT", start, 3,
          attributes: [
            SpanAttribute("db.system", "postgresql"), SpanAttribute("db.name", "orders"),
          ]),
      ])
    }

    /// The shop writes something that mail reads.
    func message(_ number: UInt64, failed: Bool = false) {
      let start = clock.withLock { $0 }
      system.receive([
        Self.span(number, 1, nil, .producer, "shop", "send", start, 1),
        Self.span(number, 2, 1, .consumer, "mail", "receive", start, 9, failed: failed),
      ])
    }

    private static func span(
      _ trace: UInt64, _ id: UInt64, _ parent: UInt64?, _ kind: SpanKind, _ service: String, _ operation: String,
      _ start: Int64, _ milliseconds: Int64, peer: String = "", failed: Bool = false, attributes: [SpanAttribute] = []
    ) -> TraceSpan {
      TraceSpan(
        gtxid: GTXID(high: 7, low: trace)!, id: SpanID(trace << 8 + id)!,
        parent: parent.flatMap { SpanID(trace << 8 + $0) },
        kind: kind, service: service, instance: "\(service)-host", operation: operation, start: start,
        duration: milliseconds * 1_000_000, status: failed ? .error : .unset, message: failed ? "no money" : "",
        peer: peer, attributes: attributes)
    }
  }

  private func busy() -> Stage {
    let stage = Stage()
    for number in 1...50 as ClosedRange<UInt64> {
      stage.order(number, failed: number % 5 == 0)
      if number % 10 == 0 { stage.pass(1) }
    }
    return stage
  }

  @Test func aCallIsSeenFromBothSides() throws {
    let shop = try #require(busy().system.snapshot().service("shop"))
    let bank = try #require(shop.calls.first { $0.callee == "bank" })
    #expect(bank.rate > 0 && abs(bank.errorShare - 0.2) < 0.01 && !bank.isDatabase)
    let (here, there) = (try #require(bank.p99), try #require(bank.answerP99))
    #expect(abs(here - 20_000_000) < 400_000 && abs(there - 8_000_000) < 200_000)
    let database = try #require(shop.calls.first { $0.callee == "orders" })
    #expect(database.isDatabase && database.answerP99 == nil && database.errorShare == 0)
  }

  @Test func messagesAreSeenFromBothSides() throws {
    let stage = Stage()
    stage.message(1)
    stage.message(2, failed: true)
    stage.pass(2)
    let shop = try #require(stage.system.snapshot().service("shop"))
    let mail = try #require(shop.calls.first)
    #expect(shop.calls.count == 1 && mail.callee == "mail" && mail.isMessage && mail.rate > 0)
    #expect(mail.errorShare == 0 && mail.answerErrorShare == 0.5 && mail.answerRate == mail.rate)
  }

  @Test func aDatabaseIsNoService() {
    #expect(busy().system.snapshot().services.map(\.name) == ["bank", "shop"])
  }

  @Test func operationsThatStandOutAreNamed() throws {
    let board = try #require(busy().system.snapshot().operations)
    #expect(board.slowest.first.map { "\($0.service) \($0.operation)" } == "shop POST /orders")
    #expect(Set(board.failing.map(\.service)) == ["shop", "bank"])
    #expect(board.failing.allSatisfy { $0.errors == 10 && abs($0.errorShare - 0.2) < 0.01 })
  }

  @Test func whatFailedLastIsRemembered() throws {
    let snapshot = busy().system.snapshot()
    let errors = try #require(snapshot.service("bank")).latestErrors
    #expect(errors.count == 10 && errors.allSatisfy { $0.message == "no money" })
    #expect(errors.first?.gtxid == GTXID(high: 7, low: 50))
    #expect(snapshot.service("shop")?.tellsTopics == false)
    // The bank failed first, and yet the shop's own spans failed: each knows its own.
    let own = try #require(snapshot.service("shop")).latestErrors
    #expect(own.map(\.gtxid) == errors.map(\.gtxid))
    #expect(own.first?.span == SpanID(50 << 8 + 2) && errors.first?.span == SpanID(50 << 8 + 3))
  }

  /// They need somebody as long as they may still be of interest, though hundreds have come after them.
  @Test func whatFailedInTheLastMinutesNeedsSomebody() throws {
    let stage = Stage()
    stage.order(1, failed: true)
    stage.pass(1)
    for number in 2...700 as ClosedRange<UInt64> { stage.order(number) }
    stage.pass(200)
    let item = try #require(stage.system.snapshot().attention.first)
    #expect(item.state == .error && item.gtxid.low == 1 && item.reason == "no money" && item.count == 1)
    #expect(stage.system.snapshot().transactions.last?.gtxid.low == 1)
    stage.order(701, failed: true)
    stage.pass(1)
    #expect(stage.system.snapshot().attention.map(\.gtxid.low) == [701], "the newest stands for those that are alike")
    #expect(stage.system.snapshot().attention.first?.count == 2)
    stage.pass(300)
    #expect(stage.system.snapshot().attention.isEmpty)
  }

  @Test func latencyHasAHistory() {
    let stage = busy()
    let traffic = stage.system.snapshot().traffic
    #expect(traffic.p99Series.count == 6, "the first state, and one a second since")
    #expect(traffic.p99Series.last.map { abs($0 - 40) < 1 } == true && traffic.p50Series.count == 6)
    stage.system.refresh()
    #expect(stage.system.snapshot().traffic.p99Series.count == 6, "one a second at most")
    stage.pass(4)
    #expect(stage.system.snapshot().traffic.p99Series.count == 10)
    stage.pass(86_400)
    #expect(stage.system.snapshot().traffic.p99Series.count == RedHistory.seconds - 1)
  }

  @Test func whatIsKeptBesideSpansIsTold() {
    let stage = Stage()
    stage.system.receive([MetricPoint(name: "load", service: "shop", time: Self.epoch, value: .gauge(.integer(1)))])
    for number in 0..<3 {
      stage.system.receive(
        LogLine(
          time: Self.epoch, level: .info, service: "shop", instance: "", gtxid: nil, ltxid: nil, message: "\(number)"))
    }
    stage.system.refresh()
    let program = stage.system.snapshot().program
    #expect(program.metrics?.series == 1 && program.log?.lines == 3 && program.log?.forgotten == 0)
    #expect(program.log.map { $0.bytes > 0 } == true)
  }

  /// Each process reports its lines in packets; they are read as one log.
  @Test func linesStandInTheOrderOfTheirTimes() {
    let stage = Stage()
    for (service, seconds) in [("shop", 1), ("shop", 4), ("shop", 4), ("bank", 2), ("bank", 4), ("bank", 3)] {
      stage.system.receive(
        LogLine(
          time: Self.epoch + Int64(seconds), level: .info, service: service, instance: "", gtxid: nil, ltxid: nil,
          message: "\(service) \(seconds)"))
    }
    let ordered = ["shop 1", "bank 2", "bank 3", "shop 4", "shop 4", "bank 4"]
    #expect(stage.system.log(LogFilter(), limit: 10).map(\.message) == ordered)
    #expect(stage.system.searchLog(LogFilter(), limit: 10, takesNewer: true).lines.map(\.message) == ordered)
    #expect(stage.system.log(LogFilter(service: "bank"), limit: 2).map(\.message) == ["bank 3", "bank 4"])
  }

  @Test func whatBecameOfSpansIsTold() {
    let program = busy().system.snapshot().program
    #expect(program.store.accepted == 200 && program.store.spans == 200 && program.store.budget == 4_000_000)
    #expect(program.residentBytes == 7_000_000)
  }

  @Test func transactionsAreFoundAmongAll() throws {
    let stage = busy()
    func found(_ text: String) throws -> [UInt64] {
      let filter = try TransactionFilter(parsing: text)
      return stage.system.transactions(TransactionQuestion(filter), limit: 100, takesNewer: true).rows.map(\.gtxid.low)
    }
    #expect(try found("op=INSERT err") == [50, 45, 40, 35, 30, 25, 20, 15, 10, 5])
    #expect(try found("db.name=orders not err").count == 40)
    #expect(try found("@db.system=mysql").isEmpty)
    stage.order(51, failed: true)
    #expect(try found("op=INSERT err").first == 51, "another question was asked in between")
    stage.order(52, failed: true)
    #expect(try found("op=INSERT err").first == 52, "the same question looks again")
  }

  @Test func metricsAreKeptByService() {
    let stage = Stage()
    for step in 0..<5 as Range<Int64> {
      stage.system.receive([
        MetricPoint(
          name: "pool.used", unit: "{connection}", service: "shop", attributes: [SpanAttribute("pool", "orders")],
          time: Self.epoch + step * second, value: .gauge(.integer(step))),
        MetricPoint(
          name: "requests", service: "shop", start: Self.epoch, time: Self.epoch + step * second,
          value: .sum(.integer(step * 30), isMonotonic: true, span: .sinceStart)),
        MetricPoint(name: "other", service: "bank", time: Self.epoch, value: .gauge(.real(0.5))),
      ])
    }
    let metrics = stage.system.metrics(of: "shop", limit: 10)
    #expect(metrics.map(\.name) == ["pool.used", "requests"])
    #expect(metrics[0].attributes == [SpanAttribute("pool", "orders")] && metrics[0].value == 4 && !metrics[0].isRate)
    #expect(metrics[0].series == [0, 1, 2, 3, 4])
    #expect(metrics[1].isRate && metrics[1].value == 30 && metrics[1].total == 120 && !metrics[1].isCount)
    #expect(metrics[0].total == nil && metrics[0].p99 == nil)
    #expect(
      stage.system.metrics(of: "shop", limit: 1).count == 1 && stage.system.metrics(of: "nobody", limit: 9).isEmpty)
    // Nobody of them has reported a span.
    stage.pass(1)
    let services = stage.system.snapshot().services
    #expect(services.map(\.name) == ["bank", "shop"])
    #expect(services.allSatisfy { !$0.isOutside && $0.health == .unknown && $0.instances.isEmpty })
  }

  @Test func ofADistributionMeasurementsAreCountedAndTheirSpreadIsTold() throws {
    let stage = Stage()
    for step in 1...3 as ClosedRange<Int64> {
      let distribution = MetricDistribution(
        count: UInt64(step) * 10, sum: Double(step), minimum: nil, maximum: nil,
        buckets: .explicit(bounds: [0.1, 0.2], counts: [UInt64(step) * 10, 0, 0]))
      stage.system.receive([
        MetricPoint(
          name: "duration", unit: "s", service: "shop", start: Self.epoch, time: Self.epoch + step * second,
          value: .distribution(distribution, span: .sinceStart))
      ])
    }
    let metric = try #require(stage.system.metrics(of: "shop", limit: 1).first)
    #expect(metric.isRate && metric.isCount && metric.value == 10 && metric.total == 30)
    #expect(metric.p50.map { abs($0 - 0.05) < 1e-9 } == true && metric.p99.map { $0 <= 0.1 } == true)
  }

  /// Each rollout brings instances with new names: those that were are not up for ever.
  @Test func anInstanceThatMeasuresNoMoreIsGone() throws {
    let stage = Stage()
    func report(_ instance: String, at time: Int64) {
      stage.system.receive([
        MetricPoint(name: "load", service: "shop", instance: instance, time: time, value: .gauge(.integer(1)))
      ])
    }
    report("shop-1", at: Self.epoch)
    stage.pass(200)
    report("shop-2", at: Self.epoch + 200 * second)
    stage.pass(1)
    func names() -> [String]? { stage.system.snapshot().service("shop")?.instances.map(\.name) }
    #expect(names() == ["shop-1", "shop-2"])
    stage.pass(150)
    #expect(names() == ["shop-2"])
    stage.pass(300)
    #expect(names() == [])
  }
}
