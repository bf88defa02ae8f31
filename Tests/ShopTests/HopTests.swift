import Operations
import Testing
import TraceModel

@testable import Shop

/// An answer brings back how far the other side has counted, also when it says no.
@Suite struct HopTests {
  private func page(_ stage: Stage) -> GTXID? {
    stage.send(Request("GET /products/{sku}", argument: "sku-01", user: "kim"))
    stage.run(5)
    return stage.answers.last?.headers.first { $0.name == Carrier.gtxid }.flatMap { GTXID($0.value) }
  }

  /// A page without its product is none: the gateway asks again, and counts on from what the first attempt used.
  @Test func aRetryAfterAnErrorGoesOnCounting() throws {
    let stage = Stage(faults: ["catalog:crash"])
    let id = page(stage)
    let numbers = stage.spans(id).filter { $0.kind == .client || $0.parent == nil }.compactMap(\.ltxid?.number).sorted()
    let attempts = stage.spans(id).filter { $0.operation == "GET /pages/{sku}" && $0.kind == .client }.count
    #expect(attempts > 1)
    #expect(numbers == Array(1...UInt32(1 + attempts * 8)))
    stage.world.faults.removeAll()
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// An order that cannot be written has used no hop: the retry that succeeds leaves none out.
  @Test func whatWasRolledBackUsedNoHop() {
    let stage = Stage(faults: ["db:order:db-down,ttl=300ms"])
    stage.order()
    stage.run(5)
    // Its answer comes late: the gateway has asked again.
    let id = stage.answers.first.flatMap(Stage.id)
    #expect(stage.spans(id).contains { $0.kind == .client && $0.peer == ShopPlan.order && $0.status == .error })
    #expect(stage.state(id) == .committed)
    #expect(stage.problems() == [])
  }
}
