import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// What payment knows of its own answers: what the log still has of them, and how it is read.
@Suite struct PublishedAnswersTests {
  /// A transaction whose charge was answered, and where.
  private struct Paid {
    var id: GTXID
    var partition: Int
    var record: EventRecord
  }

  private func pay(_ stage: Stage) throws -> Paid {
    let id = try #require(stage.order())
    stage.run(2)
    let answer = try #require(
      stage.records(id).first { $0.record.headerText(RecordHeaderName.type) == EventType.paymentComplete })
    let topic = try stage.world.broker.topic(answer.topic)
    return Paid(id: id, partition: topic.partition(ofKey: answer.record.key ?? []), record: answer.record)
  }

  /// As an instance knows them that has just been started.
  private func answers(_ stage: Stage) throws -> PublishedAnswers {
    let process = try #require(stage.world.service(ShopPlan.payment).instances[0].process)
    return PublishedAnswers(bus: process.bus)
  }

  private func lose(_ stage: Stage, through offset: Int64, of partition: Int) throws {
    try stage.world.broker.topic(TopicName.order).deleteRecords(before: offset + 1, partition: partition)
  }

  /// What one partition holds on to keeps nothing of the others.
  @Test func eachPartitionIsForgottenByItself() throws {
    let stage = Stage()
    let first = try pay(stage)
    var second = try pay(stage)
    for _ in 0..<20 where second.partition == first.partition { second = try pay(stage) }
    try #require(second.partition != first.partition)
    // The one that stays is read first.
    let (kept, lost) = first.partition < second.partition ? (first, second) : (second, first)
    let answers = try answers(stage)
    #expect(try answers.answerToCharge(kept.id) == EventType.paymentComplete)
    #expect(try answers.answerToCharge(lost.id) == EventType.paymentComplete)
    let count = answers.count
    try lose(stage, through: lost.record.offset, of: lost.partition)
    #expect(try answers.answerToCharge(lost.id) == nil)
    #expect(try answers.answerToCharge(kept.id) == EventType.paymentComplete)
    #expect(answers.count == count - 1)
  }

  @Test func whatWasAnsweredOnceMoreIsKnownAsLongAsTheLaterAnswerIs() throws {
    let stage = Stage()
    let paid = try pay(stage)
    let answers = try answers(stage)
    #expect(try answers.answerToCharge(paid.id) == EventType.paymentComplete)
    let copy = ProducerRecord(key: paid.record.key, value: paid.record.value, headers: paid.record.headers)
    let again = try stage.world.broker.append([copy], to: TopicName.order, now: stage.world.time.now)[0]
    #expect(again.partition == paid.partition && again.offset > paid.record.offset)
    #expect(try answers.answerToCharge(paid.id) == EventType.paymentComplete)
    try lose(stage, through: paid.record.offset, of: paid.partition)
    #expect(try answers.answerToCharge(paid.id) == EventType.paymentComplete)
    try lose(stage, through: again.offset, of: paid.partition)
    #expect(try answers.answerToCharge(paid.id) == nil)
    #expect(answers.count == 0)
  }

  /// It is no traffic of the bus, and yet nobody reads who cannot reach it.
  @Test func theyAreLookedAtWhereTheBusCanBeReached() throws {
    let stage = Stage()
    let paid = try pay(stage)
    let answers = try answers(stage)
    let traffic = stage.world.broker.snapshot().topics.map(\.traffic.recordsOut)
    #expect(try answers.answerToCharge(paid.id) == EventType.paymentComplete)
    #expect(stage.world.broker.snapshot().topics.map(\.traffic.recordsOut) == traffic)
    stage.arm("broker:broker-down")
    #expect(throws: BusError.unavailable("the bus")) { try answers.answerToCharge(paid.id) }
  }
}
