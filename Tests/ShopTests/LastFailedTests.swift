import Operations
import Testing
import TraceModel

@testable import Shop

/// The transaction whose call tree is printed after a run: the last that failed for a technical reason.
@Suite struct LastFailedTests {
  private static func run(_ change: (inout ShopSettings) -> Void) -> SimulationRun {
    var settings = ShopSettings(seed: 1, rate: 20)
    change(&settings)
    let run = SimulationRun(settings, duration: 20_000_000_000)
    _ = run.run()
    return run
  }

  /// However many transactions came after it: the book has forgotten it, and its spans are kept.
  @Test func itIsOneThatFailedForATechnicalReason() throws {
    let catalogue = SimulatedShop.catalogue
    let fault = try FaultParser(catalogue: catalogue).parse("payment-gateway:outage,ttl=4s")
    let run = Self.run { settings in
      settings.faults = [(at: 1_000_000_000, spec: fault)]
      settings.declined = 0.1
      settings.unanswered = 0
      settings.transactionsKept = 40
    }
    let id = try #require(run.lastFailed)
    let tree = try #require(run.callTree(of: id))
    #expect(tree.contains("not permitted by circuitBreaker") && tree.contains("undoes #"), "\(tree)")
  }

  /// Only where there is none it is one that business turned back, and not one that was returned later.
  @Test func whereNoneFailedItIsOneThatBusinessTurnedBack() throws {
    let run = Self.run { settings in
      settings.declined = 0.1
      settings.unanswered = 0
      settings.mix = .ordinary
    }
    let tree = try #require(run.lastFailed.flatMap { run.callTree(of: $0) })
    #expect(tree.contains("undoes #"), "\(tree)")
  }
}
