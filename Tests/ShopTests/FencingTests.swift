import Concurrency
import EventBus
import GRDB
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// A dead instance reaches nothing: not the database, the bus, another service, the collector or the log.
@Suite struct FencingTests {
  private func dead(_ service: String, on stage: Stage) throws -> ServiceProcess {
    let process = try #require(stage.world.service(service).instances[0].process)
    stage.arm("\(service)/1:crash")
    return process
  }

  private func entry(of id: GTXID, by process: ServiceProcess) -> Outbox.Entry {
    let context = TraceContext(gtxid: id, ltxid: .first, span: process.tracer.makeID())
    return .event(
      EventType.paymentComplete, to: TopicName.order, order: 1, Payload(), context: context, process: process)
  }

  /// Runs as a dead instance's `catch` or `defer` would; true when it threw.
  private func refuses(_ stage: Stage, _ body: @escaping @Sendable () async throws -> Void) -> Bool {
    let isRefused = Locked(false)
    stage.world.time.spawn {
      do { try await body() } catch { isRefused.withLock { $0 = true } }
    }
    stage.run(1)
    return isRefused.withLock { $0 }
  }

  /// One that could not renew its lease shows as no relay beside the one that took it.
  @Test func aLeaseThatHasLapsedIsNotHeld() throws {
    let stage = Stage()
    stage.run(2)
    let relaying = stage.world.service(ShopPlan.order).instances.compactMap(\.process).first { $0.isRelaying }
    let process = try #require(relaying)
    let lease = RelayLease(process: process, database: process.ownDatabase)
    #expect(!refuses(stage) { _ = try await lease.keep() })
    #expect(lease.isHeld)
    stage.run(2.5)
    #expect(!lease.isHeld && process.isRelaying)
  }

  @Test func database() throws {
    let stage = Stage()
    let port = try #require(try dead(ShopPlan.inventory, on: stage).database)
    let isRefused = refuses(stage) {
      try await port.transaction("ghost") { try $0.run("UPDATE product SET stock = 0") }
    }
    #expect(isRefused)
    #expect(refuses(stage) { _ = try await port.read { try $0.number("SELECT 1") } })
    #expect(stage.stock("sku-01") == 4000)
  }

  @Test func crashDuringATransaction() throws {
    let stage = Stage()
    let instance = stage.world.service(ShopPlan.inventory).instances[0]
    let port = try #require(instance.process?.database)
    let isRefused = refuses(stage) {
      stage.world.time.after(1000) { instance.crash() }
      try await port.transaction("ghost") { try $0.run("UPDATE product SET stock = 0") }
    }
    #expect(isRefused)
    #expect(stage.stock("sku-01") == 4000)
  }

  @Test func crashBetweenACommitAndItsAcknowledgement() throws {
    let stage = Stage()
    let instance = stage.world.service(ShopPlan.inventory).instances[0]
    let port = try #require(instance.process?.database)
    let isTold = Locked(false)
    let isRefused = refuses(stage) {
      try await port.transaction(
        "last words",
        onCommit: { _ in
          isTold.withLock { $0 = true }
          stage.world.time.after(1000) { instance.crash() }
        }
      ) { try $0.run("UPDATE product SET stock = 7 WHERE sku = 'sku-01'") }
    }
    #expect(isRefused && isTold.withLock { $0 })
    #expect(stage.stock("sku-01") == 7, "what is committed stays")
  }

  @Test func crashOnTheWayToTheBus() throws {
    let stage = Stage()
    let instance = stage.world.service(ShopPlan.payment).instances[0]
    let process = try #require(instance.process)
    let id = try #require(GTXID(high: 5, low: 9))
    let entry = entry(of: id, by: process)
    let isRefused = refuses(stage) {
      stage.world.time.after(1000) { instance.crash() }  // the way takes 0.3 ms at least
      try await process.bus.publish([entry])
    }
    #expect(isRefused)
    #expect(stage.records(id).isEmpty)
    #expect(stage.spans(id).isEmpty)
  }

  @Test func crashAfterTheBusHasTheRecord() throws {
    let stage = Stage()
    let instance = stage.world.service(ShopPlan.payment).instances[0]
    let process = try #require(instance.process)
    let id = try #require(GTXID(high: 5, low: 9))
    let entry = entry(of: id, by: process)
    _ = stage.world.broker.onAppend { [time = stage.world.time] topic, _, _ in
      if topic == TopicName.order { time.after(1000) { instance.crash() } }
    }
    let isRefused = refuses(stage) { try await process.bus.publish([entry]) }
    #expect(isRefused)
    #expect(stage.records(id).count == 1)
    #expect(stage.spans(id).map(\.kind).contains(.producer), "the record and its span: both, or neither")
  }

  @Test func bus() throws {
    let stage = Stage()
    let process = try dead(ShopPlan.payment, on: stage)
    let id = try #require(GTXID(high: 5, low: 6))
    let entry = entry(of: id, by: process)
    #expect(refuses(stage) { try await process.bus.publish([entry]) })
    #expect(stage.records(id).isEmpty)
    #expect(stage.spans(id).isEmpty)
  }

  @Test func call() throws {
    let stage = Stage()
    let process = try dead(ShopPlan.payment, on: stage)
    let id = try #require(GTXID(high: 5, low: 7))
    let context = TraceContext(gtxid: id, ltxid: .first, span: process.tracer.makeID())
    let isFailure = Locked(false)
    stage.world.time.spawn {
      await TraceContext.$current.withValue(context) {
        let request = Request(
          "POST /charge", argument: PaymentService.key(id), body: Payload(amount: 7), user: "kim")
        let outcome = await process.client(of: ShopPlan.company).call(request, in: nil)
        if case .failure = outcome.result { isFailure.withLock { $0 = true } }
      }
    }
    stage.run(10)
    #expect(isFailure.withLock { $0 })
    #expect(stage.world.companyBooks.amount(under: PaymentService.key(id)) == nil)
    #expect(stage.spans(id).isEmpty)
  }

  @Test func spanAndLog() throws {
    let stage = Stage()
    let living = try #require(stage.world.service(ShopPlan.order).instances[0].process)
    let id = try #require(GTXID(high: 5, low: 8))
    let open = living.tracer.start("work", kind: .server, gtxid: id, parent: nil, ltxid: .first)
    let process = try dead(ShopPlan.order, on: stage)
    let lines = stage.world.logBook.lines(LogFilter(), limit: 1000).count
    open.succeed()
    open.end()
    process.tracer.start("ghost", kind: .server, gtxid: id, parent: nil, ltxid: .first).end()
    process.log(.error, nil, "ghost")
    // What was open ended with the crash, once, and says so.
    #expect(stage.spans(id).map(\.operation) == ["work"])
    #expect(stage.spans(id).map(\.message) == ["order-1:41811 crashed"])
    #expect(stage.world.logBook.lines(LogFilter(), limit: 1000).count == lines)
  }
}
