import EventBus
import Operations
import Platform
import Simulation
import Testing
import TraceModel

@testable import Shop
@testable import Transactions

/// Row 11: two databases kept in step over the bus. Search says of each product what item's rows say, and is built anew
/// beside the view that serves, while it serves.
@Suite struct Row11SearchViewTests {
  /// Ten minutes in which search crashes in the middle of rebuilds and between effect and offset, and the miner sleeps
  /// through its lease.
  private static func findings(_ mistakes: Set<Mistake>) throws -> [String] {
    let stage = Stage(rate: 2) { settings in
      settings.mistakes = mistakes
      settings.supervision.usual = .restart(after: 1_000_000_000)
      settings.mix = LoadMix(journeys: [(.buy, 1)], sagas: [(.join, 1)])
    }
    var findings: [String] = []
    for _ in 0..<9 {
      for crash in ["search:P14,nth=2", "search:P10,nth=3", "aggregate:P7"] {
        stage.world.crashPoints.arm(try CrashSpec(parsing: crash))
      }
      stage.world.askForRebuild(of: ShopPlan.search)
      for _ in 0..<6 {
        stage.run(10)
        findings += unserved(stage)
      }
    }
    stage.world.customers.close()
    stage.world.crashPoints.disarm()
    stage.run(60)
    try repeatWhatIsOld(stage)
    findings += try differences(stage)
    let builds = try SearchView.plan.view.builds(stage.world.documents(of: ShopPlan.search))
    if builds.live.generation < 5 { findings.append("build \(builds.live.generation) serves only") }
    if builds.shadow != nil { findings.append("a rebuild did not end") }
    for point in [CrashPoint.rebuilding, .effectCommitted, .overlappingLeases]
    where stage.world.crashPoints.count(of: point).struck == 0 {
      findings.append("\(point.name) was never passed")
    }
    return findings + stage.problems()
  }

  /// What was said of products minutes ago comes once more, long after other things were said.
  private static func repeatWhatIsOld(_ stage: Stage) throws {
    let topic = try stage.world.broker.topic(TopicName.itemChanges)
    for partition in 0..<ShopPlan.partitions {
      for old in try topic.retained(partition: partition).prefix(20) {
        _ = try stage.world.broker.append(
          [.init(key: old.key, value: old.value, headers: old.headers)], to: topic.name, now: stage.world.time.now)
      }
    }
    stage.run(3)
  }

  /// Whoever looks while the view is being rebuilt finds all products in the view that serves.
  private static func unserved(_ stage: Stage) -> [String] {
    let store = stage.world.documents(of: ShopPlan.search)
    let count = try? SearchView.plan.view.all(SearchView.products, store).count { $0.price != nil && $0.title != nil }
    return count == Product.all.count ? [] : ["\(count ?? 0) products are served"]
  }

  /// Products of which a row of the view's file does not say what item's files say.
  private static func differences(_ stage: Stage) throws -> [String] {
    func rows(_ service: String, _ sql: String) throws -> [String] {
      try stage.world.disk(of: service)?.database.read { database in
        try database.all(sql) { row in
          "\(row.value(0) as String) \(row.value(1) as Int64) KRW \(row.value(2) as Int64) \(row.value(3) as String)"
        }
      } ?? []
    }
    let live = try SearchView.plan.view.live(stage.world.documents(of: ShopPlan.search))
    let items = try rows(
      ShopPlan.item, "SELECT sku, price, stock, title FROM offer JOIN product USING (sku) ORDER BY sku")
    let documents = try rows(
      ShopPlan.search,
      """
      SELECT id, body ->> 'price', body ->> 'quantity', body ->> 'title' FROM \(live.collection(SearchView.products))
      ORDER BY id
      """)
    return zip(items, documents).filter { $0 != $1 }.map { "item has \($0), and the view has \($1)" }
      + (items.count == Product.all.count && documents.count == items.count ? [] : ["there are \(items.count) items"])
  }

  @Test func theViewSaysWhatTheRowsSay() throws {
    let findings = try Self.findings([])
    #expect(findings == [])
  }

  @Test func withoutPositionsItDoesNot() throws {
    let findings = try Self.findings([.viewWithoutVersions])
    #expect(findings.contains { $0.hasPrefix(Invariant.effectsHappenOnce.rawValue) })
    #expect(findings.contains { $0.hasPrefix("item has ") && $0.contains(", and the view has ") }, "\(findings)")
  }

  /// A step that comes again, since nobody noted that it was done, says what it said: it does not compare the view that
  /// serves with itself.
  @Test(arguments: [false, true]) func aStepThatComesAgainSaysTheSame(isWrong: Bool) throws {
    let stage = Stage()
    stage.run(1)
    let (store, world) = (stage.world.documents(of: ShopPlan.search), stage.world)
    let live = try SearchView.plan.view.live(store)
    if isWrong {
      try store.merge(
        #"{"title":"nothing"}"#, into: "sku-07", in: live.collection(SearchView.products), now: world.time.now)
    }
    let (job, id) = (ViewRebuild(SearchView.plan, world: world).job, try #require(GTXID(high: 1, low: 1)))
    func step(_ state: [UInt8]) throws -> BatchJob.Step {
      try job.step(BatchJob.Context(gtxid: id, now: world.time.now, started: world.time.now, state: state))
    }
    var (state, ends): ([UInt8], [String]) = ([], [])
    for _ in 0..<60 where ends.isEmpty {
      switch try step(state) {
      case .more(let next, _, _): state = next
      case .finished(let result, _): ends.append(result)
      }
      stage.run(0.5)
    }
    if case .finished(let result, _) = try step(state) { ends.append(result) }
    let verdict = isWrong ? "they differed: products sku-07" : "both hold the same"
    #expect(ends == Array(repeating: "view 2 serves: 40 documents, \(verdict)", count: 2))
    #expect(
      try SearchView.product("sku-07", in: SearchView.plan.view.live(store), store)?.title == Product.all[6].title)
  }

  /// Nothing that happens while the other build is read is missing from it when it takes over.
  @Test func whatChangesMeanwhileIsInBothBuilds() throws {
    let stage = Stage()
    stage.run(3)
    stage.arm("search:slow=300ms,ttl=4s")
    stage.order("sku-01", quantity: 3, saga: .join)
    stage.world.askForRebuild(of: ShopPlan.search)
    stage.order("sku-02", quantity: 2, saga: .join)
    let store = stage.world.documents(of: ShopPlan.search)
    for _ in 0..<200 where try SearchView.plan.view.live(store).generation == 1 { stage.run(0.1) }
    let live = try SearchView.plan.view.live(store)
    #expect(live == DocumentView.Build(generation: 2, side: 2))
    for sku in ["sku-01", "sku-02"] {
      let stock = try stage.world.disk(of: ShopPlan.item)?.database.read { try StockTables.stock(of: sku, $0) }
      #expect(try SearchView.product(sku, in: live, store)?.quantity == stock)
    }
    // It was made of the rows alone, and knows the seller too.
    #expect(try SearchView.product("sku-03", in: live, store)?.seller == Product.all[2].seller)
    #expect(try store.count(in: "products_1") == 0)
    let job = stage.world.batchJobs.compactMap { try? $0.runner.status().first { $0.name == "rebuild search" } }.first
    #expect(job?.last?.result == "view 2 serves: 40 documents, both hold the same")
    stage.rest()
    #expect(stage.problems() == [])
  }
}
