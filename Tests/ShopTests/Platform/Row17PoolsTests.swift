import Operations
import Simulation
import Testing
import TraceModel

@testable import Shop

/// Row 17, what it says of one service's own connections and of the cache in front of a store: ten minutes in which order
/// has none for a moment, again and again, and the database of catalog goes away; and the same without waiting and cache.
@Suite struct Row17PoolsTests {
  private static let free = "no connection of the pool was free in 1.00 s"

  private func tenMinutes(isOn: Bool) -> (stage: Stage, long: Int64) {
    let stage = Stage(seed: 17, rate: 3) {
      $0.mix = .ordersOnly
      $0.topology.cachesProducts = isOn
      if !isOn { $0.omissions = [.waiting] }
    }
    stage.run(28)
    for _ in 0..<8 {
      // Shorter than anybody has to wait.
      stage.arm("order:pool=0,ttl=800ms")
      look(at: "sku-01", for: 20, stage)
      // What was read in the first second of each minute is known until the next one.
      stage.arm("db:catalog:db-down,ttl=15s")
      look(at: "sku-01", for: 40, stage)
    }
    // And once longer.
    let long = stage.world.time.now
    stage.arm("order:pool=0,ttl=4s")
    stage.run(30)
    stage.world.customers.close()
    stage.run(60)
    return (stage, long)
  }

  /// Somebody looks at a product twice a second.
  private func look(at sku: String, for seconds: Int, _ stage: Stage) {
    for _ in 0..<(2 * seconds) {
      stage.send(Request("GET /products/{sku}", argument: sku))
      stage.run(0.5)
    }
  }

  private struct Seen {
    /// Orders that were taken in, and how many of them had to wait for it.
    var (orders, late) = (0, 0)
    /// Of those that were refused: what order said, when it began, and how long that took.
    var refusals: [(text: String, start: Int64, took: Int64)] = []
    var (pages, failedPages) = (0, 0)
  }

  /// By the spans that it left.
  private func look(_ stage: Stage) -> Seen {
    var seen = Seen()
    for trace in stage.tracesOfAll() {
      guard let root = trace.first(where: { $0.parent == nil }), let status = root.httpStatus else { continue }
      if root.operation == "GET /products/{sku}" {
        seen.pages += 1
        if status >= 500 { seen.failedPages += 1 }
      }
      for span in trace
      where span.kind == .server && span.service == ShopPlan.order && span.operation == "POST /orders" {
        if span.status != .error {
          seen.orders += 1
          if span.duration ?? 0 > 100_000_000 { seen.late += 1 }
        } else {
          seen.refusals.append((span.message, span.start, span.duration ?? 0))
        }
      }
    }
    return seen
  }

  @Test func whoFindsNoConnectionWaitsAndWhatWasReadIsKept() {
    let (stage, long) = tenMinutes(isOn: true)
    let seen = look(stage)
    #expect(seen.orders > 1_200 && seen.late > 10, "\(seen)")
    // Only where none was free for longer than anybody waits, and never for what a server says that is full.
    #expect(!seen.refusals.isEmpty && seen.refusals.allSatisfy { $0.start >= long }, "\(seen)")
    #expect(seen.refusals.allSatisfy { $0.text.contains(Self.free) && $0.took >= 1_000_000_000 }, "\(seen)")
    #expect(seen.pages == 960 && seen.failedPages == 0, "\(seen)")
    #expect(stage.problems() == [])
  }

  @Test func withoutBothOrdersAndPagesFail() {
    let (stage, long) = tenMinutes(isOn: false)
    let seen = look(stage)
    #expect(seen.late == 0 && seen.refusals.count { $0.start < long } > 10, "\(seen)")
    #expect(seen.failedPages > 100, "\(seen)")
  }
}
