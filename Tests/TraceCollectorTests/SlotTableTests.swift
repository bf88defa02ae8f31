import TestSupport
import Testing

@testable import TraceCollector

struct SlotTableTests {
  /// Through several growths, with deletions and replacements in between, while entries are on their way and while not.
  @Test(arguments: 1...12)
  func itHoldsWhatADictionaryHolds(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = SlotTable()
    var held: [UInt64: Int32] = [:]
    var keys: [UInt64] = []
    // Hashes that crowd in few places, too: what is pushed past a place must be found when that is emptied.
    let crowd: UInt64 = seed % 3 == 0 ? 0xF_FFFF_FFFF : .max
    func hash(_ key: UInt64) -> UInt64 { key & crowd }
    var slots: [Int32: UInt64] = [:]
    func find(_ key: UInt64) -> Int32? { table.find(hash(key)) { slots[$0] == key } }
    var moves = 0
    for step in 0..<6_000 {
      let grows = step % 2_000 < 1_400
      if keys.isEmpty || random.chance(grows ? 80 : 30) {
        let key = random.next()
        let slot = Int32(step)
        slots[slot] = key
        held[key] = slot
        keys.append(key)
        table.insert(slot, hash: hash(key))
      } else {
        let place = Int.random(in: 0..<keys.count, using: &random)
        let key = keys[place]
        guard let slot = held[key] else { continue }
        if random.chance(20) {
          let other = Int32(step)
          slots[slot] = nil
          slots[other] = key
          held[key] = other
          table.replace(slot, by: other, hash: hash(key))
        } else {
          table.remove(slot, hash: hash(key))
          slots[slot] = nil
          held[key] = nil
          keys.swapAt(place, keys.count - 1)
          keys.removeLast()
        }
      }
      if table.isMoving { moves += 1 }
      #expect(table.count == held.count)
      for _ in 0..<3 {
        let known = keys.randomElement(using: &random) ?? 0
        #expect(find(known) == held[known], "seed \(seed), step \(step)")
        #expect(find(random.next()) == nil)
      }
    }
    #expect(moves > 50, "seed \(seed): it was looked at while it grew")
    for key in keys { #expect(find(key) == held[key], "seed \(seed)") }
  }

  /// One insertion moves a few entries, never all of them: the old table is gone long before the new one is full.
  @Test func growthIsSpreadOverManyInsertions() {
    var table = SlotTable()
    var moving = 0
    var growths = 0
    var bytes = table.bytes
    for slot in 0..<100_000 as Range<Int32> {
      let wasMoving = table.isMoving
      table.insert(slot, hash: TextHash.ofProcess.of(UInt64(slot)))
      if table.isMoving {
        moving += 1
        if !wasMoving { growths += 1 }
      } else if wasMoving {
        #expect(table.bytes < bytes, "the old table is given back")
      }
      bytes = table.bytes
    }
    #expect(growths >= 11)
    #expect(moving > 10_000, "more than a tenth of all insertions moved others on")
    for slot in 0..<100_000 as Range<Int32> {
      #expect(table.find(TextHash.ofProcess.of(UInt64(slot))) { $0 == slot } == slot)
    }
  }
}
