import TestSupport
import Testing

@testable import EventBus

@Suite struct KeyedTableTests {
  /// Records of 34 bytes, three to a segment.
  private func make(
    partitions: Int = 1, cleanup: TopicSettings.Cleanup = .compact, deleteRetention: Int64 = 100
  ) throws -> (Broker, Topic, KeyedTable) {
    let broker = try Broker(groupSettings: .prompt)
    let topic = try broker.createTopic(
      "table",
      settings: TopicSettings(
        partitions: partitions, segmentBytes: 105, cleanup: cleanup, deleteRetention: deleteRetention))
    return (broker, topic, try KeyedTable(broker: broker, topic: "table"))
  }

  @Test func itHoldsTheNewestValueOfEachKeyAndTellsWhatChanged() throws {
    let (_, topic, table) = try make()
    try topic.append(words: "a1 b2 a3 c4 b- x-")
    #expect(table.behind == 6 && !table.isCurrent && table.count == 0)
    #expect(try table.update(max: 2).map(\.text) == ["a: → 1", "b: → 2"])
    #expect(table.behind == 4)
    #expect(try table.update().map(\.text) == ["a: 1 → 3", "c: → 4", "b: 2 → "])
    #expect(table["a"]?.text == "3" && table["b"] == nil && table["x"] == nil)
    #expect(table.count == 2 && table.isCurrent && table.behind == 0)
    #expect(table.rows.map(\.record.offset) == [2, 3])
    #expect(try table.update() == [])
  }

  @Test func aNewTableComesToTheSameRowsAfterCompactionToo() throws {
    let (broker, topic, table) = try make(deleteRetention: 0)
    try topic.append(words: "a1 b2 a3 c4 b- a6 d7")
    try table.update()
    let before = try KeyedTable(broker: broker, topic: "table")
    try before.update()
    #expect(before.rows == table.rows)
    #expect(topic.applyRetention(now: 1).records > 0)
    let after = try KeyedTable(broker: broker, topic: "table")
    try after.update()
    #expect(after.rows == table.rows && after.rows.map(\.record.text) == ["4", "6", "7"])
  }

  @Test func recordsWithoutAKeyArePassedOverAndCounted() throws {
    let (_, topic, table) = try make(cleanup: .delete)
    try topic.append(ProducerRecord(value: [1]), now: 0)
    try topic.append(words: "a1")
    #expect(try table.update().map(\.text) == ["a: → 1"])
    #expect(table.skippedRecords == 1 && table.count == 1)
  }

  @Test func theKeysPartitionAnswersFirst() throws {
    let (_, topic, table) = try make(partitions: 3)
    let home = KeyHash.partition(of: Array("a".utf8), count: 3)
    let other = (home + 1) % 3
    try topic.append(ProducerRecord(key: "a", text: "away", partition: other), now: 0)
    try table.update()
    #expect(table["a"]?.text == "away")
    try topic.append(ProducerRecord(key: "a", text: "home"), now: 0)
    try table.update()
    #expect(table["a"]?.text == "home" && table.count == 2)
    #expect(table.rows.map(\.partition) == [home, other].sorted())
  }

  @Test func oneUpdateReadsNoMoreThanItIsTold() throws {
    let (_, topic, table) = try make(partitions: 2)
    for partition in 0..<2 {
      for number in 0..<4 {
        try topic.append(ProducerRecord(key: "\(partition)\(number)", text: "x", partition: partition), now: 0)
      }
    }
    #expect(try table.update(max: 0).isEmpty && table.behind == 8)
    #expect(try table.update(max: 3).count == 3)
    // Each is 35 bytes; one comes whatever the limit is, and none in the next partition.
    #expect(try table.update(maximumBytes: 1).count == 1)
    #expect(try table.update(maximumBytes: 70).count == 2)
    #expect(try table.update().count == 2)
    #expect(table.isCurrent)
  }

  @Test func itWakesWhenThereIsSomethingToRead() throws {
    let (_, topic, table) = try make()
    let woken = Recorder<Int>()
    _ = try table.waitToken {
      woken.add((try? table.update().count) ?? -1)
    }
    #expect(woken.all.isEmpty)
    try topic.append(words: "a1 b1")
    #expect(woken.all == [1], "the records came one by one")
    _ = try table.waitToken { woken.add(2) }
    #expect(woken.all == [1, 2])
  }

