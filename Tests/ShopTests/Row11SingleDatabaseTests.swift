import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 11: CQRS on a single database. The table of scores, from which a product's page is answered, changes in the
/// transaction that writes a review: at no moment do the two differ, whatever crashes.
@Suite struct Row11SingleDatabaseTests {
  /// So many looks, five seconds apart, are ten minutes. Nothing is forgotten by then.
  private static let looks = 113

  /// Products whose score is not the sum of their reviews, seen all the time for ten minutes while customers write and
  /// instances crash: at any moment, and right before and after a commit.
  private static func findings(_ stage: Stage) throws -> [String] {
    let database = try #require(stage.world.disk(of: ShopPlan.review)?.database)
    var findings: [String] = []
    for step in 0..<looks {
      if step % 20 == 10 { stage.arm("review/\(1 + step / 20 % 2):crash,ttl=2s") }
      if step % 10 == 5 {
        stage.world.crashPoints.arm(try CrashSpec(parsing: step % 20 == 5 ? "review:P9" : "review:P10"))
      }
      stage.run(5.01)
      findings += try database.read { database in
        try database.all(
          """
          SELECT coalesce(score.sku, found.sku) FROM score FULL JOIN (
            SELECT sku, count(*) AS reviews, sum(stars) AS stars FROM review GROUP BY sku) AS found USING (sku)
          WHERE score.reviews IS NOT found.reviews OR score.stars IS NOT found.stars
          """
        ) { "the score of \($0.value(0) as String) is not the sum of its reviews" }
      }
    }
    let count = try database.read { try $0.number("SELECT count(*) FROM review") }
    return findings + (count < 50 ? ["there were \(count) reviews only"] : [])
  }

  private static func stage() -> Stage {
    Stage(rate: 4) { $0.mix = LoadMix(journeys: [(.review, 1)], sagas: [(.join, 1)]) }
  }

  @Test func theTableForReadingIsNeverBehind() throws {
    let stage = Self.stage()
    #expect(try Self.findings(stage) == [])
    let view = DataBoardBuilder().board([], [:], in: stage.world).views.first { $0.service == ShopPlan.review }
    #expect(view?.form == .singleDatabase && view?.behind == 0 && view?.documents ?? 0 > 10)
  }

  /// The twin: a score that is changed by somebody else, later, is behind for so long.
  @Test func outsideTheTransactionItIs() throws {
    let stage = Self.stage()
    try stage.write(
      ShopPlan.review, "CREATE TRIGGER late BEFORE UPDATE ON score BEGIN SELECT RAISE(IGNORE); END")
    #expect(try Self.findings(stage).contains { $0.hasSuffix("is not the sum of its reviews") })
  }

  /// Whoever has written a review sees it at once: the answer comes after the commit that has both.
  @Test func readersSeeTheirOwnWrites() {
    let stage = Stage()
    var review = Payload(sku: "sku-03")
    review.stars = 4
    for count in 1...3 {
      stage.send(Request("POST /reviews", body: review, user: "kim"))
      while stage.answers.count < 2 * count - 1 { stage.run(0.001) }
      stage.send(Request("GET /reviews/{sku}", argument: "sku-03", user: "kim"))
      while stage.answers.count < 2 * count { stage.run(0.001) }
      #expect(stage.answers.last?.body.quantity == Int64(count))
    }
  }
}
