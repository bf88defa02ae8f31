import Testing

@testable import Transactions

@Suite struct KeyValueStoreTests {
  private static let entry = KeyValueSettings.bytesPerEntry

  /// Room for `entries` entries of a key of 1 byte and a value of 1 byte.
  private func store(_ entries: Int = 100, _ whenFull: KeyValueSettings.WhenFull = .refuse) -> KeyValueStore {
    KeyValueStore(KeyValueSettings(maximumBytes: entries * (Self.entry + 2), whenFull: whenFull))
  }

  @Test func aValueIsKept() throws {
    var store = store()
    #expect(store.get("a", now: 0) == nil)
    try store.set("a", [1, 2], now: 0)
    #expect(store.get("a", now: 0) == [1, 2])
    #expect(store.bytes == Self.entry + 3)
    #expect(store.delete("a", now: 0) == true)
    #expect(store.delete("a", now: 0) == false)
    #expect(store.bytes == 0 && store.count == 0)
    #expect(store.counters.hits == 1 && store.counters.misses == 1)
  }

  @Test func aKeyIsGoneFromTheMomentAtWhichItsTimeEnds() throws {
    var store = store()
    try store.set("a", [1], ttl: 10, now: 5)
    #expect(store.ttl("a", now: 5) == .remaining(10))
    #expect(store.get("a", now: 14) == [1])
    #expect(store.count == 1)
    #expect(store.get("a", now: 15) == nil)
    #expect(store.count == 0)
    #expect(store.ttl("a", now: 15) == .absent)
    #expect(store.counters.expired == 1 && store.counters.misses == 1)
    // Far ahead is for ever, and no overflow.
    try store.set("b", [1], ttl: .max, now: 5)
    #expect(store.get("b", now: .max - 1) == [1])
  }

  @Test func settingAKeyTakesItsTimeAway() throws {
    var store = store()
    try store.set("a", [1], ttl: 10, now: 0)
    try store.set("a", [2], now: 1)
    #expect(store.ttl("a", now: 1) == .forever)
    #expect(store.get("a", now: 100) == [2])
  }

  @Test func aKeyIsSetOnce() throws {
    var store = store()
    #expect(try store.setIfAbsent("lock", [1], ttl: 10, now: 0))
    #expect(try !store.setIfAbsent("lock", [2], ttl: 10, now: 9))
    #expect(store.get("lock", now: 9) == [1])
    #expect(try store.setIfAbsent("lock", [2], ttl: 10, now: 10))
    #expect(store.get("lock", now: 10) == [2])
  }

