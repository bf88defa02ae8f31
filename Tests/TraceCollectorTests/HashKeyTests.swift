import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Where a name or an id stands in the tables that find it depends on the process: what a store answers must not.
struct HashKeyTests {
  /// All that a store can be asked.
  private struct Answers {
    let statistics: TraceStoreStatistics
    let rows: [TraceSummary]
    let spans: [[TraceSpan]]
    let found: [[GTXID]]
    let matching: [[GTXID]]
    let failures: [FailedSpan]
    let attributeNames: [[String]]
    let services: [ServiceFigures]
    let operations: [[OperationFigures]]
    let ranked: [[OperationFigures]]
    let edges: [ServiceEdge]
    let graph: [ServiceGraphEdge]
    let instances: [ReportedInstance]
    let whole: RedFigures
    let history: RedHistory

    init(of store: TraceStore, now: Int64) {
      statistics = store.statistics
      rows = store.summaries(newest: 10_000, includingHidden: true)
      spans = rows.map { store.spans(of: $0.gtxid) }
      found = ["0", "00000000000000", "000000000000abcd"].map { store.find(prefix: $0, limit: 10_000) }
      matching = HashKeyTests.queries.map { store.summaries(newest: 10_000, matching: $0).map(\.gtxid) }
      failures = store.failures(of: rows.map(\.gtxid))
      attributeNames = [4, 10_000].map { store.attributeNames(limit: $0) }
      services = store.services(now: now)
      operations = services.map { store.operations(of: $0.service, now: now) }
      ranked = OperationRanking.allCases.map { store.operations(first: 20, by: $0, now: now) }
      edges = store.edges(now: now)
      graph = store.graph(now: now)
      instances = store.instances()
      whole = store.red(now: now)
      history = store.history(now: now)
    }

    /// The questions that were answered otherwise.
    func differences(from other: Answers) -> [String] {
      let answers = [
        ("statistics", statistics == other.statistics), ("rows", rows == other.rows), ("spans", spans == other.spans),
        ("found", found == other.found), ("matching", matching == other.matching),
        ("failures", failures == other.failures), ("attribute names", attributeNames == other.attributeNames),
        ("services", services == other.services), ("operations", operations == other.operations),
        ("ranked", ranked == other.ranked), ("edges", edges == other.edges), ("graph", graph == other.graph),
        ("instances", instances == other.instances), ("whole", whole == other.whole),
        ("history", history == other.history),
      ]
      return answers.filter { !$0.1 }.map(\.0)
    }
  }

  private static let queries: [TraceQuery] = [
    .everything, .service(.equals("service 3")), .service(.contains("ervice 1")), .operation(.contains("operation 4")),
    .rootOperation(.contains("operation 2")), .kind(.equals("checkout")), .user(.contains("im")),
    .firstError(.contains("value")), .attribute("key 1", .exists), .attribute("key 2", .text(.contains("value 1"))),
    .all([.errors(.greater, 0), .not(.service(.equals("service 4")))]),
    .any([.hops(.greater, 3), .spans(.greater, 60)]), .duration(.greater, 5 * millisecond),
  ]

  private struct Names {
    var services = 80
    var operations = 300

    func span(_ place: UInt64, in gtxid: GTXID, _ random: inout SeededGenerator) -> TraceSpan {
      var made = TraceCollectorTests.span(
        place, under: place == 1 ? nil : UInt64.random(in: 1...place, using: &random),
        hop: UInt32.random(in: 1...5, using: &random), SpanKind.allCases.randomElement(using: &random) ?? .server,
        "service \(Int.random(in: 0..<services, using: &random))", on: random.chance(70) ? "i-\(place % 3)" : "",
        "operation \(Int.random(in: 0..<operations, using: &random))", from: Int64(place),
        to: Int64(place) + Int64.random(in: 0...9, using: &random), failed: random.chance(4), message: random.text(),
        peer: random.chance(30) ? "service \(Int.random(in: 0..<services, using: &random))" : "",
        attributes: random.attributes()
          + (0..<3).map { SpanAttribute("key \($0)", .text("value \(random.next() % 40)")) })
      if random.chance(10) { made.attributes.append(SpanAttribute(AttributeName.databaseSystem, "redis")) }
      if place == 1 {
        made.attributes.append(SpanAttribute(AttributeName.kind, random.chance(20) ? "health" : "checkout"))
      }
      if place == 1, random.chance(50) { made.attributes.append(SpanAttribute(AttributeName.user, "Kim")) }
      made.gtxid = gtxid
      return made
    }
  }

  /// Some transactions with many spans, some with ids of 64 bits or with one half in common, in parts that come late, too.
  private func batches(_ random: inout SeededGenerator) -> [SpanBatch] {
    var late: [TraceSpan] = []
    return (1...250 as ClosedRange<UInt64>).map { number in
      let high: UInt64 = random.chance(20) ? 0 : random.chance(30) ? number : 0xABCD
      let gtxid = id(random.chance(20) ? number % 7 + 1 : number + 100, high: high)
      let count = random.chance(3) ? 150 : UInt64.random(in: 1...12, using: &random)
      var spans = (1...count).map { Names().span($0, in: gtxid, &random) }.shuffled(using: &random)
      late += spans.suffix(spans.count / 4)
      spans.removeLast(spans.count / 4)
      if late.count > 60 {
        spans += late.prefix(40)
        late.removeFirst(40)
      }
      return SpanBatch(spans)
    }
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func answersDoNotFollowTheKeyOfTheHashes(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let batches = batches(&random)
    let keys: [UInt64] = [0, .max, random.next(), random.next()]
    let answers = keys.map { key in
      var settings = TraceStoreSettings(budget: 250_000)
      settings.hashes = TextHash(key: key)
      settings.hiddenKinds = ["health"]
      (settings.services, settings.operations, settings.edges) = (40, 200, 60)
      let store = TraceStore(settings)
      return batches.enumerated().compactMap { number, batch in
        let now = epoch + Int64(number) * second / 10
        store.add(batch, now: now)
        return number % 50 == 49 ? Answers(of: store, now: now) : nil
      }
    }
    for (key, others) in zip(keys, answers).dropFirst() {
      for (moment, other) in others.enumerated() {
        let differences = other.differences(from: answers[0][moment])
        #expect(differences == [], "seed \(seed), keys \(keys[0]) and \(key), after \(50 * moment + 50) batches")
      }
    }
    // What could follow it has come up.
    let first = answers[0]
    let last = first.last?.statistics
    #expect(last.map { $0.evictedTraces > 50 && $0.late > 0 && $0.unnamed > 0 && $0.unlinked > 0 } == true)
    #expect(first.contains { $0.rows.contains { $0.spans > LargeTraces.threshold } })
    #expect(first.contains { !$0.failures.isEmpty } && first.contains { ($0.attributeNames.last?.count ?? 0) > 4 })
    for place in Self.queries.indices { #expect(first.contains { !$0.matching[place].isEmpty }, "query \(place)") }
  }

  @Test func eachKeyPutsThemElsewhere() {
    let places = (0..<64).map { TextHash(key: $0).of(7) }
    #expect(Set(places).count == 64)
  }
}
