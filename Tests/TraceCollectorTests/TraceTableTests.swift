import TestSupport
import Testing

@testable import TraceCollector

struct TraceTableTests {
  private struct Key: Hashable {
    var high: UInt64
    var low: UInt64
  }

  /// Ids of which many share their low half, some have no high half, and all come and go.
  @Test(arguments: 1...8)
  func itFindsEachByItsId(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = TraceTable(slowestKept: 0, operations: 0)
    var held: [Key: Int32] = [:]
    var keys: [Key] = []
    for step in 0..<4_000 {
      if keys.isEmpty || random.chance(step % 1_000 < 700 ? 70 : 30) {
        let key = Key(high: UInt64.random(in: 0..<40, using: &random), low: UInt64.random(in: 1..<30, using: &random))
        guard table.slot(high: key.high, low: key.low) == nil else { continue }
        held[key] = table.add(high: key.high, low: key.low, start: 0, end: 0)
        keys.append(key)
      } else {
        let place = Int.random(in: 0..<keys.count, using: &random)
        let key = keys.remove(at: place)
        guard let slot = held.removeValue(forKey: key) else { continue }
        table.remove(slot)
      }
      let asked = Key(high: UInt64.random(in: 0..<40, using: &random), low: UInt64.random(in: 1..<30, using: &random))
      let found = table.slot(high: asked.high, low: asked.low)
      if let exact = held[asked] {
        #expect(found == exact, "seed \(seed), step \(step)")
      } else if let half = held[Key(high: 0, low: asked.low)] {
        #expect(found == half, "seed \(seed), step \(step)")
      } else if asked.high == 0 {
        #expect((found != nil) == keys.contains { $0.low == asked.low }, "seed \(seed), step \(step)")
      } else {
        #expect(found == nil, "seed \(seed), step \(step)")
      }
      #expect(table.count == held.count)
    }
    for key in keys { #expect(table.slot(high: key.high, low: key.low) == held[key], "seed \(seed)") }
  }

  /// Whoever chooses ids can give them all one low half: walking through those before would take each as many steps.
  @Test(.timeLimit(.minutes(1)))
  func idsThatAreChosenAreFoundAsFastAsOthers() {
    var table = TraceTable(slowestKept: 0, operations: 0)
    let count: UInt64 = 200_000
    for high in 1...count {
      #expect(table.slot(high: high, low: 7) == nil)
      _ = table.add(high: high, low: 7, start: 0, end: 0)
    }
    for high in 1...count {
      guard let slot = table.slot(high: high, low: 7) else {
        Issue.record("\(high) is lost.")
        return
      }
      table.remove(slot)
    }
    #expect(table.count == 0)
    #expect(table.slot(high: 0, low: 7) == nil)
  }

  /// A constant would let anybody work out names that all have one hash.
  @Test func hashesBeginWithAKeyOfTheProcess() {
    let constants: [UInt64] = [0, 0x9E37_79B9_7F4A_7C15]
    for constant in constants { #expect(TextHash.ofProcess.of(constant) != 0) }
  }
}
