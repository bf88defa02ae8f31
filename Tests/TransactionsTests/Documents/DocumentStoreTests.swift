import Testing
import TraceModel

@testable import Transactions

@Suite struct DocumentStoreTests {
  private func store(maximumBytes: Int = 1 << 20) throws -> DocumentStore {
    try DocumentStore(
      name: "search",
      collections: [DocumentCollection("item", indexes: ["price", "seller.name"]), DocumentCollection("cart")],
      maximumBytes: maximumBytes)
  }

  @Test func aDocumentIsKeptUnderItsId() throws {
    let store = try store()
    let version = try store.insert("7", #"{ "name": "Tea", "seller": {"name": "Kim"} }"#, in: "item", now: 1)
    #expect(
      try store.get("7", in: "item")
        == Document(id: "7", version: version, body: #"{"name":"Tea","seller":{"name":"Kim"}}"#))
    #expect(try store.get("7", in: "cart") == nil)
    try store.delete("7", in: "item", now: 2)
    #expect(try store.get("7", in: "item") == nil)
  }

  @Test func versionsKeepChangesFromGettingLost() throws {
    let store = try store()
    let first = try store.insert("7", #"{"n":1}"#, in: "item", now: 1)
    let second = try store.put("7", #"{"n":2}"#, in: "item", ifVersion: first, now: 2)
    let conflict = DocumentError.versionConflict(id: "7", expected: first, found: second)
    #expect(throws: conflict) { try store.put("7", #"{"n":3}"#, in: "item", ifVersion: first, now: 3) }
    #expect(throws: conflict) { try store.merge(#"{"n":3}"#, into: "7", in: "item", ifVersion: first, now: 3) }
    #expect(throws: conflict) { try store.delete("7", in: "item", ifVersion: first, now: 3) }
    #expect(try store.get("7", in: "item")?.body == #"{"n":2}"#)
    // A version does not come back, also when the document does.
    try store.delete("7", in: "item", ifVersion: second, now: 4)
    let third = try store.insert("7", #"{"n":1}"#, in: "item", now: 5)
    #expect(third > second)
    #expect(throws: DocumentError.self) { try store.delete("7", in: "item", ifVersion: first, now: 6) }
  }

  /// Versions are told apart as well where nobody follows the changes, and nothing is kept of those.
  @Test func withoutALogNothingIsKeptOfChanges() throws {
    func written(keepsChanges: Bool) throws -> DocumentStore {
      let store = try DocumentStore(
        name: "search", collections: [DocumentCollection("item"), DocumentCollection("cart")],
        keepsChanges: keepsChanges)
      let first = try store.insert("7", #"{"n":1}"#, in: "item", now: 1)
      let other = try store.insert("7", #"{"n":1}"#, in: "cart", now: 2)
      let second = try #require(
        try store.upsert("7", #"{"n":2}"#, in: "item", by: .merge, where: .all, now: 3))
      #expect(first < other && other < second)
      #expect(throws: DocumentError.versionConflict(id: "7", expected: first, found: second)) {
        try store.delete("7", in: "item", ifVersion: first, now: 4)
      }
      try store.delete("7", in: "item", ifVersion: second, now: 5)
      #expect(try store.insert("7", #"{"n":1}"#, in: "item", now: 6) > second)
      for n in 0..<500 {
        try store.put("7", #"{"n":\#(n),"words":"\#(String(repeating: "x", count: 200))"}"#, in: "item", now: 7)
      }
      return store
    }
    let (with, without) = (try written(keepsChanges: true), try written(keepsChanges: false))
    #expect(with.changeLog?.newest == 505 && without.changeLog == nil)
    #expect(try with.get("7", in: "item")?.body == without.get("7", in: "item")?.body)
    #expect(without.bytes < with.bytes / 4)
    #expect(throws: DocumentError.keepsNoChanges("search")) {
      try without.changes(of: "item", after: 0, limit: 10)
    }
  }

  @Test func errorsAreValues() throws {
    let store = try store(maximumBytes: 20)
    try store.insert("7", "{}", in: "item", now: 1)
    #expect(throws: DocumentError.alreadyThere(collection: "item", id: "7")) {
      try store.insert("7", "{}", in: "item", now: 1)
    }
    #expect(throws: DocumentError.notFound(collection: "item", id: "8")) {
      try store.merge("{}", into: "8", in: "item", now: 1)
    }
    #expect(throws: DocumentError.notFound(collection: "item", id: "8")) { try store.delete("8", in: "item", now: 1) }
    #expect(throws: DocumentError.notFound(collection: "item", id: "8")) {
      try store.put("8", "{}", in: "item", ifVersion: 1, now: 1)
    }
    for body in ["", "[1]", "5", "null", "{", "{'a':1}", "{\"a\":1}x"] {
      #expect(throws: DocumentError.notAnObject(id: "7"), "\(body)") { try store.put("7", body, in: "item", now: 1) }
    }
    #expect(throws: DocumentError.tooLarge(id: "7", bytes: 21, limit: 20)) {
      try store.put("7", #"{"name":"123456 789"}"#, in: "item", now: 1)
    }
    try store.put("7", #"{"a":"12345"}"#, in: "item", now: 1)
    #expect(throws: DocumentError.tooLarge(id: "7", bytes: 25, limit: 20)) {
      try store.merge(#"{"b":"12345"}"#, into: "7", in: "item", now: 1)
    }
    #expect(throws: DocumentError.unknownCollection("order")) { try store.get("7", in: "order") }
    #expect(throws: DocumentError.self) { try store.find(.equals("a\"b", .null), in: "item") }
    #expect(throws: DocumentError.self) { try store.find(.exists("a..b"), in: "item") }
    for name in ["", "1a", "a-b", "sqlite_a", "change_log"] {
      #expect(throws: DocumentError.self, "\(name)") {
        try DocumentStore(name: "x", collections: [DocumentCollection(name)])
      }
    }
    // What was refused has left nothing.
    #expect(try store.get("7", in: "item")?.body == #"{"a":"12345"}"#)
    #expect(store.changeLog?.newest == 2)
  }

  /// RFC 7396, appendix A: those of its examples whose target, patch and result are objects.
  @Test(arguments: [
    (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
    (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
    (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
    (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
    (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
    (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
    (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
    (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
    (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
    (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
  ])
  func patchesAreMerged(target: String, patch: String, result: String) throws {
    let store = try store()
    try store.insert("7", target, in: "item", now: 1)
    #expect(try store.merge(patch, into: "7", in: "item", now: 2).body == result)
    #expect(try store.get("7", in: "item")?.body == result)
  }

  @Test func queriesUseTheIndexOfTheirField() throws {
    let store = try store()
    #expect(
      try store.plan(.equals("seller.name", .text("Kim")), in: "item").contains {
        $0.contains("SEARCH item USING INDEX item.1")
      })
    #expect(
      try store.plan(.every([.compare("price", .atLeast, .integer(5)), .exists("name")]), in: "item").contains {
        $0.contains("SEARCH item USING INDEX item.0")
      })
    #expect(try store.plan(.equals("name", .text("Tea")), in: "item").contains { $0.contains("SCAN item") })
  }

  /// The newest of somebody's are found without a look at all of them.
  @Test func anIndexOfTwoFieldsGivesTheOrderToo() throws {
    let store = try DocumentStore(name: "x", collections: [DocumentCollection("o", indexes: [["user", "number"]])])
    let newest = DocumentOrder.field("number", isDescending: true)
    let plan = try store.plan(.equals("user", .text("kim")), in: "o", order: newest)
    #expect(plan.contains { $0.contains("SEARCH o USING INDEX o.0") }, "\(plan)")
    #expect(!plan.contains { $0.hasSuffix("B-TREE FOR ORDER BY") }, "\(plan)")
  }

  // MARK: Under a condition

  @Test func whatIsNotAsNewIsLeftAsItIs() throws {
    let store = try store()
    func put(_ price: Int, at position: Int64, _ how: DocumentStore.Upsert) throws -> Int64? {
      try store.upsert(
        "7", #"{"price":\#(price),"position":\#(position)}"#, in: "item", by: how,
        where: .not(.compare("position", .atLeast, .integer(position))), now: position)
    }
    #expect(try put(5, at: 1, .replace) == 1)
    #expect(try put(6, at: 1, .merge) == nil)
    #expect(try put(7, at: 0, .replace) == nil)
    // What was left is no change, and takes no version.
    #expect(try put(8, at: 2, .merge) == 2)
    #expect(try store.get("7", in: "item")?.body == #"{"price":8,"position":2}"#)
    // Without the field it is as old as can be.
    try store.put("7", #"{"name":"Tea"}"#, in: "item", now: 3)
    #expect(try put(9, at: 1, .merge) == 4)
    #expect(try store.get("7", in: "item")?.body == #"{"name":"Tea","price":9,"position":1}"#)
    #expect(store.changeLog?.newest == 4)
  }

  @Test func whatWouldBeTooLargeIsNotMerged() throws {
    let store = try store(maximumBytes: 20)
    try store.insert("7", #"{"a":"12345"}"#, in: "item", now: 1)
    #expect(throws: DocumentError.tooLarge(id: "7", bytes: 25, limit: 20)) {
      try store.upsert("7", #"{"b":"12345"}"#, in: "item", by: .merge, where: .all, now: 2)
    }
    #expect(try store.get("7", in: "item")?.body == #"{"a":"12345"}"#)
    #expect(store.changeLog?.newest == 1)
  }

  @Test func manyGoEachByItself() throws {
    let store = try store()
    for number in 0..<5 { try store.insert("\(number)", #"{"n":\#(number)}"#, in: "item", now: 1) }
    #expect(try store.deleteAll(.compare("n", .less, .integer(3)), in: "item", now: 2) == 3)
    #expect(try store.find(in: "item").map(\.id) == ["3", "4"])
    guard case .changes(let changes, _) = try store.changes(of: "item", after: 5, limit: 100) else {
      return #expect(Bool(false), "the stream has lost changes")
    }
    #expect(changes.map(\.operation) == [.delete, .delete, .delete])
  }

  @Test func documentsComeInTheOrderThatIsAskedFor() throws {
    let store = try store()
    for (id, price) in [("a", 3), ("b", 1), ("c", 3), ("d", 2)] {
      try store.insert(id, #"{"price":\#(price)}"#, in: "item", now: 1)
    }
    func ids(_ order: DocumentOrder, limit: Int? = nil, skip: Int = 0) throws -> String {
      try store.find(in: "item", order: order, limit: limit, skip: skip).map(\.id).joined()
    }
    #expect(try ids(.id) == "abcd")
    #expect(try ids(.field("price")) == "bdac")
    #expect(try ids(.field("price", isDescending: true)) == "acdb")
    #expect(try ids(.field("price"), limit: 2, skip: 1) == "da")
  }

  // MARK: Change streams

  @Test func aStreamTellsTheChangesOfItsCollection() throws {
    let store = try store()
    try store.insert("7", #"{"n":1}"#, in: "item", now: 1, for: origin(9))
    try store.insert("c", "{}", in: "cart", now: 2)
    try store.merge(#"{"n":2}"#, into: "7", in: "item", now: 3)
    try store.delete("7", in: "item", now: 4)
    guard case .changes(let changes, let next) = try store.changes(of: "item", after: 0, limit: 100) else {
      return #expect(Bool(false), "the stream has lost changes")
    }
    #expect(changes.map(\.operation) == [.insert, .update, .delete])
    #expect(changes.map(\.before?.body) == [nil, #"{"n":1}"#, #"{"n":2}"#])
    #expect(changes.map(\.after?.body) == [#"{"n":1}"#, #"{"n":2}"#, nil])
    #expect(changes.map(\.id) == ["7", "7", "7"])
    #expect(changes.map(\.time) == [1, 3, 4])
    #expect(changes[0].origin == origin(9))
    // The version of a document is the position of its change.
    #expect(changes.map(\.token) == [1, 3, 4])
    #expect(changes[1].after?.version == 3)
    // It goes on from any token, also over what is not its own.
    #expect(try store.changes(of: "item", after: changes[0].token, limit: 1) == .changes([], next: 2))
    #expect(try store.changes(of: "item", after: 2, limit: 1) == .changes([changes[1]], next: 3))
    #expect(try store.changes(of: "item", after: next, limit: 1) == .changes([], next: next))
  }

  @Test func aStreamNamesWhatItHasLost() throws {
    let store = try store()
    try store.insert("7", "{}", in: "item", now: 1)
    try store.insert("c", "{}", in: "cart", now: 2)
    try store.changeLog?.prune(now: 200, retention: 100)
    let loss = ChangeLoss(from: 1, to: 2, since: 1, until: 2, tables: ["cart", "item"])
    #expect(try store.changes(of: "item", after: 0, limit: 1) == .lost(loss))
    #expect(try store.changes(of: "item", after: 1, limit: 1) == .changes([], next: 2))
  }

  @Test func documentsAreMinedLikeRows() throws {
    let store = try store()
    var miner = ChangeMiner(name: "history", log: try #require(store.changeLog), from: .start) { change, _ in
      guard let document = Document(change.after) else { return [] }
      return [
        BusinessEvent(topic: "t", key: document.id, type: "\(change.operation)", payload: Array(document.body.utf8))
      ]
    }
    try store.insert("7", #"{"n":1}"#, in: "item", now: 1)
    try store.merge(#"{"n":2}"#, into: "7", in: "item", now: 2)
    guard case .events(let events) = try miner.poll(limit: 10) else { return #expect(Bool(false), "changes were lost") }
    #expect(events.map { String(decoding: $0.entry.payload, as: UTF8.self) } == [#"{"n":1}"#, #"{"n":2}"#])
    miner.acknowledge(2)
    #expect(try miner.lag().changes == 0)
  }
}
