import Simulation
import Testing

@testable import Shop

@Suite struct DeterminismTests {
  private static func digest(seed: UInt64) throws -> String {
    var settings = try RandomFaults(seed: seed).settings
    settings.rate = 20
    return SimulationRun(settings, duration: 8_000_000_000).run().digest
  }

  @Test func sameSeedSameDigest() throws {
    let first = try Self.digest(seed: 3)
    #expect(try Self.digest(seed: 3) == first)
    #expect(try Self.digest(seed: 4) != first)
    #expect(first.count == 64)
  }

  @Test func worldsSideBySideDoNotDisturbEachOther() async throws {
    let alone = try [Self.digest(seed: 5), Self.digest(seed: 6)]
    let together = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for (index, seed) in [UInt64(5), 6].enumerated() { group.addTask { (index, try Self.digest(seed: seed)) } }
      var digests = ["", ""]
      for try await (index, digest) in group { digests[index] = digest }
      return digests
    }
    #expect(together == alone)
  }

  /// A stream hangs on the seed and its purpose alone: a new service, which draws from its own, changes no other's.
  @Test func newStreamChangesNoOther() {
    func digest(drawing extra: Int) -> String {
      let stage = Stage(seed: 9, rate: 20)
      var stream = stage.world.random("a-new-service/work")
      for _ in 0..<extra { _ = stream.next() }
      stage.run(5)
      return stage.world.journal.digest()
    }
    #expect(digest(drawing: 0) == digest(drawing: 1000))
  }
}
