import EventBus
import Operations
import Testing
import TraceModel
import Transactions

@testable import Shop

@Suite struct GatewayTests {
  @Test func idFromOutsideIsReplacedAndKeptAsAnAttribute() throws {
    let stage = Stage()
    let foreign = "4bf92f3577b34da6a3ce929d0e0e4736"
    let id = stage.order(headers: [.init(Carrier.traceparent, "00-\(foreign)-00f067aa0ba902b7-01")])
    #expect(id != nil)
    #expect(id?.hex != foreign)
    let root = try #require(stage.spans(id).first { $0.parent == nil })
    #expect(root[attribute: AttributeName.foreignID] == .text(foreign))
    #expect(root.ltxid == .first)
    #expect(stage.world.counters.malformedHeaders == 0)
    #expect(stage.state(id) == .committed)
  }

  @Test func malformedHeaderStartsANewTransactionAndIsCounted() throws {
    let stage = Stage()
    let id = stage.order(headers: [.init(Carrier.gtxid, "not-an-id")])
    #expect(id != nil)
    #expect(stage.world.counters.malformedHeaders == 1)
    let root = try #require(stage.spans(id).first { $0.parent == nil })
    #expect(root[attribute: AttributeName.foreignID] == .text("X-GTXID: not-an-id"))
    #expect(stage.state(id) == .committed)
  }

  @Test func unknownRouteIsNotFoundAndAnUnknownMethodNotAllowed() {
    let stage = Stage()
    stage.send(Request("GET /nowhere"))
    stage.send(Request("DELETE /orders"))
    stage.run(0.2)
    #expect(Set(stage.answers.map(\.status)) == [404, 405])
    #expect(stage.problems() == [])
  }

  @Test func gatewayThatRefusesFailsTheTransaction() {
    let stage = Stage(faults: ["gateway:errors=100%"])
    stage.order()
    let tally = stage.world.transactions.currentTally()
    #expect([tally.started, tally.failed] == [1, 1])
    #expect(stage.problems() == [])
  }

  @Test func gatewayThatCrashesFailsWhatItHadNotPassedOn() {
    let stage = Stage(faults: ["gateway>order:latency=5s"])
    stage.order()
    #expect(stage.world.transactions.openCount == 1)
    stage.arm("gateway:crash,ttl=1s")
    #expect(stage.world.transactions.openCount == 0)
    stage.run(20)
    let tally = stage.world.transactions.currentTally()
    #expect([tally.started, tally.failed] == [1, 1])
    #expect(stage.problems() == [])
  }
}
