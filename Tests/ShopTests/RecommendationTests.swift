import GRDB
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// What those who bought one thing bought next: of every kind of order, as long as it stands.
@Suite struct RecommendationTests {
  private typealias Purchase = RecommendationTables.Purchase
  private typealias Pair = RecommendationTables.Pair

  private static func pairs(_ stage: Stage) throws -> [String: Int64] {
    let pairs = try #require(stage.world.disk(of: ShopPlan.recommendation)).database.read {
      try RecommendationTables.pairs($0)
    }
    return Dictionary(uniqueKeysWithValues: pairs.map { ("\($0.sku) \($0.next)", $1) })
  }

  @Test(arguments: SagaKind.allCases) func everyKindOfOrderIsLearntOf(saga: SagaKind) throws {
    let stage = Stage()
    for sku in ["sku-01", "sku-02"] {
      stage.order(sku, quantity: 1, user: "kim", saga: saga)
      stage.run(10)
    }
    #expect(try Self.pairs(stage) == ["sku-01 sku-02": 1])
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func whatWasNeverPaidIsNotLearntOf() throws {
    let stage = Stage { $0.declined = 1 }
    for sku in ["sku-01", "sku-02"] { stage.order(sku, quantity: 1, user: "kim") }
    stage.run(10)
    #expect(try Self.pairs(stage) == [:])
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// The one in the middle goes back: the others follow each other. Where that is not unlearnt it is found.
  @Test(arguments: [[], [.unlearning]] as [Set<Omission>], [SagaKind.choreographed, .orchestrated])
  func whatIsGivenBackCountsNoMore(omits: Set<Omission>, saga: SagaKind) throws {
    let stage = Stage { $0.omissions = omits }
    let ids = ["sku-01", "sku-02", "sku-03"].map { sku in
      let id = stage.order(sku, quantity: 1, user: "kim", saga: saga)
      stage.run(5)
      return id
    }
    #expect(try Self.pairs(stage) == ["sku-01 sku-02": 1, "sku-02 sku-03": 1])
    stage.send(Request(OrderReturn.route, argument: ids[1]?.hex ?? "", user: "kim"))
    stage.run(10)
    #expect(stage.orderState(ids[1]) == OrderTables.cancelled)
    #expect((try Self.pairs(stage) == ["sku-01 sku-03": 1]) == omits.isEmpty)
    stage.rest()
    #expect(stage.broken() == (omits.isEmpty ? [] : [.viewsAgree]))
    #expect(omits.isEmpty || stage.problems().contains { $0.contains("counts order 2, which is CANCELLED") })
  }

  /// A hand that changes a pair, or takes a purchase away, is found as well.
  @Test(arguments: [
    ("UPDATE pair SET orders = 7", "but is counted 7 times"),
    ("DELETE FROM bought WHERE id = 2", "has not learnt of it"),
  ])
  func whatIsWrongIsFound(change: String, problem: String) throws {
    let stage = Stage()
    for sku in ["sku-01", "sku-02"] { stage.order(sku, quantity: 1, user: "kim") }
    stage.run(5)
    try stage.write(ShopPlan.recommendation, change)
    stage.rest()
    #expect(stage.problems().contains { $0.contains(problem) }, "\(stage.problems())")
  }

  /// Purchases come, come again, go and are forgotten in any order: the pairs are what the purchases make.
  @Test func pairsAreWhatThePurchasesMake() throws {
    var random = RandomStream(seed: 11, "recommendation")
    for round in 0..<40 {
      let database = try ServiceDatabase(name: "r\(round)", schema: RecommendationTables.schema)
      var all: [Int64: Purchase] = [:]
      for order in 1...30 as ClosedRange<Int64> {
        all[order] = Purchase(user: "u\(random.below(3))", order: order, sku: "s\(random.below(4))")
      }
      // Those up to 10 are old, and stand; of the others any may go again.
      var there: Set<Int64> = []
      func expect() throws {
        let purchases = there.compactMap { all[$0] }.sorted { ($0.user, $0.order) < ($1.user, $1.order) }
        let pairs = try database.read { try RecommendationTables.pairs($0) }
        #expect(pairs == RecommendationTables.pairs(of: purchases), "round \(round)")
      }
      func change(_ order: Int64, _ isThere: Bool, at now: Int64) throws {
        guard let purchase = all[order] else { return }
        try database.write(at: now) { database in
          if isThere {
            try RecommendationTables.learn(purchase, now: now, database)
          } else {
            try RecommendationTables.unlearn(purchase, database)
          }
        }
        if isThere { there.insert(order) } else { there.remove(order) }
      }
      for order in 1...10 as ClosedRange<Int64> { try change(order, true, at: order) }
      try expect()
      for step in 0..<120 {
        try change(11 + Int64(random.below(20)), random.happens(0.7), at: 100)
        if step == 60 {
          try database.write(at: 100) { try RecommendationTables.prune(finishedBefore: 50, keeping: [], $0) }
          #expect(try database.read { try RecommendationTables.purchases($0).allSatisfy { $0.purchase.order > 10 } })
        }
        try expect()
      }
    }
  }
}
