import TestSupport
import Testing

@testable import Platform

@Suite struct ReadThroughCacheTests {
  private func cache(_ isProtected: Bool = true) -> ReadThroughCache<String, Int> {
    ReadThroughCache(capacity: 2, timeToLive: 10 * second, isProtectedFromStampedes: isProtected)
  }

  @Test func readsGoThroughItForAsLongAsItsEntriesLive() {
    var cache = cache()
    var read = cache.read("a", now: epoch)
    #expect(read == .load(number: 1))
    cache.loaded(1, 7, now: epoch)
    read = cache.read("a", now: epoch + 10 * second - 1)
    #expect(read == .hit(7))
    read = cache.read("a", now: epoch + 10 * second)
    #expect(read == .load(number: 2))
    cache.loaded(2, nil, now: epoch + 10 * second)
    read = cache.read("a", now: epoch + 11 * second)
    #expect(read == .hit(nil), "that there is none is known, too")
    #expect(cache.figures.hitRate == 0.5)
    #expect(cache.figures.expirations == 1)
  }

  @Test func onlyOneLoadsWhatManyWant() {
    var cache = cache()
    let reads = (0..<3).map { _ in cache.read("a", now: epoch) }
    #expect(reads == [.load(number: 1), .wait, .wait])
    cache.failed(1)
    let next = cache.read("a", now: epoch)
    #expect(next == .load(number: 2))
    var open = self.cache(false)
    let stampede = (0..<3).map { _ in open.read("a", now: epoch) }
    #expect(stampede == [.load(number: 1), .load(number: 2), .load(number: 3)])
    #expect(open.figures.loads == 3)
  }

  @Test func aLoadThatAWriteHasOvertakenIsNotKept() {
    var cache = cache()
    _ = cache.read("a", now: epoch)
    cache.written("a")
    var read = cache.read("a", now: epoch)
    #expect(read == .load(number: 2), "the first load may bring the old value")
    let isKept = cache.loaded(1, 1, now: epoch)
    #expect(!isKept)
    cache.loaded(2, 2, now: epoch)
    read = cache.read("a", now: epoch)
    #expect(read == .hit(2))
    cache.written("a")
    read = cache.read("a", now: epoch)
    #expect(read == .load(number: 3))
  }

  @Test(arguments: UInt64(1)...20) func itForgetsWhatWasNotUsedForLongest(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let capacity = 1 + random.below(5)
    var table = LRUTable<Int, Int>(capacity: capacity)
    var plain: [(key: Int, value: Int)] = []
    for step in 0..<400 {
      let key = random.below(9)
      let place = plain.firstIndex { $0.key == key }
      switch random.below(4) {
      case 0:
        if let place { plain.remove(at: place) } else if plain.count == capacity { plain.removeLast() }
        plain.insert((key, step), at: 0)
        table[key] = step
      case 1:
        let found = table[key]
        #expect(found == place.map { plain[$0].value }, "seed \(seed), step \(step)")
        if let place { plain.insert(plain.remove(at: place), at: 0) }
      case 2:
        let limit = step - random.below(20)
        table.removeOldest { $0 < limit }
        while let last = plain.last, last.value < limit { plain.removeLast() }
      default:
        if random.chance(30) {
          table[key] = nil
          if let place { plain.remove(at: place) }
        }
      }
      #expect(table.entries.map(\.key) == plain.map(\.key), "seed \(seed), step \(step)")
      #expect(table.count == plain.count, "seed \(seed), step \(step)")
    }
  }
}
