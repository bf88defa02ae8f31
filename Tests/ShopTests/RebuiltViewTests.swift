import EventBus
import Operations
import Simulation
import Testing
import Transactions

@testable import Shop

/// A view is what its events make of nothing, and what its rows say; what a rebuild finds wrong was wrong.
@Suite struct RebuiltViewTests {
  private static func stage() -> Stage {
    Stage(seed: 3, rate: 6) { $0.mix = .ordinary }
  }

  private static func end(_ stage: Stage) {
    stage.world.customers.close()
    stage.rest()
  }

  @Test func aSoundRunAgreesWithItsEvents() throws {
    let stage = Self.stage()
    stage.run(40)
    Self.end(stage)
    let fold = try ViewFold(HistoryView.plan, stage.world)
    #expect(fold.count > 60)
    #expect(stage.problems() == [])
  }

  /// A change that nobody is told of: a rebuild reads the row itself, and the view agrees with the rows again. That it
  /// was wrong until then is told, and so is that the events lack something.
  @Test func whatARebuildPutsRightWasWrong() throws {
    let stage = Stage()
    let id = stage.order("sku-01", quantity: 1)
    stage.run(5)
    try stage.write(
      ShopPlan.historyUpdater, "UPDATE orders_1 SET body = json_set(body, '$.quantity', 9) WHERE id = '1'")
    #expect(stage.broken() == [.viewsAgree])
    stage.world.askForRebuild(of: ShopPlan.history)
    stage.run(10)
    stage.rest()
    #expect(stage.state(id) == .committed)
    let problems = stage.problems()
    #expect(problems.contains { $0.contains("was rebuilt, and until then it was wrong about orders 1") }, "\(problems)")
    #expect(problems.count == 1, "the view agrees with rows and events by now: \(problems)")
  }

  /// Whoever builds the keeper wrong for a while knows why a rebuild finds something.
  @Test func whatAMistakeOnPurposeHasDoneIsNoFindingOfTheRebuild() throws {
    let stage = Stage()
    stage.order("sku-01", quantity: 1)
    stage.run(5)
    stage.arm("\(ShopPlan.historyUpdater):view-without-versions,ttl=1s")
    stage.run(2)
    try stage.write(
      ShopPlan.historyUpdater, "UPDATE orders_1 SET body = json_set(body, '$.quantity', 9) WHERE id = '1'")
    stage.world.askForRebuild(of: ShopPlan.history)
    stage.run(10)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// The view agrees with the rows, and both with none of the events.
  @Test func aViewThatItsEventsDoNotMakeIsFound() throws {
    let stage = Stage()
    stage.order("sku-01", quantity: 1)
    stage.run(5)
    let (topic, place) = try #require(
      (0..<ShopPlan.partitions).lazy.compactMap { partition -> (Topic, Int)? in
        guard let topic = try? stage.world.broker.topic(TopicName.orderChanges),
          try topic.bounds(partition: partition).upperBound > 0
        else { return nil }
        return (topic, partition)
      }.first)
    let records = try topic.peek(partition: place, from: 0).records
    let last = try #require(records.last.flatMap { Payload(json: $0.value) })
    var other = last
    (other.position, other.state) = ((last.position ?? 0) + 1, "LOST")
    // The topic says a state that neither the row nor the view has, and nobody has read it yet.
    _ = try stage.world.broker.append(
      [ProducerRecord(key: records.last?.key, value: other.json, headers: [])], to: TopicName.orderChanges,
      now: stage.world.time.now)
    let fold = try ViewFold(HistoryView.plan, stage.world)
    #expect(fold[HistoryView.orders, "1"]?.state == "LOST")
    #expect(try FinalJudgement(world: stage.world).rebuilt().contains { $0.contains("LOST") })
  }

  /// The twin of the table of scores: one that is not changed with its review is found.
  @Test func aScoreThatIsNotTheSumOfItsReviewsIsFound() throws {
    for isLate in [false, true] {
      let stage = Stage()
      if isLate {
        try stage.write(
          ShopPlan.review, "CREATE TRIGGER late BEFORE UPDATE ON score BEGIN SELECT RAISE(IGNORE); END")
      }
      var review = Payload(sku: "sku-03")
      for stars in [2, 4, 5] as [Int64] {
        review.stars = stars
        stage.send(Request("POST /reviews", body: review, user: "kim"))
        stage.run(1)
      }
      stage.rest()
      #expect(stage.broken() == (isLate ? [.viewsAgree] : []), "\(stage.problems())")
    }
  }

  /// Reviews are forgotten, and their score stays.
  @Test func scoresOfForgottenReviewsAreJudgedToo() throws {
    let stage = Stage()
    var review = Payload(sku: "sku-03")
    review.stars = 4
    stage.send(Request("POST /reviews", body: review, user: "kim"))
    stage.run(Double(Observatory.memory) / 1e9 + 60)
    let kept = try stage.world.disk(of: ShopPlan.review)?.database.read { try ReviewTables.sums($0) }
    #expect(kept == [:] && stage.world.forgottenScores[ShopPlan.review]?["sku-03"]?.reviews == 1)
    stage.rest()
    #expect(stage.problems() == [])
    try stage.write(ShopPlan.review, "UPDATE score SET reviews = 2")
    #expect(stage.broken() == [.viewsAgree])
  }
}
