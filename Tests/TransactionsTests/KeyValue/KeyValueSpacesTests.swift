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

    let contents = store.contents(now: 10)
    let carts = try #require(contents["cart"])
    #expect(carts.keys == 2 && carts.nextEnd == 30)
    #expect(carts.bytes == 8 + 3 + 8 + 1 + 2 * KeyValueSettings.bytesPerEntry)
    #expect(carts.counters.hits == 1 && carts.counters.misses == 1 && carts.counters.refused == 1)
    let revoked = try #require(contents["revoked"])
    #expect(revoked.keys == 1 && revoked.nextEnd == nil)
    #expect(revoked.counters.hits == 0 && revoked.counters.misses == 1 && revoked.counters.refused == 0)
    #expect(carts.bytes + revoked.bytes == store.bytes)
    #expect(store.counters.misses == 2)
  }

  /// An entry whose time has come is none, whether or not it was taken out already.
  @Test func whatHasExpiredIsNotCounted() throws {
    var store = KeyValueStore(KeyValueSettings(maximumBytes: 1_000))
    try store.set("cart:kim", [1], ttl: 40, now: 0)
    #expect(store.contents(now: 40)["cart"] == KeyValueSpace())
    store.collectExpired(now: 40, limit: 16)
    #expect(store.contents(now: 40)["cart"]?.counters.expired == 1)
    #expect(store.contents(now: 0)["car"] == nil)
  }

  @Test(arguments: [("cart:lee", "cart"), ("a:b:c", "a"), ("결제:1", "결제"), (":a", ""), ("plain", ""), ("", "")])
  func aSpaceEndsAtTheFirstColon(key: String, space: String) {
    #expect(String(KeyValueStore.space(of: key)) == space)
  }

  /// Whatever keys are asked for, the store remembers no more than so many of their beginnings.
  @Test func thereAreOnlySoManySpaces() throws {
    var store = KeyValueStore(KeyValueSettings(maximumBytes: 100_000))
    for number in 0..<1_000 { #expect(store.get("\(number)", now: 0) == nil) }
    #expect(store.contents(now: 0).count == 1)
    for number in 0..<1_000 {
      try store.set("space \(number):a", [1], now: 0)
      #expect(store.get("space \(number):a", now: 0) == [1])
      #expect(store.get("space \(number):b", now: 0) == nil)
    }
    let contents = store.contents(now: 0)
    let own = KeyValueStore.maximumSpaces
    #expect(contents.count == own + 1)
    #expect(contents["space 0"]?.keys == 1 && contents["space 0"]?.counters.misses == 1)
    let others = try #require(contents[""])
    #expect(others.keys == 1_000 - own && others.counters.hits == Int64(1_000 - own))
    #expect(others.counters.misses == Int64(2_000 - own))
    #expect(contents.values.reduce(0) { $0 + $1.bytes } == store.bytes)
  }
}