  @Test func whatAnotherHasWrittenMeanwhileStays() throws {
    var store = store()
    #expect(try store.replace("cart", nil, with: [1], ttl: 10, now: 0))
    #expect(try !store.replace("cart", nil, with: [2], now: 1))
    #expect(try !store.replace("cart", [2], with: [3], now: 1))
    #expect(store.get("cart", now: 1) == [1])
    #expect(try store.replace("cart", [1], with: [2], ttl: 10, now: 5))
    #expect(store.get("cart", now: 14) == [2])
    // What has expired is not there.
    #expect(try !store.replace("cart", [2], with: [3], now: 15))
    #expect(try store.replace("cart", nil, with: [3], now: 15))
    #expect(throws: KeyValueError.badTimeToLive(key: "cart", nanoseconds: 0)) {
      try store.replace("cart", [3], with: [4], ttl: 0, now: 15)
    }
    #expect(store.get("cart", now: 15) == [3])
  }

  @Test func numbersAreCounted() throws {
    var store = store()
    #expect(try store.increment("n", now: 0) == 1)
    #expect(try store.increment("n", by: -5, now: 0) == -4)
    #expect(store.get("n", now: 0) == Array("-4".utf8))
    _ = store.expire("n", after: 10, now: 0)
    #expect(try store.increment("n", now: 5) == -3)
    #expect(store.ttl("n", now: 5) == .remaining(5))
    #expect(try store.increment("n", now: 10) == 1)
    #expect(store.ttl("n", now: 10) == .forever)
    for text in ["", "+5", "05", "5 ", "x", "9223372036854775808", "1.0"] {
      try store.set("n", Array(text.utf8), now: 10)
      #expect(throws: KeyValueError.notANumber(key: "n")) { try store.increment("n", now: 10) }
    }
    try store.set("n", Array("9223372036854775807".utf8), now: 10)
    #expect(throws: KeyValueError.outOfRange(key: "n")) { try store.increment("n", now: 10) }
    #expect(store.get("n", now: 10) == Array("9223372036854775807".utf8))
  }

  @Test func timesToLiveCanBeChanged() throws {
    var store = store()
    #expect(store.expire("a", after: 5, now: 0) == false)
    try store.set("a", [1], now: 0)
    #expect(store.expire("a", after: 5, now: 0) == true)
    #expect(store.expire("a", after: 50, now: 1) == true)
    #expect(store.ttl("a", now: 1) == .remaining(50))
    #expect(store.expire("a", after: 0, now: 2) == true)
    #expect(store.get("a", now: 2) == nil)
    #expect(store.counters.expired == 0)
    #expect(throws: KeyValueError.badTimeToLive(key: "a", nanoseconds: 0)) { try store.set("a", [1], ttl: 0, now: 2) }
  }

  @Test func whatNobodyAsksForIsCollectedBitByBit() throws {
    var store = store()
    for (place, key) in ["a", "b", "c", "d"].enumerated() { try store.set(key, [1], ttl: Int64(10 - place), now: 0) }
    try store.set("e", [1], now: 0)
    #expect(store.collectExpired(now: 6, limit: 10) == 0)
    #expect(store.collectExpired(now: 9, limit: 2) == 2)
    #expect(store.count == 3)
    #expect(store.collectExpired(now: 9, limit: 2) == 1)
    #expect(store.collectExpired(now: 9, limit: 2) == 0)
    #expect(store.get("a", now: 9) == [1])
    #expect(store.counters.expired == 3)
  }

  // MARK: Memory

  @Test func aFullStoreRefusesWritesAndKeepsWhatItHas() throws {
    var store = store(2)
    try store.set("a", [1], now: 0)
    try store.set("b", [1], ttl: 10, now: 0)
    let limit = store.settings.maximumBytes
    let full = KeyValueError.full(key: "c", needed: limit + Self.entry + 2, limit: limit)
    #expect(throws: full) { try store.set("c", [1], now: 5) }
    #expect(throws: full) { try store.setIfAbsent("c", [1], now: 5) }
    #expect(throws: full) { try store.increment("c", now: 5) }
    #expect(throws: KeyValueError.full(key: "a", needed: limit + 1, limit: limit)) {
      try store.set("a", [1, 2], now: 5)
    }
    #expect(store.get("a", now: 5) == [1])
    #expect(store.counters.refused == 4)
    // What takes no more is no problem, nor is a read, a delete, or room that has expired.
    try store.set("a", [2], now: 5)
    try store.set("c", [1], now: 10)
    #expect(store.counters.expired == 1 && store.counters.evicted == 0)
    #expect(store.delete("a", now: 10) == true)
    try store.set("d", [1], now: 10)
  }

  @Test func whatWasUsedLongestAgoGivesWay() throws {
    var store = store(3, .evictLeastRecentlyUsed)
    for key in ["a", "b", "c"] { try store.set(key, [1], now: 0) }
    _ = store.get("a", now: 1)
    _ = store.ttl("b", now: 1)
    try store.set("d", [1], now: 2)
    #expect(store.get("b", now: 3) == nil)
    // The key that is written never gives way to itself.
    try store.set("c", [1, 2], now: 4)
    #expect(store.get("c", now: 5) == [1, 2])
    #expect(store.get("a", now: 5) == nil)
    #expect(store.get("d", now: 5) == [1])
    #expect(store.counters.evicted == 2)
  }

  @Test func whatExpiresSoonestGivesWayAndNothingElse() throws {
    var store = store(3, .evictSoonestToExpire)
    try store.set("a", [1], now: 0)
    try store.set("b", [1], ttl: 20, now: 0)
    try store.set("c", [1], ttl: 10, now: 0)
    try store.set("d", [1], now: 1)
    #expect(store.get("c", now: 1) == nil)
    try store.set("e", [1], now: 1)
    #expect(store.get("b", now: 1) == nil)
    #expect(throws: KeyValueError.self) { try store.set("f", [1], now: 1) }
    #expect(["a", "d", "e"].allSatisfy { store.get($0, now: 1) == [1] })
  }

  @Test func nothingGivesWayInVain() throws {
    var store = store(3, .evictSoonestToExpire)
    try store.set("a", [1], now: 0)
    try store.set("b", [1], now: 0)
    try store.set("c", [1], ttl: 10, now: 0)
    #expect(throws: KeyValueError.self) { try store.set("d", [UInt8](repeating: 0, count: 50), now: 1) }
    #expect(store.get("c", now: 1) == [1])
    let limit = store.settings.maximumBytes
    #expect(throws: KeyValueError.tooLarge(key: "d", bytes: limit + 1, limit: limit)) {
      try store.set("d", [UInt8](repeating: 0, count: limit - Self.entry), now: 1)
    }
    #expect(store.count == 3 && store.counters.evicted == 0)
  }
}
