import Testing
import Transactions

/// What several keep in one key-value store is told apart by how their keys begin.
@Suite struct KeyValueSpacesTests {
  @Test func eachSpaceHasItsOwnEntriesAndCounters() throws {
    var store = KeyValueStore(KeyValueSettings(maximumBytes: 300))
    try store.set("cart:lee", [1, 2, 3], ttl: 100, now: 0)
    try store.set("cart:kim", [1], ttl: 40, now: 0)
    try store.set("revoked:7", [9], now: 0)
    #expect(store.get("cart:lee", now: 10) == [1, 2, 3])
    #expect(store.get("cart:park", now: 10) == nil)
    #expect(store.get("revoked:8", now: 10) == nil)
    #expect(throws: KeyValueError.self) { try store.set("cart:choi", Array(repeating: 0, count: 200), now: 10) }

    let carts = store.contents(of: "cart", now: 10)
    #expect(carts.keys == 2 && carts.nextEnd == 30)
    #expect(carts.bytes == 8 + 3 + 8 + 1 + 2 * KeyValueSettings.bytesPerEntry)
    #expect(carts.counters.hits == 1 && carts.counters.misses == 1 && carts.counters.refused == 1)
    let revoked = store.contents(of: "revoked", now: 10)
    #expect(revoked.keys == 1 && revoked.nextEnd == nil)
    #expect(revoked.counters.hits == 0 && revoked.counters.misses == 1 && revoked.counters.refused == 0)
    #expect(carts.bytes + revoked.bytes == store.bytes)
    #expect(store.counters.misses == 2)
  }

  /// An entry whose time has come is none, whether or not it was taken out already.
  @Test func whatHasExpiredIsNotCounted() throws {
    var store = KeyValueStore(KeyValueSettings(maximumBytes: 1_000))
    try store.set("cart:kim", [1], ttl: 40, now: 0)
    #expect(store.contents(of: "cart", now: 40).keys == 0)
    #expect(store.contents(of: "cart", now: 40).counters.expired == 0)
    store.collectExpired(now: 40, limit: 16)
    #expect(store.contents(of: "cart", now: 40).counters.expired == 1)
    #expect(store.contents(of: "car", now: 0) == KeyValueSpace())
  }
}
