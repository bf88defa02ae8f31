import Testing
import TraceModel

@testable import Shop

/// Every answer brings back how far the other side has counted: an answer that says no, too.
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

  /// What a service throws in the middle of its work is an answer with all hops that it has made, too.
  @Test func whatIsThrownBringsBackItsHops() throws {
    let stage = Stage(faults: ["page-composer:errors=100%"])
    let id = page(stage)
    let answers = stage.spans(id).filter { $0.service == ShopPlan.pageComposer && $0.kind == .server }
    #expect(answers.count > 1 && answers.allSatisfy { $0[attribute: AttributeName.httpStatus] == .integer(503) })
    #expect(stage.crossings(id).first == "#1 GET /products/{sku}")
    stage.world.faults.removeAll()
    stage.rest()
    #expect(stage.problems() == [])
  }
}