  @Test func anOutageIsAnErrorAndNothingIsLost() throws {
    let (broker, topic, table) = try make()
    try topic.append(words: "a1")
    try table.update()
    try topic.append(words: "b1")
    try broker.setAvailable(false, topic: "table")
    #expect(throws: BusError.unavailable("topic \"table\"")) { try table.update() }
    #expect(table["a"]?.text == "1")
    try broker.setAvailable(true, topic: "table")
    #expect(try table.update().map(\.text) == ["b: → 1"])
    #expect(throws: BusError.unknownTopic("none")) { try KeyedTable(broker: broker, topic: "none") }
  }

  // MARK: What leaves the topic leaves the table

  @Test func whatIsDeletedBeforeTheStartIsForgotten() throws {
    let (_, topic, table) = try make()
    try topic.append(words: "a1 b2 c3 a4")
    try table.update()
    try topic.deleteRecords(before: 2, partition: 0)
    #expect(!table.isCurrent && table.behind == 0)
    #expect(try table.update().map(\.text) == ["b: 2 → "])
    #expect(table.rows.map(\.record.text) == ["3", "4"] && table.isCurrent)
  }

  @Test func aStartThatHasPassedThePositionLeavesNoRow() throws {
    let (_, topic, table) = try make()
    try topic.append(words: "a1 b2 c3")
    try table.update()
    // The records 3 and 4 are never seen: one of them deletes a.
    try topic.append(words: "a- b5 b6 d7")
    try topic.deleteRecords(before: 5, partition: 0)
    #expect(table.behind == 2)
    #expect(try table.update().map(\.text) == ["a: 1 → ", "b: 2 → ", "c: 3 → ", "b: → 6", "d: → 7"])
    #expect(table.rows.map(\.record.text) == ["6", "7"])
    try topic.deleteRecords(before: 7, partition: 0)
    #expect(try table.update().count == 2)
    #expect(table.count == 0 && table.isCurrent)
  }

  @Test func aTombstoneThatWasMissedIsNoticed() throws {
    let (broker, topic, table) = try make(deleteRetention: 0)
    try topic.append(words: "a1 b2")
    try table.update()
    try topic.append(words: "a- c4 c5 c6 d7")
    // Value and tombstone of a go together; only the gap in the offsets tells.
    topic.applyRetention(now: 1)
    #expect(try broker.read("table", partition: 0, from: 0).records.map(\.offset) == [1, 5, 6])
    #expect(try table.update(max: 1).map(\.text) == ["c: → 6"], "not yet: the value may only have been replaced")
    #expect(try table.update(max: 1).map(\.text) == ["d: → 7", "a: 1 → "])
    #expect(table.rows.map(\.record.text) == ["2", "6", "7"])
  }

  @Test func retentionByAgeForgetsRows() throws {
    let (_, topic, table) = try make(cleanup: .compactAndDelete)
    try topic.append(words: "a1 b2 c3")
    try table.update()
    let day: Int64 = 86_400_000_000_000
    try topic.append(words: "d4", now: 8 * day)
    topic.applyRetention(now: 8 * day)
    #expect(try table.update().map(\.text) == ["d: → 4", "a: 1 → ", "b: 2 → ", "c: 3 → "])
  }

  @Test func aViewReadsRowsAsTypes() throws {
    let (_, topic, table) = try make()
    try topic.append(words: "a1 b2 c?")
    try table.update()
    let view = KeyedTableView<Character, Int>(table, encode: { Array(String($0).utf8) }, decode: { Int($0.text) })
    #expect(view["a"] == 1 && view["c"] == nil && view["z"] == nil)
    #expect(view.values == [1, 2])
  }

  // MARK: Against a model

