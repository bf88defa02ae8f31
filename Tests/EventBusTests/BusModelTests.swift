import Foundation
import Testing

@testable import EventBus

/// All operations of the bus together, against a model of it.
@Suite struct BusModelTests {
  /// `MSATOP_SEEDS` asks for more of them, to be run now and then.
  private static let seeds = ProcessInfo.processInfo.environment["MSATOP_SEEDS"].flatMap { UInt64($0) }

  private func run(_ seed: UInt64, _ backing: Backing) throws -> Set<String> {
    var run = try BusRun(seed: seed, backing: backing)
    for _ in 0..<120 { try run.step() }
    try run.finish()
    return run.met
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func theBusInMemoryAgreesWithItsModel(part: UInt64) throws {
    let count = (Self.seeds ?? 1_200) / 8
    for seed in part * count..<(part + 1) * count { _ = try run(seed, .memory) }
  }

  @Test(arguments: 0..<8 as Range<UInt64>) func theBusOnDiskAgreesWithItsModel(part: UInt64) throws {
    let count = (Self.seeds ?? 160) / 8
    for seed in part * count..<(part + 1) * count { _ = try run(seed, .disk) }
  }

  @Test func theRunsMeetEverythingThatCanHappen() throws {
    var met: Set<String> = []
    for seed in 0..<150 as Range<UInt64> { met.formUnion(try run(seed, seed % 5 == 0 ? .disk : .memory)) }
    let expected: Set = [
      "crash of a consumer", "duplicate", "refused transaction", "transaction with offsets", "rebalance",
      "refused commit", "retention", "reopened",
    ]
    #expect(met == expected)
  }
}
