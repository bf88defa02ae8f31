import Concurrency
import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// A crash exactly at each point: what saga.json expects there holds; and where a mechanism is built wrong, it does not.
@Suite struct CrashPointTests {
  static func stage(
    _ crashes: String..., mistakes: Set<Mistake> = [], wrongOrders: Set<WrongOrder> = [], omits: Set<Omission> = []
  ) throws -> Stage {
    let stage = Stage { settings in
      settings.mistakes = mistakes
      settings.wrongOrders = wrongOrders
      settings.omissions = omits
    }
    for crash in crashes { stage.world.crashPoints.arm(try CrashSpec(parsing: crash)) }
    return stage
  }

  /// Lets a request come in, and stops within a tenth of a millisecond after the crash.
  static func orderUntilStruck(
    _ stage: Stage, at point: CrashPoint, patience: Double = 5, saga: SagaKind? = nil
  ) {
    var request = Request(
      "POST /orders", body: Payload(user: "kim", sku: "sku-01", quantity: 2, amount: 2000), user: "kim")
    request.body.saga = saga
    stage.send(request)
    runUntilStruck(stage, at: point, patience: patience)
  }

  static func runUntilStruck(_ stage: Stage, at point: CrashPoint, patience: Double = 5) {
    for _ in 0..<Int(patience * 10_000) where stage.world.crashPoints.count(of: point).struck == 0 { stage.run(0.0001) }
    #expect(stage.world.crashPoints.count(of: point).struck == 1, "\(point.name) was never passed")
  }

  private static func count(_ stage: Stage, _ service: String, _ table: String) -> Int64 {
    (try? stage.world.disk(of: service)?.database.read { try $0.number("SELECT count(*) FROM \(table)") }) ?? -1
  }

  /// The only transaction that there is.
  private static func id(_ stage: Stage) -> GTXID? {
    (try? stage.world.disk(of: ShopPlan.order)?.database.read { database in
      try database.first("SELECT gtxid FROM orders ORDER BY id LIMIT 1") { $0.value(0) as String }
    }).flatMap(\.self).flatMap { GTXID($0) }
  }

  /// The message ids of the records of one type, in the order of the log.
  private static func messages(_ stage: Stage, _ type: String) -> [String] {
    stage.records(id(stage)).map(\.record).filter { $0.headerText(RecordHeaderName.type) == type }
      .compactMap { $0.headerText(RecordHeaderName.message) }
  }

  private static func expectOneOrder(_ stage: Stage, _ point: String) {
    let id = Self.id(stage)
    #expect(stage.state(id) == .committed, "\(point)")
    #expect(Self.count(stage, ShopPlan.order, "orders") == 1, "\(point)")
    #expect(stage.held(id) == 2 && stage.money(id) == 2000, "\(point)")
    #expect(stage.problems() == [], "\(point)")
  }

  // MARK: The outbox

  @Test func p1LeavesNothing() throws {
    let stage = try Self.stage("order:P1")
    Self.orderUntilStruck(stage, at: .beforeCommit)
    #expect(Self.count(stage, ShopPlan.order, "orders") == 0)
    #expect(Self.count(stage, ShopPlan.order, "event") == 0)
    stage.run(0.4)
    // The gateway asks again under the same id, another instance takes the order, and there is one.
    stage.run(15)
    Self.expectOneOrder(stage, "P1")
    #expect(Self.messages(stage, EventType.orderCreated).count == 1)
  }