  /// Whatever is appended, deleted, compacted and cut off: once a table is current its rows are those of the records that
  /// can be read, taken one after the other; and what it told of is what became of them.
  @Test(arguments: 0..<300 as Range<UInt64>) func tablesAgreeWithWhatTheTopicHolds(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let partitions = Int.random(in: 1...3, using: &random)
    let broker = try Broker(groupSettings: .prompt)
    let cleanup: TopicSettings.Cleanup = random.chance(60) ? .compact : .compactAndDelete
    let topic = try broker.createTopic(
      "t",
      settings: TopicSettings(
        partitions: partitions, retentionAge: Int64.random(in: 200...4_000, using: &random), retentionBytes: nil,
        segmentBytes: Int.random(in: 40...500, using: &random),
        segmentAge: Int64.random(in: 50...5_000, using: &random), cleanup: cleanup,
        deleteRetention: Int64.random(in: 0...200, using: &random)))
    let cuts = random.chance(40)
    var table = try KeyedTable(broker: broker, topic: "t")
    var told: [String: EventRecord] = [:]
    func update(max: Int) throws {
      for change in try table.update(max: max, maximumBytes: Int.random(in: 1...400, using: &random)) {
        let name = "\(change.partition) \(String(decoding: change.key, as: UTF8.self))"
        #expect(told[name] == change.old, "seed \(seed)")
        #expect((change.old ?? change.new) != nil, "seed \(seed)")
        told[name] = change.new
      }
    }
    for step in 0..<250 {
      let now = Int64(step * 10)
      switch Int.random(in: 0..<20, using: &random) {
      case 0..<9:
        let key = "k\(Int.random(in: 0..<7, using: &random))"
        let partition = random.chance(10) ? Int.random(in: 0..<partitions, using: &random) : nil
        try topic.append(
          random.chance(30)
            ? .tombstone(key: Array(key.utf8), partition: partition)
            : ProducerRecord(key: key, text: "v\(step)", partition: partition), now: now)
      case 9..<13: try update(max: Int.random(in: 0...6, using: &random))
      case 13 where cuts:
        let partition = Int.random(in: 0..<partitions, using: &random)
        let bounds = try topic.bounds(partition: partition)
        try topic.deleteRecords(
          before: min(bounds.upperBound, bounds.lowerBound + Int64.random(in: 0...8, using: &random)),
          partition: partition)
      case 14 where random.chance(20):
        table = try KeyedTable(broker: broker, topic: "t")
        told = [:]
      case 15..<18: topic.applyRetention(now: now)
      default: break
      }
      guard step % 25 == 24 || random.chance(5) else { continue }
      for _ in 0..<1_000 where !table.isCurrent { try update(max: 9) }
      let expected = try Self.plainRows(topic)
      #expect(table.isCurrent && table.behind == 0, "seed \(seed), step \(step)")
      #expect(table.rows == expected, "seed \(seed), step \(step)")
      #expect(table.count == expected.count && told.count == expected.count, "seed \(seed), step \(step)")
      for row in expected where (row.record.keyText.map { table[$0] } ?? nil) == nil {
        Issue.record("seed \(seed), step \(step): \(row) is not found by its key")
      }
      let anew = try KeyedTable(broker: broker, topic: "t")
      try anew.update(max: 1 << 20, maximumBytes: 1 << 30)
      #expect(anew.rows == expected, "seed \(seed), step \(step)")
    }
  }

  private static func plainRows(_ topic: Topic) throws -> [TableRow] {
    try (0..<topic.partitionCount).flatMap { partition -> [TableRow] in
      var newest: [String: EventRecord] = [:]
      let start = try topic.bounds(partition: partition).lowerBound
      for record in try topic.peek(partition: partition, from: start, maximumRecords: 1 << 20).records {
        newest[record.keyText ?? ""] = record.isTombstone ? nil : record
      }
      return newest.values.sorted { $0.offset < $1.offset }.map { TableRow(partition: partition, record: $0) }
    }
  }

  /// One thread writes, one compacts, one reads rows, one updates.
  @Test func threadsUseOneTable() throws {
    let (_, topic, table) = try make(partitions: 2)
    let rounds = 400
    try onThreads(4) { thread in
      for round in 0..<rounds {
        switch thread {
        case 0: try topic.append(words: "a\(round % 10) b\(round % 10) c-", now: Int64(round))
        case 1: topic.applyRetention(now: Int64(round))
        case 2: #expect(table.rows.count <= 2 && table.count <= 2)
        default: try table.update(max: 7)
        }
      }
    }
    for _ in 0..<1_000 where !table.isCurrent { try table.update() }
    #expect(table.rows.map(\.record.text) == ["9", "9"])
  }
}

extension Topic {
  /// `a1 b2 a-`: key and value of each, one append each; `a-` deletes.
  func append(words: String, now: Int64 = 0) throws {
    for word in words.split(separator: " ") {
      let key = Array(word.utf8.prefix(1))
      let value = String(word.dropFirst())
      try append(value == "-" ? .tombstone(key: key) : ProducerRecord(key: key, value: Array(value.utf8)), now: now)
    }
  }
}

extension TableChange {
  fileprivate var text: String {
    "\(String(decoding: key, as: UTF8.self)): \([old?.text, new?.text].map { $0 ?? "" }.joined(separator: " → "))"
      .replacing(":  →", with: ": →")
  }
}
