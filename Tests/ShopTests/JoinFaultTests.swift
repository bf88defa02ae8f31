import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// What comes twice or cannot be read, on the topics that the join reads and on the one that it writes.
@Suite struct JoinFaultTests {
  private func types(_ stage: Stage, _ id: GTXID?, on topic: String) -> [String] {
    stage.records(id).filter { $0.topic == topic }.compactMap { $0.record.headerText(RecordHeaderName.type) }
  }

  private func letters(_ stage: Stage, of topic: String) -> [RecordLine] {
    RecordReader(broker: stage.world.broker).records(RecordFilter(topic: "\(topic).DLT"), limit: 10)
  }

  @Test(arguments: [TopicName.stock, TopicName.payments]) func poisonIsPutAsideAndJoinsNothing(topic: String) throws {
    let stage = Stage()
    stage.run(3)
    let fault = stage.arm("topic:\(topic):poison=2")
    let id = stage.order(saga: .join)
    stage.run(1)
    #expect(stage.state(id) == .committed && types(stage, id, on: TopicName.orders) == ["PLACED", "CONFIRMED"])
    #expect(stage.world.faults.armed.first { $0.id == fault.id }?.hits == 2)
    let letters = letters(stage, of: topic)
    #expect(letters.count == 2 && stage.world.counters.deadLetters == 2)
    for letter in letters {
      #expect(letter.letter?.group == JoinVerdict.plan.group && letter.letter?.deliveries == 1)
      let spans = stage.spans(letter.gtxid)
      #expect(spans.map(\.kind) == [.producer, .consumer])
      #expect(spans.last?.operation == "join \(topic)" && spans.last?.status == .error)
    }
    stage.rest()
    #expect(stage.world.joins.isEmpty && stage.world.oldestUnreadRecord() == nil)
    #expect(stage.problems() == [])
  }