  /// Both instances crash over one order: it is not accepted, and nobody has heard of it, unless it was published first.
  @Test func p1LeavesAGhostOfWhatIsPublishedFirst() throws {
    for isWrong in [false, true] {
      let stage = try Self.stage(
        "order/1:P1,down=20s", "order/2:P1,down=20s", wrongOrders: isWrong ? [.publishThenCommit] : [])
      Self.orderUntilStruck(stage, at: .beforeCommit)
      stage.run(40)
      #expect(stage.world.crashPoints.count(of: .beforeCommit).struck == 2)
      #expect(Self.count(stage, ShopPlan.order, "orders") == 0)
      #expect((Self.count(stage, ShopPlan.inventory, "reservation") == 0) != isWrong)
      #expect(stage.broken().contains(.moneyIsConserved) == isWrong)
      if !isWrong { #expect(stage.problems() == []) }
    }
  }

  @Test(arguments: [("order:P2", CrashPoint.afterCommit), ("order:P3", .relayHasRead)])
  func p2AndP3PublishOnce(crash: String, point: CrashPoint) throws {
    let stage = try Self.stage(crash)
    Self.orderUntilStruck(stage, at: point)
    #expect(Self.count(stage, ShopPlan.order, "orders") == 1)
    #expect(Self.count(stage, ShopPlan.order, "event") == 1)
    #expect(stage.records(Self.id(stage)).isEmpty)
    stage.run(15)
    Self.expectOneOrder(stage, crash)
    #expect(Self.messages(stage, EventType.orderCreated).count == 1)
  }

  @Test func p3LosesWhatIsMarkedFirst() throws {
    let stage = try Self.stage("order:P3", wrongOrders: [.markThenPublish])
    Self.orderUntilStruck(stage, at: .relayHasRead)
    stage.run(15)
    #expect(Self.messages(stage, EventType.orderCreated).isEmpty)
    #expect(stage.broken().contains(.everySagaEnds) && stage.broken().contains(.eventsFollowCommits))
  }

  @Test func p2LosesTheEventOfADualWrite() throws {
    let stage = try Self.stage("order:P2", mistakes: [.dualWrite])
    Self.orderUntilStruck(stage, at: .afterCommit)
    stage.run(15)
    #expect(Self.messages(stage, EventType.orderCreated).isEmpty)
    #expect(stage.broken().contains(.everySagaEnds))
  }

  @Test(arguments: [("order:P4", CrashPoint.appended), ("order:P5", .acknowledged)])
  func p4AndP5PublishTwiceUnderOneID(crash: String, point: CrashPoint) throws {
    let stage = try Self.stage(crash)
    Self.orderUntilStruck(stage, at: point)
    stage.run(15)
    let messages = Self.messages(stage, EventType.orderCreated)
    #expect(messages.count == 2 && Set(messages).count == 1, "\(crash)")
    Self.expectOneOrder(stage, crash)
    #expect(stage.world.counters.duplicatesSuppressed >= 1, "\(crash)")
    let blind = try Self.stage(crash, mistakes: [.noIdempotency])
    Self.orderUntilStruck(blind, at: point)
    blind.run(15)
    #expect(blind.broken().contains(.effectsHappenOnce), "\(crash)")
  }

  /// A batch of four, of which `nth` are on the bus when the relay crashes.
  private static func stageWithin(batchAt nth: Int, wrongOrders: Set<WrongOrder> = []) throws -> Stage {
    let stage = Stage { $0.wrongOrders = wrongOrders }
    // Without a relay for a while a batch gathers.
    let order = stage.world.service(ShopPlan.order)
    let relaying = try #require(order.instances.first { $0.process?.isRelaying == true })
    stage.arm("order/\(relaying.number):crash,ttl=2s")
    stage.world.crashPoints.arm(try CrashSpec(parsing: "order:P6,nth=\(nth)"))
    for sku in ["sku-01", "sku-02", "sku-03", "sku-04"] {
      stage.send(
        Request("POST /orders", body: Payload(user: "lee", sku: sku, quantity: 1, amount: 500), user: "lee"))
    }
    runUntilStruck(stage, at: .withinBatch)
    return stage
  }

  @Test func p6LosesTheRestOfABatchThatIsMarkedFirst() throws {
    let stage = try Self.stageWithin(batchAt: 1, wrongOrders: [.markThenPublish])
    stage.run(15)
    #expect(Self.publishedByOrder(stage).count == 1)
    #expect(stage.broken().contains(.everySagaEnds) && stage.broken().contains(.eventsFollowCommits))
  }

  @Test func p6KeepsTheOrderOfABatchAndLosesNothing() throws {
    for nth in 1...3 {
      let stage = try Self.stageWithin(batchAt: nth)
      let appended = Self.publishedByOrder(stage)
      #expect(appended.count == nth)
      stage.run(15)
      let published = Self.publishedByOrder(stage)
      #expect(published.count == 4 + nth)
      var first: [String] = []
      for message in published where !first.contains(message) { first.append(message) }
      #expect(first == (try Self.rows(stage)), "the order of commits")
      #expect(stage.world.transactions.currentTally().committed == 4)
      #expect(stage.problems() == [])
    }
  }

  static func rows(_ stage: Stage) throws -> [String] {
    try stage.world.disk(of: ShopPlan.order)?.database.read { database in
      try database.all("SELECT message FROM event ORDER BY id") { $0.value(0) as String }
    } ?? []
  }

  /// In the order in which they were appended.
  static func publishedByOrder(_ stage: Stage) -> [String] {
    var found: [(time: Int64, hop: Int64, message: String)] = []
    for partition in 0..<ShopPlan.partitions {
      let batch = try? stage.world.broker.read(TopicName.inventory, partition: partition, from: 0)
      for record in batch?.records ?? [] {
        let message = record.headerText(RecordHeaderName.message) ?? ""
        found.append((record.timestamp, record.keyText.flatMap { Int64($0) } ?? 0, message))
      }
    }
    return found.sorted { ($0.time, $0.hop) < ($1.time, $1.hop) }.map(\.message)
  }

  /// P8: a transaction begins first and commits last, and the relay has read past it: an event has its number only then.
  private static func stageWithALateCommit(_ wrongOrders: Set<WrongOrder> = []) throws -> (Stage, early: GTXID?) {
    let stage = try Self.stage("order:P8", wrongOrders: wrongOrders)
    orderUntilStruck(stage, at: .lateCommit)
    let early = stage.order("sku-02", quantity: 1, user: "lee")
    #expect(count(stage, ShopPlan.order, "orders") == 1)
    #expect(publishedByOrder(stage).count == 1, "the relay has read past it")
    stage.run(20)
    #expect(count(stage, ShopPlan.order, "orders") == 2)
    return (stage, early)
  }

  @Test func p8PublishesWhatIsCommittedLate() throws {
    let (stage, early) = try Self.stageWithALateCommit()
    let rows = try Self.rows(stage)
    #expect(rows.count == 2 && Self.id(stage) == early && Self.publishedByOrder(stage) == rows)
    #expect(stage.world.transactions.currentTally().committed == 2)
    #expect(stage.problems() == [])
  }

  @Test func p8LosesWhatIsNumberedFirst() throws {
    let (stage, early) = try Self.stageWithALateCommit([.numberThenCommit])
    #expect(stage.state(early) == .committed && Self.publishedByOrder(stage).count == 1)
    #expect(stage.broken().contains(.everySagaEnds))
  }

  /// No event is numbered before one that commits earlier.
  @Test func p8NumbersFollowCommits() throws {
    let stage = Stage(rate: 60)
    stage.run(5)
    stage.world.customers.close()
    stage.run(5)
    let rows = try Self.rows(stage)
    #expect(rows.count > 100)
    #expect(Set(Self.publishedByOrder(stage)).isSuperset(of: rows.filter { $0.hasSuffix(EventType.orderCreated) }))
  }

  // MARK: The consumer

  @Test(arguments: ["inventory", "payment", "order"])
  func p9HasNoEffectAndIsDeliveredAgain(service: String) throws {
    let stage = try Self.stage("\(service):P9")
    Self.orderUntilStruck(stage, at: .beforeEffect)
    if service == ShopPlan.inventory {
      #expect(Self.count(stage, service, "reservation") == 0)
      #expect(Self.count(stage, service, "inbox") == 0)
    }
    #expect(stage.world.counters.duplicatesDelivered == 0)
    stage.run(30)
    #expect(stage.world.counters.duplicatesDelivered == 1)
    Self.expectOneOrder(stage, "\(service):P9")
    let hasty = try Self.stage("\(service):P9", wrongOrders: [.commitThenAct])
    Self.orderUntilStruck(hasty, at: .beforeEffect)
    hasty.run(30)
    #expect(hasty.world.counters.duplicatesDelivered == 0)
    #expect(hasty.broken().contains(.everySagaEnds))
  }

  @Test(arguments: ["inventory", "payment", "order"])
  func p10HasNoSecondEffect(service: String) throws {
    let stage = try Self.stage("\(service):P10")
    Self.orderUntilStruck(stage, at: .effectCommitted)
    if service == ShopPlan.inventory { #expect(Self.count(stage, service, "reservation") == 1) }
    stage.run(30)
    // One more when the instance was also the relay that had yet to mark what it had published.
    #expect(stage.world.counters.duplicatesSuppressed >= 1)
    Self.expectOneOrder(stage, "\(service):P10")
    let blind = try Self.stage("\(service):P10", mistakes: [.noIdempotency])
    Self.orderUntilStruck(blind, at: .effectCommitted)
    blind.run(30)
    #expect(blind.broken().contains(.effectsHappenOnce))
  }

  @Test(arguments: ["inventory", "payment", "order"])
  func p11LosesNothing(service: String) throws {
    let stage = try Self.stage("\(service):P11")
    Self.orderUntilStruck(stage, at: .offsetCommitted)
    stage.run(30)
    Self.expectOneOrder(stage, "\(service):P11")
    let hasty = try Self.stage("\(service):P11", wrongOrders: [.commitThenAct])
    Self.orderUntilStruck(hasty, at: .offsetCommitted)
    hasty.run(30)
    #expect(hasty.broken().contains(.everySagaEnds))
  }

  /// The same by hand: offsets are moved ahead of the effect.
  @Test func anOffsetAheadOfItsEffectIsFound() throws {
    let stage = Stage(faults: ["inventory:crash,ttl=5s"])
    stage.order()
    _ = try stage.world.broker.groups.seek(
      group: ShopPlan.inventory, topic: TopicName.inventory, to: .latest, byOperator: true, now: stage.world.time.now)
    stage.run(30)
    #expect(stage.broken() == [.everySagaEnds])
  }

  @Test func p12ForgetsNothingThatCanComeAgain() throws {
    // A record is kept so long, and its segment is closed a minute after it was opened.
    #expect(Observatory.memory > Observatory.retention + 60_000_000_000)
    let stage = try Self.stage("inventory:P12")
    let id = stage.order("sku-01", quantity: 2)
    Self.runUntilStruck(stage, at: .inboxPruned, patience: 12)
    stage.run(20)
    let (topic, record) = try #require(stage.records(id).first)
    _ = try stage.world.broker.append(
      [.init(key: record.key, value: record.value, headers: record.headers)], to: topic, now: stage.world.time.now)
    stage.run(2)
    #expect(stage.world.counters.duplicatesSuppressed == 1)
    #expect(stage.held(id) == 2)
    #expect(stage.problems() == [])
  }

  /// The twin: a window that is over before a record can come for the last time. What has forgotten it acts again.
  @Test func p12ActsAgainOnWhatIsForgottenTooEarly() throws {
    for omits in [[], [.window]] as [Set<Omission>] {
      let stage = try Self.stage("inventory:P12", omits: omits)
      let id = stage.order("sku-01", quantity: 2)
      Self.runUntilStruck(stage, at: .inboxPruned, patience: 12)
      // What it has published is forgotten after half a minute, with or without a window.
      stage.run(45)
      let delivered = try #require(stage.records(id).first)
      _ = try stage.world.broker.append(
        [.init(key: delivered.record.key, value: delivered.record.value, headers: delivered.record.headers)],
        to: delivered.topic, now: stage.world.time.now)
      stage.run(5)
      // Where it acts again, those that come after it may still tell.
      if omits.isEmpty { #expect(stage.world.counters.duplicatesSuppressed == 1) }
      #expect(stage.broken().contains(.effectsHappenOnce) != omits.isEmpty, "\(omits)")
    }
  }

  // MARK: The orchestrated saga

  private static func expectApproved(_ stage: Stage, _ point: String) {
    let id = Self.id(stage)
    #expect(stage.orderState(id) == "APPROVED" && stage.state(id) == .committed, "\(point)")
    #expect(stage.held(id) == 2 && stage.money(id) == 2000 && stage.credit(of: "kim") == 2000, "\(point)")
    #expect(stage.problems() == [], "\(point)")
  }

  /// The orchestrator has noted that it goes on, and the command is still to be sent: at the first step, and later.
  @Test(arguments: [1, 2, 4]) func p17SendsTheCommandThatIsWritten(nth: Int) throws {
    let crash = "orchestrator:P17,nth=\(nth)"
    let stage = try Self.stage(crash)
    Self.orderUntilStruck(stage, at: .commandWritten, saga: .orchestrated)
    stage.run(20)
    Self.expectApproved(stage, crash)
    let wrong = try Self.stage(crash, mistakes: [.dualWrite])
    Self.orderUntilStruck(wrong, at: .commandWritten, saga: .orchestrated)
    wrong.run(20)
    #expect(wrong.broken().contains(.everySagaEnds), "\(crash)")
  }

  /// A participant has acted, and the command comes again: it is answered, and not carried out.
  @Test(arguments: ["order", "inventory", "customer", "shipping"])
  func p18AnswersWhatIsDone(service: String) throws {
    let stage = try Self.stage("\(service):P18")
    Self.orderUntilStruck(stage, at: .actionDone, saga: .orchestrated)
    stage.run(20)
    #expect(stage.world.counters.duplicatesDelivered >= 1)
    Self.expectApproved(stage, "\(service):P18")
    let blind = try Self.stage("\(service):P18", mistakes: [.noIdempotency])
    Self.orderUntilStruck(blind, at: .actionDone, saga: .orchestrated)
    blind.run(20)
    #expect(blind.broken().contains(.effectsHappenOnce), "\(service)")
  }

  // MARK: The switchboard

  @Test func strikesAtTheNthPassageOfItsInstanceAndComesBack() throws {
    let stage = try Self.stage("inventory/2:P10,nth=3,down=2s")
    let instances = stage.world.service(ShopPlan.inventory).instances
    stage.world.customers.rate = 20
    Self.runUntilStruck(stage, at: .effectCommitted)
    #expect(instances.map(\.isUp) == [true, false])
    #expect(stage.world.crashPoints.count(of: .effectCommitted).passed >= 3)
    stage.run(1.9)
    #expect(instances.map(\.isUp) == [true, false])
    stage.run(0.6)
    #expect(instances.map(\.isUp) == [true, true])
    stage.run(20)
    #expect(stage.world.crashPoints.count(of: .effectCommitted).struck == 1)
  }
}
