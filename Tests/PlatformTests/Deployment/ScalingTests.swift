import TestSupport
import Testing

@testable import Platform

@Suite struct ScalingTests {
  private func run(_ scaling: inout Scaling, now: Int64 = epoch) -> [String] {
    var log: [String] = []
    while true {
      let orders = scaling.next(now: now)
      if orders.isEmpty { return log }
      for order in orders {
        log.append("\(order.step.rawValue) \(order.instance)")
        scaling.report(order.number, .done, now: now)
      }
    }
  }

  @Test func outAndIn() {
    var out = Scaling(of: "order", instances: ["a", "b"], to: 3, version: "1") { "c\($0)" }
    #expect(run(&out) == ["start c0", "register c0", "awaitHealth c0"])
    #expect(out.isFinished)
    #expect(out.instances == ["a", "b", "c0"])
    var into = Scaling(of: "order", instances: out.instances, to: 1, version: "1") { "d\($0)" }
    #expect(run(&into) == ["drain c0", "drain b", "deregister c0", "deregister b", "stop c0", "stop b"])
    #expect(into.instances == ["a"])
    var same = Scaling(of: "order", instances: ["a"], to: 1, version: "1") { "d\($0)" }
    #expect(same.isFinished)
    #expect(run(&same).isEmpty)
  }

  @Test func whatFailsIsTriedAgain() throws {
    var scaling = Scaling(of: "order", instances: [], to: 1, version: "1") { "a\($0)" }
    let start = try #require(scaling.next(now: epoch).first)
    scaling.report(start.number, .failed("no port"), now: epoch)
    #expect(scaling.failures == 1)
    #expect(scaling.next(now: epoch + 5 * second - 1).isEmpty)
    #expect(scaling.deadline == epoch + 5 * second)
    let again = try #require(scaling.next(now: epoch + 5 * second).first)
    #expect(again.step == .start)
    #expect(scaling.next(now: epoch + 125 * second).isEmpty, "without an outcome it has failed")
    #expect(scaling.next(now: epoch + 130 * second).map(\.step) == [.start])
  }
}