  /// Poison has the key of an order, and is no answer of the side that is silent.
  @Test func poisonDoesNotEndTheWait() {
    let stage = Stage()
    stage.run(3)
    stage.arm("topic:stock:poison=1")
    stage.arm("payment:slow=2s")
    let id = stage.order(saga: .join)
    stage.run(1)
    #expect(types(stage, id, on: TopicName.stock) == ["ACCEPTED"] && stage.orderState(id) == "PLACED")
    stage.run(2)
    #expect(stage.orderState(id) == "CONFIRMED" && stage.state(id) == .committed)
    stage.world.faults.removeAll()
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test(arguments: [TopicName.stock, TopicName.payments]) func anAnswerThatComesTwiceIsOneAnswer(topic: String) {
    let stage = Stage(faults: ["topic:\(topic):duplicate=100%"])
    stage.run(3)
    let id = stage.order(saga: .join)
    stage.run(2)
    #expect(types(stage, id, on: topic) == ["ACCEPTED", "ACCEPTED"])
    #expect(types(stage, id, on: TopicName.orders) == ["PLACED", "CONFIRMED"])
    stage.rest()
    #expect(stage.state(id) == .committed)
    #expect(stage.problems() == [])
  }

  @Test func aVerdictThatComesTwiceHasOneEffect() {
    for declined in [0.0, 1.0] {
      let stage = Stage { $0.declined = declined }
      stage.run(3)
      let fault = stage.arm("topic:orders:duplicate=100%")
      let id = stage.order(saga: .join)
      stage.run(2)
      let verdict = declined > 0 ? "ROLLBACK" : "CONFIRMED"
      #expect(types(stage, id, on: TopicName.orders) == ["PLACED", "PLACED", verdict, verdict])
      #expect(stage.world.faults.armed.first { $0.id == fault.id }?.hits == 2)
      #expect(stage.orderState(id) == verdict)
      stage.rest()
      #expect(stage.problems() == [])
    }
  }

  @Test func poisonFollowsAVerdict() {
    let stage = Stage()
    stage.run(3)
    stage.arm("topic:orders:poison=1,route=CONFIRMED")
    let id = stage.order(saga: .join)
    stage.run(2)
    #expect(stage.state(id) == .committed)
    // Each of the three who read it has put it aside.
    #expect(letters(stage, of: TopicName.orders).compactMap(\.letter?.group).sorted() == ["item", "order", "payment"])
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// Item's answer comes once more after the order was rolled back, and finds payment's, which is late.
  @Test func aRollbackStandsWhenAnAnswerIsPublishedOnceMore() throws {
    let stage = Stage()
    stage.run(3)
    stage.arm("payment:slow=8s,ttl=9s")
    let id = stage.order(saga: .join)
    stage.run(6.5)
    #expect(stage.orderState(id) == "ROLLBACK" && stage.items(id) == 0)
    let answer = try #require(stage.records(id).first { $0.topic == TopicName.stock }).record
    _ = try stage.world.broker.append(
      [ProducerRecord(key: answer.key, value: answer.value, headers: answer.headers)], to: TopicName.stock,
      now: stage.world.time.now)
    stage.run(20)
    #expect(types(stage, id, on: TopicName.orders) == ["PLACED", "ROLLBACK", "ROLLBACK"])
    #expect(stage.state(id) == .compensated && stage.money(id) == 0 && stage.items(id) == 0)
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func whatWasDecidedBeforeStands() throws {
    let order = Payload(order: 1)
    func answer(_ type: String) -> JoinPlan.Answer { JoinPlan.Answer(type: type, payload: order) }
    func verdict(_ type: String, _ source: String? = nil) -> JoinPlan.Verdict {
      JoinPlan.Verdict(type: type, source: source)
    }
    let (yes, no) = (answer(EventType.accepted), answer(EventType.rejected))
    func decide(_ stock: JoinPlan.Answer?, _ payment: JoinPlan.Answer?, _ before: [JoinPlan.Verdict]) -> String? {
      JoinVerdict.decide(stock: stock, payment: payment, before: before)
        .map { "\($0.type) \($0.payload.source ?? "")" }
    }
    let (item, payment) = (verdict(EventType.rollback, "item"), verdict(EventType.rollback, "payment"))
    #expect(decide(yes, yes, []) == "CONFIRMED " && decide(no, no, []) == "REJECTED ")
    #expect(decide(yes, yes, [payment]) == "ROLLBACK item")
    #expect(decide(yes, yes, [item]) == "ROLLBACK payment")
    #expect(decide(yes, yes, [item, payment]) == nil)
    #expect(decide(nil, yes, [payment]) == "ROLLBACK item" && decide(nil, yes, [item]) == nil)
    #expect(decide(no, no, [payment]) == nil)
    for standing in [verdict(EventType.confirmed), verdict(EventType.rejected)] {
      for (stock, payment) in [(yes, yes), (yes, nil), (nil, yes), (no, yes)] as [(JoinPlan.Answer?, JoinPlan.Answer?)]
      {
        #expect(decide(stock, payment, [standing]) == nil)
      }
    }
  }

  /// Relays that crashed publish again what they had: the order long after its verdict, then an answer to it.
  @Test func aVerdictStandsWhateverIsPublishedOnceMore() throws {
    let stage = Stage()
    stage.run(3)
    let id = stage.order(saga: .join)
    stage.run(8)
    #expect(stage.state(id) == .committed)
    for (topic, type) in [(TopicName.orders, EventType.placed), (TopicName.stock, EventType.accepted)] {
      let found = stage.records(id).first { $0.topic == topic && $0.record.headerText(RecordHeaderName.type) == type }
      let record = try #require(found).record
      _ = try stage.world.broker.append(
        [ProducerRecord(key: record.key, value: record.value, headers: record.headers)], to: topic,
        now: stage.world.time.now)
      stage.run(8)
    }
    #expect(types(stage, id, on: TopicName.orders) == ["PLACED", "CONFIRMED", "PLACED"])
    #expect(stage.state(id) == .committed && stage.items(id) == 2 && stage.money(id) == 2_000)
    #expect(stage.problems() == [])
  }
}
