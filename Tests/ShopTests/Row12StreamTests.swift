import Operations
import Simulation
import Synchronization
import Testing
import TraceCollector
import TraceModel

@testable import Shop

/// Row 12: streams have an endpoint of their own, apart from question and answer.
@Suite struct Row12StreamTests {
  /// What came over a stream.
  private final class Inbox: Sendable {
    private let held = Mutex<[Payload]>([])
    var events: [Payload] { held.withLock { $0 } }
    func take(_ event: Payload) { held.withLock { $0.append(event) } }
  }

  private static func stream(_ id: GTXID, into inbox: Inbox) -> Request {
    var request = Request(Customers.stream, argument: id.hex, user: "kim")
    request.events = { inbox.take($0) }
    return request
  }

  @Test func aStreamTellsOfEachStepAndEndsWithTheLast() throws {
    // The company hangs for a while: the order waits for its payment.
    let stage = Stage(faults: ["payment-gateway:outage,ttl=8s"])
    let id = try #require(stage.order())
    let inbox = Inbox()
    let last = stage.ask(Self.stream(id, into: inbox), seconds: 60)
    #expect(last.status == 200 && last.body.state == stage.orderState(id) && last.body.state != OrderTables.pending)
    #expect(inbox.events.first?.state == OrderTables.pending)
    #expect(zip(inbox.events, inbox.events.dropFirst()).allSatisfy { $0 != $1 })
    // One call from outside, however often the order was asked for.
    #expect(stage.spans(Stage.id(last)).filter { $0.kind == .server && $0.service == ShopPlan.gateway }.count == 1)
    #expect(stage.callees(last).count > 5)
  }

  @Test func aStreamOfNothingIsRefused() {
    let stage = Stage()
    let inbox = Inbox()
    #expect(stage.ask(Self.stream(GTXID(high: 1, low: 2)!, into: inbox)).status == 404)
    #expect(stage.ask(Self.stream(GTXID(high: 1, low: 2)!, into: inbox), by: nil).status == 401)
    #expect(inbox.events.isEmpty)
  }

  /// More streams than an instance has threads for calls: where they are apart nobody else notices.
  @Test(arguments: [true, false]) func streamsLeaveTheThreadsToOthers(areApart: Bool) throws {
    let stage = Stage(faults: ["payment-gateway:outage"]) { $0.edge.separatesStreams = areApart }
    let id = try #require(stage.order())
    let process = try #require(stage.world.service(ShopPlan.gateway).instances[0].process)
    let inbox = Inbox()
    for number in 0..<80 {
      var request = Self.stream(id, into: inbox)
      request.headers = [Accounts.header(stage.token(of: "kim"))]
      process.accept(request, reply: Reply<Response>(), caller: "")
      // A few at a time: what a gateway asks of order at once is limited.
      if number % 8 == 7 { stage.run(0.05) }
    }
    stage.run(1)
    let page = stage.ask(Request("GET /products/{sku}", argument: "sku-01"), instance: 1, seconds: 3)
    #expect((page.status == 200) == areApart, "\(page.status)")
    #expect(process.workers.used == (areApart ? 0 : 64) && (process.streams?.used ?? 0) == (areApart ? 80 : 0))
  }

  /// How long a stream was open is no latency of its gateway.
  @Test func aStreamThatIsOpenForLongMakesNobodySlow() throws {
    let stage = Stage(seed: 6, rate: 4) { $0.mix.journeys = [(.follow, 1), (.browse, 1)] }
    stage.arm("payment-gateway:outage,ttl=20s")
    let second: Int64 = 1_000_000_000
    var looks = 0
    for _ in 0..<20 {
      stage.run(2)
      let gateway = try #require(stage.snapshot().service(ShopPlan.gateway))
      let stream = gateway.endpoints.first { $0.operation == Customers.stream }
      guard let p99 = stream?.p99, p99 > second else { continue }
      looks += 1
      #expect(gateway.p99.map { $0 < second } == true, "of the row as of the instances under it")
    }
    #expect(looks > 0)
    let gateway = try #require(stage.snapshot().service(ShopPlan.gateway))
    #expect(gateway.health == .up, "\(gateway.reason)")
    #expect(gateway.instances.allSatisfy { ($0.p99 ?? 0) < 1_000_000_000 })
    let now = stage.world.time.now
    let figures = stage.world.traces.red(service: ShopPlan.gateway, operation: Customers.stream, now: now)
    #expect((figures?.p99 ?? 0) > 1_000_000_000)
  }

  /// Customers who follow their orders see the same end as those who ask again and again.
  @Test func customersFollowTheirOrders() {
    let stage = Stage(seed: 5, rate: 3) { $0.mix.journeys = [(.follow, 1)] }
    stage.run(30)
    stage.world.customers.close()
    stage.run(30)
    let orders = stage.world.book.newest(1_000).filter { $0.kind == TransactionKind.checkout }
    #expect(orders.count > 50)
    #expect(orders.allSatisfy { $0.customerSees == $0.orderState.lowercased() })
    #expect(stage.problems() == [])
  }
}
